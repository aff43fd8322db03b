// @ts-check
// What the published library leaves out of its modules and of other packages, because nothing here can use it.
import { readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * @typedef {object} Operation
 * @property {string} method
 * @property {string} path
 * @property {Record<string, string | null> | undefined} [query]
 * @property {Record<string, string> | undefined} [fields]
 */

/** Modules of other packages, and what stands in their place. */
const REPLACED = new Map([
  // The Engine's WebSocket agrees on no compression.
  ['ws/lib/permessage-deflate.js', "module.exports = { extensionName: 'permessage-deflate' }"],
])

/** The versions of all options of requests. */
const SINCE = join('api', 'since.gen.js')
/** The fields of all objects of answers. */
const ANSWERS = join('api', 'answers.gen.js')

/** @type {import('rolldown').Plugin} */
export const LEFT_OUT = {
  name: 'left-out',
  load(id) {
    if (id.endsWith(SINCE)) return lateOptions(id)
    if (id.endsWith(ANSWERS)) return shortShapes(id)
    const [, name = ''] = id.split(`${sep}node_modules${sep}`)
    return REPLACED.get(name.split(sep).join('/')) ?? null
  },
}

/** Where most of the options of a service are. */
const LONG_PLACE = 'TaskTemplate.ContainerSpec.'

/**
 * This runs in the package.
 * @param {Record<string, string> | undefined} fields
 */
function inFull(fields) {
  const entries = Object.entries(fields ?? {})
  return Object.fromEntries(
    entries.map(([since, places]) => [since, places.replaceAll('@', 'TaskTemplate.ContainerSpec.')]),
  )
}

/**
 * The table without names and without what every version has: it is for refusing options. A path stays that would be taken for another one.
 * Operations with the same fields, such as those that make and update a service, share them.
 * @param {string} id
 */
async function lateOptions(id) {
  const { OPERATIONS } = await import(pathToFileURL(id).href)
  const all = Object.values(OPERATIONS).map(withoutOld)
  const late = all.filter(({ query, fields }) => query ?? fields)
  const isTaken = (/** @type {Operation} */ { method, path }) =>
    late.some((each) => each.method === method && patternOf(each.path).test(path))
  const kept = all.filter((each) => late.includes(each) || isTaken(each))
  const lists = [...new Set(kept.map(({ fields }) => JSON.stringify(fields)))]
  const entries = kept.map(
    ({ method, path, query, fields }) =>
      `{ ...${JSON.stringify({ method, path, query })}, fields: FIELDS[${lists.indexOf(JSON.stringify(fields))}] }`,
  )
  const short = lists.map((list) => list?.replaceAll(LONG_PLACE, '@'))
  return `const FIELDS = [${short.join(',')}].map(${String(inFull)})\nexport const OPERATIONS = [${entries.join(',')}]`
}

/**
 * @param {Operation} operation
 * @returns {Operation}
 */
function withoutOld({ method, path, query = {}, fields }) {
  const late = Object.entries(query).filter(([, since]) => since !== null)
  return { method, path, fields, query: late.length > 0 ? Object.fromEntries(late) : undefined }
}

/**
 * The table with numbers in place of names that only the table itself uses.
 * @param {string} id
 */
async function shortShapes(id) {
  const { SHAPES } = await import(pathToFileURL(id).href)
  const asked = answerNames(id)
  const names = Object.keys(SHAPES)
  /** @param {string} name */
  const short = (name) => (asked.has(name) || !names.includes(name) ? name : String(names.indexOf(name)))
  /** @param {string} fields */
  const shortened = (fields) => fields.replace(/(?<=[^\w ])\w+(?= |$)/g, short)
  const entries = Object.entries(SHAPES).map(([name, fields]) => [short(name), shortened(fields)])
  return `export const SHAPES = ${JSON.stringify(Object.fromEntries(entries))}`
}

/**
 * The names of answers, which the calls use: their types have them.
 * @param {string} id
 */
function answerNames(id) {
  const types = readFileSync(id.replace(/\.js$/, '.d.ts'), 'utf8')
  return new Set(Array.from(types.matchAll(/^ +(\w+): \1;$/gm), ([, name]) => name))
}

/** @param {string} path */
function patternOf(path) {
  return new RegExp(`^${path.replace(/\{\w+\}/g, '.+')}$`)
}
