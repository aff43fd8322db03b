import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { DockerClient } from 'dockline'
import { onNewestEngine, type TestEngine } from '../support/engines.js'
import { PATIENCE_MS } from '../support/patience.js'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const PAGES_AT_ONCE = 4
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
/** Inside the workspace, so that the samples find the package as a user's program would. */
const FOLDER = fileURLToPath(new URL('../samples', import.meta.url))

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  module: 'nodenext',
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable'],
  types: ['node'],
}

/** What a sample uses of Jest, which is no dependency. */
const JEST = `declare module '@jest/globals' {
  export function beforeAll(prepare: () => Promise<void>, limitMs?: number): void
  export function afterAll(release: () => Promise<void>, limitMs?: number): void
  export function test(name: string, run: () => Promise<void>): void
  export function expect(value: unknown): { toBe(expected: unknown): void }
}
`

interface Sample {
  readonly file: string
  readonly line: number
  readonly code: string
  /** Whether it can run by itself: a terminal session cannot. */
  readonly runs: boolean
}

const samples = await readSamples()

describe('every sample of README and docs', () => {
  before(async () => {
    await mkdir(FOLDER, { recursive: true })
    for (const [index, { code }] of samples.entries())
      await writeFile(join(FOLDER, `sample-${index}.mts`), code)
  })

  after(() => rm(FOLDER, { recursive: true, force: true }))

  it('is there', () => {
    assert.ok(samples.length > 10)
  })

  it('compiles', async () => {
    await writeFile(join(FOLDER, 'jest.d.ts'), JEST)
    await writeFile(
      join(FOLDER, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: STRICT, include: ['*.mts', 'jest.d.ts'] }),
    )
    await run(process.execPath, [TSC, '-p', FOLDER]).catch(({ stdout }) =>
      assert.fail(`${stdout}\n${samples.map(({ file, line }, n) => `${n}: ${file}:${line}`).join('\n')}`),
    )
  })

  // The live tests show that what a sample uses works on each Engine.
  describe('runs', () => {
    onNewestEngine((engine) => {
      let others: ReadonlySet<string> = new Set()

      before(async () => {
        // A sample may write a file beside itself.
        process.chdir(FOLDER)
        others = new Set((await engine.client.containers.list({ all: true })).map(({ id }) => id))
      })

      after(async () => {
        process.chdir(ROOT)
        await removeAllBut(engine.host, others)
      })

      // The pages do not depend on each other, and mostly wait for the Engine.
      describe('page by page', { concurrency: PAGES_AT_ONCE }, () => {
        for (const [page, numbered] of pages())
          describe(page, { concurrency: 1 }, () => runsAll(engine, numbered))
      })
    })
  })
})

interface Numbered extends Sample {
  readonly index: number
}

/** The samples that run, by page. */
function pages(): ReadonlyMap<string, readonly Numbered[]> {
  const found = new Map<string, Numbered[]>()
  for (const [index, sample] of samples.entries()) {
    if (sample.runs) found.set(sample.file, [...(found.get(sample.file) ?? []), { ...sample, index }])
  }
  return found
}

function runsAll({ host }: TestEngine, numbered: readonly Numbered[]): void {
  for (const { index, line } of numbered) {
    it(`line ${line}`, async () => {
      const env = { ...process.env, DOCKER_HOST: host, SAMPLE: 'yes' }
      await runInThread(join(FOLDER, `sample-${index}.mjs`), env)
    })
  }
}

/** A thread has an environment and an end of its own as a process has, and starts in a third of the time. */
async function runInThread(file: string, env: NodeJS.ProcessEnv): Promise<void> {
  const thread = new Worker(file, { env, stdout: true, stderr: true })
  try {
    const [exitCode] = await once(thread, 'exit', { signal: AbortSignal.timeout(PATIENCE_MS) })
    assert.equal(exitCode, 0)
  } finally {
    await thread.terminate()
  }
}

/** Unlike what the tests of either package make, the containers of the samples have no label. */
async function removeAllBut(host: string, before: ReadonlySet<string>): Promise<void> {
  await using client = new DockerClient({ host })
  for (const container of await client.containers.list({ all: true })) {
    const ofTest = Object.keys(container.labels).some((label) => label.startsWith('dockline'))
    const ofSample = container.summary?.Command === 'sleep 600' && !ofTest
    if (ofSample && !before.has(container.id)) await container.remove({ force: true }).catch(() => {})
  }
}

async function readSamples(): Promise<readonly Sample[]> {
  const docs = (await readdir(join(ROOT, 'docs'), { recursive: true }))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name))
  const files = ['README.md', 'packages/dockline/README.md', 'site/front-page.md', ...docs]
  return (await Promise.all(files.map(samplesOf))).flat()
}

/** A block marked `preamble` stands before each later block of its file that imports nothing itself. */
async function samplesOf(file: string): Promise<Sample[]> {
  const text = await readFile(join(ROOT, file), 'utf8')
  let preamble = ''
  const found: Sample[] = []
  for (const { 1: mark = '', 2: code = '', index } of text.matchAll(/^```ts([^\n]*)\n([\s\S]*?)^```$/gm)) {
    const line = text.slice(0, index).split('\n').length
    if (mark.includes('preamble')) preamble = code
    else
      found.push({
        file,
        line,
        code: code.includes('import ') ? code : preamble + code,
        runs: !mark.includes('no-run'),
      })
  }
  return found
}
