// What people do with an Engine, where the Engine is Podman.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import {
  ApiError,
  BuildError,
  ConflictError,
  ContainerError,
  type EngineEvent,
  eventName,
  type LogLine,
  NotFoundError,
} from '#src/index.js'
import {
  aContainer,
  aRunningContainer,
  aSharedContainer,
  IMAGE,
  LABEL,
  onEveryPodman,
} from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { PATIENCE_MS, PATIENT } from '../support/patience.js'
import { executing, starting } from '../support/plans.js'
import { KEY } from '../support/pty.js'
import { endsCleanly, isRaw, runProgram } from '../support/terminal.js'

/** Podman takes most of a second for each container. */

/** Without limits, a build of Podman 5 asks for more open files and processes than a machine may let it have. */
const LIMITS = ['nofile', 'nproc'].map((name) => ({ name, soft: 1024, hard: 1024 }))
const HERE = { ulimits: LIMITS, forceRemove: true }

const ON_TTY = { columns: 91, rows: 23 }

onEveryPodman((engine) => {
  const { client } = engine

  it('ends a command and its children', PATIENT, async () => {
    const container = await aSharedContainer(engine)
    const controller = new AbortController()
    const script = `trap '' TERM; setsid sleep 333 & sleep 0.2; echo ready; wait`
    const kill = { signal: 'SIGTERM', after: 100 }
    const session = await container.spawn(['sh', '-c', script], { kill, signal: controller.signal })
    assert.equal((await session.output.lines().next()).value?.line, 'ready')
    controller.abort(new Error('enough'))
    assert.match(String(await failureOf(session.exit)), /enough/)
    const { stdout } = await container.exec(['sh', '-c', "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"])
    assert.match(stdout, /sleep 6000/)
    assert.doesNotMatch(stdout, /sleep 333|ready/)
  })

  it('tells that it is Podman, and in which version', async () => {
    const { podman } = await client.ping()
    assert.match(podman ?? '', /^\d+\.\d+\.\d+/)
    assert.equal(client.api.http.podman, podman)
    const { Components } = await client.version()
    assert.equal(Components?.[0]?.Name, 'Podman Engine')
  })

  describe('a container', () => {
    it('is listed, started, waited for and removed', async (test) => {
      const container = await aContainer(test, engine, ['sh', '-c', 'exit 12'])
      const listed = await client.containers.list({ all: true, filters: { label: LABEL } })
      assert.ok(listed.some(({ id }) => id === container.id))
      await container.start()
      assert.deepEqual(await container.wait(), { exitCode: 12 })
      assert.equal((await container.reload()).status, 'exited')
      await container.remove()
      assert.ok((await failureOf(container.reload())) instanceof NotFoundError)
    })

    it('that never ran is waited for with 0, as with Docker', async (test) => {
      const container = await aContainer(test, engine, ['true'])
      assert.deepEqual(await container.wait(), { exitCode: 0 })
    })

    it('has its name for itself', async (test) => {
      const name = `${LABEL}-name-${process.pid}`
      await aContainer(test, engine, ['true'], { name })
      assert.ok(
        (await failureOf(client.containers.create(IMAGE, ['true'], { name }))) instanceof ConflictError,
      )
    })

    it('that is removed at its end still tells its exit code, and is gone then', async () => {
      const runs = Array.from({ length: 8 }, async (_, index) => {
        const command = ['sh', '-c', `echo ${index}; exit ${index}`]
        const result = await client.containers.run(IMAGE, command, { remove: true, reject: false })
        const left = await failureOf(client.containers.get(result.container))
        return [result.stdout, result.exitCode, left instanceof NotFoundError]
      })
      assert.deepEqual(
        await Promise.all(runs),
        runs.map((_, index) => [`${index}\n`, index, true]),
      )
    })

    it('rejects a run with its output when the exit code is not 0', async () => {
      const run = client.containers.run(IMAGE, ['sh', '-c', 'echo why >&2; exit 3'], { remove: true })
      const failure = await failureOf(run)
      assert.ok(failure instanceof ContainerError, String(failure))
      assert.deepEqual([failure.exitCode, failure.stderr], [3, 'why\n'])
    })

    it('reads what a run is given, to the end', async () => {
      const { stdout } = await client.containers.run(IMAGE, ['wc', '-c'], { input: 'four', remove: true })
      assert.equal(stdout.trim(), '4')
    })
  })

  describe('an exec', () => {
    it('carries 1 MiB through cat, and ends with its stdin', async () => {
      const container = await aSharedContainer(engine)
      const input = randomBytes(1024 * 1024)
      const { exitCode, stdout } = await container.exec(['cat'], { input, encoding: 'buffer' })
      assert.equal(exitCode, 0)
      assert.ok(stdout.equals(input))
    })

    it('keeps stdout and stderr apart and tells the exit code', async () => {
      const container = await aSharedContainer(engine)
      const result = await container.exec(['sh', '-c', 'echo out; echo err >&2; exit 5'])
      assert.deepEqual([result.exitCode, result.stdout, result.stderr], [5, 'out\n', 'err\n'])
    })

    it('runs without its output, and is not over while it runs', async () => {
      const container = await aSharedContainer(engine)
      const { id } = await container.exec(['sleep', '60'], { detach: true })
      const { Running } = await client.api.exec.inspect(id)
      assert.equal(Running, true)
    })

    it('is as large as was asked for', async () => {
      const container = await aSharedContainer(engine)
      const size = { columns: 99, rows: 33 }
      await using session = await container.spawn(['sh'], { tty: true, size })
      session.stdin.write("until stty size | grep '33 99'; do sleep 0.1; done; exit 6\n")
      assert.match(await session.output.text(), /33 99/)
      assert.deepEqual(await session.exit, { exitCode: 6, detached: false })
    })
  })

  describe('an attach', () => {
    it('before the start misses nothing', async (test) => {
      const container = await aContainer(test, engine, ['sh', '-c', 'wc -c; exit 7'], {
        interactive: true,
        stdinOnce: true,
      })
      await using session = await container.attach()
      await container.start()
      session.stdin.end('12345')
      assert.equal((await session.output.text()).trim(), '5')
      assert.deepEqual(await session.exit, { exitCode: 7, detached: false })
    })

    it('is over as detached after the detach keys, typed one by one', async (test) => {
      const container = await aRunningContainer(test, engine, ['cat'], { tty: true, interactive: true })
      await using session = await container.attach({ detachKeys: 'ctrl-x,x' })
      // Podman takes them only when each comes by itself: the cat has to echo between them.
      session.stdin.write('a')
      await session.output[Symbol.asyncIterator]().next()
      session.stdin.write('\x18')
      await new Promise((resolve) => setImmediate(resolve))
      await client.ping()
      session.stdin.write('x')
      assert.deepEqual(await session.exit, { exitCode: undefined, detached: true })
      assert.equal((await container.reload()).status, 'running')
    })

    it('is the terminal of a container on a real tty', async (test) => {
      const container = await aContainer(test, engine, ['sh'], { tty: true, interactive: true })
      const program = await runProgram(test, starting(engine, container), ON_TTY)
      await isRaw(program)
      program.type(`until stty size | grep '23 91'; do sleep 0.1; done; exit 5${KEY.enter}`)
      const { notes } = await endsCleanly(program)
      assert.equal(notes.result?.exitCode, 5)
    })

    it('has its like in an exec on a real tty', async (test) => {
      const container = await aSharedContainer(engine)
      const program = await runProgram(test, executing(engine, container, ['sh']), ON_TTY)
      await isRaw(program)
      program.type(`until stty size | grep '23 91'; do sleep 0.1; done; exit 5${KEY.enter}`)
      const { notes } = await endsCleanly(program)
      assert.equal(notes.result?.exitCode, 5)
    })
  })

  describe('logs', () => {
    it('are followed to the end, with stdout and stderr apart', async (test) => {
      const command = ['sh', '-c', 'echo out; sleep 1; echo err >&2; sleep 1']
      const container = await aContainer(test, engine, command)
      await container.start()
      const { stdout, stderr } = await container.logs({ follow: true }).demux()
      assert.deepEqual([stdout.toString(), stderr.toString()], ['out\n', 'err\n'])
    })

    it('of a container that has ended are complete, followed or not', async (test) => {
      const container = await aContainer(test, engine, ['seq', '1', '50000'])
      await container.start()
      await container.wait()
      const all = await container.logs().text()
      assert.equal(all.split('\n').length, 50_001)
      assert.equal(await container.logs({ follow: true }).text(), all)
    })

    it('are complete with resume, though the container writes in a rush and ends', async (test) => {
      const container = await aContainer(test, engine, ['seq', '1', '20000'])
      await container.start()
      const text = await container.logs({ follow: true, resume: true }).text()
      assert.equal(text, Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join(''))
    })

    it('of a tty are one raw stream', async (test) => {
      const container = await aContainer(test, engine, ['echo', 'out'], { tty: true })
      await container.start()
      await container.wait()
      assert.equal(await container.logs().text(), 'out\r\n')
    })

    for (const tty of [false, true]) {
      it(`have lines with their times, long lines whole, ${tty ? 'with' : 'without'} a tty`, async (test) => {
        const command = `head -c 40000 /dev/zero | tr '\\0' a; echo; echo short`
        const container = await aContainer(test, engine, ['sh', '-c', command], { tty })
        await container.start()
        const lines: LogLine[] = []
        for await (const line of container.logs({ follow: true, resume: true }).lines()) lines.push(line)
        assert.deepEqual(
          lines.map(({ line }) => line),
          ['a'.repeat(40_000), 'short'],
        )
        const [{ position } = {}] = lines
        for await (const { line } of container.logs({ position }).lines()) assert.equal(line, 'short')
      })
    }
  })

  describe('files, images and the rest', () => {
    it('go into a container and out again', async (test) => {
      const container = await aContainer(test, engine, ['true'])
      const content = randomBytes(300_000)
      await container.copyTo(content, '/tmp/file')
      assert.ok((await container.copyFrom('/tmp/file')).equals(content))
    })

    it('are images with names, saved, removed and loaded', async (test) => {
      const name = `${LABEL}-podman-${process.pid}`
      const names = [`${name}:1`, `${name}:2`]
      const image = await client.images.get(IMAGE)
      for (const each of names) await image.tag(each)
      test.after(() => Promise.all(names.map((each) => client.images.remove(each).catch(() => {}))))
      const tar: Buffer[] = []
      for await (const chunk of await client.images.save(names)) tar.push(chunk as Buffer)
      for (const each of names) await client.images.remove(each)
      const [loaded] = await client.images.load(Buffer.concat(tar))
      assert.deepEqual(
        names.map((each) => loaded?.tags.includes(`docker.io/library/${each}`)),
        [true, true],
      )
    })

    it('are networks that connect containers by name', async (test) => {
      const name = `${LABEL}-net-${process.pid}`
      const network = await client.networks.create(name, { labels: { [LABEL]: '' } })
      test.after(() => network.remove())
      assert.ok((await failureOf(client.networks.create(name))) instanceof ConflictError)
      const server = await aRunningContainer(test, engine, ['nc', '-ll', '-p', '80', '-e', 'echo', 'hello'], {
        network: name,
        name: `${name}-server`,
      })
      const other = await aRunningContainer(test, engine, undefined, { network: name })
      const fetching = `until nc -w 5 ${name}-server 80 < /dev/null; do sleep 0.1; done`
      assert.equal((await other.exec(['sh', '-c', fetching], PATIENT)).stdout, 'hello\n')
      await Promise.all([server.remove({ force: true }), other.remove({ force: true })])
    })

    it('are volumes that two containers share', async (test) => {
      const volume = await client.volumes.create({ labels: { [LABEL]: '' } })
      test.after(() => volume.remove({ force: true }))
      const volumes = [`${volume.name}:/v`]
      await client.containers.run(IMAGE, ['sh', '-c', 'echo shared > /v/f'], { volumes, remove: true })
      const { stdout } = await client.containers.run(IMAGE, ['cat', '/v/f'], { volumes, remove: true })
      assert.equal(stdout, 'shared\n')
    })

    it('are events in the words of Docker, as they happen and of the past', async (test) => {
      const since = new Date(Date.now() - 1000)
      const container = await aContainer(test, engine, ['sh', '-c', 'exit 4'])
      const filters = { container: container.id, event: ['start', 'die', 'destroy'] }
      const events = client.events({ since, filters, signal: AbortSignal.timeout(PATIENCE_MS) })
      await container.start()
      await container.wait()
      await container.remove()
      const seen: EngineEvent[] = []
      for await (const event of events) {
        seen.push(event)
        if (eventName(event) === 'destroy') break
      }
      assert.deepEqual(seen.map(eventName), ['start', 'die', 'destroy'])
      assert.equal(seen[1]?.Actor.Attributes?.exitCode, '4')
      const past: string[] = []
      for await (const event of client.events({ since, until: new Date(), filters }))
        past.push(eventName(event))
      assert.deepEqual(past, ['start', 'die', 'destroy'])
    })

    it('are measurements, of a busy loop as about one CPU', async (test) => {
      const container = await aRunningContainer(test, engine, ['sh', '-c', 'while :; do :; done'])
      const { cpuPercent, memoryUsage, pids } = await container.stats({ stream: false })
      // It may have to share the CPU, but cannot have more than one.
      assert.ok(cpuPercent > 10 && cpuPercent < 120, `cpuPercent is ${cpuPercent}`)
      assert.ok(memoryUsage > 0 && pids > 0)
      await container.kill()
      await container.wait()
      assert.equal((await container.stats({ stream: false })).cpuPercent, 0)
    })

    it('are images that are built from a folder', async (test) => {
      const built = await client.images.build({
        dockerfileContent: `FROM ${IMAGE}\nARG WHO\nRUN echo "hello $WHO" > /hello\nCMD ["cat", "/hello"]\n`,
        buildArgs: { WHO: 'you' },
        labels: { [LABEL]: 'podman' },
        ...HERE,
      })
      test.after(() => built.image.remove({ force: true }).catch(() => {}))
      const { stdout } = await client.containers.run(built.image.id, undefined, { remove: true })
      assert.equal(stdout, 'hello you\n')
    })

    it('are builds that tell how they failed', async () => {
      const dockerfileContent = `FROM ${IMAGE}\nRUN echo before; exit 3\n`
      const failure = await failureOf(client.images.build({ dockerfileContent, ...HERE }))
      assert.ok(failure instanceof BuildError, String(failure))
      assert.deepEqual([failure.exitCode, failure.step], [3, '2/2 : RUN echo before; exit 3'])
      assert.match(failure.log, /^before$/m)
    })
  })

  it('tells of what Podman does not have that it does not have it', async () => {
    const absent = [client.services, client.nodes, client.plugins]
    for (const failure of await Promise.all(absent.map((each) => failureOf(each.list())))) {
      assert.ok(failure instanceof ApiError, String(failure))
      assert.ok(!(failure instanceof NotFoundError))
      assert.match(failure.hint ?? '', /^Podman \d+\.\d+\.\d+.* does not have this part/)
    }
  })
})
