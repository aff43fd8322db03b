import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { InvalidArgumentError, type LayerProgress, type Progress, StreamError, Transfer } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { chunk, chunked, chunkedHead, FakeEngine, json } from '../support/fake-engine.js'

const ONE = 'aaaaaaaaaaaa'
const TWO = 'bbbbbbbbbbbb'
const PULL = [
  { status: 'Pulling from library/alpine', id: '3.20' },
  { status: 'Pulling fs layer', progressDetail: {}, id: ONE },
  { status: 'Already exists', progressDetail: {}, id: TWO },
  { status: 'Downloading', progressDetail: { current: 40, total: 100 }, id: ONE },
  { status: 'Download complete', progressDetail: { hidecounts: true }, id: ONE },
  { status: 'Extracting', progressDetail: { current: 30, total: 100 }, id: ONE },
  { status: 'Extracting', progressDetail: { current: 3, units: 's' }, id: ONE },
  { status: 'Pull complete', progressDetail: { hidecounts: true }, id: ONE },
  { status: 'Digest: sha256:abc' },
]
const lines = (messages: readonly object[]) => messages.map((message) => `${JSON.stringify(message)}\r\n`)
const layer = (
  id: string,
  state: LayerProgress['state'],
  status: string,
  bytes: object = {},
): LayerProgress => {
  return { id, state, status, current: undefined, total: undefined, ...bytes }
}

describe('the progress of a transfer', () => {
  it('has each message with the state of every layer and the bytes in all', async () => {
    const seen = await progressOf(transferOf(PULL))
    assert.deepEqual(
      seen.map(({ message }) => message),
      PULL,
    )
    const two = layer(TWO, 'done', 'Already exists')
    assert.deepEqual(
      seen.map(({ layers, current, total }) => ({ layers, current, total })),
      [
        { layers: [], current: 0, total: 0 },
        { layers: [layer(ONE, 'waiting', 'Pulling fs layer')], current: 0, total: 0 },
        { layers: [layer(ONE, 'waiting', 'Pulling fs layer'), two], current: 0, total: 0 },
        of(layer(ONE, 'downloading', 'Downloading', { current: 40, total: 100 }), 40),
        of(layer(ONE, 'downloaded', 'Download complete'), 100),
        of(layer(ONE, 'extracting', 'Extracting', { current: 30, total: 100 }), 100),
        of(layer(ONE, 'extracting', 'Extracting'), 100),
        of(layer(ONE, 'done', 'Pull complete'), 100),
        of(layer(ONE, 'done', 'Pull complete'), 100),
      ],
    )
    function of(one: LayerProgress, current: number) {
      return { layers: [one, two], current, total: 100 }
    }
  })

  it('never shows more of a push than there is, whatever the Engine guessed before', async () => {
    const [, sent, over, done] = await progressOf(
      transferOf([
        { status: 'Preparing', progressDetail: {}, id: ONE },
        { status: 'Pushing', progressDetail: { current: 512, total: 1000 }, id: ONE },
        { status: 'Pushing', progressDetail: { current: 1536, total: 1000 }, id: ONE },
        { status: 'Pushed', progressDetail: {}, id: ONE },
      ]),
    )
    assert.deepEqual([sent?.current, sent?.total, sent?.layers[0]?.state], [512, 1000, 'pushing'])
    assert.deepEqual([over?.current, over?.total, over?.layers[0]?.current], [1000, 1000, 1000])
    assert.deepEqual([done?.current, done?.total, done?.layers[0]?.state], [1000, 1000, 'done'])
  })

  it('has a fraction for a bar, which is full at the end, also when all was there already', async () => {
    const seen = await progressOf(
      transferOf([...PULL, { status: 'Status: Downloaded newer image for a:latest' }]),
    )
    assert.deepEqual(
      seen.map(({ fraction }) => fraction),
      [0, 0, 0.5, 0.6, 0.75, 0.825, 0.75, 1, 1, 1],
    )
    const there = [
      { status: 'Pulling from library/a', id: 'latest' },
      { status: 'Status: Image is up to date for a:latest' },
    ]
    assert.deepEqual(
      (await progressOf(transferOf(there))).map(({ fraction }) => fraction),
      [0, 1],
    )
    const [pushing, pushed] = await progressOf(
      transferOf([
        { status: 'Layer already exists', progressDetail: {}, id: ONE },
        { status: `v1: digest: sha256:${'0'.repeat(64)} size: 10` },
      ]),
    )
    assert.deepEqual([pushing?.fraction, pushed?.fraction, pushed?.layers[0]?.state], [1, 1, 'done'])
  })

  it('counts what has no layers, and what has no total', async () => {
    const [one, two] = await progressOf(
      transferOf([
        { status: 'Importing', progressDetail: { current: 10 } },
        { status: 'Copying', progressDetail: { current: 5, total: 7 }, id: 'x' },
      ]),
    )
    assert.deepEqual(
      [one?.layers[0]?.id, one?.layers[0]?.state, one?.current, one?.total],
      ['', 'loading', 10, 10],
    )
    assert.deepEqual([two?.layers[1]?.state, two?.current, two?.total], ['working', 15, 17])
  })

  it('is not changed by what comes later', async () => {
    const [, first] = await progressOf(transferOf(PULL))
    assert.deepEqual(first?.layers, [layer(ONE, 'waiting', 'Pulling fs layer')])
  })

  it('can be read once, and the result is there afterwards', async () => {
    const pull = transferOf(PULL)
    assert.equal((await progressOf(pull)).length, PULL.length)
    assert.throws(() => pull.progress(), InvalidArgumentError)
    assert.equal(await pull, 'the result')
  })

  it('keeps nobody waiting when it was asked for and not read', async () => {
    const pull = transferOf(PULL)
    const unread = pull.progress()
    assert.equal(await pull, 'the result')
    assert.ok((await failureOf(unread.next())) instanceof InvalidArgumentError)
  })
})

describe('a transfer', () => {
  it('rejects, loop and result, with an error in the stream', async () => {
    const failing = [...PULL.slice(0, 3), { errorDetail: { message: 'no space left' }, error: 'old words' }]
    const pull = transferOf(failing)
    const failure = await failureOf(progressOf(pull))
    assert.ok(failure instanceof StreamError)
    assert.equal(failure.message, 'no space left')
    assert.equal(await failureOf(pull), failure)
    assert.match(String(await failureOf(transferOf([{ error: 'only that' }]))), /only that/)
  })

  it('is cancelled by leaving the loop, and has no result then', async (test) => {
    const engine = await FakeEngine.start(test, {
      'POST /images/create': async (call) => {
        await call.write(chunkedHead('application/json'))
        await call.write(chunk('{"status":"a"}'))
        await call.takeOver().closed
      },
    })
    const pull = engine.client(test).images.pull('alpine')
    for await (const { message } of pull.progress()) {
      assert.equal(message.status, 'a')
      break
    }
    await engine.closed(engine.last.connection)
    assert.match(String(await failureOf(pull)), /left before its end/)
    assert.equal(engine.calls.length, 1)
  })

  it('rejects with the reason of its signal, at any moment', async (test) => {
    const engine = await FakeEngine.start(test, {
      'POST /images/create': async (call) => {
        await call.write(chunkedHead('application/json'))
        await call.write(chunk('{"status":"a"}'))
        await call.takeOver().closed
      },
    })
    const abort = new AbortController()
    const pull = engine.client(test).images.pull('alpine', { signal: abort.signal })
    const failure = failureOf(
      (async () => {
        for await (const _ of pull.progress()) abort.abort('enough')
      })(),
    )
    assert.equal(await failure, 'enough')
    assert.equal(await failureOf(pull), 'enough')
    await engine.allClosed()
  })

  it('rejects when the stream is cut short', async (test) => {
    const engine = await FakeEngine.start(test, {
      'POST /images/create': async (call) => {
        await call.body()
        await call.write(chunkedHead('application/json'))
        await call.write(chunk('{"status":"a"}'))
        call.cut()
      },
    })
    assert.ok(await failureOf(engine.client(test).images.pull('alpine')))
  })

  it('sends its body once, however it is asked for', async (test) => {
    const engine = await FakeEngine.start(test, {
      'POST /images/load': chunked('application/json', ...lines([{ stream: 'Loaded image: a:1\n' }])),
      'GET /images/a%3A1/json': json({ Id: 'sha256:a' }),
    })
    const load = engine.client(test).images.load(Buffer.from('tar'))
    assert.deepEqual(engine.requests, [])
    for await (const _ of load.progress());
    assert.deepEqual([(await load)[0]?.id, (await load)[0]?.id], ['sha256:a', 'sha256:a'])
    assert.equal(engine.calls.filter((call) => call.startsWith('POST')).length, 1)
  })

  it('shows nothing of what it was told', () => {
    const transfer = transferOf([{ status: 'secret' }])
    assert.equal(inspect(transfer, { depth: 9, showHidden: true }).includes('secret'), false)
  })
})

function transferOf(messages: readonly object[]): Transfer<string, object> {
  return new Transfer<string, object>({
    async *messages() {
      yield* messages
    },
    finish: () => 'the result',
  })
}

async function progressOf<Message extends object>(
  transfer: Transfer<unknown, Message>,
): Promise<Progress<Message>[]> {
  const seen: Progress<Message>[] = []
  for await (const progress of transfer.progress()) seen.push(progress)
  return seen
}
