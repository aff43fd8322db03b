// @ts-check
/** `npm run bench`: installs, builds, and measures; see bench/README.md. Arguments go to bench/main.mjs. */
import { join } from 'node:path'
import { buildPackages, install, ROOT, runCommand } from './lib/prepare.mjs'

const say = (/** @type {string} */ line) => process.stderr.write(`▸ ${line}\n`)

try {
  await install(say)
  await buildPackages(say)
  const argv = ['--expose-gc', join(ROOT, 'bench/main.mjs'), ...process.argv.slice(2)]
  await runCommand(process.execPath, argv, { quiet: false })
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
