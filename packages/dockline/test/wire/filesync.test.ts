import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { on } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { followPaths } from '#src/buildkit/filesync/follow.js'
import { PacketType, plainPacket, requestPacket } from '#src/buildkit/filesync/packets.js'
import { virtualFolder } from '#src/buildkit/filesync/tree.js'
import { FrameDecoder } from '#src/buildkit/grpc/frames.js'
import type { ServerCall } from '#src/buildkit/grpc/server.js'
import { folderService } from '#src/buildkit/session/folders.js'
import { healthService } from '#src/buildkit/session/health.js'
import { temporaryFolder, writeFiles } from '../support/archives.js'
import {
  BYTE_BY_BYTE,
  type Cut,
  FakeBuildKit,
  orderViolation,
  type SynchronizeOptions,
} from '../support/fake-buildkit.js'
import { PATIENT } from '../support/patience.js'

const HEALTH = 'grpc.health.v1.Health/Check'
const DIFF_COPY = 'moby.filesync.v1.FileSync/DiffCopy'

describe('a folder that is synchronized', PATIENT, () => {
  it('is sent in order, each folder before what is in it', async (test) => {
    const files = {
      'a/b': '1',
      'a.txt': '2',
      'a-b/c': '3',
      ä: '4',
      '\u{1f600}': '5',
      '\uff5e': '6',
      'a/b.c/d': '7',
    }
    const { paths, contents } = await synchronized(test, files)
    assert.equal(orderViolation(paths), undefined)
    assert.deepEqual(paths, [
      'a',
      'a/b',
      'a/b.c',
      'a/b.c/d',
      'a-b',
      'a-b/c',
      'a.txt',
      'ä',
      '\uff5e',
      '\u{1f600}',
    ])
    assert.deepEqual(contents, files)
  })

  for (const [how, cut] of [
    ['byte by byte', BYTE_BY_BYTE],
    ['in threes', (bytes: Buffer) => pieces(bytes, 3)],
  ] as [string, Cut][]) {
    it(`comes whole when everything arrives ${how}`, async (test) => {
      const files = { 'a/b': 'x'.repeat(3000), c: '', d: 'y' }
      assert.deepEqual((await synchronized(test, files, {}, cut)).contents, files)
    })
  }

  it('comes whole whatever the sizes of its files', async (test) => {
    const sizes = [0, 1, 127, 128, 65_535, 65_536, 65_537, 262_143, 262_144, 262_145, 1_000_001]
    const files = Object.fromEntries(
      sizes.map((size) => [`f${size}`, 'abcdefg'.repeat(size / 7 + 1).slice(0, size)]),
    )
    assert.deepEqual((await synchronized(test, files)).contents, files)
  })

  it('has the folder of a file in memory instead of a link or a file of its name', async (test) => {
    const root = await temporaryFolder()
    await writeFiles(root, { 'real/a': 'a', 'real/b': 'b', plain: 'p' })
    await symlink('real', join(root, 'linked'))
    const virtual = virtualFolder(
      ['linked/a', 'plain/in/a'].map((path) => [
        path,
        { content: Buffer.from(path), mode: 0o644, modTime: 0n },
      ]),
    )
    const service = folderService(new Map([['context', { root, virtual }]]), () => {})
    const daemon = new FakeBuildKit(test, service)
    const all = ['linked', 'linked/a', 'plain', 'plain/in', 'plain/in/a', 'real', 'real/a', 'real/b']
    for (const [follow, expected] of [
      [undefined, all],
      [
        ['linked/a', 'plain/in'],
        ['linked', 'linked/a', 'plain', 'plain/in', 'plain/in/a', 'real', 'real/a'],
      ],
    ] as const) {
      const { entries } = await daemon.synchronize('context', follow && { follow })
      assert.deepEqual(
        entries.map(({ path }) => path),
        expected,
      )
      const given = entries.filter(({ path }) => virtual.has(path.split('/')[0] ?? '') && path.endsWith('/a'))
      assert.deepEqual(
        given.map(({ path, content }) => content === path),
        [true, true],
      )
    }
  })

  it('is sent only as far as it is asked for', async (test) => {
    const files = { a: '1', b: '2' }
    const { paths, contents } = await synchronized(test, files, { want: (path) => path === 'b' })
    assert.deepEqual(paths, ['a', 'b'])
    assert.deepEqual(contents, { b: '2' })
  })

  it('has links, modes and named pipes as they are, and no sockets', async (test) => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { first: 'content', 'sub/x': '' })
    await chmod(join(folder, 'first'), 0o4755)
    await link(join(folder, 'first'), join(folder, 'second'))
    await symlink('first', join(folder, 'link'))
    execFileSync('mkfifo', [join(folder, 'pipe')])
    const server = createServer().listen(join(folder, 'socket'))
    test.after(() => server.close())
    const { entries, contents } = await synchronized(test, folder)
    const named = Object.fromEntries(entries.map((entry) => [entry.path, entry]))
    assert.deepEqual(Object.keys(named), ['first', 'link', 'pipe', 'second', 'sub', 'sub/x'])
    assert.equal(named.first?.mode, 0o755 + 2 ** 23)
    assert.equal(named.link?.linkname, 'first')
    assert.equal(named.link?.size, 5)
    assert.equal((named.pipe?.mode ?? 0) & ~0o777, 2 ** 25)
    // An Engine that has the link compares the size with that of the file.
    assert.deepEqual([named.second?.linkname, named.second?.size], ['first', 'content'.length])
    assert.equal(contents.second, 'content')
  })

  it('has only what was chosen of it, less what is excluded, and its ignore file when that is asked for', async (test) => {
    const folder = await temporaryFolder()
    const files = { '.dockerignore': '', 'a/b/c': '1', 'a/b/c.log': '2', 'a/d': '3', e: '4', 'f/g': '5' }
    await writeFiles(folder, files)
    const chosen = new Map([['context', { root: folder, only: ['a/b', 'f/g'] }]])
    const daemon = new FakeBuildKit(
      test,
      folderService(chosen, () => {}),
    )
    const { entries } = await daemon.synchronize('context', { exclude: ['**/*.log', '!e'] })
    assert.deepEqual(
      entries.map(({ path }) => path),
      ['a', 'a/b', 'a/b/c', 'f', 'f/g'],
    )
    const ignoreFile = await daemon.synchronize('context', { follow: ['.dockerignore'] })
    assert.deepEqual(
      ignoreFile.entries.map(({ path }) => path),
      ['.dockerignore'],
    )
  })

  it('leaves out what is excluded, and looks where an exception may be', async (test) => {
    const files = {
      'a.log': '1',
      'docs/b.md': '2',
      'docs/deep/c.md': '3',
      'src/d.ts': '4',
      keep: '5',
      'x/keep': '6',
    }
    const kept = async (exclude: string[]) =>
      Object.keys((await synchronized(test, files, { exclude })).contents)
    assert.deepEqual(await kept(['*.log', 'docs']), ['keep', 'src/d.ts', 'x/keep'])
    assert.deepEqual(await kept(['docs', '!docs/b.md']), ['a.log', 'docs/b.md', 'keep', 'src/d.ts', 'x/keep'])
    assert.deepEqual(await kept(['*', '!**/keep']), ['keep', 'x/keep'])
    assert.deepEqual(await kept(['*', '!d*s/deep']), ['docs/deep/c.md'])
    assert.deepEqual(await kept(['#a', '*', '!src/*']), ['src/d.ts'])
  })

  it('has the folders of what is kept in it, and no others', async (test) => {
    const files = { 'a/b/c': '1', 'a/d/e': '2' }
    const { paths } = await synchronized(test, files, { exclude: ['*', '!a/b/c'] })
    assert.deepEqual(paths, ['a', 'a/b', 'a/b/c'])
  })

  it('has what followed paths lead to, over links', async (test) => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { 'real/x': '1', 'real/y': '2', other: '3', 'abs/z': '4' })
    await symlink('real', join(folder, 'link'))
    await symlink('/abs', join(folder, 'absolute'))
    await symlink('../../other', join(folder, 'real/up'))
    const of = async (follow: string[]) => (await synchronized(test, folder, { follow })).paths
    assert.deepEqual(await of(['link/x']), ['link', 'real', 'real/x'])
    assert.deepEqual(await of(['absolute']), ['abs', 'abs/z', 'absolute'])
    assert.deepEqual(await of(['real/up']), ['other', 'real', 'real/up'])
    assert.deepEqual(await of(['li*']), ['link', 'real', 'real/up', 'real/x', 'real/y'])
    assert.deepEqual(await of(['not/here']), [])
    assert.deepEqual((await of(['.'])).length, 9)
  })

  it('gives a ring of links up', async (test) => {
    const folder = await temporaryFolder()
    await symlink('two', join(folder, 'one'))
    await symlink('one', join(folder, 'two'))
    assert.deepEqual((await synchronized(test, folder, { follow: ['one/x'] })).paths, ['one', 'two'])
  })

  it('follows hundreds of links, of one pattern or one after another', async (test) => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { 'real/0': '1' })
    const names = Array.from({ length: 300 }, (_, at) => `${at}`)
    for (const at of names) await symlink(`real/${at}`, join(folder, `link${at}`))
    for (const at of names.slice(1)) await symlink(`${Number(at) - 1}`, join(folder, `real/${at}`))
    const of = async (follow: string[]) => (await synchronized(test, folder, { follow })).paths.length
    assert.equal(await of(['link*']), 601)
    assert.equal(await of(['link250']), 253)
  })

  it('gives links up that lead on for ever, and follows those once that lead to one place', async (test) => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { x: '1' })
    await symlink('more/x', join(folder, 'more'))
    for (let at = 0; at < 20; at++) await symlink('.', join(folder, `link${at}`))
    const { paths } = await synchronized(test, folder, { follow: ['*/*/*/*/*/*/*/x', 'more'] })
    assert.equal(paths.length, 22)
  })

  it('takes the name of a link, and what the link points to, as they are written', async (test) => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { b: '1', 'd*/x': '2', 'dd/y': '3' })
    await symlink('b', join(folder, 't*r'))
    await symlink('b', join(folder, 'w?'))
    await symlink('d*', join(folder, 'link'))
    const of = async (follow: string[]) => (await synchronized(test, folder, { follow })).paths
    assert.deepEqual(await of(['t*', 'w*']), ['b', 't*r', 'w?'])
    assert.deepEqual(await of(['link/*']), ['d*', 'd*/x', 'dd', 'dd/y', 'link'])
    assert.deepEqual((await of(['*'])).length, 8)
  })

  it('looks for no links once the Engine has given up', async () => {
    const folder = await temporaryFolder()
    await symlink('two', join(folder, 'one'))
    await assert.rejects(followPaths(folder, ['*'], AbortSignal.abort()), { name: 'AbortError' })
  })

  it('takes hundreds of patterns, with commas and letters of any kind', async (test) => {
    const exclude = Array.from({ length: 500 }, (_, at) => `no-such-${at},x`)
    const { paths } = await synchronized(test, { 'a,b': '1', c: '2' }, { exclude: [...exclude, 'a,b'] })
    assert.deepEqual(paths, ['c'])
    const daemon = await aDaemon(test, { 'ü ä': '1', b: '2' })
    const headers = {
      'dir-name': 'context',
      'exclude-patterns': '%C3%BC+%C3%A4',
      'exclude-patterns-encoded': '1',
    }
    const call = daemon.call(DIFF_COPY, headers)
    let stats = 0
    for await (const message of call.messages()) {
      if (message.length > 0) stats++
      else break
    }
    assert.equal(stats, 1)
  })

  it('refuses a folder that nobody has named', async (test) => {
    const daemon = await aDaemon(test, {})
    const { ended } = await daemon.synchronize('/etc')
    assert.deepEqual([ended.status, ended.message], ['5', 'no access allowed to dir "/etc"'])
  })

  it('fails where a file has a name that is not UTF-8, unless that is ignored', async (test) => {
    const folder = await temporaryFolder()
    await writeFile(Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.from([0xff])]), '')
    const { error, ended } = await synchronized(test, folder)
    assert.match(error ?? '', /the name of .*bad.* is not valid UTF-8/)
    assert.notEqual(ended.status, '0')
    assert.equal((await synchronized(test, folder, { exclude: ['bad*'] })).ended.status, '0')
  })

  it('fails where a file or a folder cannot be read, and names it', async (test) => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { fine: 'f', 'secret/key': 'k', large: 'x'.repeat(100_000), small: 's' })
    await chmod(folder, 0o755)
    for (const name of ['secret', 'large', 'small']) await chmod(join(folder, name), 0)
    const refusal = async (exclude: string[]) =>
      withoutPrivileges(async () => (await synchronized(test, folder, { exclude })).error)
    assert.equal(await refusal(['large', 'small']), `open ${join(folder, 'secret')}: permission denied`)
    assert.equal(await refusal(['secret', 'small']), `open ${join(folder, 'large')}: permission denied`)
    assert.equal(await refusal(['secret', 'large']), `open ${join(folder, 'small')}: permission denied`)
    assert.equal(await refusal(['secret', 'large', 'small']), undefined)
  })

  it('tolerates a file that has vanished or shrunk since it was listed', async (test) => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { gone: 'x'.repeat(100), shrunk: 'y'.repeat(200_000) })
    const daemon = new FakeBuildKit(
      test,
      folderService(new Map([['context', { root: folder }]]), () => {}),
    )
    const held: number[] = []
    const { entries, ended } = await daemon.synchronize('context', {
      want: () => false,
      answer({ type, stat, data, id }, { stream }) {
        if (type !== PacketType.STAT || stat !== undefined) {
          if (type === PacketType.DATA && data.length === 0) held.push(id)
          if (type === PacketType.DATA && held.length === 2) stream.end(plainPacket(PacketType.FIN))
          return type === PacketType.DATA
        }
        void (async () => {
          await rm(join(folder, 'gone'))
          await truncate(join(folder, 'shrunk'), 10)
          stream.write(requestPacket(0))
          stream.write(requestPacket(1))
        })()
        return true
      },
    })
    assert.equal(entries.length, 2)
    assert.equal(ended.status, '0')
  })

  it('fails where a file has become a folder since it was listed, and names it', async (test) => {
    for (const size of [100, 200_000]) {
      const folder = await temporaryFolder()
      const file = join(folder, 'file')
      await writeFiles(folder, { file: 'x'.repeat(size) })
      const { error } = await synchronized(test, folder, {
        want: () => false,
        answer({ type, stat }, { stream }) {
          if (type !== PacketType.STAT || stat !== undefined) return false
          rmSync(file)
          mkdirSync(file)
          return stream.write(requestPacket(0))
        },
      })
      assert.ok(error?.startsWith(`open ${file}: EISDIR`), error)
    }
  })

  it('ends with an error when a file is asked for twice, or one that there is not', async (test) => {
    for (const id of [0, 7]) {
      const daemon = await aDaemon(test, { a: 'a' })
      const { ended, error } = await daemon.synchronize('context', {
        want: () => false,
        answer({ type, stat }, { stream }) {
          if (type !== PacketType.STAT || stat !== undefined) return type === PacketType.DATA
          stream.write(requestPacket(id))
          stream.write(requestPacket(id))
          return true
        },
      })
      assert.equal(error, `invalid file id ${id}`)
      assert.notEqual(ended.status, '0')
    }
  })

  it('ends when the Engine gives up, says ERR or resets the call', async (test) => {
    const daemon = await aDaemon(test, { a: 'x'.repeat(10_000_000) })
    const gaveUp = await daemon.synchronize('context', {
      answer: (_packet, { stream }) => stream.write(plainPacket(PacketType.ERR, Buffer.from('disk full'))),
    })
    assert.deepEqual([gaveUp.ended.status, gaveUp.ended.message], ['10', 'disk full'])
    const reset = daemon.call(DIFF_COPY, { 'dir-name': 'context' })
    reset.stream.once('data', () => reset.stream.close(8))
    assert.equal((await reset.ended).code, 8)
    const { ended } = await daemon.unary(HEALTH, Buffer.alloc(0))
    assert.equal(ended.status, '0')
  })

  it('answers for its health while a reader does not read', async (test) => {
    const daemon = await aDaemon(test, { a: 'x'.repeat(20_000_000) })
    const call = daemon.call(DIFF_COPY, { 'dir-name': 'context' })
    call.stream.write(requestPacket(0))
    call.stream.pause()
    for (let check = 0; check < 5; check++) {
      const { messages, ended } = await daemon.unary(HEALTH, Buffer.alloc(0))
      assert.deepEqual([messages[0], ended.status], [Buffer.from([8, 1]), '0'])
    }
    call.stream.close(8)
  })

  it('holds a few pieces while a reader does not read, however many files it has asked for', async (test) => {
    const folder = await temporaryFolder()
    const names = Array.from({ length: 200 }, (_, at) => `f${at}`)
    await writeFiles(folder, Object.fromEntries(names.map((name) => [name, 'x'.repeat(50_000)])))
    const folders = folderService(new Map([['context', { root: folder }]]), () => {})
    let sending: ServerCall | undefined
    const daemon = new FakeBuildKit(test, {
      ...healthService(() => {}),
      [DIFF_COPY]: (call) => {
        sending = call
        return folders[DIFF_COPY]?.(call) ?? Promise.resolve()
      },
    })
    const call = daemon.call(DIFF_COPY, { 'dir-name': 'context' })
    const decoder = new FrameDecoder()
    for await (const [chunk] of on(call.stream, 'data'))
      if ([...decoder.add(chunk as Buffer)].some(({ length }) => length === 0)) break
    call.stream.pause()
    for (const id of names.keys()) call.stream.write(requestPacket(id))
    let most = 0
    for (let turn = 0; turn < 50; turn++) {
      await daemon.unary(HEALTH, Buffer.alloc(0))
      most = Math.max(most, sending?.stream.writableLength ?? 0)
    }
    call.stream.close(8)
    assert.ok(most > 0 && most < 2_000_000, `${most} bytes of 10,000,000 were waiting`)
  })

  it('is the same as what is on the disk, for trees of any form', async (test) => {
    for (let seed = 1; seed <= 25; seed++) {
      const folder = await mkdtemp(join(tmpdir(), 'dockline-tree-'))
      test.after(() => rm(folder, { recursive: true, force: true }))
      await growTree(folder, randomFrom(seed))
      const { paths, contents, ended } = await synchronized(test, folder)
      assert.equal(orderViolation(paths), undefined, `seed ${seed}`)
      assert.deepEqual(contents, await contentsOf(folder), `seed ${seed}`)
      assert.equal(ended.status, '0')
    }
  })
})

async function aDaemon(test: TestContext, files: Readonly<Record<string, string>> | string, cut?: Cut) {
  const root = typeof files === 'string' ? files : await temporaryFolder()
  if (typeof files !== 'string') await writeFiles(root, files)
  const folders = new Map([['context', { root }]])
  return new FakeBuildKit(test, { ...folderService(folders, () => {}), ...healthService(() => {}) }, cut)
}

async function synchronized(
  test: TestContext,
  files: Readonly<Record<string, string>> | string,
  options?: SynchronizeOptions,
  cut?: Cut,
) {
  const result = await (await aDaemon(test, files, cut)).synchronize('context', options)
  const sent = result.entries.filter(({ content }) => content !== undefined)
  return {
    ...result,
    paths: result.entries.map(({ path }) => path),
    contents: Object.fromEntries(sent.map(({ path, content = '' }) => [path, content])),
  }
}

/** Root may read everything. */
async function withoutPrivileges<T>(run: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    return await run()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

function pieces(bytes: Buffer, length: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, at) =>
    bytes.subarray(at * length, (at + 1) * length),
  )
}

type Random = (below: number) => number

function randomFrom(seed: number): Random {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
}

async function growTree(folder: string, random: Random, depth = 0): Promise<void> {
  const characters = ['a', 'b', 'Z', '.', '-', ' ', '~', 'é', '\u{1f600}', '\uff5e']
  for (let count = random(6) + 1; count > 0; count--) {
    const name = `${characters[random(10)]}${characters[random(10)]}${count}`
    const path = join(folder, name)
    if (depth < 3 && random(3) === 0) {
      await mkdir(path)
      await growTree(path, random, depth + 1)
    } else await writeFile(path, 'x'.repeat(random(4) === 0 ? random(300_000) : random(300)))
  }
}

async function contentsOf(folder: string, below = ''): Promise<Record<string, string>> {
  const contents: Record<string, string> = {}
  for (const name of await readdir(folder)) {
    const path = below === '' ? name : `${below}/${name}`
    if ((await lstat(join(folder, name))).isDirectory())
      Object.assign(contents, await contentsOf(join(folder, name), path))
    else contents[path] = await readFile(join(folder, name), 'latin1')
  }
  return contents
}
