import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inspect, promisify } from 'node:util'
import { HttpClient, path } from '#src/doors/api.js'
import {
  ApiError,
  ConnectionError,
  Container,
  DockerClient,
  InvalidArgumentError,
  ProtocolError,
  TimeoutError,
} from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  answer,
  type Call,
  chunk,
  chunkedHead,
  FakeEngine,
  json,
  RAW,
  responseHead,
  type Script,
  type Scripts,
} from '../support/fake-engine.js'
import { PATIENT } from '../support/patience.js'

const PROGRAM = fileURLToPath(new URL('../support/client-program.js', import.meta.url))
const run = promisify(execFile)

describe('a connection that cannot be made', () => {
  it('says that there is no such socket', async (test) => {
    const error = await failureOf(clientAt(test, `unix://${await folder(test)}/none`).info())
    assert.ok(error instanceof ConnectionError)
    assert.match(error.address, /^unix:\/\/.*\/none$/)
    assert.ok(error.message.includes(error.address))
    assert.match(error.message, /there is no such socket \(is Docker installed and running\?\)$/)
    assert.equal((error.cause as NodeJS.ErrnoException).code, 'ENOENT')
  })

  it('says that nothing listens, on a socket and on a port', async (test) => {
    for (const host of [await deadSocket(test), await deadPort()]) {
      const error = await failureOf(clientAt(test, host).info())
      assert.ok(error instanceof ConnectionError)
      assert.equal(error.address, host)
      assert.match(error.message, /nothing listens there \(is the Docker Engine running\?\)$/)
    }
  })

  it('says that a file is no socket', async (test) => {
    const file = join(await folder(test), 'file')
    await writeFile(file, '')
    const error = await failureOf(clientAt(test, `unix://${file}`).info())
    assert.ok(error instanceof ConnectionError)
    assert.match(error.message, /nothing listens there|not a socket/)
  })

  const asRoot = process.platform === 'linux' && process.getuid?.() === 0
  it('says that permission is denied', { skip: !asRoot && 'needs root, to drop it' }, async (test) => {
    const parent = await folder(test)
    await chmod(parent, 0o755)
    const closed = join(parent, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const { stdout } = await run(process.execPath, [PROGRAM, 'nobody', `unix://${closed}/s`], {
      ...PATIENT,
    })
    assert.match(stdout, /^ConnectionError: .*permission denied \(are you in the docker group\?/)
  })
})

describe('an answer that breaks', () => {
  for (const [name, script, type, message] of [
    [
      'before anything',
      (call) => call.cut(),
      ConnectionError,
      /connection was lost before the answer was complete$/,
    ],
    [
      'in the middle of the header',
      cutAfter('HTTP/1.1 200 OK\r\nContent-'),
      ConnectionError,
      /connection was lost/,
    ],
    [
      'in the middle of JSON',
      cutAfter(`${responseHead(200, { 'Content-Length': '100' })}{"ID":`),
      ConnectionError,
      /lost/,
    ],
    [
      'in the middle of a chunk',
      cutAfter(`${chunkedHead('application/json')}10\r\n{"ID":`),
      ConnectionError,
      /lost/,
    ],
    [
      'between two chunks',
      cutAfter(`${chunkedHead('application/json')}6\r\n{"ID":\r\n`),
      ConnectionError,
      /lost/,
    ],
    [
      'with bytes that are no HTTP',
      cutAfter('SSH-2.0-OpenSSH_9.6\r\n'),
      ProtocolError,
      /did not answer with HTTP/,
    ],
    [
      'with JSON that is none',
      answer(200, {}, '<html>hello</html>'),
      ProtocolError,
      /did not answer with JSON: <html>/,
    ],
    ['with nothing', answer(200, {}, ''), ProtocolError, /did not answer with JSON/],
    ['with an upgrade', (call) => void call.upgrade(), ProtocolError, /upgrade that nobody asked for/],
  ] as readonly (readonly [string, Script, typeof ConnectionError | typeof ProtocolError, RegExp])[]) {
    it(`${name} is a ${type.name}`, async (test) => {
      const { client, engine } = await start(test, { '*': script })
      const error = await failureOf(client.info())
      assert.ok(error instanceof type, String(error))
      assert.match(error.message, message)
      if (error instanceof ConnectionError) assert.equal(error.address, engine.host)
    })
  }

  for (const [name, script] of [
    ['a chunked stream', cutAfter(`${chunkedHead(RAW)}6\r\nbefore\r\n`)],
    ['a stream of known length', cutAfter(`${responseHead(200, { 'Content-Length': '100' })}before`)],
  ] as const) {
    it(`in the middle of ${name} comes after what had arrived`, async (test) => {
      const { client } = await start(test, { '*': script })
      const { stream } = await client.api.containers.logs('x', {})
      const seen: Buffer[] = []
      const error = await failureOf(
        (async () => {
          for await (const bytes of stream) seen.push(bytes as Buffer)
        })(),
      )
      assert.equal(Buffer.concat(seen).toString(), 'before')
      assert.ok(error instanceof ConnectionError)
    })
  }
})

describe('connections', () => {
  it('are used again', async (test) => {
    const { client, engine } = await start(test, { '*': json({}) })
    for (let calls = 0; calls < 5; calls++) await client.info()
    assert.equal(engine.connectionCount, 1)
  })

  for (const [name, scripts] of [
    ['names its length', {}],
    ['names no length, as that of Podman', { 'HEAD /_ping': answer200WithoutLength('') }],
  ] as const) {
    it(`are used again after a ping whose answer ${name}`, async (test) => {
      const { client, engine } = await start(test, { ...scripts, 'GET /version': json({}) })
      for (let calls = 0; calls < 5; calls++) {
        await client.ping()
        await client.version()
      }
      assert.equal(engine.connectionCount, 1)
    })
  }

  it('are not used again when the answer to a ping closes them', async (test) => {
    const closing = answer200WithoutLength('Connection: close\r\n')
    const { client, engine } = await start(test, { 'HEAD /_ping': closing })
    await client.ping()
    await client.ping()
    assert.equal(engine.connectionCount, 2)
  })

  it('are used again after a stream that was read to its end', async (test) => {
    const reply: Script = (call) =>
      call.write(Buffer.concat([Buffer.from(chunkedHead(RAW)), chunk('x'), chunk()]))
    const { client, engine } = await start(test, { 'GET /containers/x/logs': reply, '*': json({}) })
    const { stream } = await client.api.containers.logs('x', {})
    await text(stream)
    await client.info()
    assert.equal(engine.connectionCount, 1)
  })

  it('are as many as there are calls at once', async (test) => {
    const waiting: Call[] = []
    const all = deferred<void>()
    const { client, engine } = await start(test, {
      '*': (call) => {
        if (waiting.push(call.takeOver()) === 8) all.resolve()
      },
    })
    const calls = Array.from({ length: 8 }, () => client.info())
    await all.promise
    for (const call of waiting) await call.write(`${responseHead(200, { 'Content-Length': '2' })}{}`)
    await Promise.all(calls)
    assert.equal(engine.connectionCount, 8)
  })

  for (const method of ['GET', 'HEAD'] as const) {
    it(`that the Engine had closed are replaced once for a ${method}`, async (test) => {
      const { engine, http } = await startStale(test, 1)
      await http.bytes({ method, path: path`/info` })
      assert.deepEqual(
        engine.requests.map(({ connection }) => connection),
        [0, 0, 1],
      )
    })
  }

  it('that the Engine had closed are replaced however many they are', async (test) => {
    const { engine, http } = await startStale(test, 5)
    await http.bytes({ method: 'GET', path: path`/info` })
    assert.equal(engine.requests.length, 5 + 2)
  })

  it('that the Engine had closed fail a POST, which may have been seen', async (test) => {
    const { engine, http } = await startStale(test, 1)
    const error = await failureOf(http.bytes({ method: 'POST', path: path`/containers/x/start` }))
    assert.ok(error instanceof ConnectionError)
    assert.match(error.message, /whether POST \/containers\/x\/start was carried out is not known/)
    assert.equal(engine.requests.length, 2)
  })

  for (const tcp of [false, true]) {
    it(`that the Engine has just closed are not used for a POST, over ${tcp ? 'TCP' : 'a Unix socket'}`, async (test) => {
      const sockets: Socket[] = []
      const engine = await FakeEngine.start(
        test,
        {
          '*': async (call) => {
            await json({})(call)
            sockets.push(call.socket)
          },
        },
        { tcp },
      )
      const http = engine.client(test, { apiVersion: '1.51' }).api.http
      const ask = (method: 'GET' | 'POST') => http.json({ method, path: path`/containers/prune` })
      await Promise.all([ask('GET'), ask('GET'), ask('GET')])
      // Its end is on its way when the next request is made, and nobody has looked yet.
      await Promise.all(sockets.splice(0).map((socket) => new Promise<void>((end) => socket.end(end))))
      await ask('POST')
      assert.equal(engine.requests.length, 4)
    })
  }

  it('that break in the middle of a large POST are not replaced: a part was seen', async (test) => {
    const { client, engine } = await start(test, {
      'GET /info': json({}),
      'POST /containers/prune': async (call) => {
        await call.read()
        await call.cut()
      },
    })
    await client.info()
    const body = Buffer.alloc(8 * 1024 * 1024)
    const call = { method: 'POST', path: path`/containers/prune`, body } as const
    const error = await failureOf(client.api.http.bytes(call))
    assert.ok(error instanceof ConnectionError)
    assert.match(error.message, /is not known/)
    assert.equal(engine.requests.length, 2)
  })

  it('that could not even be written to are replaced for a POST too', async (test) => {
    const { client, engine } = await start(test, { '*': json({}) })
    const file = client.address.slice('unix://'.length)
    let dialled = 0
    const dial = async () => {
      dialled += 1
      const socket = connect(file)
      // The second request on it finds it closed.
      if (dialled === 1) socket.once('data', () => breakWriting(socket))
      return socket
    }
    const http = new HttpClient({
      endpoint: { address: client.address, hostHeader: 'x', basePath: '', dial },
      apiVersion: '1.41',
    })
    const call = { method: 'POST', path: path`/containers/prune`, json: {} } as const
    await http.json(call)
    await http.json(call)
    http.close()
    assert.equal(dialled, 2)
    assert.equal(engine.calls.length, 2)
  })

  it('that break with each request fail a GET after the second', async (test) => {
    let served = 0
    const { client, engine } = await start(test, {
      '*': (call) => {
        served += 1
        return served === 1 ? json({})(call) : call.cut()
      },
    })
    await client.info()
    assert.ok((await failureOf(client.info())) instanceof ConnectionError)
    assert.equal(engine.requests.length, 3)
  })

  it('that are new and break are not replaced', async (test) => {
    const { client, engine } = await start(test, { '*': (call) => call.cut() })
    assert.ok((await failureOf(client.info())) instanceof ConnectionError)
    assert.equal(engine.requests.length, 1)
  })
})

describe('an abort', () => {
  it('before the call sends nothing', async (test) => {
    const { client, engine } = await start(test, { '*': json({}) })
    const reason = new Error('not today')
    assert.equal(await failureOf(client.info({ signal: AbortSignal.abort(reason) })), reason)
    assert.equal(engine.connectionCount, 0)
  })

  for (const reason of [new Error('enough'), 'text', 7, null, 0, false, '']) {
    it(`rejects with its reason, also with ${JSON.stringify(reason)}`, async (test) => {
      const asked = deferred<Call>()
      const { client } = await start(test, { '*': (call) => asked.resolve(call.takeOver()) })
      const abort = new AbortController()
      const failure = failureOf(client.info({ signal: abort.signal }))
      const { closed } = await asked.promise
      abort.abort(reason)
      assert.equal(await failure, reason)
      await closed
    })
  }

  it('while connecting rejects at once and ends the connecting', async () => {
    const dialling = deferred<AbortSignal | undefined>()
    // One that does not heed its signal is the worst case: the caller is let go all the same.
    const dial = (signal?: AbortSignal) => {
      dialling.resolve(signal)
      return new Promise<never>(() => {})
    }
    const endpoint = { address: 'test://', hostHeader: 'x', basePath: '', dial }
    const http = new HttpClient({ endpoint, apiVersion: '1.56' })
    const abort = new AbortController()
    const failure = failureOf(http.json({ method: 'GET', path: path`/info`, signal: abort.signal }))
    const signal = await dialling.promise
    const reason = new Error('enough')
    abort.abort(reason)
    assert.equal(await failure, reason)
    assert.equal(signal?.aborted, true)
  })

  it('while connecting rejects with null too, when that is its reason', async () => {
    const dialling = deferred<void>()
    const dial = (signal?: AbortSignal) => {
      dialling.resolve()
      return new Promise<never>((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason)),
      )
    }
    const endpoint = { address: 'test://', hostHeader: 'x', basePath: '', dial }
    const http = new HttpClient({ endpoint, apiVersion: '1.56' })
    const abort = new AbortController()
    const failure = failureOf(http.json({ method: 'GET', path: path`/info`, signal: abort.signal }))
    await dialling.promise
    abort.abort(null)
    assert.equal(await failure, null)
    // Until whatever may still come of it has been heard of.
    await turn()
  })

  for (const reason of [new Error('enough'), null, 0]) {
    it(`while the answer arrives rejects with its reason, also with ${reason}`, async (test) => {
      const begun = deferred<Call>()
      const { client } = await start(test, {
        '*': async (call) => {
          await call.takeOver().write(`${responseHead(200, { 'Content-Length': '100' })}{"ID":`)
          begun.resolve(call)
        },
      })
      const abort = new AbortController()
      const failure = failureOf(client.info({ signal: abort.signal }))
      const { closed } = await begun.promise
      abort.abort(reason)
      assert.equal(await failure, reason)
      await closed
    })
  }

  it('while streaming rejects the reader with its reason and closes the connection', async (test) => {
    const begun = deferred<Call>()
    const { client } = await start(test, {
      '*': async (call) => {
        await call.takeOver().write(Buffer.concat([Buffer.from(chunkedHead(RAW)), chunk('one')]))
        begun.resolve(call)
      },
    })
    const abort = new AbortController()
    const reason = new Error('enough')
    const { stream } = await client.api.containers.logs('x', {}, { signal: abort.signal })
    const { closed } = await begun.promise
    const failure = failureOf(
      (async () => {
        for await (const bytes of stream) {
          assert.equal(`${bytes}`, 'one')
          abort.abort(reason)
        }
      })(),
    )
    assert.equal(await failure, reason)
    await closed
  })

  for (const reason of [null, 0, false]) {
    it(`while streaming rejects its reader also when its reason is ${reason}`, async (test) => {
      const begun = deferred<void>()
      const { client } = await start(test, {
        'GET /containers/x/logs': (call) => call.takeOver().write(chunkedHead(RAW)),
        'POST /containers/x/attach': async (call) => void (await call.upgrade(RAW)),
        'GET /containers/x/stats': async (call) => {
          await call.takeOver().write(chunkedHead('application/json'))
          begun.resolve()
        },
      })
      const abort = new AbortController()
      const { signal } = abort
      const { stream } = await client.api.containers.logs('x', {}, { signal })
      const { socket } = await client.api.containers.attach('x', {}, { signal })
      const failures = [text(stream), text(socket)].map(failureOf)
      const values = failureOf(client.api.containers.stats('x', {}, { signal }).next())
      await begun.promise
      abort.abort(reason)
      for (const failure of await Promise.all(failures)) {
        // A stream takes only an error for one.
        assert.ok(failure instanceof Error && failure.name === 'AbortError', String(failure))
        assert.equal(failure.cause, reason)
      }
      assert.equal(await values, reason)
    })
  }

  it('of a stream that is here but not read yet still rejects its reader', async (test) => {
    const { client } = await start(test, { '*': answer(200, {}, 'all of it') })
    const abort = new AbortController()
    const { stream } = await client.api.containers.logs('x', {}, { signal: abort.signal })
    await new Promise((resolve) => stream.once('readable', resolve))
    const reason = new Error('enough')
    abort.abort(reason)
    assert.equal(await failureOf(text(stream)), reason)
  })

  it('after the call does nothing to the connection', async (test) => {
    const { client, engine } = await start(test, { '*': json({}) })
    const abort = new AbortController()
    await client.info({ signal: abort.signal })
    abort.abort()
    await client.info()
    assert.equal(engine.connectionCount, 1)
  })

  for (const signal of [new AbortController(), 'SIGTERM', {}, null] as never[]) {
    it(`is not asked for with ${inspect(signal, { depth: -1 })}`, async (test) => {
      const { client, engine } = await start(test, { '*': json({}) })
      const error = await failureOf(client.info({ signal }))
      assert.ok(error instanceof InvalidArgumentError, String(error))
      assert.match(error.message, /^signal must be an AbortSignal, not /)
      assert.equal(engine.connectionCount, 0)
    })
  }

  it('signal serves 200 calls at once without a warning', async (test) => {
    const { client } = await start(test, { '*': json({}) })
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    test.after(() => process.off('warning', onWarning))
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 200 }, () => client.info({ signal })))
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(warnings, [])
  })
})

describe('a timeout', () => {
  it('rejects a call that is not answered, and closes its connection', async (test) => {
    const { client, engine } = await start(test, { '*': (call) => void call.takeOver() })
    const error = await failureOf(client.info({ timeout: 50 }))
    assert.ok(error instanceof TimeoutError)
    assert.deepEqual([error.timeout, error.message], [50, 'GET /info took longer than 50 ms'])
    await engine.allClosed()
  })

  it('rejects a call whose answer does not end', async (test) => {
    const { client } = await start(test, {
      '*': (call) => call.takeOver().write(`${responseHead(200, { 'Content-Length': '9' })}{`),
    })
    assert.ok((await failureOf(client.info({ timeout: 50 }))) instanceof TimeoutError)
  })

  it('of the client holds for every call, and that of a call goes before it', async (test) => {
    const engine = await FakeEngine.start(test, { '*': (call) => void call.takeOver() })
    const client = engine.client(test, { apiVersion: '1.56', timeout: 50 })
    assert.equal(((await failureOf(client.info())) as TimeoutError).timeout, 50)
    assert.equal(((await failureOf(client.info({ timeout: 20 }))) as TimeoutError).timeout, 20)
  })

  it('does not end a stream that has begun', async (test) => {
    const begun = deferred<Call>()
    const { client } = await start(test, {
      'GET /containers/x/logs': async (call) => {
        await call.takeOver().write(chunkedHead(RAW))
        begun.resolve(call)
      },
      'GET /info': (call) => void call.takeOver(),
    })
    const { stream } = await client.api.containers.logs('x', {}, { timeout: 50 })
    // Begun later and timed for as long, so that by its end the time of the stream would be over too.
    assert.ok((await failureOf(client.info({ timeout: 50 }))) instanceof TimeoutError)
    await (await begun.promise).write(Buffer.concat([chunk('late'), chunk()]))
    assert.equal(await text(stream), 'late')
  })

  for (const timeout of [0, Number.POSITIVE_INFINITY, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
    it(`of ${timeout} does not end what takes its time`, async (test) => {
      const asked = deferred<Call>()
      const { client } = await start(test, {
        'GET /version': (call) => asked.resolve(call.takeOver()),
        'POST /containers/c/wait': (call) => call.takeOver().write(chunkedHead('application/json')),
        'GET /info': (call) => void call.takeOver(),
      })
      const version = client.version({ timeout })
      const waiting = failureOf(new Container(client.api, { id: 'c' }).wait({ timeout }))
      const held = await asked.promise
      assert.ok((await failureOf(client.info({ timeout: 50 }))) instanceof TimeoutError)
      await held.write(`${responseHead(200, { 'Content-Length': '2' })}{}`)
      assert.deepEqual(await version, {})
      await client.close()
      assert.ok((await waiting) instanceof ConnectionError)
    })
  }

  for (const timeout of [-1, Number.NaN, '5' as never]) {
    it(`of ${inspect(timeout)} is refused before anything is sent`, async (test) => {
      const { client, engine } = await start(test, { '*': json({}) })
      assert.match(String(await failureOf(client.info({ timeout }))), /InvalidArgumentError: timeout must be/)
      assert.equal(engine.connectionCount, 0)
    })
  }
})

describe('a body that is a stream', () => {
  const send = (client: DockerClient, body: Readable, signal?: AbortSignal) =>
    client.api.http.json({ method: 'POST', path: path`/load`, body, signal })

  it('is sent in chunks as it comes', async (test) => {
    const { client, engine } = await start(test, { '*': json({ ok: true }) })
    assert.deepEqual(await send(client, Readable.from([Buffer.from('a'), Buffer.from('bc')])), { ok: true })
    assert.deepEqual(
      [engine.last.body.toString(), engine.last.headers['transfer-encoding']],
      ['abc', 'chunked'],
    )
  })

  it('rejects the call with its own error and closes the connection', async (test) => {
    const { client, engine } = await start(test, { '*': json({}) })
    const broken = new Error('file vanished')
    const body = new Readable({ read() {} })
    body.push('some')
    const failure = failureOf(send(client, body))
    body.destroy(broken)
    assert.equal(await failure, broken)
    await engine.allClosed()
  })

  it('rejects the call when it is closed before its end, or was before the call', async (test) => {
    const begun = deferred<void>()
    const { client } = await start(test, {
      '*': async (call) => {
        await call.takeOver().read()
        begun.resolve()
      },
    })
    const body = new Readable({ read() {} })
    body.push('some')
    const failure = failureOf(send(client, body))
    await begun.promise
    body.destroy()
    const closed = /InvalidArgumentError: the source of the body was closed before its end/
    assert.match(String(await failure), closed)
    assert.match(String(await failureOf(send(client, body))), closed)
  })

  for (const piece of [{ a: 1 }, 5, true, ['a']]) {
    it(`rejects the call when it gives ${JSON.stringify(piece)}, which cannot be sent`, async (test) => {
      const { client, engine } = await start(test, { '*': (call) => void call.takeOver() })
      const body = Readable.from([Buffer.from('some'), piece, Buffer.from('more')])
      const error = await failureOf(send(client, body))
      assert.ok(error instanceof InvalidArgumentError, String(error))
      assert.match(error.message, /^the source must be one of Buffers or strings, not an? /)
      await new Promise<void>((resolve) => (body.destroyed ? resolve() : body.once('close', resolve)))
      await engine.allClosed()
    })
  }

  it('is sent no faster than it is taken', async (test) => {
    const taken: (() => void)[] = []
    const slow = new Duplex({ read() {}, write: (_chunk, _encoding, done) => void taken.push(done) })
    const endpoint = { address: 'test://', hostHeader: 'x', basePath: '', dial: async () => slow }
    const http = new HttpClient({ endpoint, apiVersion: '1.56' })
    test.after(() => http.close())
    let given = 0
    const body = new Readable({
      read() {
        given += 1
        this.push(given <= 100 ? Buffer.alloc(64 * 1024) : null)
      },
    })
    const sent = failureOf(http.json({ method: 'POST', path: path`/load`, body }))
    while (taken.length === 0) await turn()
    for (let turns = 0; turns < 50; turns++) await turn()
    assert.ok(given < 10, `${given} of 100`)
    while (!body.readableEnded) {
      taken.shift()?.()
      await turn()
    }
    assert.equal(given, 101)
    slow.destroy()
    await sent
  })

  it('is let go of when an error is answered early', async (test) => {
    const { client, engine } = await start(test, {
      '*': async (call) => {
        await call.takeOver().read()
        await call.write(`${responseHead(413, { 'Content-Length': '9' })}too large`)
      },
    })
    const body = endless()
    const error = await failureOf(send(client, body))
    assert.ok(error instanceof ApiError && error.explanation === 'too large')
    assert.equal(body.destroyed, true)
    await engine.allClosed()
  })

  it('is let go of when the call is aborted', async (test) => {
    const begun = deferred<void>()
    const { client, engine } = await start(test, {
      '*': async (call) => {
        await call.takeOver().read()
        begun.resolve()
      },
    })
    const body = endless()
    const abort = new AbortController()
    const failure = failureOf(send(client, body, abort.signal))
    await begun.promise
    abort.abort('enough')
    assert.equal(await failure, 'enough')
    await new Promise<void>((resolve) => (body.destroyed ? resolve() : body.once('close', resolve)))
    await engine.allClosed()
  })

  it('is let go of when the call fails before it is sent', async (test) => {
    const body = endless()
    await failureOf(send(clientAt(test, await deadSocket(test)), body))
    assert.equal(body.destroyed, true)
    const other = endless()
    const unreachable = new DockerClient({ host: await deadSocket(test), env: {} })
    await failureOf(send(unreachable, other))
    assert.equal(other.destroyed, true, 'also when it fails at the negotiation')
  })
})

describe('close()', () => {
  it('rejects calls in flight with ConnectionError and closes every connection', async (test) => {
    const both = deferred<void>()
    let asked = 0
    const { client, engine } = await start(test, {
      'GET /containers/x/logs': (call) => call.takeOver().write(chunkedHead(RAW)),
      'POST /containers/x/attach': (call) => void call.upgrade(RAW),
      '*': (call) => {
        call.takeOver()
        asked += 1
        if (asked === 2) both.resolve()
      },
    })
    const { stream } = await client.api.containers.logs('x', {})
    const { socket } = await client.api.containers.attach('x', {})
    const failures = [
      failureOf(text(stream)),
      failureOf(text(socket)),
      failureOf(client.info()),
      failureOf(client.info()),
    ]
    await both.promise
    await client.close()
    const errors = await Promise.all(failures)
    for (const error of errors) assert.ok(error instanceof ConnectionError, String(error))
    for (const error of errors.slice(0, 2)) assert.match(String(error), /the client for unix:.* was closed$/)
    await engine.allClosed()
  })

  it('rejects a call that is still connecting', async () => {
    const dialling = deferred<void>()
    const dial = (signal?: AbortSignal) => {
      dialling.resolve()
      return new Promise<never>((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason)),
      )
    }
    const http = new HttpClient({ endpoint: { address: 'test://', hostHeader: 'x', basePath: '', dial } })
    const failure = failureOf(http.json({ method: 'GET', path: path`/info` }))
    await dialling.promise
    http.close()
    assert.ok((await failure) instanceof ConnectionError)
  })

  it('rejects every call after it', async (test) => {
    const { client, engine } = await start(test, { '*': json({}) })
    await client.info()
    await client.close()
    await client.close()
    const error = await failureOf(client.info())
    assert.ok(error instanceof ConnectionError)
    assert.match(error.message, /the client for unix:.* was closed/)
    assert.equal(engine.requests.length, 1)
  })

  it('is what await using does', async (test) => {
    const { engine } = await start(test, { '*': json({}) })
    {
      await using client = engine.client(test)
      await client.info()
    }
    await engine.allClosed()
  })
})

describe('a process', () => {
  for (const [name, what] of [
    ['that has an idle client', 'idle'],
    ['that has closed its client', 'closed'],
    ['that has aborted a call', 'aborted'],
    ['that had a call time out', 'timed-out'],
    ['that left a stream', 'left'],
    ['whose attached session has ended', 'attached'],
  ] as const) {
    it(`${name} exits by itself`, async (test) => {
      const engine = await FakeEngine.start(test, {
        'GET /info': json({}),
        'GET /version': (call) => void call.takeOver(),
        'GET /events': (call) =>
          call.takeOver().write(Buffer.concat([Buffer.from(chunkedHead('')), chunk('{}')])),
        'POST /exec/e/start': async (call) => {
          await call.upgrade(RAW, Buffer.from('output'))
          call.socket.end()
        },
        'GET /exec/e/json': json({
          ExitCode: 0,
          Running: false,
          OpenStdin: false,
          ProcessConfig: { tty: true },
        }),
      })
      const { stdout } = await run(process.execPath, [PROGRAM, what, engine.host], { ...PATIENT })
      assert.equal(stdout, 'done\n')
    })
  }
})

async function start(test: TestContext, scripts: Scripts) {
  const engine = await FakeEngine.start(test, scripts)
  return { engine, client: engine.client(test, { apiVersion: '1.56' }) }
}

/** A client whose pool holds so many connections that break when they are used once more. */
async function startStale(test: TestContext, count: number) {
  const used = new Set<number>()
  const waiting: (() => void)[] = []
  const { engine, client } = await start(test, {
    '*': async (call) => {
      const { connection } = call.request
      if (used.has(connection)) return call.cut()
      used.add(connection)
      // Answered together, so that each has a connection of its own.
      if (used.size < count) await new Promise<void>((resolve) => waiting.push(resolve))
      for (const go of waiting.splice(0)) go()
      await json({})(call)
    },
  })
  await Promise.all(Array.from({ length: count }, () => client.info()))
  return { engine, http: client.api.http }
}

function clientAt(test: TestContext, host: string): DockerClient {
  const client = new DockerClient({ host, env: {}, apiVersion: '1.56' })
  test.after(() => client.close())
  return client
}

function cutAfter(bytes: string): Script {
  return async (call) => {
    await call.write(bytes)
    call.cut()
  }
}

function endless(): Readable {
  return new Readable({
    read() {
      setImmediate(() => this.push(Buffer.alloc(16 * 1024)))
    },
  })
}

async function folder(test: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'dl-'))
  test.after(() => rm(made, { recursive: true, force: true }))
  return made
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A socket whose server is gone. */
async function deadSocket(test: TestContext): Promise<string> {
  const socket = join(await folder(test), 's')
  await run(process.execPath, [PROGRAM, 'die-listening', socket]).catch(() => {})
  return `unix://${socket}`
}

async function deadPort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  assert.ok(address !== null && typeof address === 'object')
  return `tcp://127.0.0.1:${address.port}`
}

/** As the kernel does when the other side has closed. */
function breakWriting(socket: Socket): void {
  socket._writev = (_chunks, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  socket._write = (_chunk, _encoding, done) =>
    done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
}

function answer200WithoutLength(headers: string): Script {
  return (call) => call.write(`HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\n${headers}\r\n`)
}

describe('an answer that has begun', () => {
  it('is not asked for a second time when its connection is reset', async (test) => {
    const begun = deferred<Call>()
    const engine = await FakeEngine.start(
      test,
      {
        'GET /info': json({}),
        'GET /events': async (call) => {
          await call.body()
          await call.write(`${chunkedHead('application/json')}${chunk('{"Type":"container"}')}`)
          begun.resolve(call)
        },
      },
      { tcp: true },
    )
    const client = engine.client(test)
    await client.info()
    const events = client.events()
    assert.equal((await events.next()).value?.Type, 'container')
    const next = failureOf(events.next())
    await (await begun.promise).reset()
    assert.ok((await next) instanceof ConnectionError)
    await client.info()
    assert.equal(engine.calls.filter((call) => call.includes('/events')).length, 1)
  })
})
