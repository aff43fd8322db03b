import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onOldestEngine } from '../support/engines.js'
import { PATIENT } from '../support/patience.js'
import { RUNTIMES } from '../support/runtimes.js'

const run = promisify(execFile)
const RECIPES = fileURLToPath(new URL('../../../../docs/recipes/', import.meta.url))
/** Inside the workspace, so that the programs find the package as a user's program would. */
const HERE = fileURLToPath(new URL('..', import.meta.url))

const programs = await readPrograms()

/** With the samples, Node runs them on the newest Engine. */
describe('the programs of the recipes', () => {
  let folder = ''

  before(async () => {
    folder = await mkdtemp(join(HERE, 'recipes-'))
    for (const [name, code] of programs) await writeFile(join(folder, `${name}.mts`), code)
  })

  after(() => rm(folder, { recursive: true, force: true }))

  onOldestEngine(({ host }) => {
    describe('run', { concurrency: 4 }, () => {
      for (const { name: runtime, command, args } of RUNTIMES.filter(({ name }) => name !== 'Node')) {
        const skip = command === undefined ? `no ${runtime}` : false
        for (const name of programs.keys()) {
          it(`${name}, on ${runtime}`, { skip }, async () => {
            const env = { ...process.env, DOCKER_HOST: host }
            const running = run(command ?? '', [...args, join(folder, `${name}.mts`)], { env, ...PATIENT })
            running.child.stdin?.end()
            await running
          })
        }
      }
    })
  })
})

/** The programs that end by themselves, by the names of their recipes. */
async function readPrograms(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const file of await readdir(RECIPES)) {
    const text = await readFile(join(RECIPES, file), 'utf8')
    const code = /^```ts\n([\s\S]*?)^```$/m.exec(text)?.[1]
    if (code !== undefined) found.set(file.replace('.md', ''), code)
  }
  return found
}
