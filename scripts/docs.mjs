// @ts-check
// `npm run docs`: builds the site into site/dist, for any static server. Its packages are its own, and are installed only here.
// `DOCS_BASE=/dockline/` is for a site that is not at the root of its server.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build, bundle, install, installIn, ROOT, runCommand } from './lib/prepare.mjs'
import { runScript, say } from './lib/script.mjs'

await runScript(async () => {
  await install(say)
  await build(say)
  await bundle()
  await installIn('site', say)
  say('building the site')
  await runCommand(process.execPath, [join(ROOT, 'site/build.mjs')])
  say(`the site is in ${join(ROOT, 'site/dist')}`)
  if (process.argv.includes('--test')) await test()
})

/** `npm run test:docs`: walks every page in Debian's Chromium, or in the browser that DOCKLINE_CHROMIUM names. */
async function test() {
  const browser = process.env.DOCKLINE_CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(browser)) await (await import('./engine/packages.mjs')).needPackages(['chromium'], { say })
  say('walking the site')
  await runCommand(process.execPath, ['--test', join(ROOT, 'site/test/site.test.mjs')])
}
