// @ts-check
// Builds the site: brings the pages together, adds the reference, and makes HTML of both. `npm run docs` runs it.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vitepress'
import { PAGES, ROOT } from './paths.mjs'
import { writeReference } from './reference/index.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))
// VitePress puts a link to Vue beside the package.json that is nearest to the working directory.
process.chdir(HERE)

await rm(PAGES, { recursive: true, force: true })
await mkdir(PAGES, { recursive: true })
await cp(join(ROOT, 'docs'), PAGES, { recursive: true })
await cp(join(HERE, 'front-page.md'), join(PAGES, 'index.md'))
await writeFile(join(PAGES, 'changelog.md'), await changelog())
await writeReference(join(PAGES, 'reference'))
await build(HERE)

/** The changelog, with its links to the guide as seen from inside docs/. */
async function changelog() {
  return (await readFile(join(ROOT, 'CHANGELOG.md'), 'utf8')).replaceAll('](docs/', '](./')
}
