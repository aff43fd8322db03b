import assert from 'node:assert/strict'
import { constants } from 'node:fs'
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { extractArchive } from '#src/archive/index.js'
import { tarOf, temporaryFolder, writeFiles } from '../support/archives.js'

type Entries = Parameters<typeof tarOf>[0]

const windows =
  process.platform === 'win32' ? 'Windows has no modes, and asks for rights to make links' : false

describe('an archive that wants out', { skip: windows }, () => {
  const refused: readonly (readonly [string, Entries])[] = [
    ['by ..', [{ name: '../evil', body: 'x' }]],
    ['by .. further down', [{ name: 'a/../../evil', body: 'x' }]],
    ['by a folder named ..', [{ name: '..', type: 'directory' }]],
    ['by .. in a long name', [{ name: `${'a/'.repeat(100)}${'../'.repeat(101)}evil`, body: 'x' }]],
    [
      'through its own link',
      [
        { name: 'l', type: 'symlink', linkname: '..' },
        { name: 'l/evil', body: 'x' },
      ],
    ],
    [
      'through two links',
      [
        { name: 'a', type: 'symlink', linkname: '.' },
        { name: 'b', type: 'symlink', linkname: 'a/..' },
        { name: 'b/evil', body: 'x' },
      ],
    ],
    [
      'through a link to a folder of its own',
      [
        { name: 'l', type: 'symlink', linkname: '../victim' },
        { name: 'l/', type: 'directory' },
      ],
    ],
    ['through a link that was there', [{ name: 'there/evil', body: 'x' }]],
    ['by a folder over a link that was there', [{ name: 'there/', type: 'directory', mode: 0o777 }]],
    [
      'by a hard link',
      [
        { name: 'h', type: 'link', linkname: '../victim/file' },
        { name: 'h', body: 'x' },
      ],
    ],
    ['by a hard link through a link', [{ name: 'h', type: 'link', linkname: 'there/file' }]],
    [
      'by a hard link to a folder',
      [
        { name: 'd/', type: 'directory' },
        { name: 'h', type: 'link', linkname: 'd' },
      ],
    ],
    ['by taking the place of the destination', [{ name: '.', type: 'symlink', linkname: '../victim' }]],
    ['by a file in place of a folder', [{ name: 'folder', body: 'x' }]],
    ['by a path with a zero byte', [{ name: 'x', pax: { path: 'a\0b' }, body: 'x' }]],
    ['by a link to a path with a zero byte', [{ name: 'x', type: 'symlink', pax: { linkpath: 'a\0b' } }]],
  ]
  for (const [how, entries] of refused) {
    it(`is refused ${how}, and changes nothing outside`, async () => {
      const { base, destination } = await scene()
      await assert.rejects(extractArchive(Readable.from([await tarOf(entries)]), { destination }), {
        name: 'StreamError',
      })
      await assertUntouched(base)
    })
  }

  it('does not get out by a hard link to its own link', async () => {
    const { base, destination } = await scene()
    const entries: Entries = [
      { name: 'soft', type: 'symlink', linkname: '../victim/file' },
      { name: 'hard', type: 'link', linkname: 'soft' },
      { name: 'hard', body: 'x', mode: 0o777 },
    ]
    await extractArchive(Readable.from([await tarOf(entries)]), { destination })
    assert.ok((await lstat(join(destination, 'hard'))).isFile())
    await assertUntouched(base)
  })

  it('has its absolute names read from the destination on', async () => {
    const { base, destination } = await scene()
    const tar = await tarOf([
      { name: '/', type: 'directory' },
      { name: '/victim/file', body: 'inside' },
    ])
    await extractArchive(Readable.from([tar]), { destination })
    assert.equal(await readFile(join(destination, 'victim/file'), 'utf8'), 'inside')
    await assertUntouched(base)
  })

  it('has its absolute names renamed like those of a folder', async () => {
    const { base, destination } = await scene()
    const tar = await tarOf([
      { name: '/', type: 'directory' },
      { name: '/a', body: 'x' },
      { name: '/b', type: 'link', linkname: '/a' },
    ])
    await extractArchive(Readable.from([tar]), { destination, rename: 'new' })
    assert.deepEqual((await readdir(join(destination, 'new'))).sort(), ['a', 'b'])
    await assertUntouched(base)
  })

  it('gets pipes, and devices only by the right of the caller', async () => {
    const { destination } = await scene()
    const pipe = await tarOf([{ name: 'pipe', type: 'fifo', mode: 0o640 }])
    const device = await tarOf([{ name: 'null', type: 'character-device' }])
    const made = await extractArchive(Readable.from([pipe]), { destination })
    assert.deepEqual(made, { entries: 1, bytes: 0, skipped: 0 })
    const { mode, mtimeMs } = await stat(join(destination, 'pipe'))
    assert.deepEqual([mode, mtimeMs], [constants.S_IFIFO | 0o640, 1e12])
    const asked = extractArchive(Readable.from([device]), { destination })
    if (process.getuid?.() === 0) await asked
    else await assert.rejects(asked, { message: /'null': operation not permitted/ })
    const names = process.getuid?.() === 0 ? ['null', 'pipe'] : ['pipe']
    const there = await readdir(destination)
    assert.deepEqual(
      ['null', 'pipe'].filter((name) => there.includes(name)),
      names,
    )
  })

  it('leaves the mode of the destination alone', async () => {
    const { destination } = await scene()
    await extractArchive(Readable.from([await tarOf([{ name: './', type: 'directory', mode: 0o777 }])]), {
      destination,
    })
    assert.equal((await lstat(destination)).mode & 0o777, 0o750)
  })
})

async function scene(): Promise<{ base: string; destination: string }> {
  const base = await temporaryFolder()
  const destination = join(base, 'destination')
  await writeFiles(base, { 'victim/file': 'untouched' })
  await mkdir(join(destination, 'folder'), { recursive: true })
  await chmod(destination, 0o750)
  await symlink('../victim', join(destination, 'there'))
  return { base, destination }
}

async function assertUntouched(base: string): Promise<void> {
  assert.deepEqual((await readdir(base)).sort(), ['destination', 'victim'])
  assert.deepEqual(await readdir(join(base, 'victim')), ['file'])
  assert.equal(await readFile(join(base, 'victim/file'), 'utf8'), 'untouched')
  const { mode, nlink } = await lstat(join(base, 'victim/file'))
  assert.deepEqual([mode & 0o777, nlink], [0o644, 1])
}
