// @ts-check
// Code that is published: as few bytes as its lines, its functions and its stack traces allow.
import { minifySync, parseSync } from 'rolldown/utils'

/** @typedef {{ type: string, start: number, end: number }} Node */

/** A list is one line up to here, and beyond it a line for each of its elements. */
const LONG_LIST = 100

const ALL_NAMES = { function: true, class: true }
const KEEPS_LINES = { sequences: false, joinVars: false }

/** Stands for the # of the name of a private method. */
const PRIVATE = '__private__'
const PRIVATE_NAME = /#([a-zA-Z]\w*)/g
/** As it stands in its class, and not in a call. */
const PRIVATE_METHOD = /^\s*(?:(?:static|async|get|set) |\*)*#([a-zA-Z]\w*)\(/gm

/** What stands on lines of its own in each node that has it, whatever its length. */
const BODIES = ['body', 'consequent']
/** What does if the node is long. */
const LISTS = ['properties', 'elements', 'arguments']

/**
 * Code of ours: each statement stays a line of its own, and functions, classes and methods keep their names, so that a person
 * can follow a stack trace. Variables and private fields become short, and blanks and comments go.
 * @param {string} code
 */
export function compact(code) {
  const options = {
    compress: { ...KEEPS_LINES, keepNames: ALL_NAMES },
    mangle: { toplevel: true, keepNames: ALL_NAMES },
  }
  return withLines(withPrivateMethods(code, (plain) => minified(plain, options)))
}

/**
 * Keeps the names of private methods, which the minifier would shorten: stack traces have them. To the minifier they are
 * public meanwhile.
 * @param {string} code
 * @param {(code: string) => string} change
 */
function withPrivateMethods(code, change) {
  const methods = new Set(Array.from(code.matchAll(PRIVATE_METHOD), ([, name]) => name))
  const hidden = code.replace(PRIVATE_NAME, (all, name) => (methods.has(name) ? PRIVATE + name : all))
  return change(hidden).replaceAll(PRIVATE, '#')
}

/**
 * Code of others, of which nobody reads a stack trace here. It has lines too: Node prints the one that an error comes from.
 * @param {string} code
 */
export function squeeze(code) {
  return withLines(minified(code, { compress: KEEPS_LINES, mangle: { toplevel: true } }))
}

/**
 * @param {string} code
 * @param {import('rolldown/utils').MinifyOptions} options
 */
function minified(code, options) {
  const { code: dense, errors } = minifySync('chunk.cjs', code, {
    module: false,
    codegen: { removeWhitespace: true },
    ...options,
  })
  if (errors.length > 0) throw new Error(`cannot minify: ${errors[0]?.message}`)
  return dense
}

/**
 * Breaks lines where a statement, a member of a class, or an element of a long list begins: a line may end before each of them.
 * @param {string} code
 */
function withLines(code) {
  const { program } = parseSync('chunk.cjs', code)
  const places = [...new Set(linePlaces(program))].sort((a, b) => a - b)
  const lines = places.map((place, index) => code.slice(place, places[index + 1]))
  return `${code.slice(0, places[0])}${lines.join('\n')}`
}

/**
 * @param {unknown} value
 * @returns {Generator<number>}
 */
function* linePlaces(value) {
  if (Array.isArray(value)) for (const each of value) yield* linePlaces(each)
  else if (isNode(value)) yield* placesIn(value)
}

/**
 * @param {Node} node
 * @returns {Generator<number>}
 */
function* placesIn(node) {
  const lists = node.end - node.start > LONG_LIST ? [...BODIES, ...LISTS] : BODIES
  for (const [key, value] of Object.entries(node)) {
    if (lists.includes(key) && Array.isArray(value)) yield* value.filter(isNode).map(({ start }) => start)
    yield* linePlaces(value)
  }
}

/**
 * @param {unknown} value
 * @returns {value is Node}
 */
function isNode(value) {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
