import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { it, type TestContext } from 'node:test'
import { type Container, ContainerError, ImageNotFoundError, NotFoundError } from '#src/index.js'
import { IMAGE, LABEL, onEveryEngine, type TestEngine } from '../support/engines.js'
import { PATIENCE_MS } from '../support/patience.js'
import { timesOf } from '../support/times.js'

const labels = { [LABEL]: '' }
/** What is alike for nearly all: a network of its own is half of what a container costs. */
const given = { labels, network: 'host' } as const
const RUNS = timesOf(10)
const RUNS_AT_ONCE = 6

onEveryEngine((engine) => {
  const { containers } = engine.client

  it('returns what the command wrote, and removes the container', async () => {
    const command = ['sh', '-c', 'echo out; sleep 0.1; echo err >&2']
    const { container, ...result } = await containers.run(IMAGE, command, { ...given, remove: true })
    assert.deepEqual(result, { exitCode: 0, stdout: 'out\n', stderr: 'err\n', output: 'out\nerr\n' })
    await assert.rejects(containers.get(container), NotFoundError)
  })

  it('keeps the container unless remove was asked', async (test) => {
    const { container } = await containers.run(IMAGE, ['true'], given)
    const kept = await containers.get(container)
    removeAfter(test, kept)
    assert.equal(kept.status, 'exited')
  })

  it('returns detached containers that end at once and remove themselves', async () => {
    const options = { ...given, remove: true, detach: true } as const
    const runs = Array.from({ length: 8 }, () => containers.run(IMAGE, ['true'], options))
    for (const container of await Promise.all(runs)) assert.equal(container.labels[LABEL], '')
  })

  it('returns only the outputs that the container is attached to', async () => {
    const command = ['sh', '-c', 'echo out; echo err >&2; exit 3']
    const some = { ...given, remove: true, reject: false, attachStdout: false } as const
    const { container: _, ...only } = await containers.run(IMAGE, command, some)
    assert.deepEqual(only, { exitCode: 3, stdout: '', stderr: 'err\n', output: 'err\n' })
    const none = await containers.run(IMAGE, command, { ...some, attachStderr: false })
    assert.deepEqual([none.exitCode, none.output], [3, ''])
  })

  it('feeds the input and ends it', async () => {
    const { stdout } = await containers.run(IMAGE, ['wc', '-c'], {
      ...given,
      remove: true,
      input: 'twelve bytes',
    })
    assert.equal(stdout.trim(), '12')
  })

  it('ends a stdin that is open where there is no input, with and without a tty', async () => {
    const open = { ...given, remove: true, interactive: true, timeout: PATIENCE_MS }
    assert.equal((await containers.run(IMAGE, ['wc', '-c'], open)).stdout.trim(), '0')
    assert.equal((await containers.run(IMAGE, ['cat'], { ...open, tty: true })).exitCode, 0)
  })

  it('gives up a detached run in time, and leaves no container of it', async () => {
    const name = `given-up-${randomBytes(4).toString('hex')}`
    const options = { ...given, name, detach: true, timeout: 1 } as const
    await assert.rejects(containers.run(IMAGE, ['sleep', '60'], options), { code: 'ERR_DOCKER_TIMEOUT' })
    await assert.rejects(containers.get(name), NotFoundError)
  })

  it('carries 1 MiB through cat by attach byte by byte', async () => {
    const input = randomBytes(1024 * 1024)
    const { stdout } = await containers.run(IMAGE, ['cat'], {
      ...given,
      remove: true,
      input,
      encoding: 'buffer',
    })
    assert.ok(stdout.equals(input))
  })

  it('rejects with ContainerError, which carries the output, when the exit code is not 0', async () => {
    const command = ['sh', '-c', 'echo partial; echo why >&2; exit 3']
    await assert.rejects(containers.run(IMAGE, command, { ...given, remove: true }), (error) => {
      assert.ok(error instanceof ContainerError)
      const { exitCode, stdout, stderr, image } = error
      assert.deepEqual(
        { exitCode, stdout, stderr, image },
        { exitCode: 3, stdout: 'partial\n', stderr: 'why\n', image: IMAGE },
      )
      assert.match(error.message, /exited with code 3: why/)
      return true
    })
  })

  it('returns the exit code where rejecting is off', async () => {
    const options = { ...given, remove: true, reject: false }
    assert.equal((await containers.run(IMAGE, ['sh', '-c', 'exit 7'], options)).exitCode, 7)
  })

  it('returns the running container with detach', async (test) => {
    const container = await containers.run(IMAGE, ['sleep', '60'], { ...given, detach: true, init: true })
    removeAfter(test, container)
    assert.equal((await container.reload()).status, 'running')
  })

  it(`misses nothing of a command that is over at once, ${RUNS} times out of ${RUNS}`, async () => {
    assert.deepEqual(await incompleteOutputs(engine, RUNS), [])
  })

  it('leaves no container behind when the start fails and remove was asked', async () => {
    const name = `dockline-nostart-${process.pid}`
    await assert.rejects(containers.run(IMAGE, ['no-such-command'], { ...given, name, remove: true }))
    await assert.rejects(containers.get(name), NotFoundError)
  })

  it('leaves a container that could not start when remove was not asked', async (test) => {
    const name = `dockline-nostart-kept-${process.pid}`
    await assert.rejects(containers.run(IMAGE, ['no-such-command'], { ...given, name }), /no-such-command/)
    const kept = await containers.get(name)
    removeAfter(test, kept)
    assert.equal(kept.status, 'created')
  })

  it('does not pull where that is forbidden', async () => {
    const missing = 'localhost:1/dockline/not-here:1'
    await assert.rejects(containers.run(missing, ['true'], { pull: 'never' }), ImageNotFoundError)
  })

  it('says why the pull failed when an image is not here', async () => {
    await assert.rejects(containers.run('localhost:1/dockline/not-here:1', ['true']), /localhost:1/)
  })

  it('rejects at once with the reason of an abort, and removes the container where that was asked', async () => {
    const name = `dockline-abort-${process.pid}`
    const controller = new AbortController()
    const { signal } = controller
    const running = containers.run(IMAGE, ['sleep', '60'], {
      ...given,
      name,
      remove: true,
      init: true,
      signal,
    })
    for await (const { Action } of engine.client.events({ since: '10s', filters: { container: name } })) {
      if (Action === 'start') break
    }
    const destroyed = untilDestroyed(engine, name)
    controller.abort(new Error('enough'))
    await assert.rejects(running, /enough/)
    await destroyed
    await assert.rejects(containers.get(name), NotFoundError)
  })

  it('rejects with TimeoutError when the time is up', async () => {
    const options = { ...given, remove: true, init: true, timeout: 1500 }
    await assert.rejects(containers.run(IMAGE, ['sleep', '60'], options), {
      name: 'TimeoutError',
      timeout: 1500,
    })
  })

  it('works for a log driver that cannot be read', async () => {
    const options = { ...given, remove: true, logDriver: 'none' }
    assert.equal((await containers.run(IMAGE, ['echo', 'unlogged'], options)).stdout, 'unlogged\n')
  })
})

function removeAfter(test: TestContext, container: Container): void {
  test.after(() => container.remove({ force: true, volumes: true }))
}

/** The outputs of that many short commands in which a line is missing. */
async function incompleteOutputs({ client }: TestEngine, total: number): Promise<readonly object[]> {
  const numbers = Array.from({ length: total }, (_, n) => n).values()
  const incomplete: object[] = []
  const work = async () => {
    for (const n of numbers) {
      const command = ['sh', '-c', `echo out ${n}; echo err ${n} >&2`]
      const result = await client.containers.run(IMAGE, command, { ...given, remove: true })
      const { stdout, stderr } = result
      if (stdout !== `out ${n}\n` || stderr !== `err ${n}\n`) incomplete.push({ n, ...result })
    }
  }
  await Promise.all(Array.from({ length: RUNS_AT_ONCE }, work))
  return incomplete
}

async function untilDestroyed({ client }: TestEngine, name: string): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  for await (const { Action } of client.events({ since: '30s', filters: { container: name }, signal })) {
    if (Action === 'destroy') return
  }
}
