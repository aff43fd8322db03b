// @ts-check
// Builds the site: brings the pages together, adds the reference, and makes HTML of both. `npm run docs` runs it.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vitepress'
import { PAGES, ROOT } from './paths.mjs'
import { writeReference } from './reference/index.mjs'

await rm(PAGES, { recursive: true, force: true })
await mkdir(PAGES, { recursive: true })
await cp(join(ROOT, 'docs'), PAGES, { recursive: true })
await cp(fileURLToPath(new URL('front-page.md', import.meta.url)), join(PAGES, 'index.md'))
await writeFile(join(PAGES, 'changelog.md'), await changelog())
await writeReference(join(PAGES, 'reference'))
await build(fileURLToPath(new URL('.', import.meta.url)))

/** The changelog, with its links to the guide as seen from inside docs/. */
async function changelog() {
  return (await readFile(join(ROOT, 'CHANGELOG.md'), 'utf8')).replaceAll('](docs/', '](./')
}
