// @ts-check
// `npm run check`: what one runs before every commit. Types, format and lint, and the tests that need no Engine.
import { join } from 'node:path'
import { build, bundle, install, ROOT, runCommand } from './lib/prepare.mjs'
import { runTests } from './lib/run-tests.mjs'

/** @param {string} line */
const say = (line) => process.stderr.write(`▸ ${line}\n`)

try {
  await install(say)
  await build(say)
  await bundle()
  say('format and lint')
  await runCommand(process.execPath, [join(ROOT, 'node_modules/@biomejs/biome/bin/biome'), 'check', '.'])
  process.exitCode = await runTests({ rings: ['pure', 'wire'], say })
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
