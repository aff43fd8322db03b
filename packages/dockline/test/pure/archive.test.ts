import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, link, lstat, mkdir, readFile, readlink, symlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { extractArchive, packPath } from '#src/archive/index.js'
import { bytesOf, listTar, tarOf, temporaryFolder, writeFiles } from '../support/archives.js'
import { everyCut } from '../support/every-cut.js'
import { NOWHERE } from '../support/nowhere.js'

const run = promisify(execFile)
const LARGE_ARCHIVE = fileURLToPath(new URL('../support/large-archive-program.js', import.meta.url))

const windows =
  process.platform === 'win32' ? 'Windows has no modes, and asks for rights to make links' : false

describe('packPath', () => {
  for (const [source, options, names] of [
    ['app', {}, ['app/', 'app/main', 'app/sub/', 'app/sub/x']],
    ['app/', {}, ['app/', 'app/main', 'app/sub/', 'app/sub/x']],
    ['app/.', {}, ['./', './main', './sub/', './sub/x']],
    ['app/./', {}, ['./', './main', './sub/', './sub/x']],
    ['app/sub/..', {}, ['app/', 'app/main', 'app/sub/', 'app/sub/x']],
    ['app', { rename: 'new' }, ['new/', 'new/main', 'new/sub/', 'new/sub/x']],
    ['app/main', {}, ['main']],
    ['app/main', { rename: 'other' }, ['other']],
    ['link', {}, ['link']],
    ['link/', { rename: 'followed' }, ['followed/', 'followed/main', 'followed/sub/', 'followed/sub/x']],
    ['link', { followLink: true }, ['link/', 'link/main', 'link/sub/', 'link/sub/x']],
  ] as const) {
    it(`sends ${source} ${JSON.stringify(options)} as ${names[0]}`, async () => {
      const base = await sample()
      const tar = await packPath(`${base}/${source}`, options)
      assert.deepEqual(
        (await listTar(tar)).map(({ name }) => name),
        names,
      )
    })
  }

  it('refuses what is not there, and a file that is said to be a folder', async () => {
    const base = await sample()
    await assert.rejects(packPath(`${base}/none`), { message: `source: there is no ${base}/none` })
    await assert.rejects(packPath(`${base}/app/main/.`), { name: 'InvalidArgumentError' })
    await assert.rejects(packPath(''), { name: 'InvalidArgumentError' })
  })

  it('gives the files to whom it is told', async () => {
    const [own] = await listTar(await packPath(await sample(), {}))
    const [other] = await listTar(await packPath(await sample(), { owner: { uid: 4_000_000, gid: 7 } }))
    assert.deepEqual([own?.uid, other?.uid, other?.gid], [process.getuid?.(), 4_000_000, 7])
  })
})

describe('extractArchive', { skip: windows }, () => {
  it('brings back what packPath sent: content, modes, times and links', async () => {
    const [base, destination] = [await sample(), await temporaryFolder()]
    await chmod(join(base, 'app/main'), 0o4751)
    await chmod(join(base, 'app/sub'), 0o555)
    await utimes(join(base, 'app/main'), new Date(-5000), new Date(-5000))
    await utimes(join(base, 'app/sub'), 1e9, 1e9)
    await symlink(NOWHERE, join(base, 'app/dangling'))
    await link(join(base, 'app/main'), join(base, 'app/second'))
    const result = await extractArchive(await packPath(join(base, 'app')), { destination, rename: 'copy' })
    assert.deepEqual(result, { entries: 6, bytes: 5, skipped: 0 })
    const [main, sub] = [
      await lstat(join(destination, 'copy/main')),
      await lstat(join(destination, 'copy/sub')),
    ]
    assert.deepEqual([main.mode & 0o7777, main.mtimeMs, main.nlink], [0o4751, -5000, 2])
    assert.deepEqual([sub.mode & 0o7777, sub.mtimeMs], [0o555, 1e12])
    assert.equal(await readlink(join(destination, 'copy/dangling')), NOWHERE)
    assert.equal(await readFile(join(destination, 'copy/sub/x'), 'utf8'), 'x')
    await chmod(join(base, 'app/sub'), 0o755)
    await chmod(join(destination, 'copy/sub'), 0o755)
  })

  it('reads what GNU tar writes, long names and all, and GNU tar reads ours', async () => {
    const [base, theirs, ours] = [await temporaryFolder(), await temporaryFolder(), await temporaryFolder()]
    const name = `${'d'.repeat(99)}/${'ü'.repeat(60)}/${'f'.repeat(200)}`
    await writeFiles(base, { [name]: 'long' })
    for (const format of ['gnu', 'pax']) {
      await run('tar', [`--format=${format}`, '-cf', join(theirs, `${format}.tar`), '-C', base, '.'])
      const tar = Readable.from([await readFile(join(theirs, `${format}.tar`))])
      await mkdir(join(theirs, format))
      await extractArchive(tar, { destination: join(theirs, format) })
      assert.equal(await readFile(join(theirs, format, name), 'utf8'), 'long')
    }
    const packed = await bytesOf(await packPath(`${base}/.`))
    await writeFiles(ours, { 'x/y': '' })
    const child = run('tar', ['-xf', '-', '-C', ours])
    child.child.stdin?.end(packed)
    assert.deepEqual(await child, { stdout: '', stderr: '' })
    assert.equal(await readFile(join(ours, name), 'utf8'), 'long')
  })

  it('replaces files and links that are there, and keeps folders', async () => {
    const destination = await temporaryFolder()
    await writeFiles(destination, { 'app/old': 'old', 'app/main': 'before', outside: 'safe' })
    await link(join(destination, 'outside'), join(destination, 'app/hard'))
    await symlink('../outside', join(destination, 'app/soft'))
    const tar = await tarOf([
      { name: 'app/', type: 'directory' },
      ...['main', 'hard', 'soft'].map((name) => ({ name: `app/${name}`, body: 'new' })),
    ])
    await extractArchive(Readable.from([tar]), { destination })
    for (const name of ['app/main', 'app/hard', 'app/soft']) {
      assert.equal(await readFile(join(destination, name), 'utf8'), 'new')
    }
    assert.equal(await readFile(join(destination, 'outside'), 'utf8'), 'safe')
    assert.equal(await readFile(join(destination, 'app/old'), 'utf8'), 'old')
  })

  it('reads an archive cut anywhere', async () => {
    const tar = await tarOf([
      { name: 'a/', type: 'directory' },
      { name: 'a/b', body: 'hello' },
    ])
    const destination = await temporaryFolder()
    let cuts = 0
    for (const pieces of everyCut(tar)) {
      // Every cut of the first header and the last body, and some of what is alike in between.
      if (cuts++ % 37 !== 0 && pieces.length === 2) continue
      assert.equal((await extractArchive(Readable.from(pieces), { destination })).bytes, 5)
    }
  })

  it('passes over records of an extended header that it does not know, whatever their names', async () => {
    for (const name of ['constructor', '__proto__', 'toString', 'x.y']) {
      const destination = await temporaryFolder()
      const record = `${name}=1\n`
      const tar = await tarOf([
        { name: 'h', body: `${record.length + 3} ${record}` },
        { name: 'a', body: 'hello' },
      ])
      asExtendedHeader(tar)
      const { bytes, entries } = await extractArchive(Readable.from([tar]), { destination })
      assert.deepEqual([bytes, entries], [5, 1])
    }
  })

  it('says when an archive ends too early, wherever that is', async () => {
    const tar = await tarOf([
      { name: 'a', body: 'x'.repeat(700) },
      { name: 'b', body: 'y' },
    ])
    for (let end = 0; end < tar.length; end += 101) {
      const destination = await temporaryFolder()
      const cut = extractArchive(Readable.from([tar.subarray(0, end)]), { destination })
      await assert.rejects(cut, { code: 'ERR_DOCKER_STREAM_TRUNCATED' }, `cut at ${end}`)
    }
  })

  it('does not take anything else for an archive', async () => {
    const destination = await temporaryFolder()
    await assert.rejects(extractArchive(Readable.from([Buffer.alloc(4096, 'x')]), { destination }), {
      code: 'ERR_DOCKER_PROTOCOL',
    })
  })

  it('passes on the error of its source, and the reason of its signal', async () => {
    const destination = await temporaryFolder()
    const failing = new Readable({ read: () => {} })
    const failed = extractArchive(failing, { destination })
    failing.destroy(new Error('connection lost'))
    await assert.rejects(failed, { message: 'connection lost' })
    const controller = new AbortController()
    const aborted = extractArchive(new Readable({ read: () => {} }), {
      destination,
      signal: controller.signal,
    })
    controller.abort(new Error('enough'))
    await assert.rejects(aborted, { message: 'enough' })
    await assert.rejects(extractArchive(Readable.from([]), { destination: NOWHERE }), {
      message: `destination: there is no folder ${NOWHERE}`,
    })
  })

  it('needs no more memory for a gigabyte than for a megabyte, both ways', async () => {
    const { stdout } = await run(process.execPath, [LARGE_ARCHIVE, await temporaryFolder()])
    const { bytes, peak } = JSON.parse(stdout) as { bytes: number; peak: number }
    assert.equal(bytes, 512 * 1024 ** 2)
    assert.ok(peak < 200 * 1024 * 1024, `${Math.round(peak / 1024 / 1024)} MiB more`)
  })
})

async function sample(): Promise<string> {
  const base = await temporaryFolder()
  await writeFiles(base, { 'app/main': 'main', 'app/sub/x': 'x' })
  await symlink('app', join(base, 'link'))
  return base
}

/** Makes a file at the beginning of an archive one that describes the next. */
function asExtendedHeader(tar: Buffer): void {
  const [type, checksum] = [156, 148]
  const sum = Number.parseInt(tar.toString('latin1', checksum, checksum + 6), 8) - (tar[type] ?? 0)
  tar.write('x', type)
  tar.write((sum + (tar[type] ?? 0)).toString(8).padStart(6, '0'), checksum)
}
