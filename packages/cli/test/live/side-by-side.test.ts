import assert from 'node:assert/strict'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { aName, aRunningContainer, IMAGE, LABEL, LABELLED, onNewestEngine } from '../support/engines.js'
import { aFolder } from '../support/scripted-engine.js'
import {
  countInvocations,
  doesTheSame,
  looksTheSame,
  type SideBySideOptions,
  type Subjects,
  type Words,
} from '../support/side-by-side.js'
import { withoutDocker } from '../support/tools.js'

/** What is done once to each of two containers that are alike. */
type Done = readonly [words: readonly string[], options?: SideBySideOptions]
const OWN: SideBySideOptions = { stderr: 'own' }
const UNORDERED: SideBySideOptions = { unordered: true }
const ID = /\b[0-9a-f]{64}\b/g
/** What a container uses moves all the time. */
const USAGE = /[\d.]+(?:%|[kKMG]?i?B)/g
const THING = 'THING'

countInvocations()

onNewestEngine((engine) => {
  describe('side by side with docker', { skip: withoutDocker }, () => {
    describe('looking at a container', () => {
      it('that runs, by every command that only looks', async (test) => {
        const { name, id } = await aWatchedContainer(test)
        const rows: Done[] = [
          [['inspect', name]],
          [['inspect', '-s', name]],
          [['inspect', '-f', 'json', name]],
          [['inspect', id, 'dockline-nothing']],
          [['inspect', 'dockline-nothing']],
          [['inspect', 'dockline-nothing', '-f', '{{.Id}}']],
          [['inspect', '--type', 'container', name, '-f', '{{.Name}}']],
          [['inspect', '--type', 'image', name]],
          [['inspect', '--type', 'volume', 'dockline-nothing']],
          [['inspect', '--type', 'network', 'dockline-nothing']],
          [['inspect', '--type', 'nope', name]],
          [['inspect', '--type', '', name]],
          [['inspect', '']],
          [['inspect', 'bridge', '-f', '{{.Name}} {{json .IPAM.Config}}']],
          [['inspect', IMAGE]],
          [['inspect', '-s', IMAGE, '-f', '{{.Id}} {{.RepoTags}} {{.Config.Cmd}}']],
          [['container', 'inspect', name, 'dockline-nothing']],
          [['container', 'inspect', '-f', '{{.State.Status}}', name]],
          [['top', name]],
          [['top', name, '-o', 'pid,args']],
          [['container', 'top', name, 'x']],
          [['top', 'dockline-nothing']],
          [['diff', name], UNORDERED],
          [['diff', 'dockline-nothing']],
          [['diff', '']],
          [['port', name]],
          [['port', name, '70']],
          [['port', name, '70/tcp']],
          [['port', name, '71']],
          [['port', name, '70/udp']],
          [['port', name, 'x']],
          [['port', 'dockline-nothing']],
          [['logs', name]],
          [['logs', '-n', '1', name]],
          [['logs', 'dockline-nothing']],
          [['exec', name, 'sh', '-c', 'echo out; echo err >&2; exit 3']],
          [['exec', '-e', 'A=1', '-w', '/tmp', '-u', 'nobody', name, 'sh', '-c', 'echo $A; pwd; id -u']],
          [['exec', 'dockline-nothing', 'true']],
          [['ps', '--no-trunc', '-f', `id=${id}`, '--format', '{{.ID}} {{.Names}} {{json .Image}}']],
          [
            [
              'ps',
              '-f',
              `id=${id}`,
              '--format',
              'table {{.Names | upper}}\t{{json .Image}}\t{{lower .State}}',
            ],
          ],
          [
            [
              'ps',
              '-f',
              `id=${id}`,
              '--format',
              '{{range split .Names "-"}}{{.}};{{end}}{{if eq .State "running"}}!{{end}}',
            ],
          ],
          [['container', 'ls', '-q', '-f', `id=${id}`]],
          [['container', 'ps', '-aq', '-f', `id=${id}`]],
          [['stats', '--no-stream', 'dockline-nothing']],
          [['stats', '--no-stream', name], { moving: [USAGE, / {2,}/g] }],
          [['stats', '--no-stream', '--no-trunc', name], { moving: [USAGE, / {2,}/g] }],
          [['stats', '--no-stream', '--format', 'json', name], { moving: [USAGE] }],
          [['stats', '--no-stream', '--format', '{{.Container}} {{.ID}} {{.Name}} {{.PIDs}}', name]],
          [['stats', '--no-stream', '--format', '{{.Nope}}', name], OWN],
          [['cp', `${name}:/nope`, '.']],
          [['cp', 'dockline-nothing:/x', '.']],
          [['cp', `${name}:/greeting`, '-']],
          [['cp', '-L', `${name}:/link`, '-']],
          [['cp', 'a', 'b']],
          [['cp', `${name}:/a`, `${name}:/b`]],
          [['cp', '', `${name}:/b`]],
          [['cp', '-', `${name}:/greeting`]],
          [['cp', '-', `${name}:/nope`]],
          [['cp', '/dockline/nothing', `${name}:/`], OWN],
          [['cp', `${name}:/folder`, '/etc/hostname'], OWN],
          [['cp', `${name}:/greeting`, '/dockline/nothing/x'], OWN],
          [['export', 'dockline-nothing']],
          [['export', '-o', '/dockline/nothing', name]],
          [['export', '-o', '/', name]],
          [['commit', 'dockline-nothing']],
          [['commit', name, 'BAD'], OWN],
          [['pause', 'dockline-nothing']],
          [['unpause', name]],
          [['restart', 'dockline-nothing']],
          [['wait', 'dockline-nothing']],
          [['wait', '']],
          [['update', name]],
          [['update', '--memory', '64m', 'dockline-nothing']],
          [['rename', name, name]],
          [['rename', 'dockline-nothing', 'x']],
          [['rename', '', 'x']],
          [['rename', name, '/']],
          [['create', '--name', name, IMAGE]],
          [['create', '--pull', 'never', 'dockline/nothing:1']],
          [['start', 'dockline-nothing']],
          [['stop', 'dockline-nothing']],
          [['kill', 'dockline-nothing']],
          [['kill', '-s', 'NOPE', name]],
          [['rm', name], { moving: [/cannot remove container .*/g] }],
          [['rm', 'dockline-nothing']],
          [['attach', 'dockline-nothing']],
        ]
        for (const [words, options] of rows) await looksTheSame(engine, words, options)
      })

      it('with wrong usage', async () => {
        const rows: Words[] = [
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
        for (const words of rows) await looksTheSame(engine, words)
      })

      it('with wrong values, in words of its own', async () => {
        const rows: Words[] = [
          ['update', '-m', 'x', 'a'],
          ['events', '--format', '{{.Nope}}'],
          ['events', '--since', 'x', '--until', '0s'],
          ['stats', '--format', '{{.ID', '--no-stream'],
        ]
        for (const words of rows) await looksTheSame(engine, words, OWN)
      })

      it('with a run that comes to nothing, or a create', async () => {
        const rows: Done[] = [
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
        for (const [words, options] of rows) await looksTheSame(engine, words, options)
      })

      it('through every template people write', async (test) => {
        const { name } = await aWatchedContainer(test)
        for (const format of TEMPLATES) await looksTheSame(engine, ['inspect', '-f', format, name])
      })
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
          ...LABELLED,
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

  async function aWatchedContainer(test: TestContext) {
    const script = 'echo hello; echo hi > /greeting; ln -s greeting /link; mkdir /folder; exec sleep 600'
    const labels = { [LABEL]: '', 'com.example.<&>': '"quoted"' }
    const ports = ['70', '127.0.0.1:0:80', '0.0.0.0:0:443']
    const container = await aRunningContainer(test, engine, ['sh', '-c', script], {
      labels,
      ports,
      init: false,
    })
    await container.exec(['sh', '-c', 'while ! test -d /folder; do sleep 0.05; done'])
    return { id: container.id, name: container.name ?? '' }
  }

  async function twoContainers(test: TestContext): Promise<Subjects> {
    const [docker = '', dockline = ''] = await Promise.all(
      [1, 2].map(async () => (await aRunningContainer(test, engine)).name ?? ''),
    )
    return { docker, dockline }
  }
})

const TEMPLATES = [
  '{{.Name}}',
  '{{.Id}} {{.Created}} {{.State.Pid}}',
  '{{.State.Running}} {{.RestartCount}} {{.HostConfig.ShmSize}}',
  '{{.NetworkSettings.IPAddress}}',
  '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{.Gateway}}{{end}}',
  '{{range $name, $network := .NetworkSettings.Networks}}{{$name}}={{$network.IPAddress}} {{end}}',
  '{{range $port, $bindings := .NetworkSettings.Ports}}{{$port}} -> {{(index $bindings 0).HostPort}}{{"\\n"}}{{end}}',
  '{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}',
  '{{with index .NetworkSettings.Ports "80/tcp"}}{{(index . 0).HostIp}}{{end}}',
  '{{range .Mounts}}{{.Source}}:{{.Destination}} {{else}}no mounts{{end}}',
  '{{range .Config.Env}}{{println .}}{{end}}',
  '{{range $index, $word := .Config.Cmd}}{{if $index}}, {{end}}{{$word}}{{end}}',
  '{{json .Config.Cmd}} {{json .Config.Labels}} {{json .HostConfig.Binds}} {{json .State.Running}}',
  '{{.Config.Cmd}} {{.Config.Env}} {{.HostConfig.Binds}} {{.HostConfig.MemorySwappiness}} {{.HostConfig.Privileged}}',
  '{{.State.Health}} {{.Config.Healthcheck}} {{.HostConfig.Init}} {{.SizeRw}} {{.Config.StopSignal}}|{{.HostConfig.Mounts}}',
  '{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}',
  '{{with .State}}{{.Status}}{{end}} {{with .State.Health}}x{{else}}y{{end}}',
  '{{index .Config.Labels "nope"}}|{{index .Config.Labels "com.example.<&>"}}|{{index .Config.Cmd 0}}',
  '{{len .Config.Env}} {{len .Name}} {{.Name | len}}',
  '{{join .Config.Cmd "-"}} {{split "a,b" ","}} {{index (split "a,b" ",") 1}}',
  '{{lower "AB"}} {{upper "ab"}} {{title "ab cd"}} [{{pad "x" 2 3}}] {{truncate "abcdef" 3}}',
  '{{printf "%s-%d-%q-%v-%t-%5.2f|%-6s|%6s|%x|%05d|%%" "s" 3 "q" .State.Running true 3.14159 "l" "r" 255 42}}',
  '{{printf "%d" "x"}} {{printf "%s"}} {{printf "a" 1}} {{print 1 2 "a" "b" 3}}',
  '{{eq 1 1}} {{ne "a" "b"}} {{and true 0}} {{or "" "x"}} {{not 1}} {{lt 1 2}} {{ge "b" "a"}} {{eq .State.Status "x" "running"}}',
  '{{$name := .Name}}{{$n := 0}}{{range .Config.Cmd}}{{$n = len .}}{{end}}{{$name}} {{$n}} {{$.Name}}',
  '{{range .Config.Cmd}}{{if eq . "-c"}}{{break}}{{end}}{{.}}{{end}}{{range .Config.Cmd}}{{if eq . "-c"}}{{continue}}{{end}}{{.}};{{end}}',
  '{{- .Name -}}   x  {{- /* nothing */ -}}  y',
  '{{if not .State.Paused}}a{{else if .State.Running}}b{{else}}c{{end}}',
  '{{.Name | printf "%s!" | upper}} {{slice "abcdef" 1 3}} {{html "<a>"}} {{urlquery "a b&c"}}',
  '{{.Name}}\\n{{"tab\\tnew\\nline"}}{{`raw\\n`}}',
  '{{.Config.Labels}} {{.Config.Volumes}} {{.HostConfig.PortBindings | len}}',
  '{{.Nope}}',
  '{{.State.Nope}}',
  '{{.State.Health.Status}}',
  '{{index .Nope 0}}',
  '{{(index .Config.Cmd 9)}}',
  '{{range .Name}}x{{end}}',
  '{{"a"}} {{nil}}',
  '{{.Name',
  '{{nope 1}}',
  '{{if}}',
  '{{end}}',
  '{{$x}}',
  '{{.Name}}{{else}}',
]
