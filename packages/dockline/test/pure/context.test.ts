import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, link, mkdir, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { InvalidArgumentError } from '#src/errors.js'
import { type ContextOptions, packContext } from '#src/models/images/build-context/context.js'
import { bytesOf, type Listed, listTar, temporaryFolder, writeFiles } from '../support/archives.js'
import { NOWHERE } from '../support/nowhere.js'

const run = promisify(execFile)
const ROOT = process.getuid?.() === 0
/** More than is read ahead. */
const BIG = 24 * 1024 * 1024

describe('packContext', () => {
  let base = ''
  let context = ''

  before(async () => {
    base = await temporaryFolder()
    context = join(base, 'context')
    await writeFiles(context, {
      ...{
        Dockerfile: 'FROM scratch\n',
        'src/main.sh': 'main',
        'src/z.ts': 'z',
        'src-a': '',
        'src.txt': '.',
      },
      ...{
        'ünï/日本.txt': 'utf',
        'deep/er/keep': 'k',
        'deep/er/drop': 'd',
        [`long/${'n'.repeat(120)}/${'f'.repeat(90)}`]: 'l',
      },
    })
    await chmod(join(context, 'src/main.sh'), 0o751)
    await utimes(join(context, 'src/main.sh'), 1e9, 1e9)
    await symlink('../src/nowhere', join(context, 'src/link'))
    await symlink('src', join(context, 'folder-link'))
    await link(join(context, 'src/z.ts'), join(context, 'src/zz.ts'))
    await run('mkfifo', [join(context, 'pipe')])
    await mkdir(join(context, 'empty'))
  })

  it('sends everything, folders first and names in the order of their bytes', async () => {
    const [long] = [`long/${'n'.repeat(120)}`]
    assert.deepEqual((await pack({ context })).names, [
      ...['Dockerfile', 'deep/', 'deep/er/', 'deep/er/drop', 'deep/er/keep', 'empty/', 'folder-link'],
      ...[
        'long/',
        `${long}/`,
        `${long}/${'f'.repeat(90)}`,
        'pipe',
        'src/',
        'src/link',
        'src/main.sh',
        'src/z.ts',
      ],
      ...['src/zz.ts', 'src-a', 'src.txt', 'ünï/', 'ünï/日本.txt'],
    ])
  })

  it('keeps modes, times and links, and gives all to root', async () => {
    const { entry } = await pack({ context })
    const { mode, mtime, content } = entry('src/main.sh')
    assert.deepEqual({ mode, mtime, content }, { mode: 0o751, mtime: new Date(1e12), content: 'main' })
    assert.deepEqual([entry('src/link').type, entry('src/link').linkname], ['symlink', '../src/nowhere'])
    assert.deepEqual([entry('folder-link').type, entry('folder-link').linkname], ['symlink', 'src'])
    assert.deepEqual([entry('src/zz.ts').type, entry('src/zz.ts').linkname], ['link', 'src/z.ts'])
    assert.equal(entry('pipe').type, 'fifo')
    for (const { uid, gid, uname } of (await pack({ context })).entries)
      assert.deepEqual([uid, gid, uname], [0, 0, ''])
  })

  it('makes the same bytes of the same files, and the same with gzip', async () => {
    const once = await bytesOf((await packContext({ context })).tar)
    assert.ok(once.equals(await bytesOf((await packContext({ context })).tar)))
    assert.ok(once.equals(gunzipSync(await bytesOf((await packContext({ context, compress: true })).tar))))
  })

  it('gives every file the executable bit on Windows', async () => {
    const { entry } = await pack({ context, platform: 'win32' })
    assert.deepEqual([entry('src.txt').mode, entry('src/').mode], [0o755, 0o755])
  })

  it('leaves out what is ignored, but never the Dockerfile and .dockerignore', async () => {
    const files = { '.dockerignore': '*\n!deep/er/keep\n' }
    assert.deepEqual((await pack({ context, files })).names, ['Dockerfile', 'deep/er/keep', '.dockerignore'])
  })

  it('sends of an ignored folder what an exception names, without the folder, and nothing for a wildcard', async () => {
    const names = async (text: string) => (await pack({ context, files: { '.dockerignore': text } })).names
    const all = await names('')
    const deep = ['deep/', 'deep/er/', 'deep/er/drop', 'deep/er/keep']
    for (const [text, kept] of [
      ['deep\n!deep/er/keep', ['deep/er/keep']],
      ['deep\n!deep/er', ['deep/er/', 'deep/er/drop', 'deep/er/keep']],
      ['deep\n!*/er', []],
      ['deep\n!**/keep', []],
      ['deep/er\n!deep/er/k*', ['deep/', 'deep/er/keep']],
    ] as const) {
      assert.deepEqual(
        await names(text),
        all.filter((name) => !deep.includes(name) || (kept as readonly string[]).includes(name)),
        text,
      )
    }
  })

  it('sends only the paths that were chosen, less what is ignored below them', async () => {
    const chosen = await temporaryFolder()
    await writeFiles(chosen, {
      '.dockerignore': 'sub/secret.txt\n**/*.log\n!sub/keep.log\n',
      ...{ Dockerfile: 'FROM scratch\n', 'sub/secret.txt': 's', 'sub/keep.log': 'k', 'sub/drop.log': 'd' },
      ...{ 'sub/deep/a': 'a', 'other/b': 'b', subway: 'w' },
    })
    const names = async (only: string[]) => {
      const { tar } = await packContext({ context: chosen, only })
      return (await listTar(tar)).map(({ name }) => name)
    }
    assert.deepEqual(await names(['Dockerfile', './sub/']), [
      'Dockerfile',
      'sub/',
      'sub/deep/',
      'sub/deep/a',
      'sub/keep.log',
    ])
    assert.deepEqual(await names(['sub/deep/a']), ['sub/deep/a'])
    for (const path of ['/sub/deep/a', '//sub//deep/a', 'x/../sub/deep/a'])
      assert.deepEqual(await names([path]), ['sub/deep/a'])
    for (const all of ['.', '/', '']) assert.ok((await names([all])).includes('other/b'))
    await assert.rejects(names(['Dockerfile', 'missing']), {
      name: 'InvalidArgumentError',
      message: /context: there is no .*missing/,
    })
  })

  it('ends with the line of .dockerignore that turns out to mean nothing', async () => {
    await assert.rejects(pack({ context, files: { '.dockerignore': 'empty\n[z-a]' } }), {
      code: 'ERR_DOCKER_INVALID_ARGUMENT',
      message: ".dockerignore:2: '[z-a]' is not a well-formed pattern",
    })
  })

  it("prefers the Dockerfile's own ignore file", async () => {
    const files = { 'docker/app': 'FROM a', 'docker/app.dockerignore': '*\n!src.txt', '.dockerignore': '**' }
    const { names, dockerfile } = await pack({ context, files, dockerfile: 'docker/app' })
    assert.equal(dockerfile, 'docker/app')
    assert.deepEqual(names, ['src.txt', '.dockerignore', 'docker/app', 'docker/app.dockerignore'])
  })

  it('takes a Dockerfile from outside under a random name, which .dockerignore names', async () => {
    await writeFiles(base, {
      'other/My.dockerfile': 'FROM elsewhere',
      'other/My.dockerfile.dockerignore': '*',
    })
    const { entry, names, dockerfile } = await pack({ context, dockerfile: '../other/My.dockerfile' })
    assert.match(dockerfile, /^\.dockerfile\.[0-9a-f]{20}$/)
    assert.deepEqual(names, [dockerfile, '.dockerignore'])
    assert.equal(entry(dockerfile).content, 'FROM elsewhere')
    assert.equal(entry('.dockerignore').content, `.dockerignore\n${dockerfile}\n`)
  })

  it('takes a Dockerfile from a string, beside what .dockerignore says', async () => {
    const files = { '.dockerignore': '**' }
    const { entry, dockerfile } = await pack({ context, dockerfileContent: 'FROM string', files })
    assert.equal(entry(dockerfile).content, 'FROM string')
    assert.equal(entry('.dockerignore').content, `**\n${dockerfile}\n`)
  })

  it('needs no folder', async () => {
    const files = {
      'b/run.sh': { data: '#!', mode: 0o755, mtime: new Date(5000) },
      a: new Uint8Array([65]),
    }
    const { entries, dockerfile } = await pack({ dockerfileContent: 'FROM x', files })
    assert.equal(dockerfile, 'Dockerfile')
    assert.deepEqual(
      entries.map(({ name, mode, mtime, content }) => [name, mode, mtime?.getTime(), content]),
      [
        ['Dockerfile', 0o644, 0, 'FROM x'],
        ['a', 0o644, 0, 'A'],
        ['b/run.sh', 0o755, 5000, '#!'],
      ],
    )
  })

  it('sends a file in memory instead of the one on disk', async () => {
    const { entries } = await pack({ context, files: { 'src.txt': 'memory' } })
    assert.deepEqual(
      entries.filter(({ name }) => name === 'src.txt').map(({ content }) => content),
      ['memory'],
    )
  })

  it('sends the folder of a file in memory instead of a link or a file of its name, and a file instead of a folder', async () => {
    const replaced = await temporaryFolder()
    await writeFiles(replaced, { 'real/a': 'a', 'real/b': 'b', plain: 'p', 'folder/x': 'x' })
    await symlink('real', join(replaced, 'linked'))
    const files = { Dockerfile: 'FROM a', 'linked/a': '1', 'plain/in/a': '2', 'real/a': '3', folder: '4' }
    const { tar } = await packContext({ context: replaced, files })
    const entries = await listTar(tar)
    assert.deepEqual(
      entries.map(({ name, content }) => [name, content]),
      [
        ['real/', ''],
        ['real/b', 'b'],
        ['Dockerfile', 'FROM a'],
        ['folder', '4'],
        ['linked/a', '1'],
        ['plain/in/a', '2'],
        ['real/a', '3'],
      ],
    )
  })

  it('finds a Dockerfile in lower case, and one behind a link', async () => {
    const lower = await temporaryFolder()
    await writeFiles(lower, { dockerfile: 'FROM lower' })
    assert.equal((await pack({ context: lower })).dockerfile, 'dockerfile')
    assert.equal((await pack({ context, dockerfile: 'folder-link/main.sh' })).dockerfile, 'src/main.sh')
  })

  for (const [name, options, message] of [
    [
      'a context that is not there',
      { context: NOWHERE },
      /^context: there is no folder .*dockline-nowhere-\w+$/,
    ],
    ['a context that is a file', { context: '/dev/null' }, /^context: \/dev\/null is not a folder$/],
    [
      'a Dockerfile that is not there',
      { context: '/usr', dockerfile: 'Nofile' },
      /^dockerfile: there is no \/usr\/Nofile$/,
    ],
    [
      'a Dockerfile that is a folder',
      { context: '/usr', dockerfile: 'bin' },
      /^dockerfile: \/usr\/bin is not a file$/,
    ],
    [
      'two Dockerfiles',
      { dockerfile: 'a', dockerfileContent: 'b' },
      /^dockerfile and dockerfileContent: only one/,
    ],
    [
      'a file outside of the context',
      { dockerfileContent: 'b', files: { '../x': '' } },
      /^files: '\.\.\/x' is not a path/,
    ],
    [
      'a chosen path outside of the context',
      { context: '/usr', dockerfileContent: 'b', only: ['a/../../x'] },
      /^only: 'a\/\.\.\/\.\.\/x' is not in the context$/,
    ],
    [
      'chosen paths that are none',
      { context: '/usr', dockerfileContent: 'b', only: 'src' as never },
      /^only must be an array of strings, not a string$/,
    ],
    [
      'a file whose mode is no number',
      { dockerfileContent: 'b', files: { x: { data: '', mode: '0755' as unknown as number } } },
      /^files\['x'\]\.mode must be permissions such as 0o644, not '0755'$/,
    ],
  ] as const) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(packContext(options), { name: 'InvalidArgumentError', message })
    })
  }

  it('names the file that cannot be read, unless it is ignored', {
    skip: ROOT && 'root reads every file',
  }, async () => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { Dockerfile: 'FROM x', 'sub/secret': '' })
    await chmod(join(folder, 'sub/secret'), 0)
    await assert.rejects(pack({ context: folder }), (error: Error) => {
      return (
        error instanceof InvalidArgumentError &&
        error.message === `no permission to read ${join(folder, 'sub/secret')}`
      )
    })
    assert.deepEqual((await pack({ context: folder, files: { '.dockerignore': 'sub' } })).names, [
      'Dockerfile',
      '.dockerignore',
    ])
  })

  for (const [what, changed, outcome] of [
    ['says which file became shorter', 0, /^StreamError: \/.*\/big became shorter while it was read$/],
    ['sends of a file that grows what it had announced', 2 * BIG, /^24 MiB$/],
  ] as const) {
    it(`${what} while it was read`, async () => {
      const folder = await temporaryFolder()
      await writeFiles(folder, { Dockerfile: 'FROM x' })
      await writeFile(join(folder, 'big'), Buffer.alloc(BIG))
      const { tar } = await packContext({ context: folder })
      const bytes = bytesOf(changing(tar, () => truncate(join(folder, 'big'), changed)))
      const said = bytes.then(
        async (all) => `${((await listTar(oneChunk(all)))[1]?.size ?? 0) / 1024 / 1024} MiB`,
        String,
      )
      assert.match(await said, outcome)
    })
  }

  it('ends with the reason of its signal, and at once when that has aborted', async () => {
    const controller = new AbortController()
    const { tar } = await packContext({ context, signal: controller.signal })
    controller.abort(new Error('enough'))
    await assert.rejects(bytesOf(tar), { message: 'enough' })
    await assert.rejects(packContext({ context, signal: controller.signal }), { message: 'enough' })
  })
})

async function pack(options: ContextOptions) {
  const { tar, dockerfile } = await packContext(options)
  const entries = await listTar(tar)
  const entry = (name: string): Listed =>
    entries.find((one) => one.name === name) ?? assert.fail(`no ${name}`)
  return { dockerfile, entries, names: entries.map(({ name }) => name), entry }
}

/** Passes the bytes on, and does something once a good part of them has come. */
async function* changing(tar: AsyncIterable<Buffer>, change: () => Promise<void>): AsyncGenerator<Buffer> {
  let received = 0
  for await (const chunk of tar) {
    if (received < 65_536 && received + chunk.length >= 65_536) await change()
    received += chunk.length
    yield chunk
  }
}

async function* oneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
