import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { endpointOf } from '../../dist/transport/index.js'

const KIB = 1024

describe('a connection on Node', () => {
  it('over a Unix socket reads one answer after the other into the same block', async (test) => {
    const path = join(tmpdir(), `dockline-blocks-${process.pid}.sock`)
    await listenAndSend(test, path)
    assert.equal(await memoriesOf(`unix://${path}`), 1)
  })

  it('over TCP reads one answer after the other into the same block', async (test) => {
    const { port } = (await listenAndSend(test, 0)) as AddressInfo
    assert.equal(await memoriesOf(`tcp://127.0.0.1:${port}`), 1)
  })
})

/** Listens, and sends 16 KiB for each byte that comes. */
async function listenAndSend(test: TestContext, place: string | number): Promise<unknown> {
  const server = createServer((socket) => {
    socket.on('data', () => socket.write(Buffer.alloc(16 * KIB)))
  })
  test.after(() => server.close())
  await once(server.listen(place), 'listening')
  return server.address()
}

/** Returns how many blocks of memory the large pieces of two answers lie in. */
async function memoriesOf(host: string): Promise<number> {
  const socket = await endpointOf(host, {}).dial()
  const memories = new Set<ArrayBufferLike>()
  let received = 0
  socket.write('x')
  for await (const piece of socket as AsyncIterable<Buffer>) {
    received += piece.length
    if (piece.length >= 4 * KIB) memories.add(piece.buffer)
    if (received === 16 * KIB) socket.write('x')
    if (received === 32 * KIB) break
  }
  return memories.size
}
