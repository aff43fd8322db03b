import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DockerError, InvalidArgumentError } from '#src/errors.js'
import {
  type ContainerCreateOptions,
  createRequest,
  nearest,
  parseBytes,
  parseDevice,
  parseDuration,
  parseEnvironment,
  parseGpus,
  parseMount,
  parseMountString,
  parsePorts,
  parseRestartPolicy,
  parseUlimit,
  parseVolumes,
  refuseUnknown,
  resources,
  splitCommand,
} from '#src/models/options/index.js'

const bodyOf = (options: ContainerCreateOptions) => createRequest('alpine', undefined, options).body

/** For what the types would not let through. */
const bodyOfAnything = (options: object) => createRequest('alpine', undefined, options).body

function refuses(call: () => unknown, message: string | RegExp): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof InvalidArgumentError && error instanceof DockerError, String(error))
    if (typeof message === 'string') assert.equal(error.message, message)
    else assert.match(error.message, message)
    return true
  })
}

describe('options for creating a container', () => {
  test('an image alone makes the smallest request', () => {
    assert.deepEqual(createRequest('alpine', undefined), {
      query: {},
      body: { Image: 'alpine', HostConfig: {} },
    })
  })

  test('name and platform go into the query', () => {
    const { query, body } = createRequest('alpine', undefined, { name: 'web', platform: 'linux/arm64' })
    assert.deepEqual(query, { name: 'web', platform: 'linux/arm64' })
    assert.deepEqual(body, { Image: 'alpine', HostConfig: {} })
  })

  test('a command in a string is split, an array is taken as it is, and none is not sent', () => {
    assert.deepEqual(createRequest('a', 'sh -c "echo hi"').body.Cmd, ['sh', '-c', 'echo hi'])
    assert.deepEqual(createRequest('a', ['echo', 'a b']).body.Cmd, ['echo', 'a b'])
    assert.deepEqual(createRequest('a', '').body.Cmd, [])
    assert.ok(!('Cmd' in createRequest('a', undefined).body))
  })

  test('undefined is not sent, and null is sent as null', () => {
    assert.deepEqual(bodyOf({ tty: undefined, memory: undefined, ports: undefined, config: undefined }), {
      Image: 'alpine',
      HostConfig: {},
    })
    assert.deepEqual(bodyOf({ entrypoint: null, ports: null, volumes: null, gpus: null, memory: null }), {
      Image: 'alpine',
      Entrypoint: null,
      ExposedPorts: null,
      Volumes: null,
      HostConfig: { PortBindings: null, Binds: null, DeviceRequests: null, Memory: null },
    })
  })

  test('options are not changed and need not be changeable', () => {
    const options: ContainerCreateOptions = frozen({
      command: undefined,
      env: ['A=1'],
      labels: { a: '1' },
      ports: { 80: [8080, null] },
      volumes: ['/a:/b'],
      mounts: [{ Type: 'bind', Source: '/a', Target: '/c', BindOptions: { Propagation: 'shared' } }],
      networks: { web: { aliases: ['x'], IPAMConfig: { IPv4Address: '10.0.0.2' } } },
      network: 'web',
      networkAliases: ['y'],
      macAddress: '02:42:ac:11:00:02',
      hostConfig: { Binds: ['/x:/y'], Annotations: { a: '1' } },
      config: { Env: ['B=2'] },
    })
    const before = JSON.stringify(options)
    bodyOf(options)
    assert.equal(JSON.stringify(options), before)
  })

  test('the arrays of the caller are not those of the request', () => {
    const command = ['echo']
    const env = ['A=1']
    const { body } = createRequest('alpine', command, { env })
    assert.notEqual(body.Cmd, command)
    assert.notEqual(body.Env, env)
  })
})

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}

describe('config and hostConfig', () => {
  test('they pass anything through', () => {
    const body = bodyOf({
      config: { Shell: ['sh'], Env: ['A=1'] },
      hostConfig: { Annotations: { a: '1' }, MaskedPaths: [], Memory: 5 },
    })
    assert.deepEqual(body, {
      Image: 'alpine',
      Shell: ['sh'],
      Env: ['A=1'],
      HostConfig: { Annotations: { a: '1' }, MaskedPaths: [], Memory: 5 },
    })
  })

  test('a friendly option replaces the same key, also with a value that is empty', () => {
    const body = createRequest('alpine', ['true'], {
      env: {},
      tty: false,
      memory: 0,
      capAdd: [],
      network: 'web',
      volumes: [],
      ports: {},
      gpus: 1,
      config: {
        Image: 'other',
        Cmd: ['x'],
        Env: ['A=1'],
        Tty: true,
        Hostname: 'kept',
        ExposedPorts: { '1/tcp': {} },
      },
      hostConfig: {
        Memory: 5,
        CapAdd: ['ALL'],
        NetworkMode: 'host',
        Binds: ['/a:/b'],
        PortBindings: { '1/tcp': null },
        DeviceRequests: [{ Count: 9 }],
        CpuShares: 2,
      },
    }).body
    assert.deepEqual(body, {
      Image: 'alpine',
      Cmd: ['true'],
      Env: [],
      Tty: false,
      Hostname: 'kept',
      ExposedPorts: {},
      Volumes: {},
      HostConfig: {
        Memory: 0,
        CapAdd: [],
        NetworkMode: 'web',
        Binds: [],
        PortBindings: {},
        DeviceRequests: [{ Count: 1, Capabilities: [['gpu']] }],
        CpuShares: 2,
      },
    })
  })

  test('a friendly option that is undefined replaces nothing', () => {
    const body = bodyOf({
      memory: undefined,
      ports: undefined,
      hostConfig: { Memory: 5, PortBindings: {} },
    })
    assert.deepEqual(body.HostConfig, { Memory: 5, PortBindings: {} })
  })
})

describe('ports', () => {
  const free = { HostIp: '', HostPort: '' }
  const entries: readonly (readonly [string, object, string, object[]])[] = [
    [
      'a port given as a number is published on every address',
      { 80: 8080 },
      '80/tcp',
      [{ HostIp: '', HostPort: '8080' }],
    ],
    ['port 0 of the host is sent as 0', { 80: 0 }, '80/tcp', [{ HostIp: '', HostPort: '0' }]],
    ['null takes any free port', { '80/tcp': null }, '80/tcp', [free]],
    [
      'a range of the host may be given',
      { '80': '8000-8010' },
      '80/tcp',
      [{ HostIp: '', HostPort: '8000-8010' }],
    ],
    [
      'an address and a port are split',
      { '53/udp': '127.0.0.1:53' },
      '53/udp',
      [{ HostIp: '127.0.0.1', HostPort: '53' }],
    ],
    [
      'an address alone takes any free port there',
      { 80: '127.0.0.1' },
      '80/tcp',
      [{ HostIp: '127.0.0.1', HostPort: '' }],
    ],
    ['an IPv6 address loses its brackets', { 80: '[::1]:80' }, '80/tcp', [{ HostIp: '::1', HostPort: '80' }]],
    [
      'the names of the Engine are kept',
      { 80: { HostIp: '::', HostPort: '8' } },
      '80/tcp',
      [{ HostIp: '::', HostPort: '8' }],
    ],
    ['friendly names will do', { 80: { hostPort: 8080 } }, '80/tcp', [{ HostIp: '', HostPort: '8080' }]],
    [
      'an array publishes several times',
      { '80/TCP': [8080, null] },
      '80/tcp',
      [{ HostIp: '', HostPort: '8080' }, free],
    ],
    ['an empty array only exposes', { 80: [] }, '80/tcp', []],
  ]
  for (const [name, ports, port, bindings] of entries) {
    test(name, () => {
      assert.deepEqual(parsePorts(ports), {
        ExposedPorts: { [port]: {} },
        PortBindings: { [port]: bindings },
      })
    })
  }

  const specs: readonly (readonly [string | number, object])[] = [
    [80, { '80/tcp': [free] }],
    ['80', { '80/tcp': [free] }],
    ['53/udp', { '53/udp': [free] }],
    ['8080:80', { '80/tcp': [{ HostIp: '', HostPort: '8080' }] }],
    ['127.0.0.1:8080:80/tcp', { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] }],
    ['127.0.0.1::80', { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] }],
    ['[::1]:80:80', { '80/tcp': [{ HostIp: '::1', HostPort: '80' }] }],
    ['::1:80:81', { '81/tcp': [{ HostIp: '::1', HostPort: '80' }] }],
    [
      '8080-8081:80-81',
      { '80/tcp': [{ HostIp: '', HostPort: '8080' }], '81/tcp': [{ HostIp: '', HostPort: '8081' }] },
    ],
    ['8080-8082:80', { '80/tcp': [{ HostIp: '', HostPort: '8080-8082' }] }],
    ['80-81/sctp', { '80/sctp': [free], '81/sctp': [free] }],
    ['80:80/', { '80/tcp': [{ HostIp: '', HostPort: '80' }] }],
    ['80/', { '80/tcp': [free] }],
    ['80:80/UDP/x', { '80/udp': [{ HostIp: '', HostPort: '80' }] }],
    [':80', { '80/tcp': [free] }],
    ['::80', { '80/tcp': [free] }],
    ['0080:00081', { '81/tcp': [{ HostIp: '', HostPort: '80' }] }],
    ['80-80:81-81', { '81/tcp': [{ HostIp: '', HostPort: '80' }] }],
    ['080-082:80', { '80/tcp': [{ HostIp: '', HostPort: '80-82' }] }],
  ]
  for (const [spec, bindings] of specs) {
    test(`the spec ${JSON.stringify(spec)} is read as docker reads it`, () => {
      const { ExposedPorts, PortBindings } = parsePorts([spec])
      assert.deepEqual(PortBindings, bindings)
      assert.deepEqual(Object.keys(ExposedPorts), Object.keys(bindings))
    })
  }

  test('specs for the same port add up, and both parts reach the body', () => {
    assert.deepEqual(bodyOf({ ports: ['8080:80', '127.0.0.1:9090:80'] }), {
      Image: 'alpine',
      ExposedPorts: { '80/tcp': {} },
      HostConfig: {
        PortBindings: {
          '80/tcp': [
            { HostIp: '', HostPort: '8080' },
            { HostIp: '127.0.0.1', HostPort: '9090' },
          ],
        },
      },
    })
  })

  const bad = [
    '',
    '8080:',
    '80/http',
    '/tcp',
    '80/tcp:80',
    '[fe80::1%eth0]:80:80',
    '010.0.0.1:80:80',
    '127.1:80:80',
    '+80:80',
    '٨:80',
    '70000:80',
    '80:70000',
    'localhost:80:80',
    '1-2:3-5',
    '9-8',
    '999.0.0.1:1:1',
  ]
  for (const spec of bad) {
    test(`the spec '${spec}' is refused`, () =>
      refuses(() => parsePorts([spec]), /^ports must be like '8080:80'/))
  }

  const badEntries = [{ http: 80 }, { '80/http': 80 }, { 70000: 80 }, { 80: 70000 }, { 80: -1 }, { 80: 1.5 }]
  for (const ports of [
    ...badEntries,
    { 80: 'a:80' },
    { 80: true },
    { 80: { port: 80 } },
    { 80: '10.0.0.1:x' },
  ]) {
    test(`${JSON.stringify(ports)} is refused`, () =>
      refuses(() => parsePorts(ports), /^(ports|unknown option 'port')/))
  }

  test('ports cannot be published in the network of the host', () => {
    refuses(() => bodyOf({ network: 'host', ports: { 80: 80 } }), /^ports cannot be published/)
    for (const ports of [{}, { 80: undefined }, null])
      assert.equal(bodyOf({ network: 'host', ports }).HostConfig?.NetworkMode, 'host')
  })

  test('a port that is undefined is not sent', () => {
    const { ExposedPorts, HostConfig } = bodyOf({ ports: { 80: undefined, '53/udp': null } })
    assert.deepEqual(Object.keys(ExposedPorts ?? {}), ['53/udp'])
    assert.deepEqual(Object.keys(HostConfig?.PortBindings ?? {}), ['53/udp'])
  })
})

describe('volumes', () => {
  const objects: readonly (readonly [object, string[]])[] = [
    [{ '/src': '/app' }, ['/src:/app:rw']],
    [{ cache: { bind: '/cache' } }, ['cache:/cache:rw']],
    [{ cache: { bind: '/cache', mode: 'ro,z' } }, ['cache:/cache:ro,z']],
    [{ cache: { bind: '/cache', mode: '' } }, ['cache:/cache']],
    [{ cache: { bind: '/cache', ro: true } }, ['cache:/cache:ro']],
    [{ cache: { bind: '/cache', ro: false, propagation: 'rshared' } }, ['cache:/cache:rw,rshared']],
    [{ '/a': ['/b', { bind: '/c', ro: true }] }, ['/a:/b:rw', '/a:/c:ro']],
    [{ 'C:\\x': 'D:\\y' }, ['C:\\x:D:\\y:rw']],
  ]
  for (const [volumes, Binds] of objects) {
    test(`${JSON.stringify(volumes)} is bound`, () =>
      assert.deepEqual(parseVolumes(volumes), { Volumes: {}, Binds }))
  }

  const binds = ['/a:/b', '/a:/b:ro,z', 'v:/b', 'v:/b:z', 'name:/b:ro', './a:/b', '~/a:/b']
  for (const spec of [
    ...binds,
    'C:\\x:D:\\y:rw',
    'c:/x:/y',
    'c:/x:/y:ro',
    'name:D:\\y',
    '\\\\.\\pipe\\a:\\\\.\\pipe\\a',
  ]) {
    test(`'${spec}' is bound as it is written`, () => {
      assert.deepEqual(parseVolumes([spec]), { Volumes: {}, Binds: [spec] })
    })
  }

  for (const path of ['/data', 'C:\\data', '/with space']) {
    test(`'${path}' is an anonymous volume`, () => {
      assert.deepEqual(parseVolumes([path]), { Volumes: { [path]: {} }, Binds: [] })
    })
  }

  test('anonymous volumes and binds reach their places', () => {
    assert.deepEqual(bodyOf({ volumes: ['/data', './src:/app:ro'] }), {
      Image: 'alpine',
      Volumes: { '/data': {} },
      HostConfig: { Binds: ['./src:/app:ro'] },
    })
  })

  for (const spec of ['', 'data', '/x:ro', '/a:', ':/a', '/a:/b:ro:z', 'name:data']) {
    test(`'${spec}' is refused`, () => refuses(() => parseVolumes([spec]), /^volumes must be like '\/data'/))
  }

  test('an object of volumes is checked', () => {
    refuses(
      () => parseVolumes({ a: { bind: '/a', mode: 'ro', ro: true } }),
      "volumes['a'] takes mode or ro, not both",
    )
    refuses(() => parseVolumes({ a: 'b' }), "volumes['a'] must be an absolute path in the container, not 'b'")
    refuses(
      () => parseVolumes({ a: {} }),
      "volumes['a'].bind must be an absolute path in the container, not undefined",
    )
    refuses(
      () => parseVolumes({ a: { bind: '/a', propagation: 'all' } }),
      /^volumes\['a'\].propagation must be 'private'/,
    )
    refuses(
      () => parseVolumes({ a: { bnid: '/a' } }),
      "unknown option 'bnid' of volumes['a'], did you mean 'bind'?",
    )
  })
})

describe('mounts', () => {
  const rows: readonly (readonly [object, object])[] = [
    [{ target: '/a' }, { Type: 'volume', Target: '/a' }],
    [
      {
        type: 'bind',
        source: '/a',
        target: '/b',
        readOnly: true,
        propagation: 'rslave',
        consistency: 'cached',
      },
      {
        Type: 'bind',
        Source: '/a',
        Target: '/b',
        ReadOnly: true,
        Consistency: 'cached',
        BindOptions: { Propagation: 'rslave' },
      },
    ],
    [
      {
        source: 'v',
        target: '/b',
        noCopy: true,
        labels: ['a=1'],
        driverConfig: { name: 'local' },
        subpath: 'x',
      },
      {
        Type: 'volume',
        Source: 'v',
        Target: '/b',
        VolumeOptions: { NoCopy: true, Labels: { a: '1' }, DriverConfig: { Name: 'local' }, Subpath: 'x' },
      },
    ],
    [
      { type: 'tmpfs', target: '/t', tmpfsSize: '64m', tmpfsMode: '1777', tmpfsOptions: [['noexec']] },
      {
        Type: 'tmpfs',
        Target: '/t',
        TmpfsOptions: { SizeBytes: 67108864, Mode: 0o1777, Options: [['noexec']] },
      },
    ],
    [
      { type: 'image', source: 'alpine', target: '/i', subpath: 'etc' },
      { Type: 'image', Source: 'alpine', Target: '/i', ImageOptions: { Subpath: 'etc' } },
    ],
    [
      {
        Type: 'bind',
        Source: '/a',
        Target: '/b',
        BindOptions: { Propagation: 'shared' },
        createMountpoint: true,
      },
      {
        Type: 'bind',
        Source: '/a',
        Target: '/b',
        BindOptions: { Propagation: 'shared', CreateMountpoint: true },
      },
    ],
  ]
  for (const [mount, expected] of rows) {
    test(`${JSON.stringify(mount)} is a mount`, () => assert.deepEqual(parseMount(mount), expected))
  }

  const strings: readonly (readonly [string, object])[] = [
    ['TYPE=BIND,src=/a,dst=/b,readonly', { Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true }],
    ['type=bind,src=/a,dst=/b,readonly', { Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true }],
    ['source=v,destination=/b,ro=false', { Type: 'volume', Source: 'v', Target: '/b', ReadOnly: false }],
    [
      'type=bind,src=/a,target=/b,bind-propagation=rshared,bind-recursive=disabled',
      {
        Type: 'bind',
        Source: '/a',
        Target: '/b',
        BindOptions: { Propagation: 'rshared', NonRecursive: true },
      },
    ],
    [
      'src=v,dst=/b,volume-nocopy,volume-label=a=1,volume-label=b,volume-driver=local,"volume-opt=o=addr=1,vers=4"',
      {
        Type: 'volume',
        Source: 'v',
        Target: '/b',
        VolumeOptions: {
          NoCopy: true,
          Labels: { a: '1', b: '' },
          DriverConfig: { Name: 'local', Options: { o: 'addr=1,vers=4' } },
        },
      },
    ],
    [
      'type=tmpfs,dst=/t,tmpfs-size=1g,tmpfs-mode=0700',
      { Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 1073741824, Mode: 0o700 } },
    ],
  ]
  for (const [line, expected] of strings) {
    test(`'${line}' is read as docker reads it`, () => assert.deepEqual(parseMountString(line), expected))
  }

  const bad: readonly (readonly [object, RegExp])[] = [
    [{ target: '/a', noCpoy: true }, /^unknown option 'noCpoy' of mounts\[0\], did you mean 'noCopy'\?/],
    [
      { Target: '/a', VolumeOptions: { NoCopi: true } },
      /^unknown option 'NoCopi' of mounts\[0\].VolumeOptions/,
    ],
    [
      { type: 'bind', source: '/a', target: '/b', noCopy: true },
      /^mounts\[0\].noCopy is for mounts of type volume, not bind/,
    ],
    [{ type: 'disk', target: '/b' }, /^mounts\[0\].type must be 'bind' or .*, not 'disk'/],
    [{ source: '/a' }, /^mounts\[0\].target must be a path in the container, not undefined/],
    [{ type: 'bind', target: '/b' }, /^mounts\[0\].source must be what the bind mount is of, not undefined/],
    [{ type: 'tmpfs', source: 'a', target: '/b' }, /^mounts\[0\].source cannot be given for a tmpfs mount/],
    [
      { type: 'tmpfs', target: '/b', tmpfsMode: '999' },
      /^mounts\[0\].tmpfsMode must be a number such as 0o1777/,
    ],
    [{ target: '/b', readOnly: 'yes' }, /^mounts\[0\].readOnly must be true or false, not 'yes'/],
  ]
  for (const [mount, message] of bad) {
    test(`${JSON.stringify(mount)} is refused`, () =>
      refuses(() => bodyOfAnything({ mounts: [mount] }), message))
  }

  const badStrings: readonly (readonly [string, RegExp])[] = [
    ['type=bind,src=/a,dts=/b', /^mount has an unknown field 'dts', did you mean 'dst'\?$/],
    [
      'type=bind,src=/a,dst=/b,readonyl',
      /^mount has an unknown field 'readonyl', did you mean 'readonly'\?$/,
    ],
    [
      'src=v,dst=/b,bind-propagation=shared',
      /^mount: bind-propagation is for mounts of type bind, not volume/,
    ],
    ['src=v,dst', /^mount: dst needs a value$/],
    ['dst=/b,"x', /^mount has a stray or unclosed " in its field at character 8$/],
    ['dst=/b,readonly=maybe', /^mount: readonly must be true or false, not 'maybe'/],
  ]
  for (const [line, message] of badStrings) {
    test(`'${line}' is refused`, () => refuses(() => parseMountString(line), message))
  }
})

describe('bad values', () => {
  const rows: readonly (readonly [object, string | RegExp])[] = [
    [{ memory: '12q' }, "memory must be a number of bytes or a string such as '512m', not '12q'"],
    [{ memory: -1 }, "memory must be a number of bytes or a string such as '512m', not -1"],
    [{ memorySwap: -2 }, /^memorySwap must be .* or -1 for no limit, not -2$/],
    [{ shmSize: 1.5 }, /^shmSize must be a number of bytes .*, not 1.5$/],
    [{ cpuShares: '12' }, "cpuShares must be a whole number, not '12'"],
    [{ pidsLimit: Number.NaN }, 'pidsLimit must be a whole number, not NaN'],
    [{ tty: 'yes' }, "tty must be true or false, not 'yes'"],
    [{ hostname: 5 }, 'hostname must be a string, not 5'],
    [{ user: {} }, 'user must be a string or a whole number, not {}'],
    [{ name: 5 }, 'name must be a string, not 5'],
    [{ capAdd: 'ALL' }, 'capAdd must be an array of strings, not a string'],
    [{ securityOpt: ['a', 1] }, 'securityOpt[1] must be a string, not 1'],
    [{ labels: 'a' }, 'labels must be an object or an array of strings, not a string'],
    [{ labels: new Map([['a', 'b']]) }, 'labels must be an object or an array of strings, not a Map'],
    [{ labels: { a: {} } }, 'labels.a must be a string, a number or a boolean, not an object'],
    [{ labels: { a: Number.NaN } }, 'labels.a must be a string, a number or a boolean, not NaN'],
    [{ labels: ['=b'] }, 'labels must be named values, and one has no name'],
    [{ env: { 'A=B': '1' } }, "env must be an object of names without '=', and has 'A=…'"],
    [{ env: { '': '1' } }, "env must be an object of names without '=', and has ''"],
    [{ env: ['A', '=1'] }, "env[1] must be 'NAME=value' or 'NAME', and has no name"],
    [{ env: [1] }, "env[0] must be a string such as 'NAME=value', not a number"],
    [{ entrypoint: "sh -c 'a" }, /^entrypoint has an unclosed ' at character 7 \(give an array/],
    [{ entrypoint: [1] }, 'entrypoint[0] must be a string, not 1'],
    [{ healthcheck: { interval: '1 minute' } }, /^healthcheck.interval must be .* '1m30s', not '1 minute'$/],
    [{ healthcheck: { tets: 'a' } }, "unknown option 'tets' of healthcheck, did you mean 'test'?"],
    [{ isolation: 'vm' }, "isolation must be 'default' or 'process' or 'hyperv', not 'vm'"],
    [{ restart: 'allways' }, /^restart.name must be 'no' or .*, not 'allways'$/],
    [{ restart: 'on-failure:x' }, "restart must be like 'always' or 'on-failure:3', not 'on-failure:x'"],
    [{ restart: 'always:3' }, "restart takes a number of retries only for 'on-failure', not 'always'"],
    [{ ulimits: ['nofile'] }, "ulimits[0] must be like 'nofile=1024:2048' or 'nofile=1024', not 'nofile'"],
    [
      { ulimits: [{ name: 'nofile', soft: 5, hard: 1 }] },
      'ulimits[0]: the soft limit, 5, is above the hard one, 1',
    ],
    [{ ulimits: [{ Name: 'nofile', Sofd: 5 }] }, "unknown option 'Sofd' of ulimits[0], did you mean 'soft'?"],
    [
      { devices: ['/dev/a:/dev/b:rwx'] },
      /^devices\[0\]: the permissions of a device must be some of 'rwm', not 'rwx'$/,
    ],
    [{ devices: [''] }, /^devices\[0\] must be like '\/dev\/a'/],
    [{ deviceRequests: [{ deviceIDs: ['0'] }] }, /did you mean 'deviceIds'/],
    [
      { deviceReadIops: [{ path: '/a', rate: '1m' }] },
      "deviceReadIops[0].rate must be a whole number, not '1m'",
    ],
    [{ gpus: 'some' }, /^gpus must be 'all', a number/],
    [{ extraHosts: ['db'] }, "extraHosts must be like 'db:10.0.0.2', not 'db'"],
    [{ extraHosts: { db: 1 } }, 'extraHosts.db[0] must be a string, not 1'],
    [{ tmpfs: ['run'] }, "tmpfs needs absolute paths, not 'run'"],
    [{ hostConfig: [] }, 'hostConfig must be an object, not an empty array'],
    [{ links: [{}] }, 'links[0] must be an array, not an object'],
  ]
  for (const [options, message] of rows) {
    test(`${JSON.stringify(options)} is refused by name and value`, () =>
      refuses(() => bodyOfAnything(options), message))
  }

  test('an image without a name is refused', () => {
    refuses(() => createRequest('', undefined), "image must be a name or an id, not ''")
  })

  test('a long value is cut short in the message', () => {
    refuses(() => bodyOf({ memory: 'x'.repeat(5000) }), /^memory must be .{80,200}\.\.\.$/)
  })
})

describe('unknown options', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['enviroment', "unknown option 'enviroment', did you mean 'env'?"],
    ...(
      [
        ['environment', 'env'],
        ['mem_limit', 'memory'],
        ['memLimit', 'memory'],
        ['m', 'memory'],
        ['memswap_limit', 'memorySwap'],
        ['nano_cpus', 'cpus'],
        ['NanoCpus', 'cpus'],
        ['rm', 'remove'],
        ['auto_remove', 'remove'],
        ['cwd', 'workdir'],
        ['working_dir', 'workdir'],
        ['w', 'workdir'],
        ['net', 'network'],
        ['NetworkMode', 'network'],
        ['networking_config', 'networks'],
        ['v', 'volumes'],
        ['p', 'ports'],
        ['P', 'publishAll'],
        ['publish', 'ports'],
        ['stdin_open', 'interactive'],
        ['i', 'interactive'],
        ['t', 'tty'],
        ['restart_policy', 'restart'],
        ['UTSMode', 'uts'],
        ['HostConfig', 'hostConfig'],
      ] as const
    ).map(([name, ours]) => [name, `unknown option '${name}': it is called ${ours} here`] as const),
    ['cmd', "unknown option 'cmd': the command is an argument before the options"],
    ['prots', "unknown option 'prots', did you mean 'ports'?"],
    ['zzzzzzzz', "unknown option 'zzzzzzzz'"],
    ['ipv4_adress', "unknown option '***' (its name is not shown: it may be a secret)"],
    ['x'.repeat(100_000), "unknown option '***' (its name is not shown: it may be a secret)"],
  ]
  for (const [name, message] of rows) {
    test(`'${name}' is refused`, () => refuses(() => bodyOfAnything({ [name]: 1 }), message))
  }

  test('an unknown name without a value harms nobody', () => {
    assert.deepEqual(bodyOfAnything({ enviroment: undefined }), { Image: 'alpine', HostConfig: {} })
  })

  test('others can refuse unknown names as well', () => {
    refuseUnknown({ all: true }, ['all', 'limit'])
    refuses(
      () => refuseUnknown({ limt: 1 }, ['all', 'limit'], 'list'),
      "unknown option 'limt' of list, did you mean 'limit'?",
    )
  })

  test('the nearest name is found by its letters, and only when it is near', () => {
    assert.equal(nearest('imagse', ['images', 'image', 'volumes']), 'images')
    assert.equal(nearest('net', ['networks', 'nodes']), 'networks')
    assert.equal(nearest('DNS_OPT', ['dns', 'dnsOption']), 'dnsOption')
    assert.equal(nearest('abc', ['xyz']), undefined)
    assert.equal(nearest('', ['a']), 'a')
    assert.equal(nearest('a', []), undefined)
  })
})

describe('converters', () => {
  test('sizes are read as docker reads them', () => {
    const rows: readonly (readonly [string | number, number])[] = [
      [0, 0],
      ['128', 128],
      ['1b', 1],
      ['1.5k', 1536],
      ['512MB', 536870912],
      ['512m', 536870912],
      ['64KiB', 65536],
      ['2 g', 2147483648],
      ['1T', 1099511627776],
      ['.5g', 536870912],
      ['1.g', 1073741824],
      ['+1m', 1048576],
      ['1e3', 1000],
      ['1 ', 1],
    ]
    for (const [size, bytes] of rows) assert.equal(parseBytes(size), bytes, String(size))
    for (const size of [
      '',
      'm',
      '512MK',
      '127.0.0.1K',
      '-1',
      '9000p',
      ' ',
      ' 1m',
      '1m ',
      '1  m',
      '1ki',
      '1ib',
      '1e',
      '.',
      Number.POSITIVE_INFINITY,
      null,
    ]) {
      refuses(() => parseBytes(size), /^size must be a number of bytes/)
    }
  })

  test('durations become nanoseconds', () => {
    const rows: readonly (readonly [string | number, number])[] = [
      [5, 5e6],
      [0.5, 5e5],
      ['0', 0],
      ['0s', 0],
      ['10ns', 10],
      ['2us', 2000],
      ['2µs', 2000],
      ['500ms', 5e8],
      ['0.1s', 1e8],
      ['1m30s', 90e9],
      ['1h1m1s', 3661e9],
      ['.5h', 1800e9],
      ['+10m', 600e9],
      ['-0', 0],
      ['8760h', 31_536_000e9],
    ]
    for (const [duration, nanoseconds] of rows)
      assert.equal(parseDuration(duration), nanoseconds, String(duration))
    for (const duration of [
      '',
      '5',
      '5x',
      's',
      '1m 30s',
      '-1s',
      ' 1s',
      '1s ',
      '--1s',
      '2562048h',
      -1,
      30_000_000_000,
      Number.NaN,
      true,
    ]) {
      refuses(() => parseDuration(duration), /^duration must be a number of milliseconds/)
    }
  })

  test('commands are split as a shell splits them', () => {
    const rows: readonly (readonly [string, string[]])[] = [
      ['', []],
      ['  a \t b\n', ['a', 'b']],
      [`'a b' "c d"`, ['a b', 'c d']],
      [`a''b"c"d`, ['abcd']],
      [`'' ""`, ['', '']],
      [String.raw`a\ b \'c`, ['a b', "'c"]],
      [String.raw`"\"\\\$\x"`, [String.raw`"\$\x`]],
      [String.raw`'\n'`, [String.raw`\n`]],
      ['a\\\nb', ['ab']],
      ['echo #not | a > comment', ['echo', '#not', '|', 'a', '>', 'comment']],
      ['naïve 日本', ['naïve', '日本']],
    ]
    for (const [command, words] of rows) assert.deepEqual(splitCommand(command), words, command)
    refuses(() => splitCommand('a "b'), /^command has an unclosed " at character 3 /)
    refuses(() => splitCommand('a \\'), /^command has a backslash at its end /)
    refuses(() => splitCommand(5), 'command must be a string or an array of strings, not a number')
  })

  test('environments keep odd names and values', () => {
    assert.deepEqual(parseEnvironment({ A: 1, B: true, C: 'x=y', D: undefined, __proto__: null }), [
      'A=1',
      'B=true',
      'C=x=y',
    ])
    assert.deepEqual(parseEnvironment(JSON.parse('{"__proto__":"1"}')), ['__proto__=1'])
  })

  test('devices may leave out what is usual', () => {
    const whole = { PathOnHost: '/dev/a', PathInContainer: '/dev/b', CgroupPermissions: 'r' }
    assert.deepEqual(parseDevice('/dev/a:/dev/b:r'), whole)
    assert.deepEqual(parseDevice('/dev/a:/dev/b'), { ...whole, CgroupPermissions: 'rwm' })
    assert.deepEqual(parseDevice('/dev/a:r'), { ...whole, PathInContainer: '/dev/a' })
    assert.deepEqual(
      parseDevice({ pathOnHost: '/dev/a', pathInContainer: '/dev/b', cgroupPermissions: 'r' }),
      whole,
    )
    assert.deepEqual(parseDevice(whole), whole)
  })

  test('ulimits may leave out one of two limits', () => {
    const both = { Name: 'nofile', Soft: 1024, Hard: 1024 }
    for (const ulimit of [
      'nofile=1024',
      { name: 'nofile', soft: 1024 },
      { name: 'nofile', hard: 1024 },
      both,
    ]) {
      assert.deepEqual(parseUlimit(ulimit), both)
    }
    assert.deepEqual(parseUlimit('memlock=-1:-1'), { Name: 'memlock', Soft: -1, Hard: -1 })
    assert.deepEqual(parseUlimit('core=0:-1'), { Name: 'core', Soft: 0, Hard: -1 })
  })

  test('restart policies are read in every form', () => {
    const onFailure = { Name: 'on-failure', MaximumRetryCount: 3 }
    assert.deepEqual(parseRestartPolicy({ name: 'on-failure', maximumRetryCount: 3 }), onFailure)
    assert.deepEqual(parseRestartPolicy(onFailure), onFailure)
    assert.deepEqual(parseRestartPolicy({ Name: 'always', MaximumRetryCount: 0 }), {
      Name: 'always',
      MaximumRetryCount: 0,
    })
    assert.deepEqual(parseRestartPolicy(''), { Name: '' })
  })

  test('GPUs are asked for as docker asks', () => {
    const gpu = [['gpu']]
    const rows: readonly (readonly [string | number, object])[] = [
      ['all', { Count: -1, Capabilities: gpu }],
      [-1, { Count: -1, Capabilities: gpu }],
      ['2', { Count: 2, Capabilities: gpu }],
      ['device=0', { DeviceIDs: ['0'], Capabilities: gpu }],
      ['"device=0,1"', { DeviceIDs: ['0', '1'], Capabilities: gpu }],
      ['count=2,capabilities=utility', { Count: 2, Capabilities: [['utility', 'gpu']] }],
      [
        'driver=nvidia,"options=a=1,b=2"',
        { Count: 1, Driver: 'nvidia', Options: { a: '1', b: '2' }, Capabilities: gpu },
      ],
    ]
    for (const [gpus, request] of rows) assert.deepEqual(parseGpus(gpus), request, String(gpus))
    refuses(() => parseGpus('device=0,1'), /^gpus takes a count or devices, not both.*in quotes/)
    refuses(() => parseGpus('count=1,count=2'), "gpus has count twice: 'count=1,count=2'")
    refuses(() => parseGpus('size=1'), /^gpus: a field must be count, .*, not 'size'$/)
    refuses(() => parseGpus(-2), /^gpus must be 'all', a number/)
  })

  test('resources can be made apart, for updating a container', () => {
    assert.deepEqual(resources({ memory: '1g', cpuShares: 0, pidsLimit: null }), {
      Memory: 1073741824,
      CpuShares: 0,
      PidsLimit: null,
    })
  })
})
