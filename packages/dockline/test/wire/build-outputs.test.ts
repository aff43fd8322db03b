import assert from 'node:assert/strict'
import { lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Duplex, PassThrough, Writable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import {
  DATA_HEADER_BYTES,
  decodePacket,
  END_OF_STATS,
  endOfFile,
  PacketType,
  plainPacket,
  type Stat,
  StatBatch,
  writeDataHeader,
} from '#src/buildkit/filesync/packets.js'
import { frame } from '#src/buildkit/grpc/frames.js'
import { encode } from '#src/buildkit/protobuf/message.js'
import { BytesMessage } from '#src/buildkit/protobuf/session.js'
import { type OutputTarget, outputService } from '#src/buildkit/session/outputs.js'
import { temporaryFolder } from '../support/archives.js'
import { BYTE_BY_BYTE, type Cut, type Ended, FakeBuildKit } from '../support/fake-buildkit.js'
import { PATIENT } from '../support/patience.js'
import { until } from '../support/pty.js'

const METHOD = 'moby.filesync.v1.FileSend/DiffCopy'
const FOLDER = 2 ** 31
const LINK = 2 ** 27
const SOME = Buffer.from('some')
const statOf = (path: string, more: Partial<Stat> = {}): Stat => ({
  path,
  mode: 0o644,
  size: 0,
  modTime: 1_000_000_000_000_000_000n,
  linkname: '',
  ...more,
})

describe('an output to a folder', PATIENT, () => {
  for (const [how, cut] of [
    ['at once', undefined],
    ['byte by byte', BYTE_BY_BYTE],
  ] as [string, Cut | undefined][]) {
    it(`is written as it comes, ${how}`, async (test) => {
      const dest = await temporaryFolder()
      const files = { 'd/a': 'content', empty: '', large: 'x'.repeat(10_000) }
      const stats = [
        statOf('d', { mode: FOLDER + 0o755 }),
        statOf('d/a', { mode: 0o600 }),
        statOf('empty'),
        statOf('large'),
        statOf('link', { mode: LINK + 0o777, linkname: 'd/a' }),
        statOf('same', { linkname: 'large' }),
      ]
      const { ended } = await send(aDaemon(test, { kind: 'folder', path: dest }, cut), { stats, files })
      assert.equal(ended.status, '0')
      assert.deepEqual((await readdir(dest)).sort(), ['d', 'empty', 'large', 'link', 'same'])
      assert.equal(await readFile(join(dest, 'link'), 'utf8'), 'content')
      assert.equal((await stat(join(dest, 'd/a'))).mode & 0o777, 0o600)
      assert.equal((await stat(join(dest, 'd'))).mtimeMs, 1e12)
      assert.equal((await stat(join(dest, 'same'))).nlink, 2)
    })
  }

  it('takes the results for several platforms at once, with the same folders, files and links in them', async (test) => {
    const dest = await temporaryFolder()
    const daemon = aDaemon(test, { kind: 'folder', path: dest })
    const folders = Array.from({ length: 50 }, (_, at) => `d${at + 10}`)
    const stats = folders.flatMap((name) => [
      statOf(name, { mode: FOLDER + 0o755 }),
      statOf(`${name}/a`),
      statOf(`${name}/link`, { mode: LINK + 0o777, linkname: 'a' }),
      statOf(`${name}/same`, { linkname: `${name}/a` }),
    ])
    const files = Object.fromEntries(folders.map((name) => [`${name}/a`, name]))
    const results = [1, 2, 3].map(() => send(daemon, { stats, files }))
    for (const { ended, error } of await Promise.all(results))
      assert.deepEqual([ended.status, error], ['0', undefined])
    for (const [name, content] of Object.entries(files))
      assert.equal(await readFile(join(dest, name), 'utf8'), content)
  })

  it('keeps times before 1970', async (test) => {
    const dest = await temporaryFolder()
    const modTime = -86_400_500_000_000n
    const stats = [
      statOf('d', { mode: FOLDER + 0o755, modTime }),
      statOf('f', { modTime }),
      statOf('link', { mode: LINK + 0o777, linkname: 'f', modTime }),
    ]
    await send(aDaemon(test, { kind: 'folder', path: dest }), { stats, files: {} })
    for (const { path } of stats) assert.equal((await lstat(join(dest, path))).mtimeMs, -86_400_500, path)
  })

  for (const name of ['../out', '/out', 'd/../../out', 'through/out', '..']) {
    it(`is refused when it would write to ${name}`, async (test) => {
      const [dest, elsewhere] = [await temporaryFolder(), await temporaryFolder()]
      await symlink(elsewhere, join(dest, 'through'))
      const { ended, error } = await send(aDaemon(test, { kind: 'folder', path: dest }), {
        stats: [statOf(name)],
        files: {},
      })
      assert.notEqual(ended.status, '0')
      assert.match(error ?? '', /was refused/)
      assert.deepEqual(await readdir(elsewhere), [])
    })
  }
})

describe('an output to a file', PATIENT, () => {
  it('is there under its name only when it is complete', async (test) => {
    const folder = await temporaryFolder()
    const path = join(folder, 'out.tar')
    await writeFile(path, 'old')
    const daemon = aDaemon(test, { kind: 'file', path })
    const broken = daemon.call(METHOD)
    broken.stream.write(frame(encode(BytesMessage, { data: Buffer.from('half') })))
    broken.stream.once('response', () => broken.stream.close(8))
    await broken.ended
    assert.equal(await readFile(path, 'utf8'), 'old')
    assert.equal((await sendBytes(daemon, 'whole')).status, '0')
    assert.equal(await readFile(path, 'utf8'), 'whole')
    // The caller hears of the end of a call before its file is gone.
    await until(async () => (await readdir(folder)).length === 1, 'only the output is left')
  })

  for (const [which, name] of [
    ['a link', 'old.tar'],
    ['a link to nothing', 'new.tar'],
  ] as const) {
    it(`goes where ${which} leads, and leaves the link`, async (test) => {
      const folder = await temporaryFolder()
      await writeFile(join(folder, 'old.tar'), 'old')
      const path = join(folder, 'link.tar')
      await symlink(name, path)
      assert.equal((await sendBytes(aDaemon(test, { kind: 'file', path }), 'whole')).status, '0')
      assert.ok((await lstat(path)).isSymbolicLink())
      assert.equal(await readFile(join(folder, name), 'utf8'), 'whole')
      assert.deepEqual((await readdir(folder)).sort(), [...new Set(['link.tar', name, 'old.tar'])].sort())
    })
  }

  it('fails when the stream that it goes to has ended', async (test) => {
    const stream = new PassThrough()
    stream.resume().end()
    const { status, message } = await sendBytes(aDaemon(test, { kind: 'stream', stream }), 'lost')
    assert.deepEqual([status, message], ['2', 'the stream of the output has ended'])
  })

  it('has a status of its own when the disk is full', async (test) => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(full) })
    const { status, message } = await sendBytes(aDaemon(test, { kind: 'stream', stream }), 'x')
    assert.deepEqual([status, message], ['8', 'no space left on device'])
  })

  it('is complete when the stream that it goes to has all, also where that is read from as well', async (test) => {
    const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
    assert.equal((await sendBytes(aDaemon(test, { kind: 'stream', stream }), 'x')).status, '0')
  })

  it('leaves no listener on the stream that it goes to', async (test) => {
    const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => setImmediate(done) })
    const before = listenersOf(stream)
    const call = aDaemon(test, { kind: 'stream', stream }).call(METHOD)
    for (let count = 0; count < 20; count++) call.stream.write(frame(encode(BytesMessage, { data: SOME })))
    call.stream.end()
    call.stream.resume()
    assert.equal((await call.ended).status, '0')
    assert.deepEqual(listenersOf(stream), before)
  })

  for (const [when, end] of [
    ['takes nothing more', false],
    ['has taken all and does not end', true],
  ] as const) {
    it(`destroys the stream that it goes to when the Engine gives up while it ${when}`, async (test) => {
      let taken = () => {}
      const waits = new Promise<void>((resolve) => {
        taken = resolve
      })
      const stream = new Writable({
        highWaterMark: 1,
        write: (_chunk, _encoding, done) => (end ? done() : taken()),
        final: () => taken(),
      })
      const before = listenersOf(stream)
      const call = aDaemon(test, { kind: 'stream', stream }).call(METHOD)
      call.stream.write(frame(encode(BytesMessage, { data: SOME })))
      if (end) call.stream.end()
      await waits
      call.stream.close(8)
      await new Promise((resolve) => stream.once('close', resolve))
      assert.deepEqual(listenersOf(stream), before)
    })
  }

  it('fails with the error of the stream that it goes to', async (test) => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('the disk is full')) })
    const { status, message } = await sendBytes(aDaemon(test, { kind: 'stream', stream }), 'x')
    assert.deepEqual([status, message], ['2', 'the disk is full'])
  })
})

function aDaemon(test: TestContext, target: OutputTarget, cut?: Cut): FakeBuildKit {
  return new FakeBuildKit(test, outputService(new Map([[0, target]])), cut)
}

function listenersOf(stream: Writable): Record<string, number> {
  return Object.fromEntries(stream.eventNames().map((name) => [String(name), stream.listenerCount(name)]))
}

/** Sends a tar, or what stands for it, as BuildKit does. */
async function sendBytes(daemon: FakeBuildKit, bytes: string): Promise<Ended> {
  const call = daemon.call(METHOD)
  call.stream.end(frame(encode(BytesMessage, { data: Buffer.from(bytes) })))
  call.stream.resume()
  return call.ended
}

interface Sent {
  readonly stats: readonly Stat[]
  readonly files: Readonly<Record<string, string>>
}

/** Sends a folder as BuildKit does. */
async function send(
  daemon: FakeBuildKit,
  { stats, files }: Sent,
): Promise<{ ended: Ended; error: string | undefined }> {
  const call = daemon.call(METHOD)
  const batch = new StatBatch()
  for (const each of stats) batch.add(each)
  call.stream.write(Buffer.concat([batch.take(), END_OF_STATS]))
  let error: string | undefined
  for await (const message of call.messages()) {
    const { type, id, data } = decodePacket(message)
    if (type === PacketType.ERR) error = Buffer.from(data).toString()
    if (type === PacketType.FIN) call.stream.end(plainPacket(PacketType.FIN))
    if (type === PacketType.REQ) call.stream.write(contentOf(id, files[stats[id]?.path ?? ''] ?? ''))
  }
  return { ended: await call.ended, error }
}

function contentOf(id: number, content: string): Buffer {
  if (content === '') return endOfFile(id)
  const buffer = Buffer.concat([Buffer.alloc(DATA_HEADER_BYTES), Buffer.from(content)])
  const start = writeDataHeader(buffer, DATA_HEADER_BYTES, { id, length: content.length })
  return Buffer.concat([buffer.subarray(start), endOfFile(id)])
}
