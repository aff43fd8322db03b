import assert from 'node:assert/strict'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { APART, aName, aRunningContainer, IMAGE, LABEL, onEveryEngine } from '../support/engines.js'
import { aFolder } from '../support/scripted-engine.js'
import {
  countInvocations,
  doesTheSame,
  eachLooksTheSame,
  eachShowsTheSame,
  looksTheSame,
  type Row,
  type SideBySideOptions,
  type Subjects,
  type Words,
} from '../support/side-by-side.js'
import { withoutDocker } from '../support/tools.js'

/** What is done once to each of two containers that are alike. */
type Done = readonly [words: readonly string[], options?: SideBySideOptions]
const OWN: SideBySideOptions = { stderr: 'own' }
/** As a text: stdin of both. */
const EMPTY_TAR = { input: '\0'.repeat(1024) }
const UNORDERED: SideBySideOptions = { unordered: true }
const ID = /\b[0-9a-f]{64}\b/g
/** What a container uses moves all the time. */
const USAGE = /[\d.]+(?:%|[kKMG]?i?B)/g
const THING = 'THING'

/** In a container that runs; CONTAINER is its id, and THING its name. */
const LOOKS: readonly Row[] = [
  [['inspect', THING]],
  [['inspect', '-s', THING]],
  [['inspect', '-f', 'json', THING]],
  [['inspect', 'CONTAINER', 'dockline-nothing']],
  [['inspect', 'dockline-nothing']],
  [['inspect', 'dockline-nothing', '-f', '{{.Id}}']],
  [['inspect', '--type', 'container', THING, '-f', '{{.Name}}']],
  [['inspect', '--type', 'image', THING]],
  [['inspect', '--type', 'volume', 'dockline-nothing']],
  [['inspect', '--type', 'network', 'dockline-nothing']],
  [['inspect', '--type', 'nope', THING]],
  [['inspect', '--type', '', THING]],
  [['inspect', '']],
  [['inspect', 'bridge', '-f', '{{.Name}} {{json .IPAM.Config}}']],
  [['inspect', IMAGE]],
  [['inspect', '-s', IMAGE, '-f', '{{.Id}} {{.RepoTags}} {{.Config.Cmd}}']],
  [['container', 'inspect', THING, 'dockline-nothing']],
  [['container', 'inspect', '-f', '{{.State.Status}}', THING]],
  [['top', THING]],
  [['top', THING, '-o', 'pid,args']],
  [['container', 'top', THING, 'x']],
  [['top', 'dockline-nothing']],
  [['diff', THING], UNORDERED],
  [['diff', 'dockline-nothing']],
  [['diff', '']],
  [['port', THING]],
  [['port', THING, '70']],
  [['port', THING, '70/tcp']],
  [['port', THING, '71']],
  [['port', THING, '70/udp']],
  [['port', THING, '']],
  [['port', THING, '70/']],
  [['port', THING, '70/tcp/x']],
  [['port', THING, 'x']],
  [['port', 'dockline-nothing']],
  [['logs', THING]],
  [['logs', '-n', '1', THING]],
  [['logs', 'dockline-nothing']],
  [['exec', '-e', 'A=1', '-w', '/tmp', '-u', 'nobody', THING, 'sh', '-c', 'echo $A; pwd; id -u']],
  [['exec', 'dockline-nothing', 'true']],
  [['ps', '--no-trunc', '-f', 'id=CONTAINER', '--format', '{{.ID}} {{.Names}} {{json .Image}}']],
  [['ps', '-f', 'id=CONTAINER', '--format', 'table {{.Names | upper}}\t{{json .Image}}\t{{lower .State}}']],
  [
    [
      'ps',
      '-f',
      'id=CONTAINER',
      '--format',
      '{{range split .Names "-"}}{{.}};{{end}}{{if eq .State "running"}}!{{end}}',
    ],
  ],
  [['container', 'ls', '-q', '-f', 'id=CONTAINER']],
  [['container', 'ps', '-aq', '-f', 'id=CONTAINER']],
  [['stats', '--no-stream', 'dockline-nothing']],
  [['stats', '--no-stream', THING], { moving: [USAGE, / {2,}/g] }],
  [['stats', '--no-stream', '--no-trunc', THING], { moving: [USAGE, / {2,}/g] }],
  [['stats', '--no-stream', '--format', 'json', THING], { moving: [USAGE] }],
  [['stats', '--no-stream', '--format', '{{.Container}} {{.ID}} {{.Name}} {{.PIDs}}', THING]],
  [['stats', '--no-stream', '--format', '{{.Nope}}', THING], OWN],
  [['cp', 'THING:/nope', '.']],
  [['cp', 'dockline-nothing:/x', '.']],
  [['cp', 'THING:/greeting', '-']],
  [['cp', '-L', 'THING:/link', '-']],
  [['cp', 'a', 'b']],
  [['cp', 'THING:/a', 'THING:/b']],
  [['cp', '', 'THING:/b']],
  [['cp', '-', 'THING:/greeting']],
  [['cp', '-', 'THING:/nope']],
  [['cp', '-', 'THING:/link'], EMPTY_TAR],
  [['cp', '-', 'THING:/linked'], EMPTY_TAR],
  [['cp', '/dockline/nothing', 'THING:/'], OWN],
  [['cp', 'THING:/folder', '/etc/hostname'], OWN],
  [['cp', 'THING:/greeting', '/dockline/nothing/x'], OWN],
  [['cp', '/etc/hostname', 'THING:/greeting/'], OWN],
  [['cp', '/dockline/nothing', 'THING:/greeting/'], OWN],
  [['cp', '/etc/hostname', 'THING:/greeting/x']],
  [['cp', '/etc', 'THING:/greeting/']],
  [['export', 'dockline-nothing']],
  [['export', '-o', '/dockline/nothing', THING]],
  [['export', '-o', '/', THING]],
  [['commit', 'dockline-nothing']],
  [['commit', THING, 'BAD'], OWN],
  [['pause', 'dockline-nothing']],
  [['unpause', THING]],
  [['restart', 'dockline-nothing']],
  [['wait', 'dockline-nothing']],
  [['wait', '']],
  [['update', THING]],
  [['update', '--memory', '64m', 'dockline-nothing']],
  [['rename', THING, THING]],
  [['rename', 'dockline-nothing', 'x']],
  [['rename', '', 'x']],
  [['rename', THING, '/']],
  [['create', '--name', THING, IMAGE]],
  [['create', '--pull', 'never', 'dockline/nothing:1']],
  [['start', 'dockline-nothing']],
  [['stop', 'dockline-nothing']],
  [['kill', 'dockline-nothing']],
  [['kill', '-s', 'NOPE', THING]],
  [['rm', THING], { moving: [/cannot remove container .*/g] }],
  [['rm', 'dockline-nothing']],
  [['attach', 'dockline-nothing']],
]

/** After the others: what runs in it is seen by `top` and `stats`. */
const RUNS: readonly Row[] = [[['exec', THING, 'sh', '-c', 'echo out; echo err >&2; exit 3']]]

/** What depends on the Engine's answer; test/vectors has hundreds of others. */
const TEMPLATES = [
  '{{.Id}} {{.Created}} {{.State.Pid}} {{.HostConfig.ShmSize}}',
  '{{range $name, $network := .NetworkSettings.Networks}}{{$name}}={{$network.IPAddress}} {{end}}',
  '{{range $port, $bindings := .NetworkSettings.Ports}}{{$port}} -> {{(index $bindings 0).HostPort}}{{"\\n"}}{{end}}',
  '{{json .HostConfig}}',
  '{{json .}}',
  '{{.State.Health}} {{.Config.Healthcheck}} {{.HostConfig.Init}} {{.SizeRw}} {{.Config.StopSignal}}|{{.HostConfig.Mounts}}',
  '{{.HostConfig}} {{.Config}} {{.NetworkSettings.Ports}}',
  '{{index .Config.Labels "nope"}}|{{index .Config.Labels "com.example.<&>"}}|{{.ImageManifestDescriptor}}',
  '{{.state.status}}',
  '{{.State.Nope}}',
]

countInvocations()

onEveryEngine((engine) => {
  describe('side by side with docker', { skip: withoutDocker }, () => {
    describe('looking at a container', () => {
      let watched = { THING: '', CONTAINER: '' }
      let removed: () => Promise<void> = async () => {}
      before(async () => {
        const container = await aWatchedContainer()
        watched = { THING: container.name ?? '', CONTAINER: container.id }
        removed = () => container.remove({ force: true, volumes: true })
      })
      after(() => removed())
      const names = () => watched

      describe('that runs, by every command that only looks', () =>
        eachShowsTheSame(engine, LOOKS, { names }))
      eachLooksTheSame(engine, 'that runs, by what runs in it', RUNS, { names })

      const usage: readonly Words[] = [
        ['inspect'],
        ['wait'],
        ['cp', 'a'],
        ['rename', 'a'],
        ['top'],
        ['diff', 'a', 'b'],
        ['pause', '--nope', 'a'],
        ['update', '--cpus', 'x', 'a'],
        ['restart', '-t', 'x', 'a'],
        ['events', '-f', 'x'],
        ['events', '--format', '{{.ID'],
        ['inspect', '-f', '{{.Name', 'x'],
        ['create'],
        ['create', '--pull', 'x', IMAGE],
        ['create', '--rm', '--restart', 'always', IMAGE],
        ['create', '-d', IMAGE],
        ['container', 'nope'],
        ['container', 'inspect'],
        ['commit'],
        ['export', 'a', 'b'],
      ]
      eachLooksTheSame(
        engine,
        'with wrong usage',
        usage.map((words) => [words]),
        { clientOnly: true },
      )

      const values: readonly Words[] = [
        ['update', '-m', 'x', 'a'],
        ['events', '--format', '{{.Nope}}'],
        ['events', '--since', 'x', '--until', '0s'],
        ['stats', '--format', '{{.ID', '--no-stream'],
      ]
      eachLooksTheSame(
        engine,
        'with wrong values, in words of its own',
        values.map((words) => [words, OWN]),
        { clientOnly: true },
      )

      const failing: readonly Row[] = [
        [['run', '--rm', '-m', '1k', IMAGE]],
        [['run', '--rm', '--name', 'a/b', IMAGE]],
        [['run', '--rm', '--network', 'dockline-no-such', IMAGE]],
        [['run', '--rm', '-w', 'x', IMAGE]],
        [['run', '--rm', IMAGE, 'dockline-no-such']],
        [['run', '--rm', IMAGE, '/etc']],
        [['run', '-d', '--rm', IMAGE, 'dockline-no-such'], { moving: [ID] }],
        [['run', '-d', '--rm', '--network', 'dockline-no-such', IMAGE], { moving: [ID] }],
        [['container', 'run', '-d', '--rm', '-w', 'x', IMAGE]],
        [['run', '--pull', 'never', 'dockline/nothing:1']],
        [['run', '--pull', 'x', IMAGE]],
        [['run', '--rm', '--restart', 'always', IMAGE]],
        [['run', '--label-file', '/dockline-no-such', IMAGE]],
        [['run', '--cidfile', '/etc/hostname', IMAGE]],
        [['run', '-it', IMAGE]],
        [['create', '-m', '1k', IMAGE]],
        [['create', '--pull', 'x', IMAGE]],
        [['create', '--label-file', '/dockline-no-such', IMAGE]],
        [['create', '--cidfile', '/etc/hostname', IMAGE]],
        [['container', 'create', '--health-cmd', 'x', '--no-healthcheck', IMAGE]],
      ]
      eachLooksTheSame(engine, 'with a run that comes to nothing, or a create', failing)

      eachLooksTheSame(
        engine,
        'through templates',
        // A pointer is printed as where it points to.
        TEMPLATES.map((format) => [['inspect', '-f', format, THING], { moving: [/0x[0-9a-f]+/g] }]),
        { names },
      )
    })

    it('events, in every format', async (test) => {
      const container = await aRunningContainer(test, engine)
      const since = String(Math.floor(Date.now() / 1000) - 2)
      await container.pause()
      await container.unpause()
      const until = String(Math.floor(Date.now() / 1000) + 1)
      const window = ['events', '--since', since, '--until', until, '-f', `container=${container.id}`]
      for (const flags of [
        [],
        ['-f', 'event=pause'],
        ['-f', 'type=network'],
        ['--format', 'json'],
        ['--format', '{{json .}}'],
        [
          '--format',
          '{{.Status}} {{.ID}} {{.From}} {{.Type}} {{.Action}} {{.Scope}} {{.Time}} {{.TimeNano}}',
        ],
        ['--format', '{{.Actor.ID}} {{.Actor.Attributes.name}} {{json .Actor}}'],
        ['--format', '{{range $name, $value := .Actor.Attributes}}{{$name}}={{$value}},{{end}}'],
      ]) {
        await looksTheSame(engine, [...window, ...flags])
      }
    })

    it('doing to a container what can be done to it', async (test) => {
      const two = await twoContainers(test)
      const rows: Done[] = [
        [['pause', THING]],
        [['pause', THING], { moving: [ID] }],
        [['exec', THING, 'true']],
        [['exec', '-d', THING, 'true']],
        [['unpause', THING, 'dockline-nothing']],
        [['update', '--memory', '64m', '--memory-swap', '-1', '--restart', 'no', THING]],
        [['update', '--pids-limit', '-1', '--cpus', '1.5', THING]],
        [['update', '-c', '512', '--cpuset-cpus', '0', THING, 'dockline-nothing']],
        [
          [
            'inspect',
            '-f',
            '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}}',
            THING,
          ],
        ],
        [['restart', '-t', '0', THING]],
        [['diff', THING], UNORDERED],
        [['exec', THING, 'sh', '-c', 'echo hi > /hi']],
        [['diff', THING], UNORDERED],
        [['kill', '-s', 'KILL', THING]],
        [['wait', THING, 'dockline-nothing']],
        [['top', THING], { moving: [ID] }],
        [['start', THING]],
        [['stop', '-t', '0', THING]],
        [['rename', THING, `${THING}-renamed`]],
        [['ps', '-a', '-f', `name=${THING}`, '--format', '{{.Names}} {{.Image}} {{.State}}']],
        [['rm', '-f', `${THING}-renamed`]],
        [['rm', '-f', `${THING}-renamed`]],
      ]
      for (const [words, options] of rows) {
        await doesTheSame(
          engine,
          two,
          (subject) => words.map((word) => word.replaceAll(THING, subject)),
          options,
        )
      }
    })

    it('creating a container, with its id in a file', async (test) => {
      const two = { docker: aName(test, engine), dockline: aName(test, engine) }
      const folder = await aFolder(test)
      const words = (name: string) => {
        return [
          'create',
          ...APART,
          '--name',
          name,
          '--cidfile',
          join(folder, name),
          '-e',
          'A=1',
          IMAGE,
          'true',
        ]
      }
      const made = await doesTheSame(engine, two, words, { moving: [ID] })
      assert.equal(await readFile(join(folder, two.dockline), 'utf8'), made.dockline.stdout.trim())
      await doesTheSame(engine, two, words)
    })

    it('committing a container, and what the image then is', async (test) => {
      const two = await twoContainers(test)
      const commit = ['commit', '-m', 'words', '-a', 'me', '-c', 'CMD ["x"]', THING, `${THING}:v1`]
      const shown = ['inspect', '-f', '{{.Author}} {{.Comment}} {{.Config.Cmd}}', `${THING}:v1`]
      test.after(() =>
        Promise.all(
          [two.docker, two.dockline].map((name) => engine.client.images.remove(`${name}:v1`).catch(() => {})),
        ),
      )
      for (const words of [commit, shown]) {
        const named = (subject: string) => words.map((word) => word.replaceAll(THING, subject))
        await doesTheSame(engine, two, named, { moving: [ID] })
      }
    })

    it('copying files in and out', async (test) => {
      const two = await twoContainers(test)
      const folder = await aFolder(test)
      await mkdir(join(folder, 'tree'))
      await writeFile(join(folder, 'tree', 'leaf'), 'leaf\n')
      for (const name of [two.docker, two.dockline])
        await symlink(`${name}-target`, join(folder, `${name}-link`))
      const rows: Done[] = [
        [['cp', join(folder, 'tree'), `${THING}:/tmp`]],
        [['cp', `${join(folder, 'tree')}/.`, `${THING}:/tmp/other`]],
        [['cp', `${join(folder, 'tree')}/./`, `${THING}:/tmp/another`]],
        [['cp', '-q', join(folder, 'tree', 'leaf'), `${THING}:/tmp/new`]],
        [['cp', '-a', join(folder, 'tree', 'leaf'), `${THING}:/tmp`]],
        [['exec', THING, 'find', '/tmp', '-type', 'f']],
        [['cp', `${THING}:/tmp/tree`, join(folder, THING)]],
        [['cp', `${THING}:/tmp/leaf`, join(folder, THING)]],
        [['cp', `${THING}:/tmp/leaf`, join(folder, `${THING}-link`)]],
        [['cp', `${THING}:/tmp/tree`, `${join(folder, THING)}-new/.`], OWN],
        [['cp', join(folder, 'tree'), `${THING}:/nope/.`], OWN],
        [['exec', THING, 'mknod', '/device', 'c', '1', '3']],
        [['cp', join(folder, 'tree', 'leaf'), `${THING}:/device`], OWN],
        [['cp', join(folder, 'tree', 'leaf'), `${THING}:/nope/`], OWN],
        [['cp', join(folder, 'tree'), `${THING}:/tmp/leaf`], OWN],
        [
          ['cp', join(folder, 'tree', 'leaf'), `${THING}:/nope/nope`],
          { moving: [/file .* in container .*/g] },
        ],
        [['export', '-o', join(folder, `${THING}.tar`), THING]],
      ]
      for (const [words, options] of rows) {
        await doesTheSame(
          engine,
          two,
          (subject) => words.map((word) => word.replaceAll(THING, subject)),
          options,
        )
      }
      for (const name of [two.docker, two.dockline]) {
        assert.equal(await readFile(join(folder, name, 'leaf'), 'utf8'), 'leaf\n')
        assert.equal(await readFile(join(folder, `${name}-target`), 'utf8'), 'leaf\n')
      }
      const [theirs, ours] = await Promise.all(
        [two.docker, two.dockline].map((name) => readFile(join(folder, `${name}.tar`))),
      )
      assert.equal(ours?.length, theirs?.length)
    })
  })

  async function aWatchedContainer() {
    const script =
      'echo hello; echo hi > /greeting; ln -s greeting /link; mkdir /folder; ln -s folder /linked; exec sleep 600'
    const labels = { [LABEL]: '', 'com.example.<&>': '"quoted"' }
    const ports = ['70', '127.0.0.1:0:80', '0.0.0.0:0:443']
    const command = ['sh', '-c', script]
    const container = await engine.client.containers.run(IMAGE, command, { detach: true, labels, ports })
    await container.exec(['sh', '-c', 'while ! test -d /folder; do sleep 0.05; done'])
    return container.reload()
  }

  async function twoContainers(test: TestContext): Promise<Subjects> {
    const [docker = '', dockline = ''] = await Promise.all(
      [1, 2].map(async () => (await aRunningContainer(test, engine)).name ?? ''),
    )
    return { docker, dockline }
  }
})
