import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { it } from 'node:test'
import { bridge } from '#src/index.js'
import { aContainer, aRunningContainer, aSharedContainer, onEveryEngine } from '../support/engines.js'
import { aWebTerminal } from '../support/web-terminal.js'

const MEGABYTE = 1024 * 1024

onEveryEngine((engine) => {
  for (const ws of [false, true]) {
    it(`puts a shell into a web page, of the size of the page${ws ? ', over the WebSocket' : ''}`, async (test) => {
      const container = await aContainer(test, engine, ['sh'], { tty: true, interactive: true })
      const { socket, browser } = await aWebTerminal(test)
      const session = await container.attach({ ws })
      const done = session.connect(socket)
      await container.start()
      await browser.sees(/# /)
      browser.resize(93, 31)
      // The size comes with a request of its own: sooner or later.
      browser.type('until [ "$(stty size)" = "31 93" ]; do sleep 0.1; done; echo now $(stty size)\r')
      await browser.sees(/now 31 93\r\n/)
      browser.type('exit 7\r')
      assert.deepEqual(await done, { exitCode: 7, detached: false })
      assert.deepEqual(await browser.closed, [1000, ''])
      assert.deepEqual(browser.texts, ['{"exit":{"exitCode":7,"detached":false}}'])
    })
  }

  it('is ready for a page that is faster than the Engine', async (test) => {
    const container = await aSharedContainer(engine)
    const { socket, browser } = await aWebTerminal(test)
    const done = bridge(container.spawn(['sh'], { tty: true }), socket)
    browser.resize(70, 20)
    browser.type('until [ "$(stty size)" = "20 70" ]; do sleep 0.1; done; exit 5\r')
    assert.deepEqual(await done, { exitCode: 5, detached: false })
  })

  it('keeps memory bounded for a page that does not read', async (test) => {
    const size = 48 * MEGABYTE
    const container = await aSharedContainer(engine)
    const { socket, browser } = await aWebTerminal(test)
    browser.socket.pause()
    const session = await container.spawn(['head', '-c', `${size}`, '/dev/zero'])
    const done = session.connect(socket)
    let most = 0
    session.stdout.on('data', () => {
      most = Math.max(most, socket.bufferedAmount)
    })
    await once(session.stdout, 'pause')
    assert.ok(socket.bufferedAmount > MEGABYTE)
    browser.socket.resume()
    assert.equal((await done).exitCode, 0)
    await browser.closed
    assert.equal(browser.output.length, size)
    assert.ok(most < 1.5 * MEGABYTE, `${most} bytes waited`)
  })

  it('leaves the container running when the page is closed, for the next one', async (test) => {
    const container = await aRunningContainer(test, engine, ['sh'], { tty: true, interactive: true })
    for (const word of ['first', 'second']) {
      const { socket, browser } = await aWebTerminal(test)
      const done = bridge(container.attach(), socket)
      browser.type(`echo ${word} page\r`)
      await browser.sees(new RegExp(`${word} page\r\n`))
      browser.socket.close()
      assert.deepEqual(await done, { exitCode: undefined, detached: true })
    }
    assert.equal((await container.reload()).status, 'running')
  })

  it('makes a server of a command: bytes in, bytes out, each to its end', async (test) => {
    const container = await aSharedContainer(engine)
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
    test.after(() => server.close())
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const there = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    const [here] = (await once(server, 'connection')) as [Socket]
    const done = bridge(container.spawn(['cat']), here)
    const input = randomBytes(4 * MEGABYTE)
    there.end(input)
    assert.ok((await buffer(there)).equals(input))
    assert.deepEqual(await done, { exitCode: 0, detached: false })
  })
})
