// @ts-check
// The reference: a page of markdown for every class, and for the types and functions of each section.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ReflectionKind } from 'typedoc'
import { catalogue } from './catalogue.mjs'
import { proseOf } from './comments.mjs'
import { convert } from './convert.mjs'
import { groupBy } from './group-by.mjs'
import { ownComment, printName } from './print.mjs'
import { ENGINE_TYPES, ORDER } from './sections.mjs'
import { findUses } from './uses.mjs'

/** @typedef {import('./catalogue.mjs').PublicName} PublicName */
/** @typedef {import('./uses.mjs').UsesOf} UsesOf */

/** Users of a type that the index names. */
const NAMED_USERS = 2

/**
 * Writes the pages, the sidebar, and a list of all names with their pages for the tests.
 * @param {string} folder
 */
export async function writeReference(folder) {
  const names = catalogue(await convert())
  await mkdir(folder, { recursive: true })
  const pages = groupBy(names, ({ page }) => page)
  const usesOf = findUses(names)
  for (const [page, entries] of pages)
    await writeFile(join(folder, `${page}.md`), printPage(entries, { names, usesOf }))
  await writeFile(join(folder, 'index.md'), printIndex(names, usesOf))
  await writeFile(join(folder, 'sidebar.json'), JSON.stringify(sidebar(names)))
  await writeFile(join(folder, 'names.json'), JSON.stringify(names.map(describe)))
}

/** @param {PublicName} entry */
function describe(entry) {
  const isType = [ReflectionKind.Interface, ReflectionKind.TypeAlias].includes(entry.reflection.kind)
  return { name: entry.name, specifier: entry.specifier, address: addressOf(entry), isType }
}

/**
 * @param {readonly PublicName[]} entries
 * @param {{ names: readonly PublicName[], usesOf: UsesOf }} all
 */
function printPage(entries, { names, usesOf }) {
  const [first] = entries
  if (!first) return ''
  const scope = names.filter(({ specifier }) => specifier === first.specifier)
  const find = (/** @type {string} */ name) => {
    const found = [...scope, ...names].find((entry) => entry.name === name)
    return found && addressOf(found)
  }
  if (first.alone)
    return `---\ntitleTemplate: API reference of Dockline\n---\n\n# ${first.name}\n\n${printName(first, find, usesOf)}\n`
  const parts = entries.map(
    (entry) => `## ${entry.name} {#${entry.name}}\n\n${printName(entry, find, usesOf)}`,
  )
  // The members of each name are too many for the outline.
  return `---\noutline: 2\n---\n\n# ${titleOf(first)}\n\n${importedFrom(entries)}\n\n${parts.join('\n\n')}\n`
}

/** @param {readonly PublicName[]} entries */
function importedFrom(entries) {
  const doors = [...new Set(entries.map(({ specifier }) => `\`${specifier}\``))]
  return `Import these names from ${doors.join(' or ')}.`
}

/** @param {PublicName} entry the address as seen from another page of the reference */
function addressOf({ name, page, alone }) {
  return alone ? `./${page}.html` : `./${page}.html#${name}`
}

/** @param {PublicName} entry */
function titleOf({ section, name }) {
  return section === ENGINE_TYPES
    ? `Engine types: ${name.charAt(0).toUpperCase()}`
    : `${section}: types and functions`
}

/**
 * @param {readonly PublicName[]} names
 * @param {UsesOf} usesOf
 */
function printIndex(names, usesOf) {
  const head =
    '# API reference\n\nEvery public name of the package, made from its types. The [guide](../getting-started.md) shows how they go' +
    ' together.\n\nColumns named *API* show the version of the Engine API that brought an option. The client refuses an' +
    ' option that the Engine in use lacks before it sends the call.\n'
  return [head, ...ORDER.map((section) => printSection(section, names, usesOf))].join('\n')
}

/**
 * @param {string} section
 * @param {readonly PublicName[]} names
 * @param {UsesOf} usesOf
 */
function printSection(section, names, usesOf) {
  const own = names.filter((entry) => entry.section === section)
  if (own.length === 0) return ''
  if (section === ENGINE_TYPES) return `## ${section}\n\n${own.map(linkTo).join(', ')}\n`
  const rows = own.map((entry) => `| ${linkTo(entry)} | ${firstSentence(entry) || usersOf(entry, usesOf)} |`)
  return `## ${section}\n\n| Name | Meaning |\n| --- | --- |\n${rows.join('\n')}\n`
}

/** @param {PublicName} entry */
function linkTo(entry) {
  const file = addressOf(entry).replace('.html', '.md')
  return `[\`${entry.name}\`](${file})`
}

/** @param {PublicName} entry */
function firstSentence({ reflection }) {
  const { text } = proseOf(ownComment(reflection) ?? reflection.signatures?.[0]?.comment)
  return (/^[\s\S]*?[.:](?=\s|$)/.exec(text)?.[0] ?? text).replaceAll('\n', ' ').replaceAll('|', '\\|')
}

/**
 * What a name without a sentence of its own is for: its name, and who uses it.
 * @param {PublicName} entry
 * @param {UsesOf} usesOf
 */
function usersOf({ name }, usesOf) {
  const { calls, parts } = usesOf(name)
  const [word, users] = calls.length > 0 ? ['Used by', calls] : ['Part of', parts]
  if (users.length === 0) return ''
  const named = users.slice(0, NAMED_USERS).map((user) => `\`${user}\``)
  return `${word} ${named.join(', ')}${users.length > NAMED_USERS ? ' and others' : ''}.`
}

/** @param {readonly PublicName[]} names */
function sidebar(names) {
  const groups = ORDER.map((section) => ({
    text: section,
    collapsed: true,
    items: [
      ...groupBy(
        names.filter((entry) => entry.section === section),
        ({ page }) => page,
      ).values(),
    ]
      .map(([first]) => first)
      .filter((entry) => entry !== undefined)
      .sort((one, other) => Number(other.alone) - Number(one.alone))
      .map((entry) => ({ text: itemOf(entry), link: `/reference/${entry.page}` })),
  }))
  return [{ text: 'All names', link: '/reference/' }, ...groups.filter(({ items }) => items.length > 0)]
}

/** @param {PublicName} entry */
function itemOf(entry) {
  if (entry.alone) return entry.name
  return entry.section === ENGINE_TYPES ? entry.name.charAt(0).toUpperCase() : 'Types and functions'
}
