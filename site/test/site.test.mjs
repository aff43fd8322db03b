// @ts-check
// Walks every page of the finished site in a browser.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { chromium } from 'playwright-core'
import { GUIDE } from '../guide.mjs'
import { OUTPUT, PAGES } from '../paths.mjs'
import { serve } from './server.mjs'

const TABS = 3
const BROWSER = process.env.DOCKLINE_CHROMIUM || '/usr/bin/chromium'
/** The first visit of a page on a busy machine. */
const PATIENCE_MS = 120_000

/**
 * @typedef {object} Visit what a browser found on a page
 * @property {string} path
 * @property {readonly string[]} errors
 * @property {readonly string[]} links
 * @property {ReadonlySet<string>} ids
 * @property {string} title
 */

const paths = (await readdir(OUTPUT, { recursive: true })).filter((path) => path.endsWith('.html')).sort()

describe('the site', () => {
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let server
  /** @type {import('playwright-core').Browser} */
  let browser
  /** @type {Map<string, Visit>} */
  const visits = new Map()

  before(async () => {
    server = await serve(OUTPUT)
    browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-gpu'] })
    const waiting = [...paths]
    await Promise.all(Array.from({ length: TABS }, () => visitAll(waiting)))
  })

  after(async () => {
    await browser?.close()
    server?.close()
  })

  it('has every page of the guide', () => {
    const wanted = GUIDE.flatMap(({ items = [] }) => items.map(({ link = '' }) => fileOf(link)))
    assert.deepEqual(
      wanted.filter((path) => !visits.has(path)),
      [],
    )
  })

  it('leads to every page of docs/ and the changelog', () => {
    const led = new Set(GUIDE.flatMap(({ items = [] }) => items.map(({ link = '' }) => fileOf(link))))
    const apart = /^(?:index|404)\.html$|^reference\//
    assert.deepEqual(
      paths.filter((path) => !apart.test(path) && !led.has(path)),
      [],
    )
  })

  it('shows every page without an error', () => {
    assert.deepEqual(
      [...visits.values()]
        .filter(({ errors }) => errors.length > 0)
        .map(({ path, errors }) => ({ path, errors })),
      [],
    )
  })

  it('gives every page a title of its own', () => {
    const titles = [...visits.values()].map(({ title }) => title)
    assert.deepEqual(
      titles.filter((title, index) => title === '' || titles.indexOf(title) !== index),
      [],
    )
  })

  it('has no link that leads nowhere', () => {
    const dead = [...visits.values()].flatMap(({ path, links }) =>
      links.filter((link) => !leadsSomewhere(link)).map((link) => `${path}: ${link}`),
    )
    assert.deepEqual(dead, [])
  })

  it('has a place for every public name', async () => {
    const names = JSON.parse(await readFile(join(PAGES, 'reference/names.json'), 'utf8'))
    const missing = names.filter(
      (/** @type {{ address: string }} */ { address }) =>
        !leadsSomewhere(new URL(address, `${server.origin}/reference/`).href),
    )
    assert.deepEqual(missing, [])
    const doors = new Set(names.map((/** @type {{ specifier: string }} */ { specifier }) => specifier))
    const exported = await Promise.all([...doors].map(async (door) => Object.keys(await import(door))))
    const described = new Set(names.map((/** @type {{ name: string }} */ { name }) => name))
    assert.deepEqual(
      exported.flat().filter((name) => !described.has(name)),
      [],
    )
  })

  it('finds what is searched for', async () => {
    for (const [words, page] of /** @type {const} */ ([
      ['UnhealthyError', 'errors.html'],
      ['detach keys', 'terminal.html'],
      ['healthcheck', 'reference/'],
      ['config.json credential helpers', 'credentials.html'],
    ])) {
      const found = await search(words)
      assert.ok(
        found.some((link) => link.includes(page)),
        `"${words}" finds ${page}, among ${found.join(' ')}`,
      )
    }
  })

  it('leads from each page of the guide to the next and back', async () => {
    const page = await browser.newPage()
    await page.goto(`${server.origin}/containers.html`, { timeout: PATIENCE_MS })
    await page.locator('a.pager-link.next').click()
    await page.waitForURL('**/sandboxes.html', { timeout: PATIENCE_MS })
    await page.locator('a.pager-link.prev').click()
    await page.waitForURL('**/containers.html', { timeout: PATIENCE_MS })
    await page.close()
  })

  /**
   * @param {string[]} waiting
   * @returns {Promise<void>}
   */
  async function visitAll(waiting) {
    const page = await browser.newPage()
    for (let path = waiting.shift(); path; path = waiting.shift()) visits.set(path, await visit(page, path))
    await page.close()
  }

  /**
   * @param {import('playwright-core').Page} page
   * @param {string} path
   * @returns {Promise<Visit>}
   */
  async function visit(page, path) {
    /** @type {string[]} */
    const errors = []
    const onConsole = (/** @type {import('playwright-core').ConsoleMessage} */ message) => {
      if (['error', 'warning'].includes(message.type())) errors.push(message.text())
    }
    const onError = (/** @type {Error} */ error) => errors.push(String(error))
    page.on('console', onConsole).on('pageerror', onError)
    await page.goto(`${server.origin}/${path}`, { timeout: PATIENCE_MS })
    await page.waitForFunction(() => '__vue_app__' in (document.querySelector('#app') ?? {}), undefined, {
      timeout: PATIENCE_MS,
    })
    const { links, ids, title } = await page.evaluate(() => ({
      links: Array.from(
        document.querySelectorAll('a[href]'),
        (link) => /** @type {HTMLAnchorElement} */ (link).href,
      ),
      ids: Array.from(document.querySelectorAll('[id]'), ({ id }) => id),
      title: document.title,
    }))
    page.off('console', onConsole).off('pageerror', onError)
    return { path, errors, links, ids: new Set(ids), title }
  }

  /**
   * Another site's pages cannot be asked for here: their addresses must be whole.
   * @param {string} link
   */
  function leadsSomewhere(link) {
    const { origin, protocol, pathname, hash } = new URL(link)
    if (origin !== server.origin) return protocol === 'https:' || pathname.startsWith('//127.0.0.1')
    const file = fileOf(decodeURIComponent(pathname))
    const visited = visits.get(file)
    if (!visited) return existsSync(join(OUTPUT, file))
    return hash === '' || visited.ids.has(decodeURIComponent(hash.slice(1)))
  }

  /** @param {string} words */
  async function search(words) {
    const page = await browser.newPage()
    await page.goto(server.origin, { timeout: PATIENCE_MS })
    await page.locator('.VPNavBarSearch button').first().click()
    await page.locator('.search-input').fill(words)
    const results = page.locator('a.result')
    await results.first().waitFor({ timeout: PATIENCE_MS })
    const links = await results.evaluateAll((all) =>
      all.map((link) => /** @type {HTMLAnchorElement} */ (link).href),
    )
    await page.close()
    return links
  }
})

/**
 * The file that a static server sends for a path.
 * @param {string} path
 */
function fileOf(path) {
  const file = path.replace(/^\//, '')
  if (file === '' || file.endsWith('/')) return `${file}index.html`
  return file.endsWith('.html') || /\.\w+$/.test(file) ? file : `${file}.html`
}
