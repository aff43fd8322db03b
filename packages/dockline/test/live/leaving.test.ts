import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DockerClient } from '#src/index.js'
import { aRunningContainer, IMAGE, LABEL, onEveryEngine } from '../support/engines.js'
import { PATIENT } from '../support/patience.js'

const run = promisify(execFile)
const BUSY_PROGRAM = fileURLToPath(new URL('../support/busy-program.js', import.meta.url))

onEveryEngine((engine) => {
  it('leaves no timer behind, and lets the process end by itself', async () => {
    const { stdout } = await run(process.execPath, [BUSY_PROGRAM, engine.host, IMAGE, LABEL], PATIENT)
    assert.deepEqual(JSON.parse(stdout), [])
  })

  it('leaves no socket open once the program is over', async (test) => {
    const { address, connections } = await countingProxy(test, engine.host)
    await run(process.execPath, [BUSY_PROGRAM, address, IMAGE, LABEL], PATIENT)
    await Promise.all([...connections.open].map((socket) => gone(socket)))
    assert.ok(connections.total > 5)
  })

  it('closes the socket of a loop that is left while the program goes on', async (test) => {
    const { address, connections } = await countingProxy(test, engine.host)
    await using client = new DockerClient({ host: address })
    await client.version()
    const container = await aRunningContainer(test, engine, [
      'sh',
      '-c',
      'while :; do echo tick; sleep 0.05; done',
    ])
    const followed = await client.containers.get(container.id)
    const before = new Set(connections.open)
    for await (const _line of followed.logs({ follow: true }).lines()) break
    // The one that carried the stream is gone; what is left are the idle ones of the pool.
    await Promise.all(
      [...connections.open].filter((socket) => !before.has(socket)).map((socket) => gone(socket)),
    )
    const session = await followed.spawn(['sleep', '60'])
    const oneCloses = Promise.race([...connections.open].map((socket) => gone(socket)))
    session.close()
    await oneCloses
  })
})

/** Resolves when the client has closed a connection, as far as a server can tell. */
function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('end', resolve).once('close', () => resolve())
  })
}

interface Connections {
  readonly open: Set<Socket>
  readonly server: Server
  total: number
}

/** A socket in front of the Engine's that knows who is connected. */
async function countingProxy(
  test: TestContext,
  host: string,
): Promise<{ address: string; connections: Connections }> {
  const folder = await mkdtemp(join(tmpdir(), 'dl-'))
  const path = join(folder, 's')
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections.total += 1
    connections.open.add(socket)
    void gone(socket).then(() => connections.open.delete(socket))
    const upstream = connect({ path: host.replace('unix://', ''), allowHalfOpen: true })
    socket.pipe(upstream).pipe(socket)
    for (const side of [socket, upstream]) side.on('error', () => {})
    socket.once('close', () => upstream.destroy())
  })
  const connections: Connections = { open: new Set(), server, total: 0 }
  server.listen(path)
  await once(server, 'listening')
  test.after(async () => {
    server.close()
    for (const socket of connections.open) socket.destroy()
    await rm(folder, { recursive: true })
  })
  return { address: `unix://${path}`, connections }
}
