import assert from 'node:assert/strict'
import { Readable, Writable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { dockline } from '../../dist/program.js'
import { type Ended, startDockline } from '../support/dockline.js'
import { NOWHERE } from '../support/nowhere.js'
import { aServer } from '../support/scripted-engine.js'

/** What an Engine tells of, in the order of its numbers. */
const event = (number: number) => ({
  Type: 'container',
  Action: 'start',
  Actor: { ID: `c${number}` },
  time: number,
})
const FIRST = JSON.stringify(event(1))
const ALL = [1, 2, 3]

describe('events', () => {
  for (const [how, body] of [
    ['one on each line', `${ALL.map((number) => `${JSON.stringify(event(number))}\n`).join('')}`],
    ['two on a line', `${FIRST}${JSON.stringify(event(2))}\n ${JSON.stringify(event(3))}`],
    ['indented', ALL.map((number) => JSON.stringify(event(number), null, 2)).join('\r\n')],
    ['as a JSON sequence', ALL.map((number) => `\x1e${JSON.stringify(event(number))}\n`).join('')],
  ] as const) {
    it(`are values and not lines: ${how}`, async (test) => {
      const { exitCode, stdout, stderr } = await told(test, [Buffer.from(body)])
      assert.deepEqual([exitCode, stdout, stderr], [0, 'c1\nc2\nc3\n', ''])
    })
  }

  it('are told before the next one is complete, and in the middle of one that is cut', async (test) => {
    const body = Buffer.from(`${FIRST}{"Type":"container"`)
    const { exitCode, stdout, stderr } = await told(test, [body.subarray(0, 5), body.subarray(5)])
    assert.deepEqual([exitCode, stdout], [1, 'c1\n'])
    assert.match(stderr, /ended/)
  })

  it('may be as long as 60 MB', async (test) => {
    const long = Buffer.from(`{"Actor":{"ID":"long","Attributes":{"a":"${'x'.repeat(1_000_000)}`)
    const more = Array.from({ length: 59 }, () => Buffer.alloc(1_000_000, 'y'))
    const { exitCode, stdout } = await told(test, [long, ...more, Buffer.from('"}}}')])
    assert.deepEqual([exitCode, stdout], [0, 'long\n'])
  })
})

/** Takes what is written one piece after the other, and knows how much waited at most. */
class SlowReader extends Writable {
  most = 0

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.most = Math.max(this.most, this.writableLength)
    setImmediate(done)
  }
}

it('events wait for a reader that is slow', async (test) => {
  const line = `${FIRST}\n`
  const host = await aServer(test, (request, response) => {
    response.setHeader('Api-Version', '1.51')
    response.end(request.url?.includes('/events') ? line.repeat(5000) : 'OK')
  })
  const [stdout, stderr, stdin] = [new SlowReader(), new SlowReader(), Readable.from([])]
  const words = ['-H', host, '--config', NOWHERE, 'events', '--format', 'json']
  assert.equal(await dockline(words, { stdin, stdout, stderr }), 0)
  assert.ok(stdout.most < stdout.writableHighWaterMark + 2 * line.length, `${stdout.most} bytes waited`)
})

async function told(test: TestContext, pieces: readonly Buffer[]): Promise<Ended> {
  const host = await aServer(test, (request, response) => {
    response.setHeader('Api-Version', '1.51')
    if (!request.url?.includes('/events')) return void response.end('OK')
    for (const piece of pieces) response.write(piece)
    response.end()
  })
  const running = startDockline(host, ['events', '--format', '{{.Actor.ID}}'])
  running.process.stdin?.end()
  return running.ended
}
