// What commands print of what an Engine answers, as the docker command lays it out.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { AskedEngine, Failure, wordsOf } from '../support/asked-engine.js'
import { run } from '../support/program.js'

/** In seconds. */
const HOUR = 3600
const now = Math.trunc(Date.now() / 1000)
const ANSWERS = {
  'GET /containers/json': [
    {
      Id: 'ab'.repeat(32),
      Names: ['/web'],
      Image: 'app:2',
      ImageID: `sha256:${'cd'.repeat(32)}`,
      Command: "nginx -g 'daemon off;' and more",
      Created: now - 3 * HOUR - 60,
      Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' }],
      Labels: { tier: 'front', app: 'shop' },
      State: 'running',
      Status: 'Up 3 hours',
      SizeRw: 2048,
      SizeRootFs: 5_000_000,
      Mounts: [{ Name: 'data', Driver: 'local' }],
      NetworkSettings: { Networks: { front: {}, back: {} } },
    },
    {
      Id: 'ef'.repeat(32),
      Names: ['/db', '/web/database'],
      Image: 'postgres',
      ImageID: `sha256:${'12'.repeat(32)}`,
      Command: 'postgres',
      Created: now - 3 * HOUR - 60,
      Ports: [],
      Labels: {},
      State: 'exited',
      Status: 'Exited (0) 2 hours ago',
    },
  ],
  'GET /images/json': [
    {
      Id: `sha256:${'cd'.repeat(32)}`,
      RepoTags: ['app:2', 'registry.example/app:2'],
      RepoDigests: [`app@sha256:${'34'.repeat(32)}`],
      Created: now - 49 * HOUR,
      Size: 21_512_345,
      SharedSize: -1,
      Containers: -1,
      Labels: null,
      ParentId: '',
    },
    {
      Id: `sha256:${'56'.repeat(32)}`,
      RepoTags: [],
      RepoDigests: [],
      Created: now - 49 * HOUR,
      Size: 999,
      SharedSize: -1,
      Containers: -1,
      Labels: null,
      ParentId: '',
    },
  ],
  // As an Engine on Windows measures.
  'GET /containers/box/stats': {
    id: 'ab'.repeat(32),
    name: '/box',
    num_procs: 4,
    memory_stats: { privateworkingset: 10_616_832 },
    storage_stats: { read_size_bytes: 2125 },
  },
  'GET /images/app/history': [
    {
      Id: `sha256:${'cd'.repeat(32)}`,
      Created: now - 49 * HOUR,
      CreatedBy: 'RUN /bin/sh -c apk add everything that anybody could want # buildkit',
      Size: 1_984_512,
      Comment: 'buildkit',
      Tags: ['app:2'],
    },
    { Id: '<missing>', Created: now - 49 * HOUR, CreatedBy: 'CMD ["sh"]', Size: 0, Comment: '', Tags: null },
  ],
  'GET /images/search': [
    {
      name: 'nginx',
      description: 'Official build of Nginx.',
      star_count: 20000,
      is_official: true,
      is_automated: false,
    },
    {
      name: 'team/nginx',
      description: 'One of our own,\nwith a description that does not fit into its column',
      star_count: 3,
      is_official: false,
      is_automated: false,
    },
  ],
  'GET /networks': [
    {
      Id: '12'.repeat(32),
      Name: 'web-10',
      Driver: 'bridge',
      Scope: 'local',
      Created: '2026-01-02T03:04:05.678Z',
      EnableIPv4: true,
      EnableIPv6: false,
      Internal: true,
      Labels: { a: 'b' },
    },
    {
      Id: '34'.repeat(32),
      Name: 'web-9',
      Driver: 'overlay',
      Scope: 'swarm',
      Created: '2026-01-02T03:04:05.678Z',
      EnableIPv6: true,
      Labels: {},
    },
  ],
  'GET /volumes': {
    Volumes: [
      {
        Name: 'data-10',
        Driver: 'local',
        Mountpoint: '/var/lib/data-10',
        Scope: 'local',
        Labels: { a: 'b' },
        Options: {},
      },
      {
        Name: 'data-9',
        Driver: 'nfs',
        Mountpoint: '/mnt/data-9',
        Scope: 'global',
        Labels: null,
        Options: {},
      },
    ],
  },
  'GET /containers/web/top': {
    Titles: ['PID', 'CMD'],
    Processes: [
      ['1', 'nginx: master'],
      ['29', 'nginx: worker'],
    ],
  },
  'GET /containers/web/changes': [
    { Path: '/etc', Kind: 0 },
    { Path: '/etc/new', Kind: 1 },
    { Path: '/old', Kind: 2 },
  ],
  'GET /containers/web/json': {
    Id: 'ab'.repeat(32),
    Name: '/web',
    State: { Running: true },
    Config: { Image: 'app:2' },
    NetworkSettings: {
      Ports: {
        '80/tcp': [
          { HostIp: '0.0.0.0', HostPort: '8080' },
          { HostIp: '::', HostPort: '8080' },
        ],
        '443/tcp': [{ HostIp: '0.0.0.0', HostPort: '8443' }],
        '9/udp': null,
      },
    },
  },
  'GET /system/df': {
    LayersSize: 3_000_000,
    Images: [
      {
        Id: `sha256:${'cd'.repeat(32)}`,
        RepoTags: ['app:2'],
        RepoDigests: [],
        Created: now - 49 * HOUR,
        Size: 3_000_000,
        SharedSize: 1_000_000,
        Containers: 1,
        Labels: null,
        ParentId: '',
      },
    ],
    Containers: [
      {
        Id: 'ab'.repeat(32),
        Names: ['/web'],
        Image: 'app:2',
        ImageID: `sha256:${'cd'.repeat(32)}`,
        Command: 'nginx',
        Created: now - 3 * HOUR - 60,
        State: 'running',
        Status: 'Up 3 hours',
        SizeRw: 2048,
        Mounts: [],
      },
    ],
    Volumes: [
      {
        Name: 'data',
        Driver: 'local',
        Mountpoint: '/x',
        Scope: 'local',
        Labels: null,
        Options: {},
        UsageData: { Size: 4096, RefCount: 0 },
      },
    ],
    BuildCache: [
      {
        ID: 'abcdefghijklmnop',
        Type: 'regular',
        Size: 1_234_567,
        InUse: false,
        Shared: false,
        CreatedAt: new Date(Date.now() - 49 * HOUR * 1000).toISOString(),
        LastUsedAt: new Date(Date.now() - 3 * HOUR * 1000 - 60000).toISOString(),
        UsageCount: 4,
        Description: 'RUN make',
        Parents: ['p'],
      },
    ],
  },
  'POST /containers/prune': { ContainersDeleted: ['abc', 'def'], SpaceReclaimed: 2048 },
  'POST /networks/prune': { NetworksDeleted: ['web'] },
  'POST /volumes/prune': { VolumesDeleted: ['data'], SpaceReclaimed: 1_000_000 },
  'POST /images/prune': {
    ImagesDeleted: [{ Untagged: 'app:1' }, { Deleted: 'sha256:abc' }],
    SpaceReclaimed: 0,
  },
  'POST /build/prune': { CachesDeleted: ['one'], SpaceReclaimed: 1 },
  'DELETE /images/app': [{ Untagged: 'app:latest' }, { Deleted: 'sha256:abc' }],
  'POST /containers/web/wait': { StatusCode: 3 },
  'POST /containers/web/update': { Warnings: ['Your kernel does not support swap limit'] },
}

/** A command line, and the lines that it prints. */
const ROWS: readonly (readonly [line: string, printed: readonly string[]])[] = [
  [
    'ps',
    [
      'CONTAINER ID   IMAGE      COMMAND                  CREATED       STATUS                   PORTS                  NAMES',
      'abababababab   app:2      "nginx -g \'daemon of…"   3 hours ago   Up 3 hours               0.0.0.0:8080->80/tcp   web',
      'efefefefefef   postgres   "postgres"               3 hours ago   Exited (0) 2 hours ago                          db',
    ],
  ],
  [
    'ps -s',
    [
      'CONTAINER ID   IMAGE      COMMAND                  CREATED       STATUS                   PORTS                  NAMES     SIZE',
      'abababababab   app:2      "nginx -g \'daemon of…"   3 hours ago   Up 3 hours               0.0.0.0:8080->80/tcp   web       2.05kB (virtual 5MB)',
      'efefefefefef   postgres   "postgres"               3 hours ago   Exited (0) 2 hours ago                          db        0B',
    ],
  ],
  ['ps -q', ['abababababab', 'efefefefefef']],
  [
    "ps --no-trunc --format 'table {{.ID}}\\t{{.Command}}\\t{{.Names}}'",
    [
      'CONTAINER ID                                                       COMMAND                             NAMES',
      'abababababababababababababababababababababababababababababababab   "nginx -g \'daemon off;\' and more"   web',
      'efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef   "postgres"                          db,web/database',
    ],
  ],
  [
    "ps --format '{{.Names}}: {{.Labels}} {{.Networks}} {{.LocalVolumes}} {{.Mounts}} {{.State}} {{.Size}}'",
    ['web: app=shop,tier=front back,front 1 data running 2.05kB (virtual 5MB)', 'db:   0  exited 0B'],
  ],
  [
    'ps --format \'table {{.Names}}\\t{{.Label "tier"}}\'',
    ['NAMES     tier', 'web       front', 'db        '],
  ],
  ["ps --format '{{json .Names}}'", ['"web"', '"db"']],
  [
    'images',
    [
      'REPOSITORY             TAG       IMAGE ID       CREATED      SIZE',
      'app                    2         cdcdcdcdcdcd   2 days ago   21.5MB',
      'registry.example/app   2         cdcdcdcdcdcd   2 days ago   21.5MB',
      '<none>                 <none>    565656565656   2 days ago   999B',
    ],
  ],
  [
    'images --digests',
    [
      'REPOSITORY             TAG       DIGEST                                                                    IMAGE ID       CREATED      SIZE',
      'app                    2         sha256:3434343434343434343434343434343434343434343434343434343434343434   cdcdcdcdcdcd   2 days ago   21.5MB',
      'registry.example/app   2         <none>                                                                    cdcdcdcdcdcd   2 days ago   21.5MB',
      '<none>                 <none>    <none>                                                                    565656565656   2 days ago   999B',
    ],
  ],
  ['images -q', ['cdcdcdcdcdcd', 'cdcdcdcdcdcd', '565656565656']],
  [
    "images --format '{{.Repository}}:{{.Tag}} {{.ID}} {{.Size}}'",
    [
      'app:2 cdcdcdcdcdcd 21.5MB',
      'registry.example/app:2 cdcdcdcdcdcd 21.5MB',
      '<none>:<none> 565656565656 999B',
    ],
  ],
  [
    'history app',
    [
      'IMAGE          CREATED      CREATED BY                                      SIZE      COMMENT',
      'cdcdcdcdcdcd   2 days ago   RUN /bin/sh -c apk add everything that anybo…   1.98MB    buildkit',
      '<missing>      2 days ago   CMD ["sh"]                                      0B        ',
    ],
  ],
  ['history -q app', ['cdcdcdcdcdcd', '<missing>']],
  [
    "history --human=false --format '{{.Size}} {{.CreatedBy}}' app",
    ['1984512 RUN /bin/sh -c apk add everything that anybo…', '0 CMD ["sh"]'],
  ],
  [
    'search nginx',
    [
      'NAME         DESCRIPTION                                     STARS     OFFICIAL',
      'nginx        Official build of Nginx.                        20000     [OK]',
      'team/nginx   One of our own, with a description that does…   3         ',
    ],
  ],
  [
    'search -f is-automated=true --format {{.Name}} nginx',
    [
      'nginx',
      'team/nginx',
      'WARNING: the "is-automated" filter is deprecated, and searching for "is-automated=true" will not yield any results in future.',
    ],
  ],
  [
    "search --no-trunc --format '{{.Name}} {{.Description}}' nginx",
    [
      'nginx Official build of Nginx.',
      'team/nginx One of our own, with a description that does not fit into its column',
    ],
  ],
  [
    'network ls',
    [
      'NETWORK ID     NAME      DRIVER    SCOPE',
      '343434343434   web-9     overlay   swarm',
      '121212121212   web-10    bridge    local',
    ],
  ],
  ['network ls -q', ['343434343434', '121212121212']],
  [
    "network ls --format '{{.Name}} {{.IPv4}} {{.IPv6}} {{.Internal}} {{.Labels}} {{.CreatedAt}}'",
    [
      'web-9 false true false  2026-01-02 03:04:05.678 +0000 UTC',
      'web-10 true false true a=b 2026-01-02 03:04:05.678 +0000 UTC',
    ],
  ],
  ['volume ls', ['DRIVER    VOLUME NAME', 'nfs       data-9', 'local     data-10']],
  ['volume ls -q', ['data-9', 'data-10']],
  [
    "volume ls --format 'table {{.Name}}\\t{{.Mountpoint}}\\t{{.Scope}}\\t{{.Labels}}\\t{{.Availability}}'",
    [
      'VOLUME NAME   MOUNTPOINT         SCOPE     LABELS    AVAILABILITY',
      'data-9        /mnt/data-9        global              N/A',
      'data-10       /var/lib/data-10   local     a=b       N/A',
    ],
  ],
  [
    'top web',
    ['PID                 CMD', '1                   nginx: master', '29                  nginx: worker'],
  ],
  ['diff web', ['C /etc', 'A /etc/new', 'D /old']],
  ['port web', ['80/tcp -> 0.0.0.0:8080', '80/tcp -> [::]:8080', '443/tcp -> 0.0.0.0:8443']],
  ['port web 80', ['0.0.0.0:8080', '[::]:8080']],
  ["port web ''", ['80/tcp -> 0.0.0.0:8080', '80/tcp -> [::]:8080', '443/tcp -> 0.0.0.0:8443']],
  ['port web 443/', ['0.0.0.0:8443']],
  ['port web 443/tcp/x', ["Error: No public port '443/tcp/x' published for web"]],
  ['port web 9/udp', ["Error: No public port '9/udp' published for web"]],
  [
    'system df',
    [
      'TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE',
      'Images          1         1         3MB       1MB (33%)',
      'Containers      1         1         2.048kB   0B (0%)',
      'Local Volumes   1         0         4.096kB   4.096kB (100%)',
      'Build Cache     1         0         1.235MB   1.235MB',
    ],
  ],
  [
    'system df -v',
    [
      'Images space usage:',
      '',
      'REPOSITORY   TAG       IMAGE ID       CREATED      SIZE      SHARED SIZE   UNIQUE SIZE   CONTAINERS',
      'app          2         cdcdcdcdcdcd   2 days ago   3MB       1MB           2MB           1',
      '',
      'Containers space usage:',
      '',
      'CONTAINER ID   IMAGE     COMMAND   LOCAL VOLUMES   SIZE      CREATED       STATUS       NAMES',
      'abababababab   app:2     "nginx"   0               2.05kB    3 hours ago   Up 3 hours   web',
      '',
      'Local Volumes space usage:',
      '',
      'VOLUME NAME   LINKS     SIZE',
      'data          0         4.096kB',
      '',
      'Build cache usage: 1.235MB',
      '',
      'CACHE ID       CACHE TYPE   SIZE      CREATED      LAST USED     USAGE     SHARED',
      'abcdefghijkl   regular      1.23MB    2 days ago   3 hours ago   4         false',
    ],
  ],
  [
    "system df --format '{{.Type}} {{.Size}} {{.Reclaimable}}'",
    [
      'Images 3MB 1MB (33%)',
      'Containers 2.048kB 0B (0%)',
      'Local Volumes 4.096kB 4.096kB (100%)',
      'Build Cache 1.235MB 1.235MB',
    ],
  ],
  [
    "system df -v --format '{{range .BuildCache}}{{.ID}} {{.Parent}} {{.Description}}{{end}}'",
    ['abcdefghijklmnop p RUN make'],
  ],
  ['container prune -f', ['Deleted Containers:', 'abc', 'def', '', 'Total reclaimed space: 2.048kB']],
  ['network prune -f', ['Deleted Networks:', 'web', '']],
  ['volume prune -f', ['Deleted Volumes:', 'data', '', 'Total reclaimed space: 1MB']],
  [
    'image prune -f',
    ['Deleted Images:', 'untagged: app:1', 'deleted: sha256:abc', '', 'Total reclaimed space: 0B'],
  ],
  [
    'system prune -f --volumes',
    [
      'Deleted Containers:',
      'abc',
      'def',
      '',
      'Deleted Networks:',
      'web',
      '',
      'Deleted Volumes:',
      'data',
      '',
      'Deleted Images:',
      'untagged: app:1',
      'deleted: sha256:abc',
      '',
      'Deleted build cache objects:',
      'one',
      '',
      'Total reclaimed space: 1.002MB',
    ],
  ],
  ['rmi app', ['Untagged: app:latest', 'Deleted: sha256:abc']],
  ['wait web', ['3']],
  ['update -m 1m web', ['web', 'Your kernel does not support swap limit']],
  ["inspect -f '{{.Name}} {{.State.Running}}' web", ['/web true']],
  [
    'inspect -f json web',
    [
      '[{"Id":"abababababababababababababababababababababababababababababababab","Name":"/web","State":{"Running":true},"Config":{"Image":"app:2"},"NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}],"443/tcp":[{"HostIp":"0.0.0.0","HostPort":"8443"}],"9/udp":null}}}]',
    ],
  ],
  ['context ls -q', ['default']],
  ['context show', ['default']],
  [
    'network ls --format raw',
    [
      'network_id: 343434343434',
      'name: web-9',
      'driver: overlay',
      'scope: swarm',
      '',
      'network_id: 121212121212',
      'name: web-10',
      'driver: bridge',
      'scope: local',
      '',
    ],
  ],
  [
    'stats --no-stream box',
    [
      'CONTAINER ID   NAME      CPU %     PRIV WORKING SET   NET I/O   BLOCK I/O',
      'abababababab   box       0.00%     10.12MiB           0B / 0B   2.12kB / 0B',
    ],
  ],
  ["stats --no-stream --format '{{.MemPerc}} {{.PIDs}}' box", ['-- --']],
  ['volume ls --format raw', ['name: data-9', 'driver: nfs', '', 'name: data-10', 'driver: local', '']],
  [
    "images --format '{{.Digest}}'",
    ['sha256:3434343434343434343434343434343434343434343434343434343434343434', '<none>', '<none>'],
  ],
  ["images --format '{{ .Digest}}'", ['<none>', '<none>', '<none>']],
  ["images --format 'table {{.VirtualSize}}'", ['SIZE', '21.51MB', '21.51MB', '999B']],
  ["images --format '{{json .Repository}}'", ['"app"', '"registry.example/app"', '"<none>"']],
  ["volume ls --format 'table {{.Name}}'", ['VOLUME NAME', 'data-9', 'data-10']],
  [
    "network ls --no-trunc --format '{{.ID}}'",
    [
      '3434343434343434343434343434343434343434343434343434343434343434',
      '1212121212121212121212121212121212121212121212121212121212121212',
    ],
  ],
]

describe('a command', () => {
  let engine: AskedEngine
  before(async () => {
    engine = await AskedEngine.start()
  })
  after(() => engine[Symbol.asyncDispose]())

  for (const [line, printed] of ROWS) {
    it(`prints what it was told: ${line}`, async () => {
      engine.answers = ANSWERS
      const { stdout, stderr } = await run(wordsOf(line), { host: engine.host })
      assert.deepEqual((stdout + stderr).replace(/\n$/, '').split('\n'), printed)
    })
  }

  it('refuses flags that an Engine on this system would ignore, and asks it for nothing', async () => {
    engine.asked = []
    const only =
      'is only supported on a Docker daemon running on windows, but the Docker daemon is running on linux'
    for (const [line, flags] of [
      ['create --cpu-count 2 app', ['--cpu-count']],
      ['run -d --io-maxiops 5 --cpu-percent 3 app', ['--cpu-percent', '--io-maxiops']],
      ['create --io-maxbandwidth 1m app', ['--io-maxbandwidth']],
    ] as const) {
      const { exitCode, stderr } = await run(wordsOf(line), { host: engine.host })
      const lines = flags.map((flag) => `"${flag}" ${only}\n`)
      assert.deepEqual([exitCode, stderr, engine.asked], [1, lines.join(''), []])
    }
  })
  it('that is asked for ids and for a format prints ids, and says so', async () => {
    engine.answers = ANSWERS
    const { stdout, stderr } = await run(['ps', '-q', '--format', '{{.Names}}'], { host: engine.host })
    assert.equal(stdout, 'abababababab\nefefefefefef\n')
    assert.equal(stderr, 'WARNING: Ignoring custom format, because both --format and --quiet are set.\n')
  })
  it('names the fields there are when one is misspelled', async () => {
    engine.answers = ANSWERS
    const { exitCode, stderr } = await run(['network', 'ls', '--format', '{{.Nope}}'], { host: engine.host })
    assert.deepEqual(
      [exitCode, stderr],
      [
        1,
        'failed to execute template: there is no field .Nope; the fields are ID, Name, Driver, Scope, IPv4, IPv6, Internal, Labels, CreatedAt\n',
      ],
    )
  })
  it('goes on with the others when the Engine refuses one of several', async () => {
    engine.answers = { 'POST /containers/gone/kill': new Failure(404, 'No such container: gone') }
    const { exitCode, stdout, stderr } = await run(['kill', 'gone', 'web'], { host: engine.host })
    assert.deepEqual([exitCode, stdout], [1, 'web\n'])
    assert.match(stderr, /^Error response from daemon: No such container: gone/)
  })
  for (const name of ['info', 'version']) {
    it(`has the same for json and for all there is: ${name}`, async () => {
      engine.answers = { [`GET /${name}`]: { Name: 'a<b', Version: 'a<b', OwnField: 1 } }
      const [json, all] = await Promise.all(
        ['json', '{{json .}}'].map((format) => run([name, '-f', format], { host: engine.host })),
      )
      assert.equal(json?.stdout, all?.stdout)
      assert.match(json?.stdout ?? '', /"(?:Name|Version)":"a<b"/)
      assert.doesNotMatch(json?.stdout ?? '', /OwnField/)
    })
  }
  it('shows what an Engine says that refuses to tell of itself', async () => {
    engine.answers = { 'GET /info': new Failure(500, 'not <now>') }
    const told = 'Error response from daemon: not <now>'
    assert.deepEqual(await run(['info', '-f', '{{json .ServerErrors}}{{.ID}}'], { host: engine.host }), {
      exitCode: 0,
      stdout: `["${told}"]\n`,
      stderr: `${told}\n`,
    })
    const alone = await run(['info', '-f', '{{.ClientErrors}}'], { host: engine.host })
    assert.deepEqual(alone, { exitCode: 0, stdout: '[]\n', stderr: '' })
  })
  it('asks no registry for an image whose whole id is given', async () => {
    engine.answers = { 'POST /containers/create': new Failure(404, 'No such image: gone') }
    for (const id of ['ab'.repeat(32), `sha256:${'ab'.repeat(32)}`]) {
      engine.asked = []
      const { stderr } = await run(['create', id], { host: engine.host })
      assert.match(stderr, /^Error response from daemon: No such image: gone/)
      assert.deepEqual(
        engine.asked.map((line) => line.split(' {')[0]),
        ['POST /containers/create'],
      )
    }
  })
  it('shows what it finds of several, then what it does not find', async () => {
    engine.answers = { ...ANSWERS, 'GET /networks/gone': new Failure(404, 'network gone not found') }
    const format = ['-f', '{{.Name}}']
    const { exitCode, stdout, stderr } = await run(['network', 'inspect', ...format, 'gone', 'abc'], {
      host: engine.host,
    })
    assert.deepEqual([exitCode, stdout], [1, 'abc\n'])
    assert.match(stderr, /network gone not found/)
  })
})

describe('a question before something is removed', () => {
  let engine: AskedEngine
  before(async () => {
    engine = await AskedEngine.start()
  })
  after(() => engine[Symbol.asyncDispose]())

  const asks = 'WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] '
  for (const input of ['y\n', 'Y\n', '  y  \n']) {
    it(`is answered by ${JSON.stringify(input)}`, async () => {
      engine.asked = []
      const { stdout } = await run(['container', 'prune'], { host: engine.host, input })
      assert.ok(stdout.startsWith(asks), stdout)
      assert.deepEqual(engine.asked, ['POST /containers/prune?filters={}'])
    })
  }
  for (const input of ['', 'n\n', '\n', 'yes\n', 'y y\n']) {
    it(`is not answered by ${JSON.stringify(input)}, and nothing is asked for`, async () => {
      engine.asked = []
      const { exitCode, stdout } = await run(['container', 'prune'], { host: engine.host, input })
      assert.deepEqual([exitCode, stdout, engine.asked], [0, asks, []])
    })
  }
  it('lists all that goes', async () => {
    const { stdout } = await run(['system', 'prune', '-a', '--volumes', '--filter', 'label=a'], {
      host: engine.host,
    })
    assert.equal(
      stdout,
      [
        'WARNING! This will remove:',
        '  - all stopped containers',
        '  - all networks not used by at least one container',
        '  - all anonymous volumes not used by at least one container',
        '  - all images without at least one container associated to them',
        '  - all build cache',
        '',
        '  Items to be pruned will be filtered with:',
        '  - label=a',
        '',
        'Are you sure you want to continue? [y/N] ',
      ].join('\n'),
    )
  })
})
