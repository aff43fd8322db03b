import assert from 'node:assert/strict'
import { once as event } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { dockline, startDockline } from '../support/dockline.js'
import {
  APART,
  aContainer,
  aName,
  aRunningContainer,
  aSharedContainer,
  IMAGE,
  isNewest,
  onEveryEngine,
  whenRunning,
} from '../support/engines.js'

/** Goes on for ever, and unlike `yes` it costs little as long as the container is there. */
const TALK = ['sh', '-c', 'while seq 5000; do sleep 0.1; done']

onEveryEngine((engine) => {
  const { host, client } = engine
  /** For what the Engine has no part in. */
  const once = isNewest(engine) ? it : () => {}

  describe('run', () => {
    const ends: [string, string[], number][] = [
      ["with the container's own code", ['sh', '-c', 'exit 3'], 3],
      ['with 127 for a command that does not exist', ['no-such-command'], 127],
      ['with 126 for a command that cannot be executed', ['/etc'], 126],
      ['with 137 for a killed one', ['sh', '-c', 'sh -c "kill -9 \\$\\$"; exit $?'], 137],
    ]
    for (const [how, command, exitCode] of ends) {
      it(`ends ${how}, and leaves nothing behind with --rm`, async (test) => {
        const name = aName(test, engine)
        const ended = await dockline(host, ['run', '--rm', ...APART, '--name', name, IMAGE, ...command])
        assert.equal(ended.exitCode, exitCode, ended.stderr)
        if (exitCode >= 126 && exitCode < 128)
          assert.match(
            ended.stderr,
            /^dockline: Error response from daemon: .*\n\nRun 'dockline run --help' .*\n$/,
          )
        assert.deepEqual(await client.containers.list({ all: true, filters: { name: [name] } }), [])
      })
    }
    once('ends with 125 when there is no image and none may be pulled', async () => {
      const ended = await dockline(host, ['run', '--pull', 'never', 'dockline/nothing:1'])
      assert.deepEqual([ended.exitCode, ended.stdout], [125, ''])
      assert.match(
        ended.stderr,
        /^dockline: Error response from daemon: No such image: dockline\/nothing:1\n\nRun 'dockline run --help' .*\n$/,
      )
    })
    once('says that it has to pull, and ends with 125 when it cannot', async () => {
      const { exitCode, stderr } = await dockline(host, ['run', 'localhost:9/nothing'])
      assert.equal(exitCode, 125)
      assert.match(stderr, /^Unable to find image 'localhost:9\/nothing:latest' locally\ndockline: /)
    })
    it('ends with 125 when the name is taken', async (test) => {
      const { name = '' } = await aContainer(test, engine, ['true'])
      const { exitCode, stderr } = await dockline(host, ['run', '--name', name, IMAGE])
      assert.equal(exitCode, 125)
      assert.match(stderr, /Conflict\. The container name .* is already in use/)
    })
    it('keeps stdout and stderr apart', async () => {
      const command = ['sh', '-c', 'echo out; echo err >&2']
      const { stdout, stderr } = await dockline(host, ['run', '--rm', ...APART, IMAGE, ...command])
      assert.deepEqual({ stdout, stderr }, { stdout: 'out\n', stderr: 'err\n' })
    })
    once('attaches only what -a names', async () => {
      const command = ['sh', '-c', 'echo out; echo err >&2']
      const { stdout, stderr } = await dockline(host, [
        'run',
        '--rm',
        ...APART,
        '-a',
        'STDERR',
        IMAGE,
        ...command,
      ])
      assert.deepEqual({ stdout, stderr }, { stdout: '', stderr: 'err\n' })
    })
    it('passes a pipe on with -i, its end included, and still shows all output', async () => {
      const input = 'line\n'.repeat(20_000)
      const args = ['run', '-i', '--rm', ...APART, IMAGE, 'sh', '-c', 'wc -l; echo done']
      const { exitCode, stdout } = await dockline(host, args, { input })
      assert.deepEqual([exitCode, stdout], [0, '20000\ndone\n'])
    })
    once('gives an empty stdin without -i', async () => {
      const { stdout } = await dockline(host, ['run', '--rm', ...APART, IMAGE, 'cat'], {
        input: 'not for you',
      })
      assert.equal(stdout, '')
    })
    once('takes what stands behind the image for the command, dashes or not', async () => {
      const { stdout } = await dockline(host, [
        'run',
        '--rm',
        ...APART,
        IMAGE,
        'echo',
        '-t',
        '--rm',
        '--',
        '-e',
      ])
      assert.equal(stdout, '-t --rm -- -e\n')
    })
    it('with -d prints the id of what runs', async (test) => {
      const name = aName(test, engine)
      const args = ['run', '-itd', '--name', name, ...APART, '-e', 'A=1', '-m', '64m', IMAGE, 'sleep', '600']
      const { exitCode, stdout } = await dockline(host, args)
      const { attrs } = await client.containers.get(name)
      assert.deepEqual([exitCode, stdout], [0, `${attrs?.Id}\n`])
      assert.equal(attrs?.State?.Running, true)
      assert.deepEqual(
        [attrs?.Config?.Tty, attrs?.Config?.OpenStdin, attrs?.HostConfig?.Memory],
        [true, true, 64 * 1024 ** 2],
      )
      assert.ok(attrs?.Config?.Env?.includes('A=1'))
    })
    once('refuses a tty without a terminal before anything is made', async (test: TestContext) => {
      const name = aName(test, engine)
      const { exitCode, stderr } = await dockline(host, ['run', '-it', '--name', name, IMAGE])
      assert.deepEqual([exitCode, stderr], [1, 'the input device is not a TTY\n'])
      assert.deepEqual(await client.containers.list({ all: true, filters: { name: [name] } }), [])
    })
    it('passes signals on, and ends with what the container makes of them', async (test) => {
      const name = aName(test, engine)
      const script = 'trap "echo got it; exit 9" TERM; echo ready; while :; do sleep 0.1; done'
      const { process: child, ended } = startDockline(host, [
        'run',
        '--rm',
        ...APART,
        '--name',
        name,
        IMAGE,
        'sh',
        '-c',
        script,
      ])
      assert.ok(child.stdout)
      await event(child.stdout, 'data')
      child.kill('SIGTERM')
      const { exitCode, signal } = await ended
      assert.deepEqual([exitCode, signal], [9, null])
    })
    once('keeps signals to itself with --sig-proxy=false', async (test: TestContext) => {
      const name = aName(test, engine)
      const args = [
        'run',
        '--sig-proxy=false',
        ...APART,
        '--name',
        name,
        IMAGE,
        'sh',
        '-c',
        'echo ready; sleep 600',
      ]
      const { process: child, ended } = startDockline(host, args)
      assert.ok(child.stdout)
      await event(child.stdout, 'data')
      child.kill('SIGTERM')
      assert.equal((await ended).exitCode, 143)
      assert.equal((await client.containers.get(name)).status, 'running')
    })
    once('ends quietly when nobody reads its output any more', async (test: TestContext) => {
      const name = aName(test, engine)
      const { process: child, ended } = startDockline(host, [
        'run',
        '--rm',
        ...APART,
        '--name',
        name,
        IMAGE,
        ...TALK,
      ])
      assert.ok(child.stdout)
      await event(child.stdout, 'data')
      child.stdout.destroy()
      const { stderr } = await ended.catch(() => ({ stderr: '' }))
      assert.equal(stderr, '')
    })
  })

  describe('exec', () => {
    it('runs a command with its variables, folder and user, and ends with its code', async (test) => {
      const { id } = await aRunningContainer(test, engine, ['sleep', '600'], { env: { A: '1' } })
      const command = ['sh', '-c', 'echo $A$B; pwd; id -u; echo err >&2; exit 7']
      const ended = await dockline(host, ['exec', '-e', 'B=2', '-w', '/tmp', '-u', '1', id, ...command])
      assert.deepEqual(ended, { exitCode: 7, signal: null, stdout: '12\n/tmp\n1\n', stderr: 'err\n' })
    })
    it('passes a pipe on with -i, its end included', async () => {
      const { id } = await aSharedContainer(engine)
      const { exitCode, stdout } = await dockline(host, ['exec', '-i', id, 'sh', '-c', 'cat; echo done'], {
        input: 'hello\n',
      })
      assert.deepEqual([exitCode, stdout], [0, 'hello\ndone\n'])
    })
    it('ends with 126 or 127, as the Engine has it, for a missing command', async () => {
      const { id } = await aSharedContainer(engine)
      const { exitCode } = await dockline(host, ['exec', id, 'no-such-command'])
      assert.ok(exitCode === 126 || exitCode === 127, `it was ${exitCode}`)
    })
    it('with -d prints nothing and leaves the command running', async () => {
      const { id } = await aSharedContainer(engine)
      const { exitCode, stdout, stderr } = await dockline(host, ['exec', '-d', id, 'sleep', '77'])
      assert.deepEqual({ exitCode, stdout, stderr }, { exitCode: 0, stdout: '', stderr: '' })
      const { stdout: processes } = await dockline(host, ['exec', id, 'ps'])
      assert.match(processes, /sleep 77/)
    })
    once('looks for the container first, and for the terminal then', async () => {
      const missing = await dockline(host, ['exec', '-it', 'dockline-no-such', 'sh'])
      assert.deepEqual(
        [missing.exitCode, missing.stderr],
        [1, 'Error response from daemon: No such container: dockline-no-such\n'],
      )
      const { id } = await aSharedContainer(engine)
      const refused = await dockline(host, ['exec', '-it', id, 'sh'])
      assert.deepEqual([refused.exitCode, refused.stderr], [1, 'the input device is not a TTY\n'])
    })
    it('says that a container does not run', async (test) => {
      const { id } = await aContainer(test, engine, ['true'])
      const { exitCode, stderr } = await dockline(host, ['exec', id, 'ls'])
      assert.equal(exitCode, 1)
      assert.match(stderr, /^Error response from daemon: .*is not running\n$/i)
    })
  })

  describe('logs', () => {
    const script = 'for n in 1 2 3; do echo out $n; echo err $n >&2; done'
    const aFinishedContainer = async (test: Parameters<typeof aContainer>[0]) => {
      const container = await aContainer(test, engine, ['sh', '-c', script])
      await container.start()
      await container.wait()
      return container
    }

    it('prints both streams where they belong', async (test) => {
      const { id } = await aFinishedContainer(test)
      const { exitCode, stdout, stderr } = await dockline(host, ['logs', id])
      assert.deepEqual([exitCode, stdout, stderr], [0, 'out 1\nout 2\nout 3\n', 'err 1\nerr 2\nerr 3\n'])
    })
    once('prints as many lines as -n says, with times for -t', async (test: TestContext) => {
      const { id } = await aFinishedContainer(test)
      const { stdout, stderr } = await dockline(host, ['logs', '-t', '-n', '1', id])
      assert.match(stdout + stderr, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z (out|err) 3\n$/)
      assert.equal(
        (await dockline(host, ['logs', '--tail=all', '--since', '10m', id])).stdout,
        'out 1\nout 2\nout 3\n',
      )
      assert.equal((await dockline(host, ['logs', '--until', '10m', id])).stdout, '')
    })
    it('with -f goes on until the container ends', async (test) => {
      const { id, name = '' } = await aRunningContainer(
        test,
        engine,
        ['sh', '-c', 'echo first; read line; echo $line'],
        { interactive: true, init: false },
      )
      const { process: child, ended } = startDockline(host, ['logs', '-f', name])
      assert.ok(child.stdout)
      await event(child.stdout, 'data')
      const session = await (await client.containers.get(id)).attach({ stdin: true })
      session.stdin.write('second\n')
      assert.equal((await ended).stdout, 'first\nsecond\n')
    })
    once('ends quietly when nobody reads any more', async (test: TestContext) => {
      const { name = '' } = await aRunningContainer(test, engine, TALK)
      const { process: child, ended } = startDockline(host, ['logs', '-f', name])
      assert.ok(child.stdout)
      await event(child.stdout, 'data')
      child.stdout.destroy()
      const { stderr } = await ended.catch(() => ({ stderr: '' }))
      assert.equal(stderr, '')
    })
  })

  describe('start, stop, kill and rm', () => {
    it('print the names they were given and tell about each that failed', async (test) => {
      const { name: one = '' } = await aContainer(test, engine, ['sleep', '600'], { init: true })
      const { id: two } = await aContainer(test, engine, ['sleep', '600'], { init: true })
      const started = await dockline(host, ['start', one, 'dockline-no-such', two])
      assert.deepEqual([started.exitCode, started.stdout], [1, `${one}\n${two}\n`])
      assert.equal(
        started.stderr,
        'Error response from daemon: No such container: dockline-no-such\nError: failed to start containers: dockline-no-such\n',
      )
      const stopped = await dockline(host, ['stop', '-t', '5', one, 'dockline-no-such'])
      assert.deepEqual([stopped.exitCode, stopped.stdout], [1, `${one}\n`])
      assert.match(stopped.stderr, /^Error response from daemon: No such container: dockline-no-such\n$/)
      const killed = await dockline(host, ['kill', '-s', 'KILL', two])
      assert.deepEqual([killed.exitCode, killed.stdout], [0, `${two}\n`])
      const removed = await dockline(host, ['rm', one, two, 'dockline-no-such'])
      assert.deepEqual([removed.exitCode, removed.stdout], [1, `${one}\n${two}\n`])
    })
    it('rm -f takes one that runs, and one that is gone is no failure', async (test) => {
      const { id } = await aRunningContainer(test, engine)
      const refused = await dockline(host, ['rm', id])
      assert.equal(refused.exitCode, 1)
      const { exitCode, stdout, stderr } = await dockline(host, ['rm', '-fv', id, 'dockline-no-such'])
      assert.deepEqual([exitCode, stdout], [0, `${id}\n`])
      assert.match(stderr, /No such container: dockline-no-such/)
    })
    it('start -a shows the output and ends with the code', async (test) => {
      const { id } = await aContainer(test, engine, ['sh', '-c', 'echo out; echo err >&2; exit 4'])
      assert.deepEqual(await dockline(host, ['start', '-a', id]), {
        exitCode: 4,
        signal: null,
        stdout: 'out\n',
        stderr: 'err\n',
      })
    })
    once('start -ai passes a pipe on', async (test: TestContext) => {
      const { id } = await aContainer(test, engine, ['cat'], { interactive: true, stdinOnce: true })
      assert.equal((await dockline(host, ['start', '-ai', id], { input: 'hello\n' })).stdout, 'hello\n')
    })
    it('kill refuses a signal that does not exist', async () => {
      const { id } = await aSharedContainer(engine)
      const { exitCode, stderr } = await dockline(host, ['kill', '-s', 'NOPE', id])
      assert.equal(exitCode, 1)
      assert.match(stderr, /^Error response from daemon: .*invalid signal: NOPE\n$/i)
    })
  })

  describe('attach', () => {
    it('refuses one that is stopped or paused, and says what to do', async (test) => {
      const stopped = await aContainer(test, engine, ['true'])
      const first = await dockline(host, ['attach', stopped.id])
      assert.deepEqual(
        [first.exitCode, first.stderr],
        [1, 'You cannot attach to a stopped container, start it first\n'],
      )
      const paused = await aRunningContainer(test, engine)
      await client.api.http.empty({ method: 'POST', path: `/containers/${paused.id}/pause` as never })
      const second = await dockline(host, ['attach', paused.id])
      await client.api.http.empty({ method: 'POST', path: `/containers/${paused.id}/unpause` as never })
      assert.deepEqual(
        [second.exitCode, second.stderr],
        [1, 'You cannot attach to a paused container, unpause it first\n'],
      )
    })
    it('shows what comes, and ends with the code of the container', async (test) => {
      const script = 'read line; echo got $line; exit 6'
      const stdin = { interactive: true, stdinOnce: true, attachStdin: true }
      const { id } = await aRunningContainer(test, engine, ['sh', '-c', script], { ...stdin, init: false })
      const { exitCode, stdout } = await dockline(host, ['attach', id], { input: 'it\n' })
      assert.deepEqual([exitCode, stdout], [6, 'got it\n'])
    })
    it('passes signals on to a container without a tty', async (test) => {
      const script = 'trap "exit 8" INT; echo ready; while :; do sleep 0.1; done'
      const { id, name = '' } = await aRunningContainer(test, engine, ['sh', '-c', script], { init: false })
      await whenRunning(engine, name)
      const { process: child, ended } = startDockline(host, ['attach', '--no-stdin', id])
      const attached = client.events({
        since: new Date(Date.now() - 60_000),
        filters: { container: [id], event: ['attach'] },
      })
      for await (const _event of attached) break
      child.kill('SIGINT')
      assert.equal((await ended).exitCode, 8)
    })
  })
})
