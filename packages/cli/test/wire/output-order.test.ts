// stdout and stderr in one place, as after `2>&1`: what the Engine told in an order comes out in that order.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { OVER, spawnHeld } from '../../../dockline/dist-test/support/held-terminal.js'
import { PATIENCE_MS } from '../../../dockline/dist-test/support/patience.js'
import { BIN } from '../support/dockline.js'
import { started } from '../support/endings.js'
import { aFolder, aServer } from '../support/scripted-engine.js'

const words = ['logs', 'abc']
const LINES = Array.from({ length: 10_000 }, (_, index) => `${index} ${'.'.repeat(index % 90)}\n`)
/** The last of it are this command's own words. */
const WRITTEN = `${LINES.join('')}the Engine reported an error in the stream: disk full\n`

describe('stdout and stderr in one place', {
  skip: process.platform === 'win32',
  timeout: 2 * PATIENCE_MS,
}, () => {
  it('keep their order on a socket, as Node gives it to its children', async (test) => {
    const [ours, theirs] = await sockets(test, join(await aFolder(test), 'socket'))
    started({ host: await anEngine(test), words }, ['ignore', theirs, theirs])
    theirs.destroy()
    assert.equal(await readSlowly(ours), WRITTEN)
  })

  it('keep their order on a connection', async (test) => {
    const [ours, theirs] = await sockets(test)
    started({ host: await anEngine(test), words }, ['ignore', theirs, theirs])
    theirs.destroy()
    assert.equal(await readSlowly(ours), WRITTEN)
  })

  it('keep their order on a pipe', async (test) => {
    const path = join(await aFolder(test), 'pipe')
    execFileSync('mkfifo', [path])
    const pipe = createReadStream(path, { highWaterMark: 4096 })
    await using end = await open(path, 'w')
    started({ host: await anEngine(test), words }, ['ignore', end.fd, end.fd])
    await end.close()
    assert.equal(await readSlowly(pipe), WRITTEN)
  })

  it('keep their order in a file', async (test) => {
    const path = join(await aFolder(test), 'file')
    await using file = await open(path, 'w')
    const command = started({ host: await anEngine(test), words }, ['ignore', file.fd, file.fd])
    await once(command, 'close')
    assert.equal(await readFile(path, 'utf8'), WRITTEN)
  })

  it('keep their order on a terminal', async (test) => {
    const env = { ...process.env, DOCKER_HOST: await anEngine(test) }
    const terminal = spawnHeld([process.execPath, BIN, ...words], { env })
    test.after(() => terminal.kill())
    let shown = ''
    await new Promise<void>((resolve) => {
      terminal.onData((data) => {
        shown += data
        if (shown.endsWith(OVER)) resolve()
      })
    })
    assert.equal(shown.replace(OVER, '').replaceAll('\r\n', '\n'), WRITTEN)
  })
})

/** One whose log are the lines in turn on stdout and stderr, and a failure in the end. */
function anEngine(test: TestContext): Promise<string> {
  const log = Buffer.concat([
    ...LINES.map((line, index) => frame(1 + (index % 2), line)),
    frame(3, 'disk full'),
  ])
  return aServer(test, ({ url = '' }, response) => {
    response.setHeader('Api-Version', '1.47')
    if (url.includes('/abc/json')) response.end('{"Id":"abc","Config":{"Tty":false}}')
    else response.end(url.includes('/logs') ? log : 'OK')
  })
}

function frame(source: number, text: string): Buffer {
  const header = Buffer.alloc(8)
  header[0] = source
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

/** Two ends of one connection: over a Unix socket of that path, or over TCP. */
async function sockets(test: TestContext, path?: string): Promise<readonly [ours: Socket, theirs: Socket]> {
  const server = createServer({ pauseOnConnect: true }).listen(path ?? 0)
  await once(server, 'listening')
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const ours =
    path === undefined ? connect((server.address() as AddressInfo).port, '127.0.0.1') : connect(path)
  const theirs = await accepted
  test.after(() => {
    ours.destroy()
    server.close()
  })
  return [ours, theirs]
}

/** By a reader who is slower than the writer, as a person with a pager is. */
async function readSlowly(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) {
    chunks.push(chunk)
    for (let turn = 0; turn < 20; turn++) await setImmediate()
  }
  return Buffer.concat(chunks).toString()
}
