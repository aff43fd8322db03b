import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { anAnsweringEngine } from '../support/answering-engine.js'
import { docklineAlone } from '../support/dockline.js'

const NODE = `compiled-${process.version}-${process.arch}`

describe('the compiled code of the command', () => {
  it('is kept for its user alone, and used the next time', async (test) => {
    const home = await aHome(test)
    await prints(home)
    const folder = join(home, '.cache/dockline', NODE)
    const [file = ''] = await readdir(folder)
    assert.match(file, /^[\w-]+-[\w-]{8}\.cjs$/)
    assert.equal((await stat(folder)).mode & 0o777, 0o700)
    assert.equal((await stat(join(folder, file))).mode & 0o777, 0o600)
    const kept = await contentOf(folder)
    await prints(home)
    assert.deepEqual(await contentOf(folder), kept)
  })

  it('is made anew where the kept code cannot be used', async (test) => {
    const home = await aHome(test)
    await prints(home)
    const folder = join(home, '.cache/dockline', NODE)
    const [file = ''] = await readdir(folder)
    await writeFile(join(folder, file), 'no code')
    await prints(home)
    assert.notEqual(await readFile(join(folder, file), 'utf8'), 'no code')
  })

  it('does not stay for long when its version of the command is gone', async (test) => {
    const home = await aHome(test)
    const folder = join(home, '.cache/dockline', NODE)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const name of ['base-12345678.cjs', 'base-87654321.cjs']) await writeFile(join(folder, name), 'code')
    await utimes(join(folder, 'base-12345678.cjs'), 0, 0)
    await prints(home)
    const names = await readdir(folder)
    assert.ok(!names.includes('base-12345678.cjs'))
    assert.ok(names.includes('base-87654321.cjs'), 'another version may be in use')
  })

  it('is neither read from nor written to a folder that others may write', async (test) => {
    const home = await aHome(test)
    const folder = join(home, '.cache/dockline', NODE)
    await mkdir(folder, { recursive: true })
    await chmod(folder, 0o777)
    await prints(home)
    assert.deepEqual(await readdir(folder), [])
  })

  it('is of six files for a list, without what builds and templates need', async (test) => {
    const home = await aHome(test)
    const host = await anAnsweringEngine(test, { '/containers/json': [{ Id: 'abc', Command: 'sh' }] })
    const { stdout } = await docklineAlone(host, ['ps'], { env: { ...CLEAN, HOME: home } })
    assert.match(stdout, /^CONTAINER ID .*\nabc .*"sh"/)
    const names = await readdir(join(home, '.cache/dockline', NODE))
    assert.deepEqual(names.map((name) => name.slice(0, -'-12345678.cjs'.length)).sort(), [
      'base',
      'container-row',
      'dockline',
      'output',
      'ps',
      'rolldown-runtime',
    ])
  })

  for (const [where, env] of Object.entries({
    'where Node is told to keep none': { NODE_DISABLE_COMPILE_CACHE: '1' },
    'without a home': { HOME: '' },
    'where there can be no folder': { XDG_CACHE_HOME: '/dev/null' },
  })) {
    it(`is not kept ${where}`, async (test) => {
      const home = await aHome(test)
      await prints(home, env)
      assert.deepEqual(await readdir(home), [])
    })
  }
})

/** The same is printed with and without kept code. */
async function prints(home: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const ended = await docklineAlone('', ['--version'], { env: { ...CLEAN, HOME: home, ...env } })
  assert.match(ended.stdout, /^Dockline version \d/)
  assert.equal(ended.stderr, '')
  assert.equal(ended.exitCode, 0)
}

const CLEAN = { XDG_CACHE_HOME: '', NODE_DISABLE_COMPILE_CACHE: '' }

async function aHome(test: TestContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'dockline-home-'))
  test.after(() => rm(home, { recursive: true, force: true }))
  return home
}

async function contentOf(folder: string): Promise<ReadonlyMap<string, number>> {
  const names = await readdir(folder)
  const stats = await Promise.all(names.map((name) => stat(join(folder, name))))
  return new Map(names.map((name, index) => [name, stats[index]?.ino ?? 0]))
}
