import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { it } from 'node:test'
import { InvalidArgumentError } from '#src/index.js'
import { aContainer, aRunningContainer, aSharedContainer, onEveryEngine } from '../support/engines.js'

const withStdin = { interactive: true, stdinOnce: true } as const

onEveryEngine((engine) => {
  it('sees everything of a container that is attached to before its start', async (test) => {
    const container = await aContainer(test, engine, ['sh', '-c', 'echo out; echo err >&2; exit 6'])
    await using session = await container.attach()
    await container.start()
    const { stdout, stderr } = await session.output.demux()
    assert.equal(`${stdout}${stderr}`, 'out\nerr\n')
    assert.deepEqual(await session.exit, { exitCode: 6, detached: false })
  })

  it('carries 1 MiB through cat byte by byte, and ends when stdin ends', async (test) => {
    const container = await aContainer(test, engine, ['cat'], withStdin)
    await using session = await container.attach({ stdin: true })
    await container.start()
    const input = randomBytes(1024 * 1024)
    session.stdin.end(input)
    assert.ok((await session.output.bytes()).equals(input))
    assert.deepEqual(await session.exit, { exitCode: 0, detached: false })
  })

  it('counts with wc, which answers only once stdin has ended', async (test) => {
    const container = await aContainer(test, engine, ['wc', '-c'], withStdin)
    await using session = await container.attach()
    await container.start()
    session.stdin.end('twelve bytes')
    assert.equal((await session.output.text()).trim(), '12')
  })

  it('joins a running container from now on, or with what was before', async (test) => {
    const command = ['sh', '-c', 'echo before; read line; echo "$line"']
    const container = await aRunningContainer(test, engine, command, withStdin)
    for await (const _line of container.logs({ follow: true }).lines()) break
    await using replayed = await container.attach({ stdin: false, logs: true })
    await using session = await container.attach()
    session.stdin.write('after\n')
    assert.equal(await session.output.text(), 'after\n')
    assert.equal(await replayed.output.text(), 'before\nafter\n')
  })

  it('of a container that has ended is its replay, with its exit code', async (test) => {
    const container = await aContainer(test, engine, ['sh', '-c', 'echo once; exit 6'])
    await container.start()
    await container.wait()
    await using session = await container.attach({ logs: true })
    assert.equal(await session.output.text(), 'once\n')
    assert.deepEqual(await session.exit, { exitCode: 6, detached: false })
  })

  it('of a container that has ended goes on with its next run, with or without the replay', async (test) => {
    const container = await aContainer(test, engine, ['sh', '-c', 'echo run; exit 5'])
    await container.start()
    await container.wait()
    await using replayed = await container.attach({ logs: true })
    await using session = await container.attach()
    await container.start()
    const texts = [await replayed.output.text(), await session.output.text()]
    assert.deepEqual(texts, ['run\nrun\n', 'run\n'])
    assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
    assert.deepEqual(await replayed.exit, { exitCode: 5, detached: false })
  })

  it('brings everything to a reader who was away while the container ended', async (test) => {
    const container = await aRunningContainer(
      test,
      engine,
      ['sh', '-c', 'read go; head -c 900000 /dev/zero'],
      {
        ...withStdin,
      },
    )
    await using session = await container.attach()
    session.stdin.end('go\n')
    await container.wait()
    let length = 0
    let chunks = 0
    for await (const { data } of session.output) {
      length += data.length
      chunks += 1
      // For longer than the silence that ends an attach which came too late.
      if (chunks === 5) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3200)
    }
    assert.equal(length, 900_000)
    assert.deepEqual(await session.exit, { exitCode: 0, detached: false })
  })

  it('is one raw stream for a tty, which can be resized', async (test) => {
    const container = await aContainer(test, engine, ['sh'], { tty: true, interactive: true })
    await using session = await container.attach()
    await container.start()
    await session.resize({ columns: 99, rows: 33 })
    session.stdin.write('stty size; exit 4\n')
    assert.match(await session.output.text(), /33 99\r\n/)
    assert.deepEqual(await session.exit, { exitCode: 4, detached: false })
  })

  it('is over as detached when someone types the detach keys', async (test) => {
    const container = await aRunningContainer(test, engine, ['cat'], { tty: true, interactive: true })
    await using session = await container.attach({ detachKeys: 'ctrl-x,x' })
    session.stdin.write('\x18x')
    assert.deepEqual(await session.exit, { exitCode: undefined, detached: true })
    assert.equal((await container.reload()).status, 'running')
  })

  it('leaves the container running when it is closed', async () => {
    const container = await aSharedContainer(engine)
    const session = await container.attach()
    session.close()
    assert.deepEqual(await session.exit, { exitCode: undefined, detached: true })
    assert.equal((await container.reload()).status, 'running')
  })

  it('refuses stdin where there is none, and a resize without a tty', async () => {
    const container = await aSharedContainer(engine)
    await assert.rejects(container.attach({ stdin: true }), InvalidArgumentError)
    await using session = await container.attach()
    await assert.rejects(session.resize({ columns: 80, rows: 24 }), InvalidArgumentError)
  })
})
