import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const TSC = join(fileURLToPath(new URL('../../../..', import.meta.url)), 'node_modules/typescript/bin/tsc')
const NODE_TYPES = join(fileURLToPath(new URL('../../../..', import.meta.url)), 'node_modules/@types')
const NODE_MODULES = join(fileURLToPath(new URL('../../../..', import.meta.url)), 'node_modules')
const MEGABYTE = 1024 * 1024

/** What `npm publish` would send, unpacked where a user would have it. */
describe('the package as it is published', () => {
  let project = ''
  let size = 0
  let dependencies: readonly string[] = []

  before(async () => {
    project = await mkdtemp(join(tmpdir(), 'dockline-package-'))
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: PACKAGE })
    const [packed] = JSON.parse(stdout) as [{ filename: string; unpackedSize: number }]
    size = packed.unpackedSize
    const home = join(project, 'node_modules/dockline')
    const manifest = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'))
    dependencies = await copyDependencies(
      Object.keys(manifest.dependencies ?? {}),
      join(project, 'node_modules'),
    )
    await mkdir(home, { recursive: true })
    await run('tar', ['-xzf', join(project, packed.filename), '-C', home, '--strip-components=1'])
    await writeFile(join(project, 'package.json'), '{"type":"module"}')
  })

  after(() => rm(project, { recursive: true, force: true }))

  it('is small, with the few packages it needs', async () => {
    // With its types and its source maps. Nothing comes beside it: it needs no other package.
    assert.ok(size < 1.8 * MEGABYTE, `${size} bytes`)
    const installed = await sizeOf(join(project, 'node_modules'))
    assert.ok(installed <= 5 * MEGABYTE, `${installed} bytes`)
    assert.ok(1 + dependencies.length <= 10, dependencies.join(' '))
    await assert.rejects(stat(join(project, 'node_modules/dockline/dist-test')))
    await assert.rejects(stat(join(project, 'node_modules/dockline/src')))
  })

  it('is imported by an ES module, terminal and all', async () => {
    const program = `
      import { DockerClient, fromEnv, VERSION } from 'dockline'
      import { start } from 'dockline/terminal'
      console.log(typeof DockerClient, typeof fromEnv, typeof start, VERSION)`
    assert.match(await runProgram('main.mjs', program), /^function function function \d+\.\d+\.\d+/)
  })

  it('is required by a CommonJS module', {
    skip: requiresModules() ? false : 'this Node cannot require an ES module',
  }, async () => {
    const program = `const { DockerClient } = require('dockline'); console.log(typeof DockerClient)`
    assert.equal(await runProgram('main.cjs', program), 'function\n')
  })

  it('has types that a strict program compiles against', async () => {
    await cp(NODE_TYPES, join(project, 'node_modules/@types'), { recursive: true })
    await cp(join(NODE_TYPES, '../undici-types'), join(project, 'node_modules/undici-types'), {
      recursive: true,
    })
    await writeFile(join(project, 'use.mts'), TYPED_PROGRAM)
    const options = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit']
    const libraries = [
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2023,esnext.disposable',
      '--types',
      'node',
    ]
    await run(process.execPath, [TSC, ...options, ...libraries, 'use.mts'], { cwd: project }).catch(
      (error) => {
        assert.fail(error.stdout)
      },
    )
  })

  async function runProgram(name: string, program: string): Promise<string> {
    await writeFile(join(project, name), program)
    return (await run(process.execPath, ['--no-warnings', name], { cwd: project })).stdout
  }
})

/** Lines marked as errors must be errors: tsc fails where such a line compiles. */
const TYPED_PROGRAM = `
import { type CommandResult, type Container, type ContainerSummary, DockerClient, type RunResult } from 'dockline'
import { execCommand, start, type TerminalResult } from 'dockline/terminal'

const client: DockerClient = new DockerClient({ host: 'unix:///nowhere.sock' })
export const detached: Promise<Container> = client.containers.run('a', undefined, { detach: true })
export const awaited: Promise<RunResult<string>> = client.containers.run('a', ['b'])
export const bytes: Promise<RunResult<Buffer>> = client.containers.run('a', ['b'], { encoding: 'buffer' })
export async function use(container: Container): Promise<void> {
  const summary: ContainerSummary | undefined = container.summary
  const result: CommandResult = await container.exec('ls', { input: 'x', env: { A: 1, B: null } })
  const text: string = result.stdout
  const raw: Buffer = (await container.exec('ls', { encoding: 'buffer' })).stdout
  for await (const { source, data } of container.logs({ follow: true })) console.log(source satisfies 'stdout' | 'stderr', data.length)
  const ended: TerminalResult = await execCommand(container, ['sh'])
  await start(container, { logs: true })
  await client.containers.create('a', 'b', { restartPolicy: { name: 'always' }, hostConfig: { Init: true } })
  // @ts-expect-error an option that does not exist
  await client.containers.create('a', 'b', { restartPolice: 'always' })
  // @ts-expect-error stdout is a string unless bytes are asked for
  const wrong: Buffer = (await container.exec('ls')).stdout
  // @ts-expect-error a detached run gives a container, not a result
  const code: number = (await client.containers.run('a', 'b', { detach: true })).exitCode
  console.log(summary?.Id, text, raw, ended.exitCode, wrong, code)
}
`

/** Copies packages and all that they need from this workspace, so that no registry is asked. Returns their names. */
async function copyDependencies(names: readonly string[], destination: string): Promise<string[]> {
  const found = new Set<string>()
  const open = [...names]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue
    found.add(name)
    const from = join(NODE_MODULES, name)
    await cp(from, join(destination, name), { recursive: true })
    open.push(
      ...Object.keys(JSON.parse(await readFile(join(from, 'package.json'), 'utf8')).dependencies ?? {}),
    )
  }
  return [...found]
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true })
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, one) => sum + one, 0)
}

function requiresModules(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)
}
