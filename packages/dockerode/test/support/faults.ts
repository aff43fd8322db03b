import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { frame } from '../../../dockline/dist-test/support/fake-engine.js'
import { PATIENCE_MS } from '../../../dockline/dist-test/support/patience.js'
import type { Package, Target } from './both.js'
import { CHUNKED, chunk, ok, type Script, startScripted, UPGRADED } from './scripted.js'

/** A check of one fault: passes on the drop-in, and fails on dockerode. */
export type Check = (packages: Packages) => Promise<void>

export interface Packages {
  readonly Docker: Package
  readonly Modem: Package
}

/** Long for what should come at once: a limit that guards against hanging, and is no assertion about time. */
let soonMs = PATIENCE_MS / 4

/** Waits less long from now on: on dockerode, some checks wait for what never comes. */
export function beImpatient(): void {
  soonMs = 1500
}

/** Rejects when a promise does not settle: some of the faults are that nothing ever comes. */
async function soon<T>(promise: Promise<T>, what = 'the result'): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} never came`)), soonMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

async function failureOf(promise: Promise<unknown> | undefined): Promise<NodeJS.ErrnoException> {
  return soon(
    Promise.resolve(promise).then(
      () => assert.fail('it did not fail'),
      (error) => error,
    ),
    'the rejection',
  )
}

async function against(script: Script, use: (setting: Setting) => Promise<void>): Promise<void> {
  const engine = await startScripted(script)
  try {
    await use({ socketPath: engine.socketPath, engine })
  } finally {
    await engine.stop()
  }
}

interface Setting {
  readonly socketPath: string
  readonly engine: Awaited<ReturnType<typeof startScripted>>
}

/** Answers everything with this. */
const answering =
  (text: string | Buffer): Script =>
  (socket) =>
    void socket.write(text)

const handle = (docker: Target, kind: string, id: string) => docker[`get${kind}`]?.(id) as unknown as Target

/** The names in the context that a build sends. */
async function contextOf(Docker: Package, build: (docker: Target) => Promise<unknown>): Promise<string[]> {
  const names: string[] = []
  const folder = await mkdtemp(join(tmpdir(), 'dc-'))
  const server = createHttpServer(async (request, response) => {
    const tar = gunzipSync(await buffer(request))
    for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
      names.push(tar.toString('latin1', at, tar.indexOf(0, at)))
      const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8)
      at += 512 + Math.ceil(size / 512) * 512
    }
    response.end('{}\n')
  })
  server.listen(join(folder, 's'))
  await once(server, 'listening')
  const stream = (await build(new Docker({ socketPath: join(folder, 's') }))) as Readable
  await buffer(stream)
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
  return names
}

const counting = () => {
  const chunks: Buffer[] = []
  const sink = new Writable({ write: (bytes, _encoding, done) => done(void chunks.push(bytes) as never) })
  return { sink, text: () => Buffer.concat(chunks).toString() }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** By the numbers of the list of dockerode's faults. */
export const MENDED: Readonly<Record<string, Check>> = {
  '1: what .dockerignore says of files below the top level counts': async ({ Docker }) => {
    const context = await mkdtemp(join(tmpdir(), 'di-'))
    await mkdir(join(context, 'sub'))
    for (const [name, text] of Object.entries({
      '.dockerignore': 'sub/secret.txt\n**/*.log\n!sub/keep.log\n',
      ...{ Dockerfile: 'FROM scratch\n', 'sub/secret.txt': '', 'sub/keep.log': '', 'sub/drop.log': '' },
    }))
      await writeFile(join(context, name), text)
    const src = ['Dockerfile', 'sub']
    const names = await contextOf(
      Docker,
      (docker) => docker.buildImage?.({ context, src }) as Promise<unknown>,
    )
    assert.deepEqual(names.filter((name) => !name.endsWith('/')).sort(), ['Dockerfile', 'sub/keep.log'])
  },
  '2: a secret is not in the URL': ({ Docker }) =>
    against(answering(ok('{"ID":"x"}')), async ({ socketPath, engine }) => {
      await new Docker({ socketPath }).createSecret?.({ Name: 's', Data: 'c2VjcmV0' })
      assert.doesNotMatch(engine.heads[0]?.split('\r\n')[0] ?? '', /c2VjcmV0/)
    }),
  "3: attach's options are not typed into the container": ({ Docker }) =>
    against(answering(UPGRADED), async ({ socketPath, engine }) => {
      const container = handle(new Docker({ socketPath }), 'Container', 'c')
      const socket = (await container.attach?.({ stream: true, stdin: true, hijack: true })) as Readable
      socket.destroy()
      assert.match(engine.heads[0] ?? '', /\r\n\r\n$/)
    }),
  '4: output comes after the end of what is typed': ({ Docker }) =>
    against(
      (socket) => {
        socket.write(UPGRADED)
        socket.on('end', () => socket.end('all of it'))
      },
      async ({ socketPath }) => {
        const exec = handle(new Docker({ socketPath }), 'Exec', 'e')
        const stream = (await soon(
          exec.start?.({ stdin: true, Tty: true }) as Promise<unknown>,
        )) as PassThrough
        stream.end('typed')
        assert.equal((await soon(buffer(stream))).toString(), 'all of it')
      },
    ),
  '5: six thousand small frames in one piece are taken apart': async ({ Modem }) => {
    const { sink, text } = counting()
    const source = new PassThrough({ highWaterMark: 1 << 24 })
    new Modem().demuxStream?.(source, sink, sink)
    source.end(Buffer.concat(Array.from({ length: 6000 }, () => frame(1, 'y\n'))))
    await soon(once(source, 'end'))
    assert.equal(text().length, 12_000)
  },
  '6: a slow output holds the stream back, and half a frame is not lost': async ({ Modem }) => {
    const slow = new Writable({ highWaterMark: 1024, write: () => {} })
    const source = new PassThrough({ highWaterMark: 1024 })
    new Modem().demuxStream?.(source, slow, slow)
    let sent = 0
    for (let count = 0; count < 200; count++) {
      if (source.writableNeedDrain) break
      source.write(frame(1, 'x'.repeat(1000)))
      sent += 1
      await turn()
    }
    assert.ok(sent < 100, `${sent} frames went to an output that takes none`)
    const { sink, text } = counting()
    const cut = new PassThrough()
    new Modem().demuxStream?.(cut, sink, sink)
    cut.end(frame(1, 'not all of it').subarray(0, 15))
    await soon(once(cut, 'end'))
    assert.equal(text(), 'not all')
  },
  "6: the Engine's own error in the stream is not written as output": async ({ Modem }) => {
    const [out, err] = [counting(), counting()]
    const source = new PassThrough()
    new Modem().demuxStream?.(source, out.sink, err.sink)
    source.end(Buffer.concat([frame(1, 'before'), frame(3, 'disk full')]))
    await soon(once(source, 'end'))
    assert.equal(out.text(), 'before')
    assert.match(err.text(), /disk full/)
  },
  '7: run leaves bytes as they are': ({ Docker }) =>
    against(
      (socket, head) => {
        if (/attach/.test(head)) {
          socket.write(CHUNKED)
          socket.write(chunk(Buffer.from([0xff, 0xfe, 0x80])))
          socket.write('0\r\n\r\n')
        } else socket.write(ok('{"Id":"c","StatusCode":0}'))
      },
      async ({ socketPath }) => {
        const chunks: Buffer[] = []
        const sink = new PassThrough().on('data', (bytes) => chunks.push(bytes))
        const ended = once(sink, 'end')
        await soon(new Docker({ socketPath }).run?.('busybox', ['x'], sink) as Promise<unknown>)
        await soon(ended)
        assert.equal(Buffer.concat(chunks).toString('hex'), 'fffe80')
      },
    ),
  '8: an answer that is cut short is an error': ({ Docker }) =>
    against(
      (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half":'),
      async ({ socketPath }) => {
        const error = await failureOf(new Docker({ socketPath }).info?.())
        assert.equal(error.code, 'ECONNRESET')
      },
    ),
  '9: an empty id is an error of the call, and no crash': ({ Docker }) =>
    against(
      answering('HTTP/1.1 301 Moved\r\nLocation: /containers/json\r\nContent-Length: 0\r\n\r\n'),
      async ({ socketPath, engine }) => {
        let crash: unknown
        process.once('uncaughtException', (error) => {
          crash = error
        })
        await failureOf(handle(new Docker({ socketPath }), 'Container', '').inspect?.())
        await new Promise((resolve) => setTimeout(resolve, 200))
        assert.equal(crash, undefined)
        assert.equal(engine.heads.length, 0)
      },
    ),
  '10: an id leads to no other endpoint': ({ Docker }) =>
    against(answering(ok('{}')), async ({ socketPath, engine }) => {
      const docker = new Docker({ socketPath })
      for (const id of ['x/../../version', 'x?y=1#', 'a b'])
        await Promise.resolve(handle(docker, 'Container', id).inspect?.()).catch(() => {})
      const lines = engine.heads.map((head) => head.split(' ')[1] ?? '')
      assert.deepEqual(
        lines.filter((line) => !/^\/containers\/[^/?#]+\/json$/.test(line)),
        [],
      )
    }),
  '11: a hijacked connection that is reset without a listener is no crash': async ({ Docker }) => {
    const server = createServer((socket) => {
      socket.on('error', () => {}).write(UPGRADED)
      setTimeout(() => socket.resetAndDestroy(), 50)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const crashes: unknown[] = []
    const crash = (error: unknown) => crashes.push(error)
    process.on('uncaughtException', crash)
    const exec = handle(new Docker({ host: '127.0.0.1', port }), 'Exec', 'e')
    const socket = (await exec.start?.({ hijack: true, stdin: true })) as Readable
    await soon(new Promise((resolve) => socket.once('close', resolve)))
    await turn()
    process.off('uncaughtException', crash)
    server.close()
    assert.deepEqual(crashes, [])
  },
  '12: a socket path that cannot be had rejects the call, and is asked for again': ({ Docker }) =>
    against(answering(ok('{"ID":"x"}')), async ({ socketPath }) => {
      const paths = [Promise.reject(new Error('not yet')), Promise.resolve(socketPath)]
      process.on('unhandledRejection', () => {})
      const docker = new Docker({ socketPath: () => paths.shift() })
      assert.equal((await failureOf(docker.info?.())).message, 'not yet')
      assert.deepEqual(await soon(docker.info?.() as Promise<unknown>), { ID: 'x' })
    }),
  '13: a build context that is not there rejects the build': async ({ Docker }) => {
    const docker = new Docker({ socketPath: '/nowhere' })
    const context = await mkdtemp(join(tmpdir(), 'di-'))
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\n')
    const error = await failureOf(docker.buildImage?.({ context, src: ['Dockerfile', 'missing'] }))
    assert.match(error.message, /missing/)
  },
  '14: progress that is no JSON is an error, and no line or character is lost': async ({ Modem }) => {
    const follow = (pieces: readonly Buffer[]) =>
      new Promise<readonly unknown[]>((resolve) => {
        new Modem().followProgress?.(Readable.from(pieces), (error: unknown, events: unknown[]) => {
          resolve([error === null ? null : (error as Error).name, events])
        })
      })
    const bytes = Buffer.from('{"status":"fünf"}\n{"last":1}')
    const cut = [bytes.subarray(0, 12), bytes.subarray(12)]
    assert.deepEqual(await soon(follow(cut)), [null, [{ status: 'fünf' }, { last: 1 }]])
    assert.deepEqual(await soon(follow([Buffer.from('{"a":1}\nno json\n')])), ['SyntaxError', [{ a: 1 }]])
  },
  '15: an error in a stream is an error, and an event as before': async ({ Modem }) => {
    const lines = Buffer.from(
      '{"status":"pulling"}\n{"error":"no such image","errorDetail":{"message":"no such image"}}\n',
    )
    const [error, events] = await new Promise<[Error | null, unknown[]]>((resolve) => {
      new Modem().followProgress?.(Readable.from([lines]), (...given: [Error | null, unknown[]]) =>
        resolve(given),
      )
    })
    assert.equal(error?.message, 'no such image')
    assert.equal(events.length, 2)
  },
  'BuildKit: what a step writes is text, and not base64': async ({ Docker }) => {
    // The message { logs: [{ vertex: 'v', msg: 'hello\n' }] }.
    const aux = Buffer.from('1a0b0a0176220668656c6c6f0a', 'hex').toString('base64')
    const line = JSON.stringify({ id: 'moby.buildkit.trace', aux })
    const events = await new Promise<unknown>((resolve) => {
      new Docker().followProgress?.(Readable.from([line]), (_error: unknown, all: unknown) => resolve(all))
    })
    assert.deepEqual(events, [{ stream: 'hello\n' }])
  },
  '16: run waits before it starts, so that a container may remove itself': ({ Docker }) =>
    against(
      (socket, head) => {
        if (/\/wait/.test(head)) waiting = socket
        else if (/\/start/.test(head)) {
          socket.write('HTTP/1.1 204 No Content\r\n\r\n')
          waiting?.write(ok('{"StatusCode":7}'))
        } else if (/attach/.test(head)) socket.write(`${CHUNKED}0\r\n\r\n`)
        else socket.write(ok('{"Id":"c"}'))
      },
      async ({ socketPath }) => {
        const [data] = (await soon(
          new Docker({ socketPath }).run?.('busybox', ['x'], null, {
            HostConfig: { AutoRemove: true },
          }) as Promise<unknown>,
        )) as [unknown]
        assert.deepEqual(data, { StatusCode: 7 })
      },
    ),
  '17: options are left as they are, so that a second call has its credentials, too': ({ Docker }) =>
    against(answering(ok('')), async ({ socketPath, engine }) => {
      const options = { fromImage: 'a', authconfig: { username: 'me' } }
      const docker = new Docker({ socketPath })
      for (const _time of [1, 2]) ((await docker.createImage?.(options)) as Readable).resume()
      assert.deepEqual(
        engine.heads.map((head) => /x-registry-auth/i.test(head)),
        [true, true],
      )
      assert.deepEqual(options, { fromImage: 'a', authconfig: { username: 'me' } })
    }),
  '18: the limit for connecting leaves slow answers alone': ({ Docker }) =>
    against(
      (socket) => void setTimeout(() => socket.write(ok('{"StatusCode":0}')), 400),
      async ({ socketPath }) => {
        const docker = new Docker({ socketPath, connectionTimeout: 150 })
        assert.deepEqual(await handle(docker, 'Container', 'c').wait?.(), { StatusCode: 0 })
      },
    ),
  '19: a signal ends every call, and a connection that was hijacked': ({ Docker }) =>
    against(
      (socket, head) => {
        if (/exec/.test(head)) socket.write(UPGRADED)
      },
      async ({ socketPath }) => {
        const docker = new Docker({ socketPath })
        const leaving = new AbortController()
        const exec = handle(docker, 'Exec', 'e').start?.({
          hijack: true,
          stdin: true,
          abortSignal: leaving.signal,
        })
        const socket = (await soon(exec as Promise<unknown>)) as Readable
        const inspecting = failureOf(handle(docker, 'Image', 'a').inspect?.({ abortSignal: leaving.signal }))
        const closed = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve))
        await turn()
        leaving.abort()
        await soon(closed)
        const { name, code } = await inspecting
        assert.deepEqual([name, code], ['AbortError', 'ABORT_ERR'])
      },
    ),
  '21: options that were dropped are sent, and null and undefined are not': ({ Docker }) =>
    against(answering(ok('{}')), async ({ socketPath, engine }) => {
      const docker = new Docker({ socketPath })
      await docker.df?.({ type: 'image' })
      await docker.listContainers?.({ all: undefined, limit: null, size: false })
      assert.deepEqual(
        engine.heads.map((head) => head.split(' ')[1]),
        ['/system/df?type=image', '/containers/json?size=false'],
      )
    }),
  '22: ssh is the one of the machine, with its known hosts': async ({ Docker }) => {
    const docker = new Docker({ protocol: 'ssh', host: 'nowhere.invalid', username: 'me' })
    assert.match((await failureOf(docker.info?.())).message, /ssh/i)
  },
  '23: the scheme and the port of DOCKER_HOST count': async ({ Modem }) => {
    process.env.DOCKER_HOST = 'https://box:443'
    const secured = new Modem() as unknown as { protocol: string; port: string }
    assert.deepEqual([secured.protocol, secured.port], ['https', '443'])
    process.env.DOCKER_HOST = 'tcp://box:2375'
    process.env.DOCKER_TLS_VERIFY = 'true'
    assert.equal((new Modem() as unknown as { protocol: string }).protocol, 'https')
  },
  '24: the current context counts where nothing else says where to connect': ({ Docker }) =>
    against(answering(ok('{"ID":"of the context"}')), async ({ socketPath }) => {
      const config = await mkdtemp(join(tmpdir(), 'dc-'))
      const { createHash } = await import('node:crypto')
      const meta = join(config, 'contexts/meta', createHash('sha256').update('own').digest('hex'))
      await mkdir(meta, { recursive: true })
      const Endpoints = { docker: { Host: `unix://${socketPath}` } }
      await writeFile(join(meta, 'meta.json'), JSON.stringify({ Name: 'own', Endpoints }))
      await writeFile(join(config, 'config.json'), '{"currentContext":"own"}')
      Object.assign(process.env, { DOCKER_CONFIG: config })
      for (const name of ['DOCKER_HOST', 'DOCKER_CONTEXT']) delete process.env[name]
      assert.deepEqual(await soon(new Docker().info?.() as Promise<unknown>), { ID: 'of the context' })
    }),
}

let waiting: { write(text: string): unknown } | undefined
