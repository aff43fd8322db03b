import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { PATIENT } from './patience.js'

const run = promisify(execFile)
const RECIPES = fileURLToPath(new URL('../../../../docs/recipes/', import.meta.url))
const TSC = fileURLToPath(new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url))
const OPTIONS = ['--ignoreConfig', '--noCheck', '--module', 'nodenext', '--target', 'es2022']
/** Inside the workspace, so that the program finds the packages as a user's program would. */
const HERE = fileURLToPath(new URL('..', import.meta.url))

/** Runs the program of a recipe and returns what it prints. Rejects when it does not end with 0. The samples check its types. */
export async function runRecipe(
  test: TestContext,
  name: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await mkdtemp(join(HERE, 'recipe-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, `${name}.mts`)
  await writeFile(file, await programOf(name))
  await run(process.execPath, [TSC, ...OPTIONS, file])
  const program = join(folder, `${name}.mjs`)
  const { stdout } = await run(process.execPath, [program], { env: { ...process.env, ...env }, ...PATIENT })
  return stdout
}

async function programOf(name: string): Promise<string> {
  const text = await readFile(join(RECIPES, `${name}.md`), 'utf8')
  const code = /^```ts[^\n]*\n([\s\S]*?)^```$/m.exec(text)?.[1]
  if (code === undefined) throw new Error(`the recipe ${name} has no program`)
  return code
}
