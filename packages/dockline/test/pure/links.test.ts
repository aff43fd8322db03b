import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
/** npm shows these by themselves, without the rest of the repository. */
const PACKAGE_PAGES = ['packages/dockline/README.md', 'packages/cli/README.md']

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'bench/README.md',
  ...(await readdir(join(ROOT, 'docs'), { recursive: true }))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
]

describe('the links of the prose', () => {
  for (const page of pages) {
    it(`lead somewhere: ${page}`, async () => {
      const dead = []
      for (const link of linksOf(await read(page))) if (!(await leadsSomewhere(page, link))) dead.push(link)
      assert.deepEqual(dead, [])
    })
  }

  for (const page of PACKAGE_PAGES) {
    it(`work on npm, where only whole addresses do: ${page}`, async () => {
      const relative = linksOf(await read(page)).filter((link) => !link.startsWith('https://'))
      assert.deepEqual(relative, [])
    })
  }
})

function read(page: string): Promise<string> {
  return readFile(join(ROOT, page), 'utf8')
}

/** The targets of `[text](target)` and `![text](target)`, outside of code. */
function linksOf(markdown: string): readonly string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '')
  return Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target)
}

async function leadsSomewhere(page: string, link: string): Promise<boolean> {
  if (link.startsWith('https://')) return true
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(ROOT, target))) return false
  return anchor === undefined || anchorsOf(await read(target)).has(anchor)
}

/** What GitHub and the site make of headings. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = Array.from(markdown.matchAll(/^#+ (.*)$/gm), ([, heading = '']) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}
