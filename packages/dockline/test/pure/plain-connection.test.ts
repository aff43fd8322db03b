import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { plain } from '#src/buildkit/grpc/plain.js'

describe('a connection with TLS, as HTTP/2 has it,', () => {
  it('gives all bytes that came before its end, however late they are read', async () => {
    const socket = aTlsSocket()
    const connection = plain(socket)
    socket.push('first')
    socket.push('last')
    socket.push(null)
    await once(socket, 'end')
    socket.destroy()
    await once(socket, 'close')
    assert.equal(String(await buffer(connection)), 'firstlast')
  })

  it('is over with its socket, and its socket with it', async () => {
    for (const end of ['socket', 'connection'] as const) {
      const socket = aTlsSocket()
      const connection = plain(socket)
      const both = { socket, connection }
      both[end].destroy()
      await Promise.all(Object.values(both).map((each) => each.closed || once(each, 'close')))
      assert.ok(socket.destroyed && connection.destroyed)
    }
  })

  it('fails with the error of its socket', async () => {
    const socket = aTlsSocket()
    const connection = plain(socket)
    const failure = new Error('reset')
    const failed = once(connection, 'error')
    socket.destroy(failure)
    assert.deepEqual(await failed, [failure])
  })

  it('is the socket itself without TLS', () => {
    const socket = new Duplex()
    assert.equal(plain(socket), socket)
  })
})

function aTlsSocket(): Duplex {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  return Object.assign(socket, { encrypted: true })
}
