import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import {
  ApiError,
  ConnectionError,
  Container,
  InvalidArgumentError,
  type LogLine,
  NotFoundError,
  StreamError,
} from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  type Call,
  chunked,
  FakeEngine,
  frame,
  json,
  MULTIPLEXED,
  type Scripts,
} from '../support/fake-engine.js'
import { err, framesFor, keptLog, out, stampOf } from '../support/fake-log.js'

const ENDED = json({ State: { Running: false, FinishedAt: '2026-01-02T04:00:00Z' } })
const RUNNING = json({ State: { Running: true } })

/** Two messages of one nanosecond, one source behind the other, and a long line in three pieces with one between them. */
const LOG = [
  out(1, 'a\n'),
  err(1, 'b\n'),
  out(2_000_000_000, 'c\n'),
  out(2_000_000_000, 'c\n'),
  err(1_999_000_000, 'late\n'),
  out(3_000_000_000, 'long '),
  out(3_000_000_000, 'line '),
  err(3_000_000_001, 'd\n'),
  out(3_000_000_000, 'ends\n'),
  // The messages of a line have the time of the first, however late they come.
  out(4_000_000_000, 'slow '),
  err(8_000_000_000, 'f\n'),
  out(4_000_000_000, 'line '),
  err(8_500_000_000, 'g\n'),
  out(4_000_000_000, 'ends\n'),
  out(9_000_000_000, 'e\n'),
  err(9_000_000_000, 'no end'),
]
/** A connection is cut after each multiple of so many bytes. 1 is every cut, which takes ten seconds of the processor. */
const CUT_STEP = Number(process.env.DOCKLINE_TEST_CUT_STEP) || 17
const LINES = ['a', 'b', 'c', 'c', 'late', 'd', 'long line ends', 'f', 'g', 'slow line ends', 'e', 'no end']

describe('container.logs with resume', () => {
  it('gives every line once, wherever the connection is cut', async (test) => {
    const length = framesFor({ request: { target: '/?timestamps=1' } } as Call, LOG).length
    const cuts = Array.from({ length }, (_, cut) => cut).filter((cut) => cut % CUT_STEP === 0)
    const connections = new Map<string, number>()
    const log = keptLog(
      () => LOG,
      ({ request }) => {
        const count = (connections.get(request.path) ?? 0) + 1
        connections.set(request.path, count)
        return count === 1 ? { cutAfter: Number(request.path.split('/')[2]) } : 'ends'
      },
    )
    const { client } = await start(test, {
      '*': (call) => (call.request.path.endsWith('/json') ? ENDED : log)(call),
    })
    const read = async (cut: number) => {
      const container = new Container(client.api, { id: String(cut) })
      const lines = await all(container.logs({ follow: true, resume: true }).lines())
      assert.deepEqual(texts(lines), LINES, `cut after ${cut} bytes`)
      assert.ok(lines.every(({ isAfterGap }) => !isAfterGap))
    }
    await Promise.all(cuts.map(read))
  })

  it('gives the bytes that one connection would have given', async (test) => {
    let connections = 0
    const { container } = await start(test, {
      'GET /containers/c/logs': keptLog(
        () => LOG,
        () => (++connections < 4 ? { cutAfter: connections * 150 } : 'ends'),
      ),
    })
    const { stdout, stderr } = await container.logs({ resume: true }).demux()
    assert.equal(stdout.toString(), 'a\nc\nc\nlong line ends\nslow line ends\ne\n')
    assert.equal(stderr.toString(), 'b\nlate\nd\nf\ng\nno end')
    const { stdout: timed } = await container.logs({ resume: true, timestamps: true, stderr: false }).demux()
    assert.ok(timed.toString().startsWith(`${stampOf(1)} a\n${stampOf(2e9)} c\n`))
  })

  it('goes on when the container is started anew, and reads what is left when it has ended', async (test) => {
    const [logs, states] = [[1, 2, 2, 3].values(), [RUNNING, ENDED, ENDED].values()]
    const { engine, container } = await start(test, {
      'GET /containers/c/logs': keptLog(
        () => LOG.slice(0, logs.next().value),
        () => 'ends',
      ),
      'GET /containers/c/json': (call) => states.next().value?.(call),
    })
    assert.deepEqual(texts(await all(container.logs({ follow: true, resume: true }).lines())), ['a', 'b'])
    const follows = engine.calls.flatMap((call) => /follow=\d/.exec(call) ?? [])
    assert.deepEqual(follows, ['follow=1', 'follow=1', 'follow=0'])
  })

  it('ends when the container is removed', async (test) => {
    let connections = 0
    const log = keptLog(
      () => LOG.slice(0, 1),
      () => ({ cutAfter: 1000 }),
    )
    const { container } = await start(test, {
      'GET /containers/c/logs': (call) => (++connections === 1 ? log : json({ message: 'gone' }, 404))(call),
    })
    assert.deepEqual(texts(await all(container.logs({ follow: true, resume: true }).lines())), ['a'])
  })

  it('rejects when the Engine cannot be reached, or refuses, at the first attempt', async (test) => {
    const { engine, container } = await start(test, { '*': json({ message: 'no such container' }, 404) })
    assert.ok((await failureOf(all(container.logs({ resume: true }).lines()))) instanceof NotFoundError)
    await engine.stop()
    assert.ok((await failureOf(all(container.logs({ resume: true }).lines()))) instanceof ConnectionError)
  })

  it('rejects when the Engine reports again and again that the log cannot be read', async (test) => {
    const unreadable = json({ message: 'configured logging driver does not support reading' }, 500)
    const refused = await start(test, { '*': unreadable })
    assert.ok((await failureOf(all(refused.container.logs({ resume: true }).lines()))) instanceof ApiError)
    const reported = await start(test, { '*': chunked(MULTIPLEXED, frame(3, 'cannot be read')) })
    const error = await failureOf(all(reported.container.logs({ resume: true }).lines()))
    assert.ok(error instanceof StreamError)
    assert.match(error.message, /cannot be read/)
  })

  it('says where lines were lost, because the Engine has removed them', async (test) => {
    let connections = 0
    const { container } = await start(test, {
      'GET /containers/c/logs': keptLog(
        () => (connections === 1 ? LOG.slice(0, 2) : LOG.slice(2)),
        () => (++connections === 1 ? { cutAfter: 1000 } : 'ends'),
      ),
    })
    const lines = await all(container.logs({ resume: true }).lines())
    assert.deepEqual(
      lines.filter(({ isAfterGap }) => isAfterGap).map(({ source, line }) => `${source} ${line}`),
      ['stdout c', 'stderr late'],
    )
  })

  it('asks for the last lines once, and then goes on from the time of the Engine', async (test) => {
    for (const tail of [0, 10]) {
      let connections = 0
      const { engine, container } = await start(test, {
        'GET /containers/c/logs': keptLog(
          () => [],
          () => (++connections === 1 ? { cutAfter: 0 } : 'ends'),
        ),
      })
      await all(container.logs({ tail, resume: true }).lines())
      const [first, second] = engine.calls
      assert.match(first ?? '', new RegExp(`tail=${tail}`))
      assert.match(second ?? '', /since=\d{10}(?!.*tail)/)
    }
  })

  it('goes on after many reports that are far apart', async (test) => {
    const log = keptLog(
      () => [out(1, 'one\n')],
      () => 'ends',
    )
    const report = json({ message: 'about to end' }, 500)
    let looks = 0
    const { container } = await start(test, {
      'GET /containers/c/json': (call) => (looks < 8 ? RUNNING : ENDED)(call),
      'GET /containers/c/logs': (call) => (++looks % 2 === 0 ? report : log)(call),
    })
    let now = 0
    test.mock.method(performance, 'now', () => {
      now += 61_000
      return now
    })
    assert.deepEqual(texts(await all(container.logs({ follow: true, resume: true }).lines())), ['one'])
  })

  it('rejects with the reason of its signal, and ends quietly when it is cancelled', async (test) => {
    const { engine, container } = await start(test, {
      '*': keptLog(
        () => LOG,
        () => 'goes on',
      ),
    })
    const abort = new AbortController()
    const aborted = container.logs({ follow: true, resume: true, signal: abort.signal }).lines()
    await aborted.next()
    abort.abort('enough')
    assert.equal(await failureOf(all(aborted)), 'enough')
    const cancelled = container.logs({ follow: true, resume: true })
    const lines = cancelled.lines()
    await lines.next()
    cancelled.cancel()
    for await (const _line of lines);
    for await (const _line of container.logs({ follow: true, resume: true }).lines()) break
    await engine.allClosed()
  })

  it('rejects when the client is closed, while it reads and while it waits for the Engine', async (test) => {
    const reading = await start(test, {
      '*': keptLog(
        () => LOG,
        () => 'goes on',
      ),
    })
    const lines = reading.container.logs({ follow: true, resume: true }).lines()
    await lines.next()
    await reading.client.close()
    assert.match(String(await failureOf(all(lines))), /the client for .* was closed/)

    const lost = deferred<void>()
    let asked = 0
    const cut = keptLog(
      () => LOG,
      () => ({ cutAfter: 40 }),
    )
    const waiting = await start(test, {
      '*': (call) => {
        asked += 1
        if (asked === 1) return cut(call)
        lost.resolve()
        call.socket.destroy()
      },
    })
    const text = waiting.container.logs({ follow: true, resume: true }).text()
    await lost.promise
    await waiting.client.close()
    assert.match(String(await failureOf(text)), /the client for .* was closed/)
  })
})

describe('container.logs with a position', () => {
  it('goes on behind each line, over one connection', async (test) => {
    const { engine, container } = await start(test, {
      '*': keptLog(
        () => LOG,
        () => 'ends',
      ),
    })
    const lines = await all(container.logs({ timestamps: true }).lines())
    for (const [index, { position }] of lines.entries()) {
      const saved = JSON.parse(JSON.stringify(position))
      const rest = await all(container.logs({ position: saved, tail: 1 }).lines())
      assert.deepEqual(texts(rest), LINES.slice(index + 1))
    }
    assert.match(engine.calls.at(-1) ?? '', /[?&]since=1767323053\.000000000(&|$)/)
  })

  it('refuses what is no position, before anything is sent', async (test) => {
    const { engine, container } = await start(test, {})
    const position = { stdout: { timestamp: 'yesterday', count: 1 } }
    const error = await failureOf(all(container.logs({ position }).lines()))
    assert.ok(error instanceof InvalidArgumentError)
    assert.match(error.message, /position\.stdout must be \{ timestamp, count \}/)
    assert.deepEqual(engine.calls, [])
  })
})

async function start(test: TestContext, scripts: Scripts) {
  const engine = await FakeEngine.start(test, scripts)
  const client = engine.client(test, { apiVersion: '1.51' })
  return { engine, client, container: new Container(client.api, { id: 'c' }) }
}

async function all(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const seen: LogLine[] = []
  for await (const line of lines) seen.push(line)
  return seen
}

function texts(lines: readonly LogLine[]): string[] {
  return lines.map(({ line }) => line)
}
