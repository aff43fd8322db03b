// @ts-check
// Short names for what a bundle calls often. Variables become short later, and what is not a variable stays as it is.

/**
 * An expression that a file has often, and a short one that takes its place.
 * @typedef {{ long: string, short: string, definition: string }} Helper
 */
/** @type {readonly Helper[]} */
const HELPERS = [
  {
    long: 'process.getBuiltinModule(',
    short: 'builtin(',
    // The function asks for no `this`, in Node, Bun and Deno.
    definition: 'const { getBuiltinModule: builtin } = process;\n',
  },
  {
    long: 'Promise.resolve().then(',
    short: 'later(',
    // In a list it has no name of its own to keep, so that the variable becomes short.
    definition: 'const [later] = [(load) => Promise.resolve().then(load)];\n',
  },
]

/**
 * Says briefly what a file says often.
 * @param {string} code
 */
export function withHelpers(code) {
  return HELPERS.reduce(withHelper, code)
}

/**
 * @param {string} code
 * @param {Helper} helper
 */
function withHelper(code, { long, short, definition }) {
  const uses = code.split(long).length - 1
  return uses * long.length > definition.length ? definition + code.replaceAll(long, short) : code
}

/** Variables become short, and functions and classes keep their names: what is called often is called by a variable. */
const CALLED_OFTEN = [
  'callTable',
  'readCall',
  'checkObject',
  'refuseUnknown',
  'invalid',
  'invalidKind',
  'InvalidArgumentError',
  'ProtocolError',
  'keepName',
  'onAbort',
  'badHost',
  'authHeaders',
  'parseBytes',
  'identified',
  'compareVersions',
  'configFolder',
  'table',
  'oneOf',
  'duration',
  'deadline',
  'sshString',
]

/** Members of the language's own objects that code uses often. None of them uses `this`. */
const OF_LANGUAGE = [
  ...helpersFor('Array', ['isArray'], '('),
  ...helpersFor('JSON', ['parse', 'stringify'], '('),
  ...helpersFor('Math', ['max', 'min'], '('),
  ...helpersFor('Object', ['assign', 'entries', 'fromEntries', 'hasOwn', 'keys', 'values'], '('),
  ...helpersFor('Symbol', ['asyncDispose', 'asyncIterator', 'dispose'], ']'),
  { long: 'new AbortController(', short: 'new Aborting(', definition: 'const Aborting = AbortController;\n' },
]

/**
 * @param {string} owner
 * @param {readonly string[]} names
 * @param {string} behind what follows each
 * @returns {Helper[]}
 */
function helpersFor(owner, names, behind) {
  return names.map((name) => {
    const short = `${name}Of${owner}`
    return {
      long: `${owner}.${name}${behind}`,
      short: `${short}${behind}`,
      definition: `const { ${name}: ${short} } = ${owner};\n`,
    }
  })
}

/** @type {import('rolldown').Plugin} */
export const SHORT_NAMES = {
  name: 'short-names',
  renderChunk: (code) => ({ code: OF_LANGUAGE.reduce(withHelper, withShortNames(code)), map: null }),
}

/** The tag of many templates. */
const TAG = 'path'

/** @param {string} code */
function withShortNames(code) {
  return [...CALLED_OFTEN, TAG].reduce((all, name) => {
    const call = name === TAG ? '`' : '('
    const use = new RegExp(`(?<![\\w$.#]|function )${name}\\${call}`, 'g')
    const isFunction = new RegExp(`^function ${name}\\(`, 'm').test(all)
    const made = new RegExp(`^keepName\\(${name}, .*\\n`, 'm')
    if ((all.match(use) ?? []).length < 8 || !(isFunction || made.test(all))) return all
    const [alias, short] = [`const short${name} = ${name};\n`, all.replace(use, `short${name}${call}`)]
    // A function is there from the first line on, and a class when it has been made.
    return isFunction ? alias + short : short.replace(made, (line) => line + alias)
  }, code)
}
