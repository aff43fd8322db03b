import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { Agent } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex, PassThrough, type Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { frame } from '../../../dockline/dist-test/support/fake-engine.js'
import { byCallback, dockline, ourModem, type Target } from '../support/both.js'
import { startRecording } from '../support/recording-engine.js'
import { CHUNKED, chunk, ok, type Script, startScripted, UPGRADED } from '../support/scripted.js'

/** More than a socket holds. */
const LARGE = Buffer.alloc(1024 * 1024)
const NOT_FOUND =
  'HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 26\r\n\r\n{"message":"no such path"}'

/** What users of dockerode have reported, and does not happen here. */
describe('a situation that users of dockerode reported:', () => {
  it('attach with stdin and without hijack resolves, and the container gets only what is typed', async (test) => {
    const received: Buffer[] = []
    const engine = await started(test, (socket) => {
      socket.write(UPGRADED)
      socket.on('data', (bytes) => received.push(bytes))
      socket.on('end', () => socket.end('ended'))
    })
    const container = get(new dockline(engine), 'Container', 'c')
    const stream = (await container.attach?.({ stream: true, stdin: true, stdout: true })) as Duplex
    stream.write('say ')
    stream.end('hello\n')
    await text(stream)
    assert.equal(Buffer.concat(received).toString(), 'say hello\n')
  })

  it('run with two outputs and the tty of its default writes to the first', async (test) => {
    const engine = await started(test, (socket, head) => {
      if (/attach/.test(head)) socket.write(`${CHUNKED}${chunk('plain text of a tty\r\n')}0\r\n\r\n`)
      else socket.write(ok('{"Id":"c","StatusCode":0}'))
    })
    const [out, err] = [new PassThrough(), new PassThrough()]
    await new dockline(engine).run?.('busybox', ['x'], [out, err])
    assert.deepEqual([await text(out), await text(err)], ['plain text of a tty\r\n', ''])
  })

  it('followProgress without a stream, after an error that was not looked at, gives the callback an error', () => {
    for (const target of [new ourModem(), new dockline()]) {
      const given: unknown[] = []
      for (const stream of [null, undefined])
        target.followProgress?.(stream, (...args: unknown[]) => given.push(...args))
      assert.ok(given[0] instanceof TypeError && given[2] instanceof TypeError)
      assert.deepEqual([given[1], given[3]], [[], []])
    }
  })

  it('a handle that is made of a bare modem gives promises', async (test) => {
    const engine = await started(test, (socket) => void socket.write(ok('{"Id":"c"}')))
    const Container = dockline.Container as unknown as new (modem: Target, id: string) => Target
    assert.deepEqual(await new Container(new ourModem(engine), 'c').inspect?.(), { Id: 'c' })
  })

  it('a large archive for a path that is not there is refused with 404, and not with a broken pipe', async (test) => {
    const engine = await started(test, (socket) => void socket.end(NOT_FOUND))
    const putting = get(new dockline(engine), 'Container', 'c').putArchive?.(LARGE, { path: '/nope' })
    const { statusCode, message } = await failureOf(putting)
    assert.deepEqual([statusCode, message], [404, '(HTTP code 404) no such container - no such path '])
  })

  it('stats that are destroyed close their connection', async (test) => {
    let ended: Promise<unknown> | undefined
    const engine = await started(test, (socket) => {
      ended = once(socket, 'end')
      socket.write(CHUNKED + chunk('{}\n'))
    })
    const stats = (await get(new dockline(engine), 'Container', 'c').stats?.()) as Readable
    stats.destroy()
    await ended
  })

  it('a callback is called once when the connection is lost right after the answer', async (test) => {
    const engine = await started(test, (socket) => {
      socket.write(ok('{"ID":"x"}'), () => socket.destroy())
    })
    const [error, info] = await byCallback(new dockline(engine), 'info', [])
    assert.ok(error === null ? info : (error as NodeJS.ErrnoException).code)
  })

  it('what is not ASCII arrives whole: labels, paths and the words of an error', async (test) => {
    const engine = await startRecording()
    test.after(() => engine.stop())
    const docker = new dockline({ socketPath: engine.socketPath })
    const Labels = { grüße: '日本語 🐳' }
    engine.reply = { status: 404, body: JSON.stringify({ message: 'kein Bild: größe' }) }
    const { message } = await failureOf(docker.createContainer?.({ Image: 'a', Labels }))
    assert.match(message, /kein Bild: größe $/)
    await failureOf(get(docker, 'Container', 'c').getArchive?.({ path: '/tmp/ü b&c' }))
    const [created, archive] = engine.requests
    assert.deepEqual(created?.body, { Image: 'a', Labels })
    assert.deepEqual(archive?.query, { path: '/tmp/ü b&c' })
  })

  it('a signal that has aborted already sends nothing', async (test) => {
    const engine = await started(test, (socket) => void socket.write(ok('{}')))
    const { name, code } = await failureOf(new dockline(engine).info?.({ abortSignal: AbortSignal.abort() }))
    assert.deepEqual([name, code], ['AbortError', 'ABORT_ERR'])
    await new dockline(engine).version?.()
    assert.deepEqual(
      engine.heads.map((head) => head.split(' ')[1]),
      ['/version'],
    )
  })

  it('an agent with keepAlive and few sockets serves many calls, and no more of them at a time', async (test) => {
    let most = 0
    const asking: Socket[] = []
    const engine = await started(test, (socket) => {
      most = Math.max(most, asking.push(socket))
      if (asking.length !== 2) return
      // One that came now would be too many.
      setImmediate(() => {
        for (const each of asking.splice(0)) each.write(ok('{"ID":"x"}'))
      })
    })
    const agent = new Agent({ keepAlive: true, maxSockets: 2 })
    const docker = new dockline({ socketPath: engine.socketPath, agent })
    await Promise.all(Array.from({ length: 20 }, () => docker.info?.()))
    assert.equal(engine.heads.length, 20)
    assert.equal(most, 2)
  })

  it('a call that is given up while it waits for a connection of the agent takes none', async (test) => {
    const engine = await started(test, (socket, head) => {
      if (!head.includes('/events')) socket.write(ok('{"ID":"x"}'))
    })
    const docker = new dockline({ socketPath: engine.socketPath, agent: new Agent({ maxSockets: 1 }) })
    const first = new AbortController()
    const events = failureOf(docker.getEvents?.({ abortSignal: first.signal }))
    const second = new AbortController()
    const waiting = failureOf(docker.info?.({ abortSignal: second.signal }))
    const third = docker.info?.()
    second.abort()
    assert.equal((await waiting).name, 'AbortError')
    first.abort()
    assert.equal((await events).name, 'AbortError')
    assert.deepEqual(await third, { ID: 'x' })
  })

  it('an agent that is destroyed ends its streams', async (test) => {
    const engine = await started(test, (socket) => void socket.write(`${CHUNKED}${chunk('{}\n')}`))
    const agent = new Agent({ keepAlive: true })
    const docker = new dockline({ socketPath: engine.socketPath, agent })
    const events = (await docker.getEvents?.()) as Duplex
    assert.equal(Object.values(agent.sockets).flat().length, 1)
    const closed = new Promise((resolve) =>
      events
        .on('error', () => {})
        .resume()
        .once('close', resolve),
    )
    agent.destroy()
    await closed
  })

  it('a call waits for a connection of the agent as long as others have them all', async (test) => {
    const engine = await started(test, (socket, head) => {
      if (!head.includes('/events')) socket.write(ok('{"ID":"x"}'))
    })
    test.mock.timers.enable({ apis: ['setTimeout'] })
    const docker = new dockline({ socketPath: engine.socketPath, agent: new Agent({ maxSockets: 1 }) })
    const first = new AbortController()
    const events = failureOf(docker.getEvents?.({ abortSignal: first.signal }))
    const waiting = docker.info?.()
    await turn()
    test.mock.timers.tick(60_000)
    first.abort()
    await events
    assert.deepEqual(await waiting, { ID: 'x' })
  })

  it('the agent of a proxy is told whether the connection is to have TLS', async () => {
    const told: unknown[] = []
    const agent = {
      addRequest: (
        request: NodeJS.EventEmitter,
        { protocol, secureEndpoint }: { readonly protocol: string; readonly secureEndpoint: boolean },
      ) => {
        told.push([protocol, secureEndpoint])
        queueMicrotask(() => request.emit('error', new Error('no proxy')))
      },
    }
    for (const protocol of ['http', 'https'])
      await failureOf(new dockline({ host: 'nowhere.invalid', port: 1, protocol, agent }).info?.())
    assert.deepEqual(told, [
      ['http:', false],
      ['https:', true],
    ])
  })

  it('many clients share their connections, which end when no call has used them for some seconds', async (test) => {
    const engine = await started(test, (socket) => void socket.write(ok('{"ID":"x"}')))
    test.mock.timers.enable({ apis: ['setTimeout'] })
    for (let made = 0; made < 20; made++) await new dockline({ socketPath: engine.socketPath }).info?.()
    assert.equal(engine.connections, 1)
    await turn()
    test.mock.timers.tick(5000)
    await engine.allEnded()
    await new dockline({ socketPath: engine.socketPath }).info?.()
    assert.equal(engine.connections, 2)
  })

  it('a socket that takes no more holds a multiplexed stream back, though nothing reads the socket', async () => {
    const [full, source] = [new Duplex({ read: () => {}, write: () => {} }), new PassThrough()]
    new ourModem({ socketPath: '/x' }).demuxStream?.(source, full, full)
    source.write(frame(1, LARGE))
    await turn()
    assert.equal(source.isPaused(), true)
  })

  it('a stream that falls silent ends with ECONNRESET', async (test) => {
    const engine = await started(test, (socket) => void socket.write(`${CHUNKED}${chunk('{}\n')}`))
    const events = await new dockline({ socketPath: engine.socketPath, timeout: 50 }).getEvents?.()
    const { code } = await failureOf(text(events as Duplex))
    assert.equal(code, 'ECONNRESET')
  })

  it('a call that is given up in its answer ends no stream of another client', async (test) => {
    const engine = await started(test, (socket, head) => {
      socket.write(head.includes('/events') ? `${CHUNKED}${chunk('{}\n')}` : `${CHUNKED}${chunk('{')}`)
    })
    test.mock.timers.enable({ apis: ['setTimeout'] })
    const events = (await new dockline(engine).getEvents?.()) as Duplex
    const leaving = new AbortController()
    const cut = failureOf(new dockline(engine).info?.({ abortSignal: leaving.signal }))
    while (engine.heads.length < 2) await turn()
    await turn()
    leaving.abort()
    await cut
    await turn()
    test.mock.timers.tick(60_000)
    await turn()
    assert.equal(events.destroyed, false)
    events.destroy()
  })

  it('a client goes to the socket that its function gives, also where another client was given another one', async (test) => {
    const engines = await Promise.all(
      ['one', 'two'].map((ID) => started(test, (socket) => void socket.write(ok(JSON.stringify({ ID }))))),
    )
    let current: string | undefined
    const socketPath = () => current
    for (const [index, ID] of ['one', 'two'].entries()) {
      current = engines[index]?.socketPath
      assert.deepEqual(await new dockline({ socketPath }).info?.(), { ID })
    }
  })

  it("settings of docker's that cannot be used are no reason to fail", async (test) => {
    const home = await mkdtemp(join(tmpdir(), 'dh-'))
    const engine = await started(test, (socket) => void socket.write(ok('{"ID":"x"}')))
    const { HOME, DOCKER_CONFIG, DOCKER_CONTEXT, DOCKER_HOST } = process.env
    test.after(async () => {
      setVariables({ HOME, DOCKER_CONFIG, DOCKER_CONTEXT, DOCKER_HOST })
      await rm(home, { recursive: true })
    })
    // The socket of a Docker of one's own comes before that of the machine.
    await mkdir(join(home, '.docker/run'), { recursive: true })
    await symlink(engine.socketPath, join(home, '.docker/run/docker.sock'))
    setVariables({ HOME: home, DOCKER_CONFIG: home, DOCKER_CONTEXT: undefined, DOCKER_HOST: undefined })
    for (const config of ['{"currentContext":"gone"}', 'no json']) {
      await writeFile(join(home, 'config.json'), config)
      assert.deepEqual(await new dockline().info?.(), { ID: 'x' })
    }
    process.env.DOCKER_CONTEXT = 'gone'
    assert.match((await failureOf(new dockline().info?.())).message, /gone/)
  })

  it('an attach that a proxy answers without an upgrade gives its output, and an error for what is typed', async (test) => {
    const engine = await started(test, (socket) => void socket.write(`${CHUNKED}${chunk('out')}0\r\n\r\n`))
    const attach = () =>
      get(new dockline(engine), 'Container', 'c').attach?.({ stream: true, stdin: true }) as Promise<Duplex>
    assert.equal(await text(await attach()), 'out')
    const typed = await attach()
    typed.on('error', () => {}).write('lost')
    const [error] = await once(typed, 'error')
    assert.match(error.message, /did not upgrade/)
  })
})

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Sets variables of the environment, and takes away those that are undefined. */
function setVariables(values: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

const get = (docker: Target, kind: string, id: string) => docker[`get${kind}`]?.(id) as unknown as Target

async function started(test: TestContext, script: Script) {
  const engine = await startScripted(script)
  test.after(() => engine.stop())
  return engine
}

async function failureOf(promise: Promise<unknown> | undefined) {
  return Promise.resolve(promise).then(
    () => assert.fail('it did not fail'),
    (error) => error as NodeJS.ErrnoException & { readonly statusCode?: number },
  )
}
