// @ts-check
/** `npm run bench`: installs, builds, and measures; see bench/README.md. Arguments go to bench/main.mjs. */
import { join } from 'node:path'
import { buildPackages, install, ROOT, runCommand } from './lib/prepare.mjs'
import { runScript, say } from './lib/script.mjs'

await runScript(async () => {
  await install(say)
  await buildPackages(say)
  const argv = ['--expose-gc', join(ROOT, 'bench/main.mjs'), ...process.argv.slice(2)]
  await runCommand(process.execPath, argv, { quiet: false })
})
