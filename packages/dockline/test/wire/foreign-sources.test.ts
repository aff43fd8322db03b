import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { PassThrough, Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { encodedPath } from '#src/doors/api.js'
import type { ByteSource } from '#src/doors/types.js'
import { Container, type DockerClient, InvalidArgumentError } from '#src/index.js'
import { listTar, temporaryFolder, writeFiles } from '../support/archives.js'
import { failureOf } from '../support/failure.js'
import { chunkedHead, empty, FakeEngine, json } from '../support/fake-engine.js'

const load = createRequire(import.meta.url)

/** Streams of readable-stream 3, as tar-stream 2 and busboy have them: they do not tell what they failed of. */
const { PassThrough: OtherPassThrough } = load('readable-stream') as { PassThrough: typeof PassThrough }
const tarFs = load('tar-fs') as { pack(folder: string): Readable }

const BYTES = Buffer.from('some bytes of a tar')

/** A stream that has nothing but the oldest of methods. */
function oldStream(bytes: Buffer): ByteSource {
  const { on, pipe, resume, pause } = PassThrough.prototype
  const inner = Readable.from([bytes.subarray(0, 4), bytes.subarray(4)])
  const bound = [on, pipe, resume, pause].map((method) => method.bind(inner) as never)
  const [onIt, pipeIt, resumeIt, pauseIt] = bound
  return { on: onIt, pipe: pipeIt, resume: resumeIt, pause: pauseIt } as unknown as ByteSource
}

const KINDS: Readonly<Record<string, () => ByteSource>> = {
  'of readable-stream': () => new OtherPassThrough().end(BYTES) as never,
  'that is old': () => oldStream(BYTES),
  'of the web': () => new Blob([BYTES]).stream() as unknown as ByteSource,
  'that is an async iterable': async function* () {
    yield BYTES.subarray(0, 3)
    yield BYTES.subarray(3).toString()
  } as () => ByteSource,
  'that is an array': () => [BYTES.subarray(0, 3), BYTES.subarray(3)],
}

/** All that take a stream. What is sent is the body of the last request. */
const CALLS: Readonly<Record<string, (setting: Setting, source: ByteSource) => PromiseLike<unknown>>> = {
  'images.build': ({ client }, context) => client.images.build({ context }),
  'images.load': ({ client }, tar) => client.images.load(tar),
  'images.import': ({ client }, tar) => client.images.import(tar),
  'container.copyTo': ({ container }, tar) => container.copyTo(tar, '/tmp'),
  'containers.putArchive': ({ client }, tar) => client.api.containers.putArchive('c', { path: '/' }, tar),
  'plugins.create': ({ client }, context) => client.plugins.create({ name: 'p', context }),
  'http.answer': ({ client }, body) =>
    client.api.http.answer({ method: 'PUT', path: encodedPath('/upload'), body, versioned: false }),
}

interface Setting {
  readonly engine: FakeEngine
  readonly client: DockerClient
  readonly container: Container
}

async function start(test: TestContext): Promise<Setting> {
  const engine = await FakeEngine.start(test, {
    '*': async (call) => {
      await call.body()
      if (call.request.path === '/_ping') return empty(200)(call)
      return call.request.method === 'GET' ? json({ Id: 'x', Name: 'p' })(call) : empty(200)(call)
    },
  })
  const client = engine.client(test, { apiVersion: '1.56' })
  return { engine, client, container: new Container(client.api, { id: 'c' }) }
}

function bodyOf({ requests }: FakeEngine): string {
  return requests.find(({ body }) => body.length > 0)?.body.toString() ?? ''
}

for (const [name, send] of Object.entries(CALLS)) {
  describe(`${name} sends a stream`, () => {
    for (const [kind, make] of Object.entries(KINDS)) {
      it(kind, async (test) => {
        const setting = await start(test)
        // What is made of an answer without words is its own affair.
        await Promise.resolve(send(setting, make())).catch(() => {})
        assert.equal(bodyOf(setting.engine), BYTES.toString())
      })
    }

    it('and rejects with its error, or when it is closed early', async (test) => {
      const setting = await start(test)
      const failing = new OtherPassThrough()
      failing.write('half')
      const failure = failureOf(send(setting, failing as never))
      setImmediate(() => failing.destroy(new Error('disk')))
      assert.equal(String(await failure), 'Error: disk')
      const closed = new OtherPassThrough()
      closed.destroy()
      assert.ok((await failureOf(send(setting, closed as never))) instanceof InvalidArgumentError)
    })
  })
}

describe('a stream of another kind as input', () => {
  it('ends the input of an exec where it ends', async (test) => {
    const engine = await FakeEngine.start(test, {
      'POST /containers/c/exec': json({ Id: 'e' }, 201),
      'GET /exec/e/json': json({ ID: 'e', Running: false, ExitCode: 0, Pid: 5 }),
      'POST /exec/e/start': async (call) => {
        await call.upgrade()
        typed.push(await call.rest())
        call.socket.end()
      },
    })
    const typed: Buffer[] = []
    const folder = await temporaryFolder()
    await writeFiles(folder, { 'a.txt': 'a', 'sub/b.txt': 'b'.repeat(200_000) })
    const container = new Container(engine.client(test).api, { id: 'c' })
    const { exitCode } = await container.exec(['tar', '-x'], { input: tarFs.pack(folder) })
    assert.equal(exitCode, 0)
    const names = (await listTar(Readable.from(typed))).map(({ name }) => name)
    assert.deepEqual(names.filter((name) => name.endsWith('.txt')).sort(), ['a.txt', 'sub/b.txt'])
  })

  it('is read no faster than it is taken', async (test) => {
    let given = 0
    const endless = new OtherPassThrough({ highWaterMark: 1024 })
    const refill = () => {
      while (endless.write(Buffer.alloc(64 * 1024))) given += 1
      given += 1
    }
    endless.on('drain', refill)
    refill()
    const engine = await FakeEngine.start(test, {
      'GET /containers/c/json': json({ Id: 'c' }),
      'PUT /containers/c/archive': async (call) => {
        await call.read()
        const before = given
        call.socket.pause()
        for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate)
        assert.ok(given - before < 200, `${given - before} pieces were read ahead`)
        await call.write(`${chunkedHead('text/plain')}0\r\n\r\n`)
        call.cut()
      },
    })
    const api = engine.client(test, { apiVersion: '1.56' }).api
    const closed = once(endless, 'close')
    await api.containers.putArchive('c', { path: '/' }, endless as never).catch(() => {})
    await closed
  })
})
