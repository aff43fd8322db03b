import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { ContainerCreateBody } from '#src/doors/api.js'
import {
  ConflictError,
  ConnectionError,
  Container,
  DockerError,
  InvalidArgumentError,
  InvalidVersionError,
  type LogsOptions,
  NotFoundError,
  ProtocolError,
  TimeoutError,
} from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  answer,
  type Call,
  chunk,
  chunked,
  chunkedHead,
  empty,
  FakeEngine,
  frame,
  json,
  MULTIPLEXED,
  RAW,
  type Script,
  type Scripts,
} from '../support/fake-engine.js'

describe('containers.list', () => {
  const summaries = [
    { Id: 'a'.repeat(64), Names: ['/web'], State: 'running', Labels: { tier: 'web' } },
    { Id: 'b'.repeat(64), Names: ['/db'], State: 'exited', Labels: {} },
  ]

  it('is exactly one request', async (test) => {
    const { engine, client } = await start(test, { 'GET /containers/json': json(summaries) })
    const [web, db] = await client.containers.list({
      all: true,
      filters: { label: 'x', status: ['exited', 'running'] },
    })
    assert.deepEqual(
      [web?.name, web?.status, web?.shortId, web?.labels],
      ['web', 'running', 'a'.repeat(12), { tier: 'web' }],
    )
    assert.deepEqual(
      [db?.name, db?.status, db?.attrs, db?.summary],
      ['db', 'exited', undefined, summaries[1]],
    )
    const filters = encodeURIComponent('{"label":{"x":true},"status":{"exited":true,"running":true}}')
    assert.deepEqual(engine.calls, [`GET /v1.47/containers/json?all=1&filters=${filters}`])
  })

  it('asks for the details when told to, and leaves out what has vanished', async (test) => {
    const { engine, client } = await start(test, {
      'GET /containers/json': json(summaries),
      [`GET /containers/${'a'.repeat(64)}/json`]: json({ Id: 'a'.repeat(64), Name: '/renamed' }),
      [`GET /containers/${'b'.repeat(64)}/json`]: json({ message: 'No such container' }, 404),
    })
    const found = await client.containers.list({ inspect: true })
    assert.deepEqual(
      found.map(({ name }) => name),
      ['renamed'],
    )
    assert.equal(engine.calls.length, 3)
  })

  it('rejects when the details of one cannot be told', async (test) => {
    const { client } = await start(test, {
      'GET /containers/json': json(summaries),
      '*': json({ message: 'out of order' }, 500),
    })
    assert.match(String(await failureOf(client.containers.list({ inspect: true }))), /out of order/)
  })
})

describe('a container', () => {
  it('is found by name, also with a slash before it, and knows what inspect told', async (test) => {
    const attrs = {
      Id: 'a'.repeat(64),
      Name: '/web',
      State: { Status: 'paused' },
      Config: { Labels: { x: '1' } },
    }
    const { engine, client } = await start(test, { 'GET /containers/web/json': json(attrs) })
    for (const name of ['web', '/web']) {
      const container = await client.containers.get(name)
      assert.deepEqual(
        [container.id, container.name, container.status, container.labels],
        ['a'.repeat(64), 'web', 'paused', { x: '1' }],
      )
    }
    assert.equal(engine.calls.length, 2)
  })

  for (const id of ['', '.', '..']) {
    it(`is not asked for by '${id}'`, async (test) => {
      const { engine, client } = await start(test, { '*': json({}) })
      assert.ok((await failureOf(client.containers.get(id))) instanceof InvalidArgumentError)
      assert.deepEqual(engine.calls, [])
    })
  }

  it('is refreshed by reload and not by inspect', async (test) => {
    let names = 0
    const { container } = await start(test, {
      'GET /containers/c/json': (call) => {
        names += 1
        return json({ Id: 'c', Name: `/name${names}` })(call)
      },
    })
    assert.equal(container.name, undefined)
    assert.equal((await container.inspect()).Name, '/name1')
    assert.equal(container.name, undefined)
    assert.equal(await container.reload(), container)
    assert.equal(container.name, 'name2')
  })

  for (const [name, call, sent] of [
    ['start', (container) => container.start(), 'POST /v1.47/containers/c/start'],
    ['stop', (container) => container.stop(), 'POST /v1.47/containers/c/stop'],
    ['stop at once', (container) => container.stop({ stopTimeout: 0 }), 'POST /v1.47/containers/c/stop?t=0'],
    [
      'stop with a signal',
      (container) => container.stop({ stopSignal: 'INT' }),
      'POST /v1.47/containers/c/stop?signal=INT',
    ],
    [
      'restart',
      (container) => container.restart({ stopTimeout: '3s' }),
      'POST /v1.47/containers/c/restart?t=3',
    ],
    ['kill', (container) => container.kill(), 'POST /v1.47/containers/c/kill'],
    [
      'kill with a signal',
      (container) => container.kill('SIGHUP'),
      'POST /v1.47/containers/c/kill?signal=SIGHUP',
    ],
    ['remove', (container) => container.remove(), 'DELETE /v1.47/containers/c'],
    [
      'remove all',
      (container) => container.remove({ force: true, volumes: true }),
      'DELETE /v1.47/containers/c?force=1&v=1',
    ],
    [
      'resize',
      (container) => container.resize({ columns: 80, rows: 24 }),
      'POST /v1.47/containers/c/resize?h=24&w=80',
    ],
  ] as readonly (readonly [string, (container: Container) => Promise<void>, string])[]) {
    it(`is told to ${name} with one request`, async (test) => {
      const { engine, container } = await start(test, { '*': empty() })
      await call(container)
      assert.deepEqual(engine.calls, [sent])
    })
  }

  it('refuses a stop signal that an older Engine would ignore', async (test) => {
    const { engine, container } = await start(test, { '*': empty() }, '1.41')
    const error = await failureOf(container.stop({ stopSignal: 'INT' }))
    assert.ok(error instanceof InvalidVersionError)
    assert.match(error.message, /^the option \w+ .*needs API 1\.42, .* in 1\.41$/)
    assert.deepEqual(engine.calls, [])
  })

  it('refuses a stop timeout that is none', async (test) => {
    const { container } = await start(test, {})
    for (const stopTimeout of [-2, 1.5, Number.NaN]) {
      assert.ok((await failureOf(container.stop({ stopTimeout }))) instanceof InvalidArgumentError)
    }
  })

  it('cannot be attached to while it is paused or restarting', async (test) => {
    for (const [state, advice] of [
      [{ Paused: true, Running: true }, /paused container, unpause it first/],
      [{ Restarting: true }, /restarting container, wait until it is running/],
    ] as const) {
      const { engine, container } = await start(test, { '*': json({ Id: 'c', State: state }) })
      const error = await failureOf(container.attach())
      assert.ok(error instanceof ConflictError)
      assert.match(error.message, advice)
      assert.equal(engine.calls.length, 1)
    }
  })

  for (const [name, attrs, condition] of [
    ['is created', { State: { Running: false } }, 'next-exit'],
    ['runs', { State: { Running: true } }, 'not-running'],
    ['is removed at its end', { State: { Running: true }, HostConfig: { AutoRemove: true } }, 'removed'],
  ] as const) {
    it(`that ${name} is attached to before the wait for ${condition}`, async (test) => {
      const { engine, container } = await start(test, {
        'GET /containers/c/json': json({ Id: 'c', Config: { OpenStdin: true }, ...attrs }),
        'POST /containers/c/attach': async (call) => {
          await call.upgrade(MULTIPLEXED, frame(1, 'x'))
          call.socket.end()
        },
        'POST /containers/c/wait': chunked('application/json', '{"StatusCode":5}'),
      })
      const session = await container.attach({ logs: true, detachKeys: 'ctrl-x' })
      assert.equal(await session.output.text(), 'x')
      assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
      assert.deepEqual(engine.calls.slice(1), [
        'POST /v1.47/containers/c/attach?stream=1&stdin=1&stdout=1&stderr=1&logs=1&detachKeys=ctrl-x',
        `POST /v1.47/containers/c/wait?condition=${condition}`,
        // A container that is gone already has no removal to wait for.
        ...(condition === 'removed' ? ['GET /v1.47/containers/c/json'] : []),
      ])
    })
  }

  it('that still runs when its output ends is waited for, however long that takes', async (test) => {
    const attrs = { Id: 'c', State: { Running: true }, Config: { Tty: true } }
    let endWait = () => {}
    const { container } = await start(test, {
      'GET /containers/c/json': json(attrs),
      'POST /containers/c/attach': async (call) => {
        await call.upgrade(RAW)
        call.socket.end()
      },
      'POST /containers/c/wait': (call) => {
        const answering = call.takeOver()
        answering.write(chunkedHead('application/json'))
        endWait = () => answering.write(Buffer.concat([chunk('{"StatusCode":5}'), chunk()]))
      },
      // Only asked once the output has ended before the process.
      'GET /containers/c/logs': (call) => {
        endWait()
        return chunked(RAW, '')(call)
      },
    })
    const session = await container.attach()
    assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
  })

  it('has no stdin to attach to when it was made without', async (test) => {
    const { engine, container } = await start(test, { '*': json({ Id: 'c', Config: { OpenStdin: false } }) })
    assert.ok((await failureOf(container.attach({ stdin: true }))) instanceof InvalidArgumentError)
    assert.equal(engine.calls.length, 1)
  })
})

describe('container.wait', () => {
  it('gives the exit code, of a 20.10 Engine too', async (test) => {
    const { engine, container } = await start(test, {
      '*': chunked('application/json', '{"Error":null,"StatusCode":9}\n'),
    })
    assert.deepEqual(await container.wait({ condition: 'removed' }), { exitCode: 9 })
    assert.equal(engine.calls[0], 'POST /v1.47/containers/c/wait?condition=removed')
  })

  it('rejects for a removal that was over when the Engine began to wait: one of 20.10 never answers then', async (test) => {
    let closed: Promise<unknown> | undefined
    const { container } = await start(test, {
      'POST /containers/c/wait': async (call) => {
        const connection = call.takeOver()
        closed = connection.closed
        await connection.write(chunkedHead('application/json'))
      },
      'GET /containers/c/json': json({ message: 'No such container: c' }, 404),
    })
    const error = await failureOf(container.wait({ condition: 'removed' }))
    assert.ok(error instanceof NotFoundError, String(error))
    assert.ok(closed)
    await closed
  })

  for (const [name, script, type, message] of [
    ['a proxy ends it with nothing', chunked('application/json'), ProtocolError, /cut short: no answer/],
    [
      'a proxy ends it with words',
      chunked('application/json', '504 Time-out'),
      ProtocolError,
      /cut short: 504 Time-out/,
    ],
    ['the connection is cut', cutAfter(chunkedHead('application/json')), ConnectionError, /lost/],
    [
      'the container is unknown',
      json({ message: 'No such container: c' }, 404),
      NotFoundError,
      /No such container/,
    ],
    ['waiting failed', json({ StatusCode: 1, Error: { Message: 'shim died' } }), DockerError, /shim died/],
  ] as readonly (readonly [string, Script, new (...words: never[]) => Error, RegExp])[]) {
    it(`rejects when ${name}`, async (test) => {
      const { container } = await start(test, { '*': script })
      const error = await failureOf(container.wait())
      assert.ok(error instanceof type, String(error))
      assert.match(error.message, message)
    })
  }

  it('is timed to its end', async (test) => {
    const { container } = await start(test, {
      '*': (call) => call.takeOver().write(chunkedHead('application/json')),
    })
    const error = await failureOf(container.wait({ timeout: 50 }))
    assert.ok(error instanceof TimeoutError)
    assert.equal(error.message, 'waiting for container c took longer than 50 ms')
  })

  it('rejects with the reason of its signal', async (test) => {
    const begun = deferred<Call>()
    const { container } = await start(test, {
      '*': async (call) => {
        await call.takeOver().write(chunkedHead('application/json'))
        begun.resolve(call)
      },
    })
    const abort = new AbortController()
    const failure = failureOf(container.wait({ signal: abort.signal }))
    const { closed } = await begun.promise
    abort.abort('enough')
    assert.equal(await failure, 'enough')
    await closed
  })
})

describe('container.logs', () => {
  for (const [name, options, query] of [
    ['nothing', {}, 'follow=0&stdout=1&stderr=1'],
    ['everything', { tail: 'all' }, 'follow=0&stdout=1&stderr=1'],
    ['the last lines', { tail: 0 }, 'follow=0&stdout=1&stderr=1&tail=0'],
    ['stdout only', { stderr: false }, 'follow=0&stdout=1&stderr=0'],
    [
      'all there is to ask for',
      { follow: true, since: new Date(1000), until: '2.5', timestamps: true, details: true, tail: 10 },
      'follow=1&stdout=1&stderr=1&since=1.000000000&until=2.5&timestamps=1&details=1&tail=10',
    ],
  ] as readonly (readonly [string, LogsOptions, string])[]) {
    it(`asks for ${name}`, async (test) => {
      const { engine, container } = await start(test, { '*': chunked(MULTIPLEXED, frame(1, 'x')) })
      const logs = container.logs(options)
      assert.deepEqual(engine.calls, [], 'nothing is sent before it is read')
      assert.equal(await logs.text(), 'x')
      assert.deepEqual(engine.calls, [`GET /v1.47/containers/c/logs?${query}`])
    })
  }

  for (const [name, options] of [
    ['neither stdout nor stderr', { stdout: false, stderr: false }],
    ['a tail below 0', { tail: -1 }],
    ['a tail that is no whole number', { tail: 1.5 }],
    ['a time that is none', { since: 'yesterday' }],
  ] as readonly (readonly [string, LogsOptions])[]) {
    it(`refuses ${name}`, async (test) => {
      const { container } = await start(test, {})
      await assert.rejects(container.logs(options).text(), InvalidArgumentError)
    })
  }

  for (const [apiVersion, contentType, tty, framed, inspects] of [
    ['1.47', MULTIPLEXED, false, true, 0],
    ['1.47', RAW, true, false, 0],
    ['1.41', undefined, false, true, 1],
    ['1.41', undefined, true, false, 1],
    ['1.41', RAW, false, true, 1],
  ] as const) {
    it(`takes ${contentType ?? 'no content type'} at API ${apiVersion} with tty ${tty} for ${framed ? 'frames' : 'raw'}`, async (test) => {
      const bytes = framed ? frame(2, 'x') : Buffer.from('x')
      const type = contentType === undefined ? {} : { 'Content-Type': contentType }
      const { engine, container } = await start(
        test,
        {
          'GET /containers/c/logs': answer(200, type, bytes),
          'GET /containers/c/json': json({ Config: { Tty: tty } }),
        },
        apiVersion,
      )
      const { stdout, stderr } = await container.logs().demux()
      assert.deepEqual([`${stdout}`, `${stderr}`], framed ? ['', 'x'] : ['x', ''])
      assert.equal(engine.calls.length, 1 + inspects)
    })
  }

  it('closes its connection when a loop over it is left', async (test) => {
    const { engine, container } = await start(test, {
      '*': (call) =>
        call
          .takeOver()
          .write(Buffer.concat([Buffer.from(chunkedHead(MULTIPLEXED)), chunk(frame(1, 'line\n'))])),
    })
    for await (const { line } of container.logs({ follow: true }).lines()) {
      assert.equal(line, 'line')
      break
    }
    await engine.allClosed()
  })

  it('rejects with the reason of its signal, and ends quietly when it is cancelled', async (test) => {
    const following: Script = (call) =>
      call.takeOver().write(Buffer.concat([Buffer.from(chunkedHead(MULTIPLEXED)), chunk(frame(1, 'x'))]))
    const { engine, container } = await start(test, { '*': following })
    const abort = new AbortController()
    const aborted = container.logs({ follow: true, signal: abort.signal })[Symbol.asyncIterator]()
    await aborted.next()
    abort.abort('enough')
    assert.equal(await failureOf(aborted.next()), 'enough')
    const cancelled = container.logs({ follow: true })
    const iterator = cancelled[Symbol.asyncIterator]()
    await iterator.next()
    cancelled.cancel()
    assert.deepEqual(await iterator.next(), { done: true, value: undefined })
    await engine.allClosed()
  })

  it('rejects when the connection is lost, after what had arrived', async (test) => {
    const { container } = await start(test, {
      '*': cutAfter(Buffer.concat([Buffer.from(chunkedHead(MULTIPLEXED)), chunk(frame(1, 'x'))])),
    })
    const seen: string[] = []
    const error = await failureOf(
      (async () => {
        for await (const { data } of container.logs({ follow: true })) seen.push(data.toString())
      })(),
    )
    assert.deepEqual(seen, ['x'])
    assert.ok(error instanceof ConnectionError)
  })
})

describe('client.events', () => {
  it('gives events as they happen, and closes the connection when the loop is left', async (test) => {
    const begun = deferred<Call>()
    const { engine, client } = await start(test, {
      '*': async (call) => {
        await call
          .takeOver()
          .write(
            Buffer.concat([Buffer.from(chunkedHead('application/json')), chunk('{"Action":"create"}\n')]),
          )
        begun.resolve(call)
      },
    })
    const actions: unknown[] = []
    const filters = { type: 'container', event: ['create', 'start'] }
    for await (const { Action } of client.events({ since: new Date(1000), filters })) {
      actions.push(Action)
      if (Action === 'start') break
      await (await begun.promise).write(Buffer.concat([chunk('{"Action":'), chunk('"start"}\n')]))
    }
    assert.deepEqual(actions, ['create', 'start'])
    await engine.allClosed()
    const sent = encodeURIComponent('{"type":{"container":true},"event":{"create":true,"start":true}}')
    assert.deepEqual(engine.calls, [`GET /v1.47/events?since=1.000000000&filters=${sent}`])
  })

  it('rejects with the reason of its signal', async (test) => {
    const { engine, client } = await start(test, {
      '*': (call) => call.takeOver().write(chunkedHead('application/json')),
    })
    const abort = new AbortController()
    const failure = failureOf(client.events({ signal: abort.signal }).next())
    abort.abort('enough')
    assert.equal(await failure, 'enough')
    await engine.allClosed()
  })
})

describe('a container is created as the API version of the Engine wants it', () => {
  const MAC = '02:42:ac:11:00:02'
  const CREATED = { 'POST /containers/create': json({ Id: 'c', Warnings: [] }), '*': json({ Id: 'c' }) }
  const bodyOf = (engine: FakeEngine) => {
    const request = engine.requests.find(({ path }) => path.endsWith('/containers/create'))
    return JSON.parse(String(request?.body)) as ContainerCreateBody
  }

  it('before 1.44 with a restart policy, which that Engine stores as it comes', async (test) => {
    const { engine, client } = await start(test, CREATED, '1.41')
    await client.containers.create('app')
    assert.deepEqual(bodyOf(engine).HostConfig, { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } })
  })

  it('before 1.44 with the policy that was asked for', async (test) => {
    const { engine, client } = await start(test, CREATED, '1.43')
    await client.containers.create('app', [], { restart: 'always' })
    assert.equal(bodyOf(engine).HostConfig?.RestartPolicy?.Name, 'always')
  })

  it('before 1.44 with the MAC address where that Engine looks for it', async (test) => {
    const { engine, client } = await start(test, CREATED, '1.41')
    await client.containers.create('app', [], { macAddress: MAC, network: 'web' })
    assert.equal(bodyOf(engine).MacAddress, MAC)
  })

  it('before 1.44 not with the MAC address of a network, which would be lost', async (test) => {
    const { engine, client } = await start(test, CREATED, '1.43')
    const networks = { web: { macAddress: MAC } }
    const error = await failureOf(client.containers.create('app', [], { network: 'web', networks }))
    assert.ok(error instanceof InvalidVersionError)
    assert.match(error.message, /macAddress of network 'web' needs API 1\.44/)
    assert.deepEqual(engine.calls, [])
  })

  it('from 1.44 on with the MAC address at the network alone, and no policy that nobody asked for', async (test) => {
    const { engine, client } = await start(test, CREATED, '1.44')
    await client.containers.create('app', [], { macAddress: MAC, network: 'web' })
    const { HostConfig, MacAddress, NetworkingConfig } = bodyOf(engine)
    assert.equal(MacAddress, undefined)
    assert.deepEqual(NetworkingConfig, { EndpointsConfig: { web: { MacAddress: MAC } } })
    assert.deepEqual(HostConfig, { NetworkMode: 'web' })
  })

  it('also when it is run', async (test) => {
    const { engine, client } = await start(test, CREATED, '1.41')
    await client.containers.run('app', [], { detach: true })
    assert.equal(bodyOf(engine).HostConfig?.RestartPolicy?.Name, 'no')
  })
})

function cutAfter(bytes: string | Buffer): Script {
  return async (call) => {
    await call.write(bytes)
    call.cut()
  }
}

async function start(test: TestContext, scripts: Scripts, apiVersion = '1.47') {
  const engine = await FakeEngine.start(test, scripts)
  const client = engine.client(test, { apiVersion })
  return { engine, client, container: new Container(client.api, { id: 'c' }) }
}
