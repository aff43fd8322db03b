// @ts-check
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import { GUIDE } from '../guide.mjs'
import { OUTPUT, PAGES } from '../paths.mjs'

const referenceSidebar = JSON.parse(readFileSync(join(PAGES, 'reference/sidebar.json'), 'utf8'))

export default defineConfig({
  title: 'Dockline',
  description:
    'Docker for TypeScript: a typed client of the Docker Engine API, and a terminal inside a container.',
  base: process.env.DOCS_BASE ?? '/',
  srcDir: PAGES,
  outDir: OUTPUT,
  cacheDir: join(PAGES, '../vite'),
  lastUpdated: false,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  // An address in a comment is an example, not a link.
  markdown: { config: escapeInterpolation, linkify: false },
  // A page of the reference has hundreds of links.
  router: { prefetchLinks: false },
  vite: { build: { chunkSizeWarningLimit: 5000 } },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/getting-started', activeMatch: '^/(?!recipes|reference|changelog)' },
      { text: 'Recipes', link: '/recipes/', activeMatch: '^/recipes/' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference/' },
      { text: 'Changelog', link: '/changelog' },
    ],
    sidebar: { '/reference/': referenceSidebar, '/': GUIDE.map(existing) },
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    docFooter: { prev: 'Previous', next: 'Next' },
  },
})

/**
 * Leaves out pages that are not there.
 * @param {import('vitepress').DefaultTheme.SidebarItem} group
 */
function existing(group) {
  return { ...group, items: group.items?.filter(({ link = '' }) => existsSync(join(PAGES, fileOf(link)))) }
}

/** @param {string} link */
function fileOf(link) {
  return link.endsWith('/') ? `${link}index.md` : `${link}.md`
}

/**
 * Keeps the braces of Go templates as text: Vue would evaluate them.
 * @param {import('vitepress').MarkdownRenderer} markdown
 */
function escapeInterpolation(markdown) {
  const render = markdown.renderer.renderInline.bind(markdown.renderer)
  markdown.renderer.renderInline = (tokens, options, env) =>
    render(tokens, options, env).replaceAll('{{', '&#123;&#123;')
}
