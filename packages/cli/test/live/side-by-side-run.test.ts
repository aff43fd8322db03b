import assert from 'node:assert/strict'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { dockline } from '../support/dockline.js'
import { APART, aName, aRunningContainer, IMAGE, LABELLED, onEveryEngine } from '../support/engines.js'
import { aFolder } from '../support/scripted-engine.js'
import {
  countInvocations,
  doesTheSame,
  eachLooksTheSame,
  looksTheSame,
  type Row,
  type SideBySideOptions,
  type Words,
} from '../support/side-by-side.js'
import { withoutDocker } from '../support/tools.js'

const OWN: SideBySideOptions = { stderr: 'own' }
/** No Engine here runs it, and none has it. */
const OTHER = 'linux/riscv64'

const REFUSED: readonly Row[] = [
  [['--add-host', 'a']],
  [['--add-host', 'a:x']],
  [['--blkio-weight', '-1']],
  [['--blkio-weight', '70000']],
  [['--blkio-weight-device', '/dev/null:5']],
  [['--blkio-weight-device', 'foo']],
  [['--annotation', 'a=b', '--health-start-interval', '-1s']],
  [['--cgroupns', 'x']],
  [['--cpus', '0.0000000001']],
  [['--cpus', 'x']],
  [['--cpus', '1/0']],
  [['--device', 'foo'], OWN],
  [['--device-cgroup-rule', 'x']],
  [['--device-read-bps', '/dev/null:1q']],
  [['--device-read-iops', '/dev/null:-1']],
  [['--device-read-iops', '/dev/null:9223372036854775808000']],
  [['--dns', 'x']],
  [['--dns-search', '-bad-']],
  [['--expose', '80:80'], OWN],
  [['--gpus', 'x'], OWN],
  [['--gpus', 'foo=1'], OWN],
  [['--health-interval', '-1s']],
  [['--health-interval', '-1s', '--no-healthcheck']],
  [['--health-retries', '-1', '--health-timeout=-1ms']],
  [['--health-start-period=-1s']],
  [['--health-timeout', '--1s']],
  [['-l', '']],
  [['-l', '=x']],
  [['-l', 'a b=c']],
  [['--link', 'a:b:c']],
  [['--mac-address', 'x']],
  [['--memory-swappiness', '101']],
  [['--mount', 'type=bind,src=/tmp,dst=/x,bind-recursive=readonly']],
  [['--mount', 'type=bind,src=/tmp,dst=/x,bind-recursive=readonly,readonly']],
  [['--mount', 'type=bind,src=/tmp,dst=/x,bind-recursive=writable']],
  [['--network', '']],
  [['--network', 'web', '--network', 'web']],
  [['--network', 'none', '--network', 'web']],
  [['--network', 'bridge', '--network-alias', 'a']],
  [['--network', 'name=web,alias=a', '--network-alias', 'b']],
  [['--network', 'name=web,nope=a']],
  [['--network', 'name=web,gw-priority=x']],
  [['--network', 'name=web,gw-priority=99999999999999999999']],
  [['--network', 'name=web,ip=10.0.0.1', '--ip', '10.0.0.1']],
  [['--network', 'name=web,ip6=fd00::1', '--ip6', 'fd00::2']],
  [['--network', 'name=web,link-local-ip=169.254.0.1', '--link-local-ip', '169.254.0.1']],
  [['--pid', 'x']],
  [['-p', '::1:80:80']],
  [['-p', 'published']],
  [['-p', 'published=80,target=80,']],
  [['--restart', 'on-failure:x']],
  [['--restart', ':3']],
  [['--restart', 'on-failure:9223372036854775808']],
  [['--security-opt', 'foo']],
  [['--security-opt', 'seccomp=/dockline/nothing.json']],
  [['--storage-opt', 'x']],
  [['--sysctl', 'x']],
  [['--pids-limit', '9223372036854775808']],
  [['--ulimit', 'foo=1']],
  [['--ulimit', 'nofile=9223372036854775808']],
  [['--userns', 'x']],
  [['--uts', 'x']],
]

countInvocations()

onEveryEngine((engine) => {
  describe('run and create side by side with docker', { skip: withoutDocker }, () => {
    eachLooksTheSame(
      engine,
      'where a flag is refused before there is a container',
      REFUSED.map(([flags, options]) => [['create', ...flags, IMAGE], options]),
      { clientOnly: true },
    )

    const refused: readonly Words[] = [
      ['--restart', 'foo'],
      ['--restart', 'always:3'],
      ['--restart', 'no:3'],
      ['--cpus', '-1'],
      // An Engine with an older API does not have the first two flags.
      ['--health-start-interval', '1s', '--annotation', 'a=b', '--cpus', '-1'],
    ]
    eachLooksTheSame(
      engine,
      'where the Engine is who refuses',
      refused.map((flags) => [['create', ...flags, IMAGE]]),
    )

    it('when an image is here, and not for the platform that is asked for', async () => {
      const missing = { moving: [/Error response from daemon: .*/g] }
      await looksTheSame(engine, ['run', '--rm', '--platform', OTHER, IMAGE, 'true'], missing)
      await looksTheSame(engine, ['create', '--platform', OTHER, IMAGE], missing)
      const env = { DOCKER_DEFAULT_PLATFORM: OTHER }
      await looksTheSame(engine, ['run', '--rm', IMAGE, 'true'], { ...missing, env })
      await looksTheSame(engine, ['create', IMAGE], { ...missing, env })
      await looksTheSame(engine, ['run', '--rm', '--platform', '', ...APART, IMAGE, 'echo', 'here'], {
        env,
      })
    })

    it('when the id of the container cannot be written', async (test) => {
      const label = aName(test, engine)
      for (const command of ['run', 'create']) {
        await looksTheSame(engine, [command, '--cidfile', '/dockline/nothing', '--label', label, IMAGE])
      }
      const left = await dockline(engine.host, ['ps', '-aq', '--filter', `label=${label}`])
      assert.equal(left.stdout, '')
    })

    it('and the Engine then has the same container', async (test) => {
      const rows: Words[] = [
        [],
        ['-p', '80', '--dns', '10.0.0.1', '--ulimit', 'nofile=64', '-it'],
        ['-v', '/x', '-v', '/x', '--gpus', '2', '--gpus', 'all', '--security-opt', 'systempaths=unconfined'],
        // Of two mounts, an Engine lists either first.
        ['--mount', 'type=volume,dst=/y,volume-nocopy', '--stop-timeout', '-5'],
      ]
      for (const flags of rows) {
        const subjects = { docker: aName(test, engine), dockline: aName(test, engine) }
        test.after(() => dockline(engine.host, ['rm', '-v', ...Object.values(subjects)]))
        const create = (name: string) => ['create', '--name', name, ...flags, IMAGE]
        await doesTheSame(engine, subjects, create, { moving: [/\b[0-9a-f]{64}\b/g] })
        const made = [/\b[0-9a-f]{12,64}\b/g, /"(?:Created|MacAddress)": .*/g]
        await doesTheSame(engine, subjects, (name) => ['inspect', name], { moving: made })
      }
    })

    it('when there is no container to write the id of', async (test) => {
      const file = join(await aFolder(test), 'cid')
      await looksTheSame(engine, ['create', '--cidfile', file, '--memory', '1k', IMAGE])
      await assert.rejects(access(file))
    })

    const attached: readonly (readonly [flags: Words, script: string])[] = [
      [['-a', 'stdin'], 'exit 4'],
      [['-a', 'stdin', '-i'], 'cat; sleep 1; exit 3'],
      [['-a', 'stdout', '-i'], 'cat; exit 3'],
      [['-a', 'stderr'], 'echo out; echo err >&2'],
      [['-a', 'stdin', '-a', 'stdout'], 'echo out; echo err >&2'],
      [['-d', '-a', 'stdout'], 'true'],
    ]
    eachLooksTheSame(
      engine,
      'with streams that are attached one by one',
      attached.map(([flags, script]) => [
        ['run', '--rm', ...APART, ...flags, IMAGE, 'sh', '-c', script],
        { input: 'in\n' },
      ]),
    )

    it('with times and counts of logs as docker reads them', async (test) => {
      const { id: name } = await aRunningContainer(test, engine, ['sh', '-c', 'echo a; echo b; sleep 60'])
      const rows: Words[] = [
        ['--since', ''],
        ['--until', ''],
        ['--since', '2020-01-01T00'],
        ['--since', '2020-01-01T00Z'],
        ['--since', '2020-01-01Z'],
        ['--until', '2020-01-01T00:00+01:00'],
        ['--tail='],
        ['--tail', 'foo'],
        ['--tail=+1'],
        ['--tail=-1'],
      ]
      for (const flags of rows) await looksTheSame(engine, ['logs', ...flags, name])
      await looksTheSame(engine, ['cp', '-L', `${name}:/nope`, '.'])
      await looksTheSame(engine, ['cp', '-L', 'dockline-nothing:/nope', '.'])
    })

    it('with filters of nothing', async () => {
      await looksTheSame(engine, ['ps', '-aq', '-f', '', '-f', 'name=dockline-nothing'])
    })

    const global: readonly Row[] = [
      [['-l', 'nope', 'version']],
      [['--log-level', 'WARN', 'network', 'inspect', 'bridge', '-f', '{{.Name}}']],
      [['--config', '/dockline/nothing', 'network', 'inspect', 'bridge', '-f', '{{.Name}}']],
      [['--tls=false', '--tlscacert', '/dockline/nothing', 'network', 'inspect', '-f', '{{.Name}}', 'none']],
      [['--tls', 'network', 'ls'], OWN],
      [['--tlsverify=false', 'network', 'ls'], OWN],
      [['--tlsverify', '--tlscacert', '/dockline/nothing', 'network', 'ls'], OWN],
      [['--nope', 'network', 'ls'], OWN],
    ]
    eachLooksTheSame(engine, 'with the flags before the command', global, { clientOnly: true })

    it('with networks that are made with options of nothing', async (test) => {
      const subjects = { docker: aName(test, engine), dockline: aName(test, engine) }
      test.after(async () => {
        for (const name of Object.values(subjects)) await dockline(engine.host, ['network', 'rm', name])
      })
      const made = { moving: [/\b[0-9a-f]{64}\b/g] }
      const create = (name: string) => ['network', 'create', ...LABELLED, '-o', '', '--subnet', '', name]
      await doesTheSame(engine, subjects, create, made)
      await looksTheSame(engine, ['network', 'create', '--label', '', 'x'])
    })
  })
})
