import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  addNodeTypes,
  aProject,
  NEEDS_TOOLS,
  type Outcome,
  type Project,
  TOOLS,
} from '../support/published.js'

const TYPESCRIPT = fileURLToPath(new URL('../../../../node_modules/typescript', import.meta.url))
const require = createRequire(join(TOOLS ?? '/', 'package.json'))

const NODE10 = { module: 'commonjs', moduleResolution: 'node10' }
const NODE16 = { module: 'node16', moduleResolution: 'node16' }
const NODENEXT = { module: 'nodenext', moduleResolution: 'nodenext' }
const BUNDLER = { module: 'esnext', moduleResolution: 'bundler' }

/** A CommonJS program, and where there are both, an ES module beside it that uses its types. */
const FILES = new Map([
  [NODE10, ['use.ts']],
  [NODE16, ['use.cts', 'use.mts', 'both.mts']],
  [NODENEXT, ['use.cts', 'use.mts', 'both.mts']],
  [BUNDLER, ['use.ts']],
])

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  declaration: true,
  skipLibCheck: false,
  // TypeScript's own.
  skipDefaultLibCheck: true,
  target: 'es2022',
  types: ['node'],
}

describe('the types of the package', () => {
  let project: Project

  before(async () => {
    project = await aProject()
    await addNodeTypes(project)
    await project.write('package.json', '{}')
    for (const name of ['use.ts', 'use.cts', 'use.mts']) await project.write(name, TYPED_PROGRAM)
    await project.write('both.mts', MIXED_PROGRAM)
    await project.write('check.cjs', CHECK)
  })

  after(() => project.remove())

  it('compile with the newest TypeScript, for both formats', async () => {
    const configs = await writeConfigs('7', 'es2023,esnext.disposable', [NODE16, NODENEXT, BUNDLER])
    await succeeds([join(TYPESCRIPT, 'bin/tsc'), '-b', ...configs])
  })

  // These take long: each compiles for both formats, and each way of looking for modules is in one of them.
  it('compile with TypeScript 5.4, for both formats', NEEDS_TOOLS, () =>
    check('typescript-5.4', [NODENEXT, BUNDLER]),
  )

  it('compile with TypeScript 5.0, for both formats', NEEDS_TOOLS, () =>
    check('typescript-5.0', [NODE10, NODE16]),
  )

  it('have a door for each name that the declarations of a program need', async () => {
    const { stdout: program } = await project.node(['--input-type=module', '-e', PROGRAM_OF_MEMBERS])
    assert.ok(program.split('\n').length > 600)
    await project.write('members.mts', program)
    const options = {
      ...STRICT,
      ...NODENEXT,
      lib: ['es2023', 'esnext.disposable'],
      declaration: true,
      outDir: 'out/members',
    }
    const config = { compilerOptions: options, files: ['members.mts'] }
    const path = await project.write('tsconfig.members.json', JSON.stringify(config))
    const { stdout } = await project
      .node([join(TYPESCRIPT, 'bin/tsc'), '-p', path])
      .catch((error: Outcome) => error)
    const wrong = stdout.split('\n').filter((line) => line !== '' && !IS_HIDDEN.test(line))
    assert.deepEqual(wrong, [])
    const declarations = await readFile(join(project.folder, 'out/members/members.d.mts'), 'utf8')
    assert.ok(declarations.split('export declare const value').length > 600)
  })

  it('have about 150 names in the main door', async () => {
    const program = `
      const names = (text) => text.match(/(?<=^export( type)?\\{)[^}]*/gm).join().split(',')
      console.log(names(require('fs').readFileSync(process.argv[1], 'utf8')).length)`
    const { stdout } = await project.node(['-e', program, join(project.installed, 'types/index.d.cts')])
    assert.ok(Number(stdout) > 120 && Number(stdout) <= 160, `${stdout.trim()} names`)
  })

  it('are found and of the right format in every way of looking for them', NEEDS_TOOLS, async () => {
    const { checkPackage, createPackageFromTarballData }: AreTheTypesWrong = await import(
      require.resolve('@arethetypeswrong/core')
    )
    const checked = await checkPackage(createPackageFromTarballData(await bytesOf(project.tarball)))
    assert.deepEqual(checked.problems, [])
  })

  it('are named by a package.json without mistakes', NEEDS_TOOLS, async () => {
    const { publint }: Publint = await import(require.resolve('publint'))
    const { buffer } = await bytesOf(project.tarball)
    assert.deepEqual((await publint({ strict: true, pack: { tarball: buffer } })).messages, [])
  })

  /** Checks with an older version of TypeScript, in all the given ways of looking for modules. */
  async function check(version: string, ways: readonly object[]): Promise<void> {
    await succeeds(['check.cjs', tool(version), ...(await writeConfigs(version, 'es2022', ways))])
  }

  async function succeeds(words: readonly string[]): Promise<void> {
    await project.node(words).catch(({ stdout, stderr }) => assert.fail(stdout || stderr))
  }

  function writeConfigs(version: string, lib: string, ways: readonly object[]): Promise<string[]> {
    return Promise.all(ways.map((way) => writeConfig(way, lib.split(','), version)))
  }

  function writeConfig(way: object, lib: readonly string[], version: string): Promise<string> {
    const { moduleResolution } = way as typeof NODE10
    const name = `${moduleResolution}-${version}`
    const options = { ...STRICT, ...way, lib, outDir: `out/${name}` }
    const config = { compilerOptions: options, files: FILES.get(way as typeof NODE10) }
    return project.write(`tsconfig.${name}.json`, JSON.stringify(config))
  }
})

/**
 * Prints a program with a line for each member of each class, and each function, of each door. Its declarations name all types
 * that stand in their signatures.
 */
const PROGRAM_OF_MEMBERS = `
const BUILT_IN = [null, Object.prototype, Error.prototype]
const members = (it) => (BUILT_IN.includes(it) ? [] : [...Object.getOwnPropertyNames(it), ...members(Object.getPrototypeOf(it))])
const expressions = []
for (const [index, door] of ['dockline', 'dockline/api', 'dockline/syntax', 'dockline/terminal'].entries()) {
  console.log("import * as door" + index + " from '" + door + "'")
  for (const [name, value] of Object.entries(await import(door))) {
    const path = 'door' + index + '.' + name
    expressions.push('() => ' + path)
    if (!/^class/.test(value)) continue
    for (const member of new Set(members(value.prototype)))
      if (member !== 'constructor') expressions.push("(it: (typeof " + path + ")['prototype']) => it." + member)
  }
}
for (const [index, expression] of expressions.entries()) console.log('export const value' + index + ' = ' + expression)`

/** Members that are not in the types, because only the package uses them. */
const IS_HIDDEN = /error TS(2339|2445): /

/** Does what tsc does, but leaves out the types of Node: to check them takes half of the time, and says nothing about the package. */
const CHECK = `
const [typescript, ...configs] = process.argv.slice(2)
const ts = require(typescript)
const own = ({ fileName }) => /node_modules\\/dockline\\/|^(?!.*\\/node_modules\\/)/.test(fileName)
for (const config of configs) {
  const { options, fileNames, errors } = ts.getParsedCommandLineOfConfigFile(config, { noEmit: true }, ts.sys)
  const program = ts.createProgram(fileNames, options)
  const files = program.getSourceFiles().filter(own)
  const declarationsOf = (file) => (file.isDeclarationFile ? [] : program.getDeclarationDiagnostics(file))
  const found = [
    ...errors,
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...files.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file), ...declarationsOf(file)]),
  ]
  const host = { ...ts.sys, getCanonicalFileName: (name) => name, getNewLine: () => '\\n' }
  console.log(ts.formatDiagnostics(found, host))
  if (found.length > 0) process.exitCode = 1
}`

/** As far as they are used here. */
interface AreTheTypesWrong {
  createPackageFromTarballData(tarball: Uint8Array): object
  checkPackage(checked: object): Promise<{ readonly problems: readonly object[] }>
}

interface Publint {
  publint(options: {
    readonly strict: boolean
    readonly pack: { readonly tarball: ArrayBuffer }
  }): Promise<{ readonly messages: readonly object[] }>
}

async function bytesOf(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(file))
}

function tool(name: string): string {
  return join(TOOLS ?? '', 'node_modules', name)
}

/** A class has one declaration: an object of the CommonJS module is one of the ES module. */
const MIXED_PROGRAM = `
import { DockerClient } from 'dockline'
import { client } from './use.cjs'

export const same: DockerClient = client
`

/** Lines marked as errors must be errors: tsc fails where such a line compiles. */
const TYPED_PROGRAM = `
import { type CommandResult, type Container, DockerClient, type RunResult } from 'dockline'
import { type ApiClient, type ContainerSummary } from 'dockline/api'
import { parseReference } from 'dockline/syntax'
import { execCommand, start, type TerminalResult } from 'dockline/terminal'
import type { UpdateOptions } from 'dockline/types'

export const client: DockerClient = new DockerClient({ host: 'unix:///nowhere.sock' })
export const detached: Promise<Container> = client.containers.run('a', undefined, { detach: true })
export const awaited: Promise<RunResult<string>> = client.containers.run('a', ['b'])
export const bytes: Promise<RunResult<Buffer>> = client.containers.run('a', ['b'], { encoding: 'buffer' })
export const api: ApiClient = client.api
export const attrs = (container: Container) => container.attrs
export const tag: string | undefined = parseReference('a:1').tag
export async function use(container: Container): Promise<void> {
  const summary: ContainerSummary | undefined = container.summary
  const result: CommandResult = await container.exec('ls', { input: 'x', env: { A: 1, B: null } })
  const text: string = result.stdout
  const raw: Buffer = (await container.exec('ls', { encoding: 'buffer' })).stdout
  for await (const { source, data } of container.logs({ follow: true })) console.log(source satisfies 'stdout' | 'stderr', data.length)
  const ended: TerminalResult = await execCommand(container, ['sh'])
  await start(container, { logs: true })
  await container.update({ memory: '64m' } satisfies UpdateOptions)
  await client.containers.create('a', 'b', { restart: { name: 'always' }, hostConfig: { Init: true } })
  // @ts-expect-error an option that does not exist
  await client.containers.create('a', 'b', { restartPolice: 'always' })
  // @ts-expect-error stdout is a string unless bytes are asked for
  const wrong: Buffer = (await container.exec('ls')).stdout
  // @ts-expect-error a detached run gives a container, not a result
  const code: number = (await client.containers.run('a', 'b', { detach: true })).exitCode
  const got = await client.containers.get('a')
  const known: string[] = [got.name, got.status, got.image, got.imageId]
  for (const each of await client.containers.list()) known.push(each.name, each.status, each.image, each.imageId)
  // @ts-expect-error nothing was asked about it yet
  const unknown: string = client.containers.ref('a').status
  const size: number | undefined = (await client.images.get('a')).attrs.Size
  // @ts-expect-error a list has no details
  const listed: number | undefined = (await client.images.list())[0]!.attrs.Size
  console.log(summary?.Id, text, raw, ended.exitCode, wrong, code, known, unknown, size, listed)
}
`
