// @ts-check
// Declarations that are published: as few bytes as they can be with all their comments.

/**
 * @typedef {object} Name one of an import or export: `from as to`
 * @property {'type ' | ''} kind
 * @property {string} from
 * @property {string} to
 */
/** @typedef {{ names: readonly Name[], file: string }} Import */

const IMPORT = /^import \{ (.+) \} from "(.+)";\n/gm
const EXPORT = /^export \{ (.+) \};\n?/m
/** A reference to other types counts only before all else. */
const REFERENCE = /^\/\/\/ .*\n/gm

/** @param {string} code */
export function compactTypes(code) {
  return compactLines(passOn(code))
}

/**
 * One blank a level, and comments without lines of their own for their ends.
 * @param {string} code
 */
function compactLines(code) {
  return code
    .replace(/^(\/\/ .*)?\n/gm, '')
    .replace(/^( +)/gm, (blanks) => ' '.repeat(Math.ceil(blanks.length / 2)))
    .replace(/^( *\/\*\*)\n *\*/gm, '$1')
    .replace(/\n *\*\/$/gm, ' */')
}

/**
 * Exports the names that are imported only to be exported in one statement, where each stands once.
 * @param {string} code
 */
function passOn(code) {
  const exported = namesIn(EXPORT.exec(code)?.[1])
  const imports = Array.from(code.matchAll(IMPORT), ([, names, file = '']) => ({
    names: namesIn(names),
    file,
  }))
  const body = code.replace(IMPORT, '').replace(EXPORT, '').replace(REFERENCE, '')
  const imported = new Set(imports.flatMap(({ names }) => names.map(({ to }) => to)))
  return [
    ...(code.match(REFERENCE) ?? []),
    ...imports.map(({ names, file }) =>
      statement(
        'import',
        names.filter(({ to }) => isUsed(to, body)),
        file,
      ),
    ),
    body,
    ...imports.map(({ names, file }) => statement('export', passedOn(names, exported), file)),
    statement(
      'export',
      exported.filter(({ from }) => !imported.has(from)),
    ),
  ].join('')
}

/**
 * @param {string | undefined} list
 * @returns {Name[]}
 */
function namesIn(list) {
  return (list?.split(', ') ?? []).map((name) => {
    const [, type, from = '', to = from] = /^(type )?([$\w]+)(?: as ([$\w]+))?$/.exec(name) ?? []
    return { kind: type ? 'type ' : '', from, to }
  })
}

/**
 * What of imported names is exported, under the names that it has where it comes from.
 * @param {readonly Name[]} names
 * @param {readonly Name[]} exported
 * @returns {Name[]}
 */
function passedOn(names, exported) {
  return exported.flatMap(({ kind, from: local, to }) =>
    names.filter((name) => name.to === local).map(({ from }) => ({ kind, from, to })),
  )
}

/**
 * @param {string} word
 * @param {readonly Name[]} names
 * @param {string} [file]
 */
function statement(word, names, file) {
  if (names.length === 0) return ''
  const list = names.map(({ kind, from, to }) => `${kind}${from}${from === to ? '' : ` as ${to}`}`)
  return `${word} { ${list.join(', ')} }${file === undefined ? '' : ` from "${file}"`};\n`
}

/**
 * @param {string} name
 * @param {string} code
 */
function isUsed(name, code) {
  return new RegExp(`(?<![$\\w])${name.replaceAll('$', '\\$')}(?![$\\w])`).test(code)
}
