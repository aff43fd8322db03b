import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { empty, FakeEngine, json } from '../support/fake-engine.js'
import { PATIENT } from '../support/patience.js'
import { aProject, NEEDS_TOOLS, type Outcome, type Project, TOOLS } from '../support/published.js'
import { RUNTIMES } from '../support/runtimes.js'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const PROGRAM = fileURLToPath(new URL('../support/bundled-program.js', import.meta.url))
const ROLLDOWN = join(ROOT, 'node_modules/rolldown/bin/cli.mjs')
const BUN = RUNTIMES.find(({ name }) => name === 'Bun')?.command
const [ESBUILD, WEBPACK, JEST, POSTJECT] = [
  'esbuild/bin/esbuild',
  'webpack',
  'jest/bin/jest.js',
  'postject/dist/cli.js',
].map((file) => join(TOOLS ?? '', 'node_modules', file)) as [string, string, string, string]

/** Webpack's own command is a package more. */
const RUN_WEBPACK = `
const [webpack, entry, path, filename] = process.argv.slice(2)
const options = { mode: 'none', target: 'node', context: __dirname, entry, output: { path, filename } }
require(webpack)(options, (error, stats) => {
  if (error) throw error
  if (!stats.hasErrors() && !stats.hasWarnings()) return
  console.error(stats.toString())
  process.exitCode = 1
})`

const JEST_TEST = `
const { DockerClient, NotFoundError } = require('dockline')

test('the package works', async () => {
  const client = new DockerClient()
  const container = await client.containers.get('abc')
  await container.copyTo(Buffer.from('content'), '/tmp/new')
  await client.df()
  await expect(client.containers.get('none')).rejects.toBeInstanceOf(NotFoundError)
})`

/** How a program is made into a file, by the arguments of Node. */
const BUNDLERS: Readonly<
  Record<string, { readonly from: string; readonly to: string; readonly by: Bundle }>
> = {
  'esbuild, from ES modules to CommonJS': { from: 'main.mjs', to: 'a.cjs', by: esbuild('cjs') },
  'esbuild, from ES modules to ES modules': { from: 'main.mjs', to: 'b.mjs', by: esbuild('esm') },
  'esbuild, from CommonJS to CommonJS': { from: 'main.cjs', to: 'c.cjs', by: esbuild('cjs') },
  'esbuild, from CommonJS to ES modules': { from: 'main.cjs', to: 'd.mjs', by: esbuild('esm') },
  'webpack, from ES modules': { from: 'main.mjs', to: 'e.cjs', by: webpack },
  'webpack, from CommonJS': { from: 'main.cjs', to: 'f.cjs', by: webpack },
  'rolldown, to CommonJS': { from: 'main.mjs', to: 'g.cjs', by: rolldown('cjs') },
  'rolldown, to ES modules': { from: 'main.mjs', to: 'h.mjs', by: rolldown('esm') },
}

type Bundle = (from: string, to: string, folder: string) => readonly string[]

function esbuild(format: string): Bundle {
  return (from, to, folder) => [
    ESBUILD,
    from,
    '--bundle',
    '--platform=node',
    `--format=${format}`,
    '--log-level=warning',
    `--outfile=${join(folder, to)}`,
  ]
}

function webpack(from: string, to: string, folder: string): readonly string[] {
  return ['webpack.cjs', WEBPACK, `./${from}`, folder, to]
}

function rolldown(format: string): Bundle {
  return (from, to, folder) => [
    ROLLDOWN,
    from,
    '--platform=node',
    `--format=${format}`,
    `--file=${join(folder, to)}`,
  ]
}

describe('a program with the package in it', () => {
  let project: Project
  /** Beside no node_modules: a bundle has everything. */
  let folder = ''

  before(async () => {
    project = await aProject()
    folder = await mkdtemp(join(tmpdir(), 'dockline-bundles-'))
    const program = await readFile(PROGRAM, 'utf8')
    await project.write('main.mjs', program)
    await project.write('main.cjs', asCommonJs(program))
    await project.write('webpack.cjs', RUN_WEBPACK)
    await project.write('works.test.js', JEST_TEST)
    await project.write('package.json', '{}')
  })

  after(async () => {
    await project.remove()
    await rm(folder, { recursive: true, force: true })
  })

  for (const [name, { from, to, by }] of Object.entries(BUNDLERS)) {
    it(`runs from one file, bundled by ${name}`, NEEDS_TOOLS, async (test) => {
      const { stderr } = await project.node(by(from, to, folder))
      assert.equal(stderr, '')
      await assertRuns(test, process.execPath, [join(folder, to)])
    })
  }

  it('runs as an executable of Bun', {
    skip: BUN === undefined && 'Bun is not here',
    ...PATIENT,
  }, async (test) => {
    const executable = join(folder, 'bun-program')
    const main = join(project.folder, 'main.mjs')
    await run(BUN ?? '', ['build', '--compile', main, '--outfile', executable], { cwd: folder })
    await assertRuns(test, executable)
  })

  it('runs as an executable of Node', NEEDS_TOOLS, async (test) => {
    await project.node(esbuild('cjs')('main.mjs', 'sea.cjs', folder))
    await assertRuns(test, await nodeExecutable(project, folder))
  })

  it('runs under Jest', NEEDS_TOOLS, async (test) => {
    const engine = await anEngine(test)
    const options = ['--transform={}', '--testEnvironment=node', '--watchman=false', '--cache=false', '--ci']
    await project.node([JEST, '--rootDir=.', ...options], { DOCKER_HOST: engine.host })
    assert.deepEqual(asked(engine).slice(0, 3), ASKED.slice(0, 3))
  })
})

const ASKED = [
  'GET /containers/abc/json',
  'HEAD /containers/abc/archive',
  'PUT /containers/abc/archive',
  'GET /system/df',
  'GET /containers/none/json',
]
const PRINTED = {
  LayersSize: 4000,
  missing: true,
  much: 'ERR_DOCKER_INVALID_ARGUMENT',
  refused: 'ERR_DOCKER_CONNECTION',
  unwatched: 'ERR_DOCKER_INVALID_ARGUMENT',
  keys: 1,
}

async function assertRuns(test: TestContext, command: string, args: readonly string[] = []): Promise<void> {
  const engine = await anEngine(test)
  const env = { ...process.env, DOCKER_HOST: engine.host }
  const { stdout }: Outcome = await run(command, args, { ...PATIENT, env })
  assert.deepEqual(JSON.parse(stdout), PRINTED)
  assert.deepEqual(asked(engine), ASKED)
}

function anEngine(test: TestContext): Promise<FakeEngine> {
  return FakeEngine.start(
    test,
    {
      'GET /containers/abc/json': json({ Id: 'abc', Name: '/abc' }),
      'GET /containers/none/json': json({ message: 'No such container: none' }, 404),
      'HEAD /containers/abc/archive': json({ message: 'no such path' }, 404),
      'PUT /containers/abc/archive': empty(200),
      'GET /system/df': json({ LayersSize: 4000, Images: [], Containers: [], Volumes: [], BuildCache: [] }),
    },
    { apiVersion: '1.51' },
  )
}

function asked(engine: FakeEngine): string[] {
  return engine.requests
    .filter(({ path }) => path !== '/_ping')
    .map(({ method, path }) => `${method} ${path}`)
}

function asCommonJs(program: string): string {
  return program.replace(/^import (.+) from (.+?);?$/gm, 'const $1 = require($2)')
}

/** A single executable application: the program in a copy of Node. */
async function nodeExecutable(project: Project, folder: string): Promise<string> {
  const [executable, blob] = [join(folder, 'node-program'), join(folder, 'sea.blob')]
  const settings = { main: join(folder, 'sea.cjs'), output: blob, disableExperimentalSEAWarning: true }
  await project.node(['--experimental-sea-config', await project.write('sea.json', JSON.stringify(settings))])
  await copyFile(process.execPath, executable)
  await chmod(executable, 0o755)
  await project.node([POSTJECT, executable, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', SENTINEL])
  return executable
}

/** Node looks for it in its own file. */
const SENTINEL = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'
