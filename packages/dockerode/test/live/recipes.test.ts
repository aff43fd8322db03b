import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onNewestEngine } from '../../../dockline/dist-test/support/engines.js'
import { PATIENT } from '../../../dockline/dist-test/support/patience.js'
import { BOTH } from '../support/both.js'

const run = promisify(execFile)
const RECIPES = fileURLToPath(new URL('../../../../docs/recipes/', import.meta.url))
/** Inside the workspace, so that the programs find both packages. */
const HERE = fileURLToPath(new URL('..', import.meta.url))

/** What each program prints, with its longer numbers left out. */
const PRINTED = {
  sandbox: /^\{ output: 'hello from N\\n', exitCode: 3 \}\nN\n$/,
  'ci-runner':
    /^fetch ended with 0\ncheck stdout \| 1 main\.c\n[\s\S]*test ended with 2\nthe job ended with 2\n$/,
  'test-containers': /^the test reaches it at http:\/\/N\.0\.0\.1:N\napples\n$/,
} as const

describe('the programs for dockerode beside the recipes', { concurrency: true }, () => {
  onNewestEngine(({ host }) => {
    for (const [name, printed] of Object.entries(PRINTED)) {
      for (const used of Object.keys(BOTH)) {
        it(`${name} does the same on ${used}`, async (test) => {
          const text = (await programOf(name)).replace("from 'dockerode'", `from '${used}'`)
          assert.match((await runProgram(test, text, host)).replace(/\d{3,}/g, 'N'), printed)
        })
      }
    }
  })
})

async function programOf(name: string): Promise<string> {
  const recipe = await readFile(join(RECIPES, `${name}.md`), 'utf8')
  return /^```js\n([\s\S]*?)^```$/m.exec(recipe)?.[1] ?? assert.fail(`${name} has no program for dockerode`)
}

async function runProgram(test: TestContext, text: string, host: string): Promise<string> {
  const folder = await mkdtemp(join(HERE, 'recipe-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'program.mjs')
  await writeFile(file, text)
  const env = { ...process.env, DOCKER_HOST: host }
  return (await run(process.execPath, [file], { env, ...PATIENT })).stdout
}
