import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { inherits, inspect } from 'node:util'
import { frame } from '../../../dockline/dist-test/support/fake-engine.js'
import { dockerode, dockline, ourModem, type Package, type Target, theirModem } from '../support/both.js'
import { CHUNKED, chunk, ok, type Script, startScripted, UPGRADED } from '../support/scripted.js'

const PACKAGES = { dockerode: [dockerode, theirModem], 'dockline-dockerode': [dockline, ourModem] } as const

/** What is odd and stays so: programs may count on it. */
for (const [name, [Docker, Modem]] of Object.entries(PACKAGES)) {
  describe(`${name} keeps, however odd:`, () => {
    it('a constructor without new, by inheritance, and by call', () => {
      assert.ok(Docker({ socketPath: '/x' }) instanceof Docker)
      function Own(this: object) {
        Reflect.apply(Docker, this, [{ socketPath: '/own' }])
      }
      inherits(Own, Docker)
      const own = new (Own as unknown as new () => Target)()
      assert.equal((own.modem as unknown as { socketPath: string }).socketPath, '/own')
      assert.equal(typeof own.listContainers, 'function')
      class Newer extends (Docker as unknown as new (options: object) => Target) {}
      assert.ok(new Newer({ socketPath: '/x' }) instanceof Docker)
    })

    it('methods that people replace and add', async (test) => {
      const docker = await dockerOf(test, Docker, answering(ok('{}')))
      const { inspect: before } = Docker.Container.prototype
      test.after(() => Object.assign(Docker.Container.prototype, { inspect: before }))
      Object.assign(Docker.Container.prototype, { inspect: async () => 'patched' })
      assert.equal(await handle(docker, 'Container', 'c').inspect?.(), 'patched')
    })

    it('what a modem shows of its options', () => {
      const headers = { a: 'b' }
      const fields = new Modem({ host: 'box', port: 5, headers }) as unknown as Record<string, unknown>
      assert.equal(fields.headers, headers)
      assert.deepEqual(
        [fields.host, fields.port, fields.protocol, fields.socketPath],
        ['box', 5, 'http', undefined],
      )
      const secured = new Modem({ host: 'box', ca: 'a', cert: 'b', key: 'c' }) as unknown as {
        protocol: string
      }
      assert.equal(secured.protocol, 'https')
    })

    it('handles that are made without a request, and show themselves', async (test) => {
      const engine = await started(test, answering(ok('{}')))
      const docker = new Docker({ socketPath: engine.socketPath })
      for (const kind of ['Container', 'Image', 'Volume', 'Network', 'Plugin']) handle(docker, kind, 'x')
      assert.equal(engine.heads.length, 0)
      assert.match(inspect(handle(docker, 'Network', 'x'), { depth: 0 }), /id: 'x'/)
      assert.deepEqual(Object.keys(handle(docker, 'Container', 'x')), ['modem', 'id', 'defaultOptions'])
    })

    it('options that are set once for a container', async (test) => {
      const engine = await started(test, answering(ok('{}')))
      const container = handle(new Docker({ socketPath: engine.socketPath }), 'Container', 'c')
      const { defaultOptions } = container as unknown as { defaultOptions: Record<string, object> }
      Object.assign(defaultOptions.top as object, { ps_args: 'aux' })
      await container.top?.()
      assert.match(engine.heads[0] ?? '', /\/top\?ps_args=aux /)
    })

    it('promises of the kind that was asked for', async (test) => {
      class Own extends Promise<unknown> {}
      const engine = await started(test, answering(ok('{}')))
      const docker = new Docker({ socketPath: engine.socketPath, Promise: Own })
      const asked = docker.info?.()
      assert.ok(asked instanceof Own)
      await asked
      assert.equal((docker.modem as unknown as { Promise: unknown }).Promise, Own)
    })

    it("a modem of one's own", async () => {
      const dialled: { path: string }[] = []
      const dial = (options: { path: string }, callback: (...given: unknown[]) => void) => {
        dialled.push(options)
        callback(null, 'answer')
      }
      const docker = new Docker({ modem: { dial } })
      assert.equal(await docker.info?.(), 'answer')
      assert.equal(dialled[0]?.path, '/info')
    })

    it('paths without a version unless one is given, and any path by dial', async (test) => {
      const engine = await started(test, answering(ok('not json')))
      const dial = (docker: Target, options: object) =>
        new Promise((resolve, reject) =>
          docker.modem.dial?.(options, (error: unknown, data: unknown) =>
            error ? reject(error) : resolve(data),
          ),
        )
      const statusCodes = { 200: true }
      const docker = new Docker({ socketPath: engine.socketPath })
      const path = '/v5.0.0/libpod/pods/json?'
      const data = await dial(docker, { path, method: 'GET', options: {}, statusCodes })
      assert.deepEqual(data, Buffer.from('not json'))
      const versioned = new Docker({ socketPath: engine.socketPath, version: 'v1.41' })
      await dial(versioned, { path: '/info', method: 'GET', statusCodes })
      const lines = engine.heads.map((head) => head.split(' ')[1])
      assert.deepEqual(lines, ['/v5.0.0/libpod/pods/json', '/v1.41/info'])
    })

    it('an agent, which opens the connections', async (test) => {
      const engine = await started(test, answering(ok('{"ID":"x"}', 'Connection: close\r\n')))
      let connections = 0
      class Own extends Agent {
        override createConnection(
          _options: object,
          opened?: (error: null, socket: Socket) => void,
        ): undefined {
          connections += 1
          const socket = new Socket().connect(engine.socketPath, () => opened?.(null, socket))
        }
      }
      const docker = new Docker({ host: 'nowhere.invalid', port: 1, agent: new Own() })
      assert.deepEqual(await docker.info?.(), { ID: 'x' })
      assert.equal(connections, 1)
    })

    it("the answer itself for streams, and node:net's socket for what is hijacked", async (test) => {
      const docker = await dockerOf(test, Docker, (socket, head) => {
        socket.write(/events/.test(head) ? CHUNKED : UPGRADED)
        if (/events/.test(head)) socket.write(chunk('{}\n'))
      })
      const events = (await docker.getEvents?.()) as IncomingMessage
      assert.ok(events instanceof IncomingMessage)
      assert.ok(events.socket instanceof Socket)
      assert.equal(events.statusCode, 200)
      events.destroy()
      const exec = await handle(docker, 'Exec', 'e').start?.({ hijack: true, stdin: true })
      assert.ok(exec instanceof Socket)
      exec.destroy()
    })

    it('demuxStream that ends nothing, gives nothing, and takes what is no frame for a tty', async () => {
      const [out, err, source] = [new PassThrough(), new PassThrough(), new PassThrough()]
      assert.equal(new Modem({ socketPath: '/x' }).demuxStream?.(source, out, err), undefined)
      const raw = Buffer.from('a prompt of a tty $ ')
      source.end(Buffer.concat([frame(1, 'out '), frame(0, 'zero '), frame(2, 'err '), raw]))
      await once(source, 'end')
      assert.deepEqual([out.writableEnded, err.writableEnded], [false, false])
      assert.equal((await buffer(out.end())).toString(), `out ${raw}`)
      assert.equal((await buffer(err.end())).toString(), 'zero err ')
    })

    it('demuxStream into objects that people write by hand', async () => {
      const given: [string, string][] = []
      const source = new PassThrough()
      const outputs = [
        { write: (bytes: Buffer) => void given.push(['out', `${bytes}`]) },
        { write: (bytes: Buffer) => void given.push(['err', `${bytes}`]) },
      ]
      new Modem({ socketPath: '/x' }).demuxStream?.(source, ...outputs)
      source.end(Buffer.concat([frame(1, 'one'), frame(2, 'two'), frame(1, 'three')]))
      await once(source, 'end')
      assert.deepEqual(given, [
        ['out', 'one'],
        ['err', 'two'],
        ['out', 'three'],
      ])
    })

    it('demuxStream to an end, though an output is read only then, or is gone', async () => {
      const [late, gone, source] = [new PassThrough(), new PassThrough(), new PassThrough()]
      gone.destroy()
      new Modem({ socketPath: '/x' }).demuxStream?.(source, late, gone)
      const much = Buffer.alloc(100_000, 'x')
      source.end(Buffer.concat([frame(1, much), frame(2, much), frame(1, 'end')]))
      await once(source, 'end')
      assert.equal((await buffer(late.end())).length, much.length + 3)
    })

    it('followProgress without its modem', async () => {
      const { followProgress } = new Modem({ socketPath: '/x' })
      const ended = new Promise<readonly unknown[]>((resolve) => {
        const source = Readable.from([Buffer.from('{"status":"one"}\n')], { objectMode: false })
        followProgress?.call(undefined, source, (...given: readonly unknown[]) => resolve(given))
      })
      assert.deepEqual(await ended, [null, [{ status: 'one' }]])
    })

    it("run that leaves the program's own stdout open", async (test) => {
      const docker = await dockerOf(test, Docker, (socket, head) => {
        if (/attach/.test(head)) socket.write(`${CHUNKED}0\r\n\r\n`)
        else socket.write(ok('{"Id":"c","StatusCode":0}'))
      })
      await docker.run?.('busybox', ['x'], process.stdout)
      await docker.run?.('busybox', ['x'], [{ write: () => {} }, { write: () => {} }])
      await turn()
      assert.equal(process.stdout.writableEnded, false)
    })

    it('ids that are numbers, and names that were encoded by hand', async (test) => {
      const engine = await started(test, answering(ok('{}')))
      const docker = new Docker({ socketPath: engine.socketPath })
      await handle(docker, 'Container', 4711 as unknown as string).inspect?.()
      await handle(docker, 'Container', undefined as unknown as string).inspect?.()
      await handle(docker, 'Image', encodeURIComponent('localhost:5000/a:1')).inspect?.()
      const paths = engine.heads.map((head) => decodeURIComponent(head.split(' ')[1] ?? ''))
      assert.deepEqual(paths, [
        '/containers/4711/json',
        '/containers/undefined/json',
        '/images/localhost:5000/a:1/json',
      ])
    })

    it('options that are null or false for none', async (test) => {
      const { socketPath } = await started(test, answering(ok('{"ID":"x"}')))
      for (const none of [null, false, 0]) {
        const docker = new Docker({ socketPath, agent: none, timeout: none, connectionTimeout: none })
        assert.deepEqual(await docker.info?.(), { ID: 'x' })
      }
      assert.equal(typeof new Docker(null as unknown as object).info, 'function')
    })

    it('an agent that reports its failure to the request', async () => {
      const agent = {
        addRequest: (request: NodeJS.EventEmitter) =>
          void queueMicrotask(() => request.emit('error', new Error('no proxy'))),
      }
      const docker = new Docker({ host: 'nowhere.invalid', port: 1, agent })
      await assert.rejects(async () => docker.info?.(), { message: 'no proxy' })
    })

    it('followProgress that is called back once, also when its stream is destroyed', async () => {
      const source = new PassThrough()
      let calls = 0
      const ended = new Promise<readonly unknown[]>((resolve) => {
        const done = (...given: readonly unknown[]) => {
          calls += 1
          resolve(given)
        }
        new Modem({ socketPath: '/x' }).followProgress?.(source, done, () => source.destroy())
      })
      source.write('{"status":"one"}\r\n\n')
      assert.deepEqual(await ended, [null, [{ status: 'one' }]])
      await once(Readable.from(['']).resume(), 'close')
      assert.equal(calls, 1)
    })

    it('run with a tty by default, and its result and events', async (test) => {
      const engine = await started(test, (socket, head) => {
        if (/attach/.test(head)) socket.write(`${CHUNKED}0\r\n\r\n`)
        else socket.write(ok('{"Id":"c","StatusCode":3}'))
      })
      const docker = new Docker({ socketPath: engine.socketPath })
      const [data, container] = (await docker.run?.('busybox', ['x'], null)) as [object, { id: string }]
      assert.deepEqual([(data as { StatusCode: number }).StatusCode, container.id], [3, 'c'])
      assert.match(engine.heads[0] ?? '', /"Tty":true/)
      const seen: string[] = []
      await new Promise((resolve) => {
        const hub = docker.run?.('busybox', ['x'], null, {}, resolve) as unknown as NodeJS.EventEmitter
        for (const event of ['container', 'stream', 'start', 'data']) hub.on(event, () => seen.push(event))
      })
      assert.deepEqual(seen, ['container', 'stream', 'start', 'data'])
    })

    it("errors of the connection in Node's words", async () => {
      const docker = new Docker({ socketPath: '/nowhere/docker.sock' })
      const error = await docker.info?.().then(
        () => assert.fail('it did not fail'),
        (reason) => reason as NodeJS.ErrnoException,
      )
      assert.deepEqual([error?.code, error?.message], ['ENOENT', 'connect ENOENT /nowhere/docker.sock'])
    })
  })
}

const answering =
  (text: string): Script =>
  (socket) =>
    void socket.write(text)

const turn = () => new Promise((resolve) => setImmediate(resolve))

const handle = (docker: Target, kind: string, id: string) => docker[`get${kind}`]?.(id) as unknown as Target

async function started(test: TestContext, script: Script) {
  const engine = await startScripted(script)
  test.after(() => engine.stop())
  return engine
}

async function dockerOf(test: TestContext, Docker: Package, script: Script): Promise<Target> {
  return new Docker({ socketPath: (await started(test, script)).socketPath })
}
