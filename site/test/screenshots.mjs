// @ts-check
// Takes pictures of pages, to be looked at: node site/test/screenshots.mjs FOLDER PATH…
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { OUTPUT } from '../paths.mjs'
import { serve } from './server.mjs'

const [folder = '.', ...paths] = process.argv.slice(2)
const server = await serve(OUTPUT)
const browser = await chromium.launch({
  executablePath: process.env.DOCKLINE_CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
for (const path of paths) {
  await page.goto(`${server.origin}/${path}`, { waitUntil: 'networkidle' })
  await page.screenshot({ path: join(folder, `${path.replaceAll('/', '-') || 'index'}.png`) })
}
await browser.close()
server.close()
