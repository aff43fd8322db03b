import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { readdirSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { encodeHeader } from '#src/archive/tar-header.js'
import {
  Container,
  ContainerError,
  type FilesToWrite,
  InvalidArgumentError,
  LimitError,
  NotFoundError,
  StreamError,
} from '#src/index.js'
import { listTar, tarOf, temporaryFolder } from '../support/archives.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  answer,
  type Call,
  empty,
  FakeEngine,
  frame,
  json,
  MULTIPLEXED,
  type Script,
  type Scripts,
} from '../support/fake-engine.js'
import { waitFor } from '../support/patience.js'

const A_FILE = {
  ...{ name: 'a', type: 'file' as const, mode: 0o644, mtime: 0 },
  ...{ uid: 0, gid: 0, target: '', device: { major: 0, minor: 0 } },
}
const MEGABYTE = Buffer.alloc(1024 * 1024, 'x')
const FOLDER = 0x80000000 + 0o755
const LINK = 0x08000000
const MISSING = json({ message: 'no such path' }, 404)
const RUNNING = { Id: 'c', State: { Running: true }, HostConfig: { Tmpfs: { '/work': '' } } }
const PASSWD = 'root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/:/bin/sh\n'

describe('container.writeFiles', () => {
  it('sends one tar, with the folders that are missing before what is in them', async (test) => {
    const { engine, container } = await start(test, {
      'HEAD /containers/c/archive': statOf({ '/': FOLDER, '/srv': FOLDER }),
      'PUT /containers/c/archive': empty(200),
    })
    const files = { 'a.txt': 'text', 'bin/run': { data: Buffer.from([1, 2]), mode: 0o755 } }
    await container.writeFiles('/srv/app', files, { parents: true, mode: 0o600 })
    assert.match(engine.calls.at(-1) ?? '', /^PUT .*path=%2Fsrv&noOverwriteDirNonDir=1$/)
    assert.deepEqual(await entriesIn(engine.last.body), [
      'directory 755 0/0 app/',
      'directory 755 0/0 app/bin/',
      'file 600 0/0 app/a.txt 4',
      'file 755 0/0 app/bin/run 2',
    ])
  })

  it('leaves folders alone that are there', async (test) => {
    const { engine, container } = await start(test, {
      'HEAD /containers/c/archive': statOf({ '/srv': FOLDER, '/srv/bin': FOLDER }),
      'PUT /containers/c/archive': empty(200),
    })
    await container.writeFiles('/srv', { 'bin/run': 'x', 'bin/new/y': 'y' })
    assert.deepEqual(await entriesIn(engine.last.body), [
      'directory 755 0/0 bin/new/',
      'file 644 0/0 bin/run 1',
      'file 644 0/0 bin/new/y 1',
    ])
  })

  it('sends nothing when the folder is missing, and names the option that makes it', async (test) => {
    const { engine, container } = await start(test, { 'HEAD /containers/c/archive': statOf({ '/': FOLDER }) })
    const error = await failureOf(container.writeFiles('/srv', { a: '' }))
    assert.ok(error instanceof NotFoundError && /parents: true/.test(error.message), String(error))
    assert.ok(engine.calls.every((call) => !call.startsWith('PUT')))
  })

  it('takes streams of any kind, with and without their size, and leaves no file behind', async (test) => {
    const { engine, container } = await start(test, {
      'HEAD /containers/c/archive': statOf({ '/srv': FOLDER }),
      'PUT /containers/c/archive': empty(200),
    })
    const before = spooled()
    const long = Array.from({ length: 30 }, () => Buffer.alloc(100_000, 'x'))
    await container.writeFiles('/srv', {
      iterable: ['a', Buffer.from('b')],
      web: new Blob(['web']).stream(),
      sized: { data: Readable.from(['12345']), size: 5 },
      long: Readable.from(long),
    })
    const sizes = (await entriesIn(engine.last.body)).map((line) => line.split(' ').slice(3).join(' '))
    assert.deepEqual(sizes, ['iterable 2', 'web 3', 'sized 5', 'long 3000000'])
    assert.deepEqual(spooled(), before)
  })

  it('rejects when a stream fails or is not of its size, and lets go of all streams', async (test) => {
    const { container } = await start(test, {
      'HEAD /containers/c/archive': statOf({ '/srv': FOLDER }),
      'PUT /containers/c/archive': async (call) => void (await call.body().catch(() => {})),
    })
    const disk = new Error('disk')
    const other = new Readable({ read() {} })
    const failing = Readable.from(
      (async function* () {
        yield 'x'
        throw disk
      })(),
    )
    assert.equal(await failureOf(container.writeFiles('/srv', { failing, other })), disk)
    assert.ok(other.destroyed)
    const short = { short: { data: Readable.from(['1234']), size: 5 } }
    assert.ok((await failureOf(container.writeFiles('/srv', short))) instanceof StreamError)
  })

  it('stops reading a stream that goes on for long when it is aborted, and leaves no file behind', async (test) => {
    const { write, stop, before } = await startAborting(test)
    const over = deferred<number>()
    const long = (async function* () {
      let pieces = 0
      try {
        for (; pieces < 100; pieces += 1) {
          if (pieces === 2) stop()
          // A turn for the others, as every real source leaves them.
          await new Promise(setImmediate)
          yield MEGABYTE
        }
      } finally {
        over.resolve(pieces)
      }
    })()
    await assert.rejects(write({ long }), { message: 'enough' })
    assert.ok((await over.promise) < 100)
    await nothingMoreThan(before)
  })

  it('lets go of a stream that stalls when it is aborted, and leaves no file behind', async (test) => {
    const { write, stop, before } = await startAborting(test)
    const over = deferred<void>()
    let pieces = 0
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      pieces += 1
      if (pieces < 3) return controller.enqueue(MEGABYTE)
      stop()
      return new Promise<void>(() => {})
    }
    const stalled = new ReadableStream({ pull, cancel: over.resolve })
    await assert.rejects(write({ stalled }), { message: 'enough' })
    await over.promise
    await nothingMoreThan(before)
  })

  it('keeps all bytes of a stream on a disk that takes a part of them at a time', async (test) => {
    const { engine, container } = await start(test, {
      'HEAD /containers/c/archive': statOf({ '/srv': FOLDER }),
      'PUT /containers/c/archive': empty(200),
    })
    await takeAtMost(test, 50_000)
    const long = Buffer.from(Array.from({ length: 300_000 }, (_, index) => `${index} `).join(''))
    await container.writeFiles('/srv', { long: Readable.from([long]) })
    assert.ok(engine.last.body.includes(long))
  })

  it('looks up names of users in the container, and takes numbers as they are', async (test) => {
    const { engine, container } = await start(test, {
      'HEAD /containers/c/archive': statOf({ '/srv': FOLDER }),
      'GET /containers/c/archive': (call) =>
        archiveOf(call.request.target.includes('group') ? 'staff:x:50:\n' : PASSWD)(call),
      'GET /containers/c/json': json({ Id: 'c', Config: { User: 'app' } }),
      'PUT /containers/c/archive': empty(200),
    })
    await container.writeFiles('/srv', {
      own: '',
      number: { data: '', user: 7 },
      pair: { data: '', user: '7:8' },
      group: { data: '', user: 'app:staff' },
      root: { data: '', user: 'root' },
    })
    const owners = (await entriesIn(engine.last.body)).map((line) => line.split(' ')[2])
    assert.deepEqual(owners, ['1000/1001', '7/0', '7/8', '1000/50', '0/0'])
    const reads = engine.calls.filter((call) => call.startsWith('GET') && call.includes('archive'))
    assert.equal(reads.length, 2)
    await assert.rejects(container.writeFiles('/srv', { a: { data: '', user: 'nobody' } }), {
      code: 'ERR_DOCKER_INVALID_ARGUMENT',
      message: "the user of 'a': there is no user 'nobody' in /etc/passwd of the container",
    })
  })

  it('refuses what cannot be right with its name, before anything is sent', async (test) => {
    const { engine, container } = await start(test, {})
    const refusals: [unknown, RegExp][] = [
      ['text', /^files must be an object/],
      [{ '../a': '' }, /^files: the names must be relative paths without '..'.*, not '\.\.\/a'$/],
      [{ '/a': '' }, /^files: the names/],
      [{ 'a//b': '' }, /^files: the names/],
      [{ 'a\0': '' }, /^files: the names/],
      [{ a: 5 }, /^files\['a'\] must be a string, bytes, a stream/],
      [{ a: { data: 5 } }, /^files\['a'\]\.data must be/],
      [{ a: { data: '', mode: '0644' } }, /^files\['a'\]\.mode must be permissions/],
      [{ a: { data: '', size: -1 } }, /^files\['a'\]\.size must be a number of bytes/],
      [{ a: { data: '', owner: 1 } }, /^unknown option 'owner' of files\['a'\]/],
    ]
    for (const [files, message] of refusals) {
      const error = await failureOf(container.writeFiles('/srv', files as FilesToWrite))
      assert.ok(error instanceof InvalidArgumentError, String(error))
      assert.match(error.message, message)
    }
    for (const call of [
      () => container.writeFiles('', {}),
      () => container.writeFiles('/', {}, { recursive: true } as object),
      () => container.readFile('/a', { maxBytes: -1 }),
      () => container.readFile('/a', { encoding: 'latin1' } as object),
      () => container.readFiles('/a[', {}),
      () => container.exists(5 as unknown as string),
      () => container.mkdir('/a', { mode: 1.5 }),
    ])
      assert.ok((await failureOf(call())) instanceof InvalidArgumentError)
    assert.deepEqual(engine.calls, [])
  })
})

describe('files in a tmpfs', () => {
  it('are written by a tar of the container, as the user who is to own them', async (test) => {
    const heard: Buffer[] = []
    const { engine, container } = await start(test, {
      'GET /containers/c/json': json(RUNNING),
      ...anExec(0, { heard }),
    })
    await container.writeFiles('/work/in', { a: 'one', b: { data: 'two', user: 1000 } }, { parents: true })
    const commands = execs(engine)
    assert.deepEqual(commands, [
      ['mkdir', '-p', '--', '/work/in'],
      ['tar', '-x', '-o', '-p', '-f', '-', '-C', '/work/in'],
      ['1000', 'tar', '-x', '-o', '-p', '-f', '-', '-C', '/work/in'],
    ])
    assert.deepEqual(await entriesIn(heard.at(-1) ?? Buffer.alloc(0)), ['file 644 0/0 b 3'])
  })

  it('are read by a tar of the container, also behind a link to there', async (test) => {
    const { engine, container } = await start(test, {
      'GET /containers/c/json': json(RUNNING),
      'HEAD /containers/c/archive': (call) =>
        answer(200, statHeader(call.request.target.endsWith('%2Flink') ? LINK : FOLDER, '/work'))(call),
      ...anExec(0, { output: [frame(1, await packed({ a: 'text' }))] }),
    })
    assert.equal(await container.readFile('/link/a', { encoding: 'utf8' }), 'text')
    assert.deepEqual(execs(engine), [
      ['tar', '-c', '-h', '--no-recursion', '-f', '-', '-C', '/work', '--', 'a'],
    ])
  })

  it('leave no file of a stream that stalls here when the tar of the container ends', async (test) => {
    const stall = deferred<void>()
    const { container } = await start(test, {
      'GET /containers/c/json': json(RUNNING),
      ...anExec(1, { until: stall.promise, output: [frame(2, 'tar: full\n')] }),
    })
    const before = spooled()
    const stalled = (async function* () {
      yield MEGABYTE
      yield MEGABYTE
      stall.resolve()
      await new Promise(() => {})
    })()
    const error = await failureOf(container.writeFiles('/work', { stalled }))
    assert.ok(error instanceof ContainerError, String(error))
    await nothingMoreThan(before)
  })

  it('reject with the words of tar, or say that the image has none', async (test) => {
    const full = await start(test, {
      'GET /containers/c/json': json(RUNNING),
      ...anExec(1, { output: [frame(2, 'tar: a: No space left on device\n')] }),
    })
    const error = await failureOf(full.container.writeFiles('/work', { a: '' }))
    assert.ok(error instanceof ContainerError, String(error))
    assert.match(error.message, /No space left on device/)
    const none = await start(test, {
      'GET /containers/c/json': json(RUNNING),
      ...anExec(127, { output: [frame(1, 'exec: "tar": executable file not found in $PATH\r\n')] }),
    })
    for (const call of [
      () => none.container.writeFiles('/work', { a: '' }),
      () => none.container.readFile('/work/a'),
      () => none.container.exists('/work/a'),
    ]) {
      const missing = await failureOf(call())
      assert.ok(missing instanceof ContainerError, String(missing))
      assert.match(missing.message, /its image has no tar/)
    }
  })

  it('reject with the words of the Engine where no command could start, and do not blame the image', async (test) => {
    const words = 'OCI runtime exec failed: unable to start container process: procReady not received\r\n'
    const { container } = await start(test, {
      'GET /containers/c/json': json(RUNNING),
      ...anExec(126, { output: [frame(1, words)] }),
    })
    const error = await failureOf(container.readFiles('/work/**'))
    assert.ok(error instanceof ContainerError, String(error))
    assert.match(error.message, /exited with code 126: OCI runtime exec failed: .* not received$/)
  })

  it('are out of reach while the container does not run, also for copyTo', async (test) => {
    const { engine, container } = await start(test, {
      'GET /containers/c/json': json({ ...RUNNING, State: { Running: false } }),
      'HEAD /containers/c/archive': statOf({ '/work': FOLDER }),
    })
    for (const call of [
      () => container.writeFiles('/work', { a: '' }),
      () => container.readFile('/work/a'),
      () => container.copyTo(Buffer.from(''), '/work/a'),
    ]) {
      const error = await failureOf(call())
      assert.ok(error instanceof InvalidArgumentError, String(error))
      assert.match(error.message, /is in the tmpfs \/work, which exists only while the container runs/)
    }
    assert.ok(engine.calls.every((call) => !/^P(?:OS|U)T/.test(call)))
  })

  it('are no place for copyTo, which would write below the tmpfs', async (test) => {
    const { container } = await start(test, {
      'GET /containers/c/json': json({
        ...RUNNING,
        Mounts: [{ Type: 'volume', Destination: '/work/volume' }],
      }),
      'HEAD /containers/c/archive': statOf({ '/work': FOLDER, '/work/volume': FOLDER, '/dev/shm': FOLDER }),
      'PUT /containers/c/archive': empty(200),
    })
    for (const path of ['/work/a', '/dev/shm/a'])
      await assert.rejects(container.copyTo(Buffer.from(''), path), {
        code: 'ERR_DOCKER_INVALID_ARGUMENT',
        message: /is in the tmpfs .* does not see \(the tar of the container writes there: writeFiles\(\)/,
      })
    await container.copyTo(Buffer.from(''), '/work/volume/a')
  })

  it('leave no tar behind that listens to the signal, where a copy is refused', async (test) => {
    const { container } = await start(test, {
      'GET /containers/c/json': json(RUNNING),
      'HEAD /containers/c/archive': statOf({ '/dev/shm': FOLDER }),
    })
    const { signal } = new AbortController()
    const folder = await temporaryFolder()
    for (let copy = 0; copy < 3; copy++)
      await assert.rejects(container.copyTo(folder, '/dev/shm/a', { signal }), {
        name: 'InvalidArgumentError',
      })
    const listeners = () => getEventListeners(signal, 'abort').length
    // A stream that is destroyed lets go of its listener some turns later.
    for (let turn = 0; turn < 1000 && listeners() > 0; turn++) await new Promise(setImmediate)
    assert.equal(listeners(), 0)
  })
})

describe('container.readFile', () => {
  it('refuses a file that is longer than maxBytes before it is read', async (test) => {
    const { container } = await start(test, { 'GET /containers/c/archive': archiveOf('0123456789') })
    assert.deepEqual(await container.readFile('/a', { maxBytes: 10 }), Buffer.from('0123456789'))
    const error = await failureOf(container.readFile('/a', { maxBytes: 9 }))
    assert.ok(error instanceof LimitError && error.limit === 9, String(error))
    assert.equal(error.message, '/a is longer than maxBytes, which is 9 bytes')
  })

  it('reads a large file whole, as copyFrom does', async (test) => {
    const content = 'x'.repeat(5_000_000)
    const { container } = await start(test, {
      'GET /containers/c/archive': archiveOf(content),
      'HEAD /containers/c/archive': statOf({ '/a': 0o644 }),
    })
    assert.equal(await container.readFile('/a', { encoding: 'utf8' }), content)
    assert.equal((await container.copyFrom('/a')).length, content.length)
  })

  it('refuses a file that no string can hold as soon as its header is here', async (test) => {
    const header = encodeHeader({ ...A_FILE, size: 2 ** 32 })
    const { container } = await start(test, {
      'GET /containers/c/archive': async (call) => {
        await call.write(`HTTP/1.1 200 OK\r\n${headerLines(0o644)}Content-Length: ${2 ** 33}\r\n\r\n`)
        await call.write(header)
      },
    })
    const error = await failureOf(container.readFile('/a', { encoding: 'utf8' }))
    assert.ok(error instanceof LimitError, String(error))
    assert.match(error.message, /the most that one string can hold$/)
  })

  it('follows a link to its end', async (test) => {
    const { engine, container } = await start(test, {
      'GET /containers/c/archive': (call) =>
        call.request.target.endsWith('link')
          ? answer(200, statHeader(LINK, '/real'), '')(call)
          : archiveOf('x')(call),
    })
    assert.equal(await container.readFile('/link', { encoding: 'utf8' }), 'x')
    assert.match(engine.calls.at(-1) ?? '', /path=%2Freal$/)
  })
})

describe('container.readFiles', () => {
  it('gives the files that match by their names, and counts them together', async (test) => {
    const tar = await packed({ 'srv/': '', 'srv/a.txt': 'one', 'srv/b.bin': 'no', 'srv/sub/c.txt': 'two' })
    const { engine, container } = await start(test, {
      'GET /containers/c/archive': answer(200, statHeader(FOLDER), tar),
    })
    const read = (pattern: string) => container.readFiles(pattern, { encoding: 'utf8', maxBytes: 20 })
    assert.deepEqual(await read('/srv/*.txt'), { 'a.txt': 'one' })
    assert.deepEqual(await read('/srv/**/*.txt'), { 'a.txt': 'one', 'sub/c.txt': 'two' })
    assert.match(engine.calls.at(-1) ?? '', /path=%2Fsrv$/)
    const error = await failureOf(read('/srv/**'))
    assert.ok(error instanceof LimitError, String(error))
    assert.equal(error.message, 'the files /srv/** are longer than maxBytes, which is 20 bytes')
  })

  it('refuses names that lead out of the folder', async (test) => {
    const tar = await packed({ 'srv/': '', 'srv/../../etc/passwd': 'x' })
    const { container } = await start(test, {
      'GET /containers/c/archive': answer(200, statHeader(FOLDER), tar),
    })
    assert.ok((await failureOf(container.readFiles('/srv/**'))) instanceof StreamError)
  })

  it('gives nothing when there is no such folder', async (test) => {
    const { container } = await start(test, { 'GET /containers/c/archive': MISSING })
    assert.deepEqual(await container.readFiles('/nowhere/*'), {})
  })
})

describe('container.exists', () => {
  it('follows links, and takes a path under a file for missing', async (test) => {
    const { container } = await start(test, {
      'HEAD /containers/c/archive': (call) => {
        const path = pathIn(call)
        if (path === '/file/x') return empty(500)(call)
        if (path === '/link') return answer(200, statHeader(LINK, '/file'))(call)
        if (path === '/dangling') return answer(200, statHeader(LINK, '/nowhere'))(call)
        return path === '/file' ? answer(200, statHeader(0o644))(call) : empty(404)(call)
      },
    })
    const found = ['/file', '/link', '/dangling', '/nowhere', '/file/x'].map((path) => container.exists(path))
    assert.deepEqual(await Promise.all(found), [true, true, false, false, false])
  })
})

describe('container.mkdir', () => {
  it('makes one folder, or those above it too', async (test) => {
    const { engine, container } = await start(test, {
      'HEAD /containers/c/archive': statOf({ '/srv': FOLDER }),
      'PUT /containers/c/archive': empty(200),
    })
    await container.mkdir('/srv/a/b', { parents: true, mode: 0o700, user: '1:2' })
    assert.deepEqual(await entriesIn(engine.last.body), ['directory 755 1/2 a/', 'directory 700 1/2 a/b/'])
    await container.mkdir('/srv', { parents: true })
    assert.match(String(await failureOf(container.mkdir('/srv'))), /path: \/srv exists \(parents: true/)
    assert.ok((await failureOf(container.mkdir('/srv/a/b'))) instanceof NotFoundError)
  })
})

const statHeader = (mode: number, linkTarget = '') => {
  const stat = JSON.stringify({ name: 'x', size: 1, mode, mtime: '2026-01-01T00:00:00Z', linkTarget })
  return { 'X-Docker-Container-Path-Stat': Buffer.from(stat).toString('base64') }
}

function headerLines(mode: number): string {
  return Object.entries(statHeader(mode))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
}

function pathIn({ request }: Call): string {
  return new URL(request.target, 'http://engine').searchParams.get('path') ?? ''
}

/** Answers a look at a path with its mode, or that it is missing. */
function statOf(modes: Readonly<Record<string, number>>): Script {
  return (call) => {
    const mode = modes[pathIn(call)]
    return (mode === undefined ? MISSING : answer(200, statHeader(mode)))(call)
  }
}

function archiveOf(content: string): Script {
  return async (call) => answer(200, statHeader(0o644), await packed({ file: content }))(call)
}

/** A tar of these files; a name that ends in a slash is one of a folder. */
function packed(files: Readonly<Record<string, string>>): Promise<Buffer> {
  return tarOf(
    Object.entries(files).map(([name, body]) =>
      name.endsWith('/') ? { name, type: 'directory' as const } : { name, body },
    ),
  )
}

/** An exec that ends with this code, and what it hears and says. */
function anExec(
  exitCode: number,
  {
    heard,
    output = [],
    until,
  }: { readonly heard?: Buffer[]; readonly output?: readonly Buffer[]; readonly until?: Promise<void> },
): Scripts {
  let hasInput = false
  return {
    'POST /containers/c/exec': async (call) => {
      hasInput = JSON.parse((await call.body()).toString()).AttachStdin
      await json({ Id: 'e' }, 201)(call)
    },
    'POST /exec/e/start': async (call) => {
      await call.body()
      await call.upgrade(MULTIPLEXED)
      if (hasInput) heard?.push(await call.rest())
      await until
      await call.write(Buffer.concat(output))
      call.socket.end()
    },
    'GET /exec/e/json': json({ ID: 'e', Running: false, ExitCode: exitCode }),
  }
}

/** The commands of the execs, with the user before them where there is one. */
function execs(engine: FakeEngine): string[][] {
  return engine.requests
    .filter(({ path }) => path === '/containers/c/exec')
    .map(({ body }) => JSON.parse(body.toString()) as { Cmd: string[]; User?: string })
    .map(({ Cmd, User }) => (User === undefined ? Cmd : [User, ...Cmd]))
}

/** A writing of files that can be aborted, and what is kept of streams before. */
async function startAborting(test: TestContext) {
  const { container } = await start(test, {
    'HEAD /containers/c/archive': statOf({ '/srv': FOLDER }),
    'PUT /containers/c/archive': async (call) => void (await call.body().catch(() => {})),
  })
  const controller = new AbortController()
  const { signal } = controller
  const write = (files: FilesToWrite) => container.writeFiles('/srv', files, { signal })
  const stop = () => controller.abort(new Error('enough'))
  return { write, stop, before: spooled() }
}

/** Lets the disk take no more than so many bytes in one write. */
async function takeAtMost(test: TestContext, most: number): Promise<void> {
  const handle = await open(fileURLToPath(import.meta.url))
  const files = Object.getPrototypeOf(handle) as FileHandle
  await handle.close()
  const { write } = files
  const part = function (this: FileHandle, bytes: Uint8Array, at = 0, length = bytes.length - at) {
    return Reflect.apply(write, this, [bytes, at, Math.min(length, most)])
  }
  test.mock.method(files, 'write', part as never)
  test.mock.method(files, 'writev', function (this: FileHandle, [first]: readonly Uint8Array[]) {
    return part.call(this, first as Uint8Array)
  } as never)
}

/** What is kept of streams in the temporary folder. */
function spooled(): string[] {
  return readdirSync(tmpdir()).filter((name) => /^dockline-\w{6}$/.test(name))
}

/** Resolves when no more is kept of streams than before. */
async function nothingMoreThan(before: readonly string[]): Promise<void> {
  await waitFor(async () => spooled().every((name) => before.includes(name)) || undefined)
}

/** What is in a tar, as `permissions uid/gid name size`. */
async function entriesIn(tar: Buffer): Promise<string[]> {
  const listed = await listTar(Readable.from([tar]))
  return listed.map(({ name, mode = 0, uid, gid, type, size }) => {
    const head = `${type} ${mode.toString(8)} ${uid}/${gid} ${name}`
    return type === 'directory' ? head : `${head} ${size}`
  })
}

async function start(test: TestContext, scripts: Scripts) {
  const engine = await FakeEngine.start(test, { 'GET /containers/c/json': json({ Id: 'c' }), ...scripts })
  const client = engine.client(test, { apiVersion: '1.51' })
  return { engine, container: new Container(client.api, { id: 'c' }) }
}
