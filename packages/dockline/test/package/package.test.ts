import assert from 'node:assert/strict'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { aProject, dependencies, type Outcome, type Project, sizeOf } from '../support/published.js'

/** A program in base64. */
const IS_DATA = /[a-z\d+/]{1000}/i
const MEGABYTE = 1024 * 1024
/** In a shorter CommonJS file, Deno notices every change. */
const NOTICED_BYTES = 16_000
/** Of Node before 20.19: there, only CommonJS can be required. */
const AS_BEFORE = process.allowedNodeEnvironmentFlags.has('--experimental-require-module')
  ? ['--no-experimental-require-module']
  : []

/** What `npm publish` would send, unpacked where a user would have it. */
describe('the package as it is published', () => {
  let project: Project

  before(async () => {
    project = await aProject()
  })

  after(() => project.remove())

  it('is small, and comes alone', async () => {
    const size = await sizeOf(project.installed)
    // With its types, and with BuildKit, which is a fifth of it and loaded when a build starts.
    assert.ok(size <= MEGABYTE, `${size} bytes`)
    assert.deepEqual(await dependencies(project), [])
    assert.deepEqual((await readdir(project.installed)).sort(), CONTENT)
  })

  it('is imported by an ES module, terminal and all', async () => {
    const program = `
      import { DockerClient, fromEnv, VERSION } from 'dockline'
      import { start } from 'dockline/terminal'
      console.log(typeof DockerClient, typeof fromEnv, typeof start, VERSION)`
    assert.match((await runProgram('main.mjs', program)).stdout, /^function function function \d+\.\d+\.\d+/)
  })

  it('is required by a CommonJS module, terminal and all', async () => {
    const program = `
      const { DockerClient, fromEnv, VERSION } = require('dockline')
      const { start } = require('dockline/terminal')
      console.log(typeof DockerClient, typeof fromEnv, typeof start, VERSION)`
    assert.match((await runProgram('main.cjs', program)).stdout, /^function function function \d+\.\d+\.\d+/)
  })

  it('has the same classes and functions for both', async () => {
    const program = `
      import { createRequire } from 'node:module'
      const require = createRequire(import.meta.url)
      for (const door of ${JSON.stringify(await doors(project))}) {
        const [imported, required] = [await import(door), require(door)]
        const names = new Set([...Object.keys(imported), ...Object.keys(required)])
        for (const name of names) if (imported[name] !== required[name]) console.log(door, name)
        console.log(door, names.size > 0 ? 'has values' : 'has types only')
      }
      const { DockerClient } = await import('dockline')
      const { ConnectionError } = require('dockline')
      const error = await new DockerClient({ host: 'tcp://127.0.0.1:1' }).ping().catch((error) => error)
      console.log(error instanceof ConnectionError)`
    const { stdout } = await runProgram('both.mjs', program)
    const each = (await doors(project)).map(
      (door) => `${door} ${door === 'dockline/types' ? 'has types only' : 'has values'}\n`,
    )
    assert.equal(stdout, `${each.join('')}true\n`)
  })

  it('reads what few programs need when it is used, and not with the main door', async () => {
    const program = `
      const { basename } = require('node:path')
      const nameOf = (file) => basename(file).replace(/-[0-9a-f]{5}(?=\\.cjs$)/, '')
      const read = () => Object.keys(require.cache).map(nameOf).slice(1)
      const { DockerClient } = require('dockline')
      console.log(...read())
      new DockerClient().containers.create('x', [], { memory: 'much' }).catch(() => console.log(...read()))`
    const first = 'index.cjs core.cjs rolldown-runtime.cjs'
    assert.equal(
      (await runProgram('late.cjs', program)).stdout,
      `${first}\n${first} options.cjs sessions.cjs\n`,
    )
  })

  it('has large files whose names change with their content: Deno goes by the name and the length', async () => {
    const bundle = join(project.installed, 'bundle')
    const large: string[] = []
    for (const name of await readdir(bundle))
      if ((await stat(join(bundle, name))).size > NOTICED_BYTES) large.push(name)
    assert.notDeepEqual(large, [])
    for (const name of large) assert.match(name, /-[0-9a-f]{5}\.cjs$/)
  })

  it('has files that can all be loaded', async () => {
    const program = `
      const { readdirSync } = require('node:fs')
      const [folder] = process.argv.slice(2)
      for (const file of readdirSync(folder).filter((file) => /(?<!-program)\\.cjs$/.test(file)))
        for (const [name, value] of Object.entries(require(folder + '/' + file)))
          if (value === undefined) console.log(file, name)`
    assert.equal((await runProgram('all.cjs', program, [join(project.installed, 'bundle')])).stdout, '')
  })

  it('fails with a short excerpt and frames that name functions', async () => {
    const program = `
      const { DockerClient } = require('dockline')
      new DockerClient({ host: 'tcp://127.0.0.1:1' }).ping()`
    const failed = await runProgram('fails.cjs', program).then(
      () => assert.fail('the program must fail'),
      (error: Outcome) => error.stderr,
    )
    assert.match(failed, /bundle[/\\]core[\w-]*\.cjs:\d+\n.*recaptureStack\(/)
    assert.match(failed, /at async DockerClient\.ping \(.*[/\\]bundle[/\\]core[\w-]*\.cjs:\d+:\d+\)/)
    for (const line of failed.split('\n')) assert.ok(line.length < 250, line)
  })

  it('has code of short lines', async () => {
    const folder = join(project.installed, 'bundle')
    for (const name of (await readdir(folder)).filter((name) => /\.[cm]js$/.test(name))) {
      const all = (await readFile(join(folder, name), 'utf8')).split('\n')
      const lines = all.filter((line) => !IS_DATA.test(line))
      assert.ok(
        lines.every((line) => line.length < 2000),
        name,
      )
      assert.ok(lines.filter((line) => line.length > 250).length <= lines.length / 100, name)
    }
  })

  async function runProgram(name: string, program: string, args: readonly string[] = []): Promise<Outcome> {
    return project.node([...AS_BEFORE, '--no-warnings', await project.write(name, program), ...args])
  }
})

const CONTENT = ['LICENSE', 'README.md', 'bundle', 'package.json', 'types']

/** What can be imported of the package, such as 'dockline/terminal'. */
async function doors({ installed }: Project): Promise<string[]> {
  const { exports } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
  const paths = Object.keys(exports).filter((path) => path !== './package.json')
  return paths.map((path) => join('dockline', path).replaceAll('\\', '/'))
}
