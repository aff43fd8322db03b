// @ts-check
// `npm run check`: what one runs before every commit. Types, format and lint, and the tests that need no Engine.
// `npm run check -- pure` runs only the tests of that ring.
import { join } from 'node:path'
import { build, bundle, install, ROOT, runCommand } from './lib/prepare.mjs'
import { runTests } from './lib/run-tests.mjs'
import { runScript, say } from './lib/script.mjs'

const RINGS = ['pure', 'wire']
const asked = process.argv.slice(2)

await runScript(async () => {
  await install(say)
  await build(say)
  await bundle()
  say('format and lint')
  await runCommand(process.execPath, [join(ROOT, 'node_modules/@biomejs/biome/bin/biome'), 'check', '.'])
  process.exitCode = await runTests({ rings: asked.length > 0 ? asked : RINGS, say })
})
