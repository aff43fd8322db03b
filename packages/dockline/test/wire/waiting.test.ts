import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import type { UrlOptions } from '#src/doors/types.js'
import {
  ApiError,
  Container,
  ContainerError,
  InvalidArgumentError,
  NotFoundError,
  TimeoutError,
  type WaitForOptions,
} from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  answer,
  chunk,
  chunked,
  chunkedHead,
  FakeEngine,
  type FakeEngineOptions,
  frame,
  json,
  MULTIPLEXED,
  type Scripts,
} from '../support/fake-engine.js'
import { PATIENCE_MS, RUNS_OUT_MS } from '../support/patience.js'

const RUNNING = {
  Status: 'running',
  Running: true,
  StartedAt: '2026-01-01T00:00:00Z',
  FinishedAt: '0001-01-01T00:00:00Z',
}
const PATIENT = { timeout: PATIENCE_MS }
const ENOUGH = new Error('enough')

describe('container.waitFor', () => {
  for (const [name, options, message] of [
    [
      'nothing to wait for',
      {},
      /waitFor needs a condition: log, port, http, healthy, exit, or any of several/,
    ],
    ['an unknown condition', { prot: 80 }, /unknown option 'prot', did you mean 'port'\?/],
    ['an alternative of nothing', { any: [{}] }, /any\[0\] must be one or more conditions/],
    ['an unknown name in an alternative', { any: [{ logs: 'x' }] }, /unknown option 'logs' of any\[0\]/],
    ['an empty text', { log: '' }, /log\.match must be a text or a pattern/],
    [
      'lines that are none',
      { log: { match: 'x', times: 0 } },
      /log\.times must be a whole number from 1 on, not 0/,
    ],
    ['a port that is none', { port: 'http' }, /port must be a container port such as 80, .* not 'http'/],
    ['a path without a slash', { http: { path: 'health' } }, /http\.path must be a path such as '\/health'/],
    ['a path that no request has', { http: { path: '/€' } }, /http\.path must be a path .* not '\/€'/],
    [
      'a method that is none',
      { http: { method: 'GET IT' } },
      /http\.method must be a method .* not 'GET IT'/,
    ],
    ['a tunnel', { http: { method: 'connect' } }, /http\.method must be a method .* not 'connect'/],
    ['a name that no header has', { http: { headers: { 'a b': 'x' } } }, /http\.headers\.a b is no header/],
    ['a header of two lines', { http: { headers: { a: 'x\ny' } } }, /http\.headers\.a is no header of HTTP$/],
    ['no status at all', { http: { status: [] } }, /http\.status must be a status or a test of it/],
    ['a status that is none', { http: { status: '2xx' } }, /http\.status/],
    ['an exit code that is none', { exit: 'ok' }, /exit/],
    ['a time limit that is none', { log: 'x', timeout: -1 }, /timeout must be 0 or more/],
  ] as readonly (readonly [string, object, RegExp])[]) {
    it(`refuses ${name} before anything is sent`, async (test) => {
      const { engine, container } = await start(test, {})
      const error = await failureOf(container.waitFor(options as WaitForOptions))
      assert.ok(error instanceof InvalidArgumentError, String(error))
      assert.match(error.message, message)
      assert.deepEqual(engine.calls, [])
    })
  }

  it('names what is missing when its time is over, with the last lines', async (test) => {
    const { engine, container } = await start(test, {
      ...running({ '53/udp': [{ HostIp: '0.0.0.0', HostPort: '53' }] }),
      'GET /containers/c/logs': following(frame(1, 'one\ntwo\n')),
      'POST /containers/c/exec': following(),
    })
    const options = {
      log: [/ready/g, { match: 'one', times: 2 }],
      any: [{ exit: 0 }, { port: '53/udp', log: 'x' }],
    }
    const error = await failureOf(container.waitFor({ ...options, timeout: RUNS_OUT_MS }))
    assert.ok(error instanceof TimeoutError, String(error))
    assert.deepEqual(error.unmet, [
      'log /ready/g',
      "log 'one' 2 times",
      "exit code 0 or log 'x' with port 53/udp",
    ])
    assert.equal(error.output, 'one\ntwo\n')
    const words = `waiting for container c took longer than ${RUNS_OUT_MS} ms: not yet log /ready/g, log`
    assert.ok(error.message.startsWith(words), error.message)
    container.api.close()
    await engine.allClosed()
  })

  it('rejects with the reason of its signal, and leaves no connection', async (test) => {
    const begun = deferred<void>()
    const { engine, container } = await start(test, {
      ...running(),
      'GET /containers/c/logs': async (call) => {
        await following()?.(call)
        begun.resolve()
      },
    })
    const abort = new AbortController()
    const failure = failureOf(container.waitFor({ log: 'x', signal: abort.signal }))
    await begun.promise
    abort.abort('enough')
    assert.equal(await failure, 'enough')
    container.api.close()
    await engine.allClosed()
  })

  it('reads a log anew that ended before its container, and counts no line twice', async (test) => {
    let readings = 0
    const { container } = await start(test, {
      ...running(),
      'GET /containers/c/logs': (call) => {
        readings += 1
        return chunked(MULTIPLEXED, frame(1, readings === 1 ? 'one\n' : 'one\none\n'))(call)
      },
    })
    const { lines } = await container.waitFor({ log: { match: 'one', times: 2 }, ...PATIENT })
    assert.deepEqual([lines.length, readings], [2, 2])
  })

  it('rejects when the log cannot be read and when there is no such container', async (test) => {
    const message = 'configured logging driver does not support reading'
    const { container } = await start(test, {
      ...running(),
      'GET /containers/c/logs': json({ message }, 501),
    })
    assert.ok((await failureOf(container.waitFor({ log: 'x' }))) instanceof ApiError)
    const { container: missing } = await start(test, { '*': json({ message: 'No such container: c' }, 404) })
    assert.ok((await failureOf(missing.waitFor({ log: 'x' }))) instanceof NotFoundError)
  })

  it('takes a published port for ready when it stays open, and not when it is closed at once', async (test) => {
    const port = await aServer(test, (socket) => socket.end())
    const bindings = { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] }
    const scripts = { ...running(bindings), 'POST /containers/c/exec': json({ message: 'no cat' }, 400) }
    const { container } = await start(test, scripts, { tcp: true })
    assert.ok((await failureOf(container.waitFor({ port: 80, timeout: 700 }))) instanceof TimeoutError)
    const open = await aServer(test, () => {})
    bindings['80/tcp'] = [{ HostIp: '127.0.0.1', HostPort: String(open) }]
    await container.waitFor({ port: 80, ...PATIENT })
  })

  it('asks over HTTP until the answer is as wanted', async (test) => {
    const asked: string[] = []
    const server = createHttpServer(({ url = '', method = '', headers }, response) => {
      asked.push(`${method} ${url} ${headers.authorization}`)
      response.writeHead(asked.length < 3 ? 503 : 204).end()
    })
    const { container } = await startBefore(test, server)
    const http = { path: '/ok?x=1', method: 'HEAD', headers: { authorization: 'me' } }
    await container.waitFor({ http: { ...http, status: (status) => status === 204 }, ...PATIENT })
    assert.deepEqual(asked, Array(3).fill('HEAD /ok?x=1 me'))
    const error = await failureOf(container.waitFor({ http: { ...http, status: [200] }, timeout: 500 }))
    assert.match(String(error), /not yet http HEAD \/ok\?x=1 \(answered 204\)/)
  })

  it('takes a switch of protocols for an answer, without a body', async (test) => {
    const server = createHttpServer().on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
      socket.on('error', () => {}).resume()
    })
    const { container } = await startBefore(test, server)
    const http = { headers: { connection: 'Upgrade', upgrade: 'websocket' }, status: 101 }
    await container.waitFor({ http, ...PATIENT })
    const error = await failureOf(container.waitFor({ http: { ...http, body: 'x' }, timeout: 500 }))
    assert.match(String(error), /not yet http GET \/ \(answered 101 with another body\)/)
  })

  it('rejects with what the test of the status throws, or gives in place of true or false', async (test) => {
    const server = createHttpServer((_, response) => response.end())
    const { container } = await startBefore(test, server)
    const fails = () => {
      throw ENOUGH
    }
    assert.equal(await failureOf(container.waitFor({ http: { status: fails }, ...PATIENT })), ENOUGH)
    const late = (async () => true) as unknown as () => boolean
    const error = await failureOf(container.waitFor({ http: { status: late }, ...PATIENT }))
    assert.match(String(error), /the result of http\.status must be true or false/)
  })

  it('waits for a container that is about to be started again, which has no ports meanwhile', async (test) => {
    const again = { ...RUNNING, Status: 'restarting', Restarting: true }
    let looks = 0
    const { container } = await start(test, {
      ...running(),
      'GET /containers/c/json': (call) => json({ Id: 'c', State: looks++ === 0 ? RUNNING : again })(call),
    })
    for (const http of [{}, { port: 80 }]) {
      looks = 0
      const error = await failureOf(container.waitFor({ http, timeout: RUNS_OUT_MS }))
      assert.ok(error instanceof TimeoutError, String(error))
    }
    assert.match(String(await failureOf(container.url(80))), /no ports on .* while it does not run/)
  })

  it('rejects with the end of the container, and not because its ports are gone by then', async (test) => {
    const ended = { Status: 'exited', Running: false, ExitCode: 3, StartedAt: RUNNING.StartedAt }
    let looks = 0
    const { container } = await start(test, {
      ...running(),
      'GET /containers/c/json': (call) => json({ Id: 'c', State: looks++ === 0 ? RUNNING : ended })(call),
    })
    for (const condition of [{ port: 80 }, { http: { port: 80 } }, { http: {} }]) {
      looks = 0
      const error = await failureOf(container.waitFor({ ...condition, ...PATIENT }))
      assert.ok(error instanceof ContainerError, String(error))
      assert.equal(error.exitCode, 3)
    }
  })

  it('has the exit code of the container that it has seen, and of no other that had its name', async (test) => {
    const told = (ID: string, Action: string, exitCode?: string) =>
      `${JSON.stringify({ Type: 'container', Action, Actor: { ID, Attributes: { name: 'c', exitCode } } })}\n`
    const looks = [json({ Id: 'id2', State: RUNNING, Config: {} })]
    const next = json({ Id: 'id3', State: { Status: 'exited', Running: false, ExitCode: 3 } })
    const { container } = await start(test, {
      'GET /containers/c/json': (call) => (looks.shift() ?? next)(call),
      'GET /containers/id2/json': json({ message: 'No such container: id2' }, 404),
      'GET /events': chunked(
        'application/json',
        told('id1', 'die', '1'),
        told('id1', 'destroy'),
        told('id2', 'die', '0'),
        told('id2', 'destroy'),
        told('id3', 'die', '3'),
      ),
    })
    assert.equal((await container.waitFor({ exit: true, ...PATIENT })).exitCode, 0)
  })

  it('asks for the exit code of a container that is gone by the clock of the Engine', async (test) => {
    const die = { Type: 'container', Action: 'die', Actor: { ID: 'id1', Attributes: { exitCode: '7' } } }
    const { engine, container } = await start(test, {
      'HEAD /_ping': answer(200, { 'Api-Version': '1.47', Date: 'Fri, 02 Jan 2026 03:04:05 GMT' }),
      'GET /containers/c/json': json({ Id: 'id1', State: RUNNING, Config: {} }),
      'GET /containers/id1/json': json({ message: 'No such container: id1' }, 404),
      'GET /events': chunked('application/json', JSON.stringify(die)),
    })
    assert.equal((await container.waitFor({ exit: true, ...PATIENT })).exitCode, 7)
    assert.match(engine.calls.at(-1) ?? '', /&until=1767323047&/)
  })

  for (const [name, next] of [
    ['gone', json({ message: 'No such container: c' }, 404)],
    [
      'being removed',
      json({ Id: 'c', State: { Status: 'exited', ExitCode: 0, StartedAt: RUNNING.StartedAt } }),
    ],
  ] as const) {
    it(`takes a line that is under way when the container is ${name}`, async (test) => {
      let looks = 0
      let logs = 0
      const seen = deferred<void>()
      const die = { Type: 'container', Action: 'die', Actor: { ID: 'c', Attributes: { exitCode: '0' } } }
      const { container } = await start(test, {
        'GET /containers/c/json': async (call) => {
          looks += 1
          if (looks === 1) return json({ Id: 'c', State: RUNNING, HostConfig: { AutoRemove: true } })(call)
          await next(call)
          seen.resolve()
        },
        'GET /containers/c/logs': async (call) => {
          logs += 1
          if (logs > 1) return json({ message: 'dead or marked for removal' }, 409)(call)
          await following(frame(1, 'one\n'))?.(call)
          await seen.promise
          await call.write(Buffer.concat([chunk(frame(1, 'two\n')), chunk()]))
        },
        'GET /events': chunked('application/json', JSON.stringify(die)),
      })
      const { lines } = await container.waitFor({ log: 'two', ...PATIENT })
      assert.deepEqual(
        lines.map(({ line }) => line),
        ['two'],
      )
    })
  }

  for (const [condition, unmet] of [
    [{ port: 80 }, /^port 80\/tcp \(nothing answers at 127\.0\.0\.1:\d+\)$/],
    [{ http: {} }, /^http GET \/ \(127\.0\.0\.1:\d+: ECONNREFUSED\)$/],
  ] as const) {
    it(`says where nothing answers, for ${Object.keys(condition)}`, async (test) => {
      const gone = createServer().listen(0, '127.0.0.1')
      await once(gone, 'listening')
      const HostPort = String((gone.address() as AddressInfo).port)
      await new Promise((resolve) => gone.close(resolve))
      const ports = { '80/tcp': [{ HostIp: '127.0.0.1', HostPort }] }
      const { container } = await start(test, running(ports), { tcp: true })
      const error = await failureOf(container.waitFor({ ...condition, timeout: RUNS_OUT_MS }))
      assert.ok(error instanceof TimeoutError, String(error))
      assert.match(error.unmet?.[0] ?? '', unmet)
    })
  }

  it('takes no exit code from a label, which an image may bring along', async (test) => {
    const told = (Action: string) =>
      `${JSON.stringify({ Type: 'container', Action, Actor: { ID: 'id1', Attributes: { name: 'c', exitCode: '0' } } })}\n`
    const { container } = await start(test, {
      'GET /containers/c/json': json({ Id: 'id1', State: RUNNING, Config: {} }),
      'GET /containers/id1/json': json({ message: 'No such container: id1' }, 404),
      // An Engine of Docker writes the labels over what it says itself.
      'GET /events': chunked('application/json', told('start'), told('die'), told('destroy')),
    })
    const error = await failureOf(container.waitFor({ exit: true, ...PATIENT }))
    assert.match(String(error), /container id1 was removed, and the Engine does not report how it ended/)
  })

  for (const [when, giveUp] of [
    ['before', (stop: AbortController) => stop.abort(ENOUGH)],
    ['in the same turn', (stop: AbortController) => queueMicrotask(() => stop.abort(ENOUGH))],
  ] as const) {
    it(`leaves nothing under way when it is aborted ${when}, and neither does wait`, async (test) => {
      const { engine, client, container } = await start(test, running())
      for (const wait of [
        (signal: AbortSignal) => container.wait({ signal }),
        (signal: AbortSignal) => container.waitFor({ log: 'never', signal }),
      ]) {
        const stop = new AbortController()
        if (when === 'before') giveUp(stop)
        const waiting = wait(stop.signal)
        if (when !== 'before') giveUp(stop)
        assert.equal(await failureOf(waiting), ENOUGH)
      }
      // What was still under way would reject now, and be heard by nobody.
      await client.close()
      await engine.allClosed()
    })
  }

  it('wants http.port where the container publishes several ports or no port', async (test) => {
    const { container } = await start(test, running())
    assert.match(
      String(await failureOf(container.waitFor({ http: {} }))),
      /http\.port is missing: .* no TCP port/,
    )
  })
})

describe('where a port is', () => {
  const both = [
    { HostIp: '::', HostPort: '32769' },
    { HostIp: '0.0.0.0', HostPort: '32768' },
  ]
  for (const [name, bindings, port, url] of [
    ['all addresses', both, 32768, 'http://127.0.0.1:32768/x'],
    ['IPv6 alone', [both[0]], 32769, 'http://[::1]:32769/x'],
    ['no address in particular', [{ HostIp: '', HostPort: '1' }], 1, 'http://127.0.0.1:1/x'],
    ['one address', [{ HostIp: '10.0.0.9', HostPort: '1' }], 1, 'http://10.0.0.9:1/x'],
  ] as const) {
    it(`is found on ${name}`, async (test) => {
      const { container } = await start(test, running({ '80/tcp': bindings }), { tcp: true })
      for (const wanted of [80, '80', '80/TCP']) assert.equal(await container.hostPort(wanted), port)
      assert.equal(await container.url(80, { path: 'x' }), url)
    })
  }

  it('is asked anew each time, because a restart moves a random port', async (test) => {
    const bindings = { '80/tcp': [{ HostIp: '', HostPort: '1' }] }
    const { engine, container } = await start(test, running(bindings), { tcp: true })
    assert.equal(await container.hostPort(80), 1)
    bindings['80/tcp'] = [{ HostIp: '', HostPort: '2' }]
    assert.equal(await container.hostPort(80), 2)
    assert.equal(engine.calls.length, 2)
  })

  it('is the port itself in the network of the host, and that of the other in the network of another', async (test) => {
    const { container } = await start(test, {
      'GET /containers/c/json': json({ Id: 'c', HostConfig: { NetworkMode: 'container:d' }, State: RUNNING }),
      'GET /containers/d/json': json({ Id: 'd', HostConfig: { NetworkMode: 'host' }, State: RUNNING }),
    })
    assert.equal(await container.hostPort('8080'), 8080)
  })

  for (const [name, state, ports, message] of [
    [
      'is not published',
      RUNNING,
      { '443/tcp': [{ HostPort: '1' }], '80/tcp': null },
      /publishes 443\/tcp \(create it/,
    ],
    [
      'belongs to a container that has ended',
      { Status: 'exited', Running: false },
      {},
      /while it does not run \(it is exited/,
    ],
  ] as const) {
    it(`is refused when it ${name}`, async (test) => {
      const { container } = await start(test, running(ports, state))
      const error = await failureOf(container.url(80))
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, message)
    })
  }

  for (const [option, value] of [
    ['protocol', 'a b'],
    ['path', 5],
    ['host', 5],
    ['prot', 'http'],
  ] as const) {
    it(`is not looked for with ${option} ${value}`, async (test) => {
      const { engine, container } = await start(test, running())
      const error = await failureOf(container.url(80, { [option]: value } as UrlOptions))
      assert.match(String(error), new RegExp(option))
      assert.deepEqual(engine.calls, [])
    })
  }
})

function running(ports: object = {}, State: object = RUNNING): Scripts {
  return {
    'GET /containers/c/json': (call) =>
      json({ Id: 'c', State, Config: {}, NetworkSettings: { Ports: ports } })(call),
    'GET /containers/c/logs': chunked(MULTIPLEXED),
    'POST /containers/c/exec': json({ message: 'no exec' }, 400),
  }
}

/** A log that has begun and goes on. */
function following(...frames: readonly Buffer[]): Scripts[string] {
  return (call) =>
    call
      .takeOver()
      .write(Buffer.concat([Buffer.from(chunkedHead(MULTIPLEXED)), ...frames.map((each) => chunk(each))]))
}

async function aServer(test: TestContext, accept: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}))
    accept(socket)
  })
  test.after(() => {
    for (const each of sockets) each.destroy()
    server.close()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A container whose only published port leads to an HTTP server of the test. */
async function startBefore(test: TestContext, server: HttpServer) {
  test.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const HostPort = String((server.address() as AddressInfo).port)
  return start(test, running({ '80/tcp': [{ HostIp: '0.0.0.0', HostPort }] }), { tcp: true })
}

async function start(test: TestContext, scripts: Scripts, options: FakeEngineOptions = {}) {
  const engine = await FakeEngine.start(test, scripts, options)
  const client = engine.client(test, { apiVersion: '1.47' })
  return { engine, client, container: new Container(client.api, { id: 'c' }) }
}
