// @ts-check
// Code that is published: as few bytes as its lines, its functions and its stack traces allow.
import { minifySync, parseSync } from 'rolldown/utils'

/** @typedef {{ type: string, start: number, end: number }} Node */

/** A list is one line up to here, and beyond it a line for each of its elements. */
const LONG_LIST = 100
const LONG_LINE = 100

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
 * Code of ours: each statement begins a line or the body it is in, and functions, classes and methods keep their names, so that a person
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
  return withShortUndefined(withShortDeclarations(dense))
}

/** No name of the minifier's, which has one character while there are enough of these. */
const NOTHING = '$$'
const NOTHING_IS_DECLARED = `const ${NOTHING}=void 0;`
/** From here on, the variable takes less room than what it stands for. */
const FEW = 5

/**
 * Writes a constant in place of each `void 0`.
 * @param {string} code
 */
function withShortUndefined(code) {
  const places = [...nodesIn(parseSync('chunk.cjs', code).program)]
    .filter((node) => node.type === 'UnaryExpression' && code.slice(node.start, node.end) === 'void 0')
    .map(({ start }) => start)
    .sort((a, b) => a - b)
  // A directive counts only in front of everything.
  const isTaken = code.includes(NOTHING) || /^(['"]|#!)/.test(code)
  if (places.length < FEW || isTaken) return code
  const pieces = [0, ...places].map((place, index) => code.slice(place, places[index]))
  return (
    NOTHING_IS_DECLARED +
    pieces.map((piece, index) => (index === 0 ? piece : NOTHING + piece.slice('void 0'.length))).join('')
  )
}

/**
 * Declares constants by the shorter word. The compiler has seen that nothing is assigned to them.
 * @param {string} code
 */
function withShortDeclarations(code) {
  const ends = [...nodesIn(parseSync('chunk.cjs', code).program)]
    .filter((node) => 'kind' in node && node.type === 'VariableDeclaration' && node.kind === 'const')
    .map(({ start }) => start + 'const'.length)
    .sort((a, b) => a - b)
  const pieces = [0, ...ends].map((place, index) => code.slice(place, ends[index]))
  return pieces
    .map((piece, index) => (ends[index] === undefined ? piece : piece.replace(/const$/, 'let')))
    .join('')
}

/**
 * Lets every line begin at its first word, but for those of a text.
 * @param {string} code
 */
export function withoutIndents(code) {
  const texts = [...nodesIn(parseSync('chunk.cjs', code).program)].filter(
    ({ type }) => type === 'TemplateElement',
  )
  return code.replace(/^\t+/gm, (indent, place) =>
    texts.some(({ start, end }) => start < place && place < end) ? indent : '',
  )
}

/** What may begin a line without being taken for more of the line before. */
const BEGINNING = /^(?!in\b|instanceof\b)[\w$#]/
/** A field of such a name would be a word of the member behind it. */
const MODIFIER = /^(?:static )?(?:get|set|static|async|accessor);$/

/**
 * Breaks lines where a statement, a member of a class, or an element of a long list begins: a line may end before each of them.
 * @param {string} code
 */
function withLines(code) {
  const nodes = [...nodesIn(parseSync('chunk.cjs', code).program)]
  const places = [...new Set(nodes.flatMap(placesIn))].filter((place) => place > 0).sort((a, b) => a - b)
  const empty = new Set(nodes.filter(({ type }) => type === 'EmptyStatement').map(({ end }) => end))
  const lines = [0, ...places].map((place, index) => code.slice(place, places[index]))
  const ended = lines.map((line, index) => {
    const isNeeded = empty.has(places[index] ?? code.length) || MODIFIER.test(line)
    return isNeeded ? line : withoutSemicolon(line, lines[index + 1] ?? '')
  })
  return joined(ended)
}

/**
 * The end of a line stands for the semicolon before it.
 * @param {string} line
 * @param {string} next
 */
function withoutSemicolon(line, next) {
  return BEGINNING.test(next) ? line.replace(/;$/, '') : line
}

/** The end of a line behind which a body or a list goes on. */
const OPEN = /[{([,]$/

/**
 * Leaves what opens a body on one line with the first statement of it, and fills the lines of a list.
 * @param {readonly string[]} lines
 */
function joined(lines) {
  /** @type {string[]} */
  const result = []
  for (const line of lines) {
    const last = result.at(-1) ?? ''
    if (OPEN.test(last) && last.length + line.length <= LONG_LINE) result[result.length - 1] = last + line
    else result.push(line)
  }
  return result.join('\n')
}

/**
 * @param {unknown} value
 * @returns {Generator<Node>}
 */
function* nodesIn(value) {
  if (typeof value !== 'object' || value === null) return
  if (isNode(value)) yield value
  for (const each of Object.values(value)) yield* nodesIn(each)
}

/**
 * @param {Node} node
 * @returns {number[]}
 */
function placesIn(node) {
  const keys = node.end - node.start > LONG_LIST ? [...BODIES, ...LISTS] : BODIES
  const members = Object.entries(node).flatMap(([key, value]) =>
    keys.includes(key) && Array.isArray(value) ? value : [],
  )
  return members.filter(isNode).map(({ start }) => start)
}

/**
 * @param {unknown} value
 * @returns {value is Node}
 */
function isNode(value) {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
