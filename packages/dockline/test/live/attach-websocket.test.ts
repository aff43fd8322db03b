import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { it } from 'node:test'
import { InvalidArgumentError } from '#src/index.js'
import { aContainer, aRunningContainer, onEveryEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'

const withStdin = { interactive: true, stdinOnce: true } as const

onEveryEngine((engine) => {
  it('sees everything over a WebSocket, stdout and stderr as one', async (test) => {
    const command = ['sh', '-c', 'printf "out\\377\\000"; echo err >&2; exit 6']
    const container = await aContainer(test, engine, command)
    await using session = await container.attach({ ws: true })
    await container.start()
    const { stdout, stderr } = await session.output.demux()
    assert.deepEqual([...stdout].sort(), [...Buffer.from('out\xff\x00err\n', 'latin1')].sort())
    assert.equal(stderr.length, 0)
    assert.deepEqual(await session.exit, { exitCode: 6, detached: false })
  })

  it('carries 1 MiB through cat in messages, and ends when stdin ends', async (test) => {
    const container = await aContainer(test, engine, ['cat'], withStdin)
    await using session = await container.attach({ ws: true, stdin: true })
    await container.start()
    const input = randomBytes(1024 * 1024)
    session.stdin.end(input)
    assert.ok((await session.output.bytes()).equals(input))
    assert.deepEqual(await session.exit, { exitCode: 0, detached: false })
  })

  it('tells wc the end of stdin with a close frame, and hears the answer', async (test) => {
    const container = await aContainer(test, engine, ['wc', '-c'], withStdin)
    await using session = await container.attach({ ws: true })
    await container.start()
    session.stdin.end('twelve bytes')
    assert.equal((await session.output.text()).trim(), '12')
  })

  it('detaches when stdin ends, where it is not for one client only', async (test) => {
    const container = await aRunningContainer(test, engine, ['cat'], { interactive: true, stdinOnce: false })
    await using session = await container.attach({ ws: true })
    session.stdin.end()
    assert.deepEqual(await session.exit, { exitCode: undefined, detached: true })
    assert.equal((await container.reload()).status, 'running')
  })

  it('replays what was written before', async (test) => {
    const command = ['sh', '-c', 'echo before; read line; echo "$line"']
    const container = await aRunningContainer(test, engine, command, withStdin)
    for await (const _line of container.logs({ follow: true }).lines()) break
    await using session = await container.attach({ ws: true, logs: true })
    session.stdin.write('after\n')
    assert.equal(await session.output.text(), 'before\nafter\n')
  })

  it('is a tty over a WebSocket, which can be resized', async (test) => {
    const container = await aContainer(test, engine, ['sh'], { tty: true, interactive: true })
    await using session = await container.attach({ ws: true })
    await container.start()
    await session.resize({ columns: 99, rows: 33 })
    session.stdin.write('stty size; exit 4\n')
    assert.match(await session.output.text(), /33 99\r\n/)
    assert.deepEqual(await session.exit, { exitCode: 4, detached: false })
  })

  it('is over as detached when someone types the detach keys', async (test) => {
    const container = await aRunningContainer(test, engine, ['cat'], { tty: true, interactive: true })
    await using session = await container.attach({ ws: true, detachKeys: 'ctrl-x,x' })
    session.stdin.write('\x18x')
    assert.deepEqual(await session.exit, { exitCode: undefined, detached: true })
    assert.equal((await container.reload()).status, 'running')
  })

  it('leaves the container running when it is closed, detached or aborted', async (test) => {
    const container = await aRunningContainer(test, engine, ['cat'], { tty: true, interactive: true })
    for (const leave of ['close', 'detach'] as const) {
      const session = await container.attach({ ws: true })
      await session[leave]()
      assert.deepEqual(await session.exit, { exitCode: undefined, detached: true })
    }
    const abort = new AbortController()
    const session = await container.attach({ ws: true, signal: abort.signal })
    abort.abort(new Error('enough'))
    assert.equal(await failureOf(session.exit), abort.signal.reason)
    assert.equal((await container.reload()).status, 'running')
  })

  it('refuses stdin where there is none', async (test) => {
    const container = await aRunningContainer(test, engine)
    assert.ok((await failureOf(container.attach({ ws: true, stdin: true }))) instanceof InvalidArgumentError)
  })
})
