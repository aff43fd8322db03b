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

const DECLARED = /^(?:declare (?:abstract )?(?:class|function|const|let|var|enum)|interface|type) ([$\w]+)/gm

const DECLARE = /^declare /

/**
 * The names that declarations declare.
 * @param {string} code
 */
export function declaredNames(code) {
  return new Set(Array.from(code.matchAll(DECLARED), ([, name = '']) => name))
}

/** What keeps its blanks, and beyond it the marks that need none. */
const MARKS =
  /(\/\*\*[\s\S]*?\*\/|\/\/\/.*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)| *(=>|[:|=<>{},;&?()[\]]) */g

/** A comment that goes in front of its declaration. */
const ONE_LINE_COMMENT = /^(\/\*\*.*\*\/)\n/gm
/** The full stop at the end of a comment: an editor shows the comment by itself. */
const LAST_STOP = /(?<=[^.])\.(?=\*\/)/g

/**
 * @param {string} code
 * @param {(file: string) => ReadonlySet<string>} declaredIn the names that another file declares, all of which it exports
 */
export function compactTypes(code, declaredIn) {
  return compactLines(passOn(code, declaredIn))
    .replace(MARKS, (_, kept, mark) => kept ?? mark)
    .replace(/;$/gm, '')
    .replace(/\n\}/g, '}')
    .replace(LAST_STOP, '')
    .replace(ONE_LINE_COMMENT, '$1')
}

/**
 * No blanks at the beginning of lines and at the ends of comments, and no lines of their own for these. A paragraph of a
 * comment is one line.
 * @param {string} code
 */
function compactLines(code) {
  return code
    .replace(/^(\/\/ .*)?\n/gm, '')
    .replace(/^ +/gm, '')
    .replace(/^\/\*\*\n\*/gm, '/**')
    .replace(/\n\*\/$/gm, '*/')
    .replace(/\/\*\* (?![/*])/g, '/**')
    .replace(/ \*\/$/gm, '*/')
    .replace(/(?<!\n\*)\n\* (?![ \-@|])/g, ' ')
}

/**
 * Names each export once at most: what is imported only to be exported is one statement. A file of declarations that has
 * imports and no statement of exports exports all that it declares.
 * @param {string} code
 * @param {(file: string) => ReadonlySet<string>} declaredIn
 */
function passOn(code, declaredIn) {
  const exported = namesIn(EXPORT.exec(code)?.[1])
  const imports = Array.from(code.matchAll(IMPORT), ([, names, file = '']) => ({
    names: namesIn(names),
    file,
  }))
  const references = code.match(REFERENCE) ?? []
  const body = code.replace(IMPORT, '').replace(EXPORT, '').replace(REFERENCE, '')
  const used = imports.map((each) => statement('import', usedIn(body, each.names), each.file))
  const passed = imports.map(({ names, file }) => {
    const list = passedOn(names, exported)
    return isWhole(list, declaredIn(file)) ? `export * from "${file}";\n` : statement('export', list, file)
  })
  const own = exported.filter(({ from }) => !imports.some(({ names }) => names.some(({ to }) => to === from)))
  const isImplied =
    references.length === 0 && passed.join('') === '' && used.join('') !== '' && !own.some(isRenamed)
  if (isImplied) return [...references, ...used, body, ...passed].join('')
  // Without any statement of exports, TypeScript takes each declaration for an export.
  const marked = passed.join('') !== '' || own.some(isRenamed) ? own.filter(isMarked) : []
  const listed = statement(
    'export',
    own.filter((name) => !marked.includes(name)),
  )
  return [...references, ...used, withExports(body, marked), ...passed, listed].join('')
}

/**
 * The word takes fewer bytes before a declaration than the name takes in a list. It stands in place of `declare`.
 * @param {string} code
 * @param {readonly Name[]} names
 */
function withExports(code, names) {
  const exported = new Set(names.map(({ from }) => from))
  return code.replace(DECLARED, (all, name) =>
    exported.has(name) ? `export ${all.replace(DECLARE, '')}` : all,
  )
}

/** @param {Name} name */
function isMarked(name) {
  return name.kind === '' && !isRenamed(name)
}

/**
 * @param {string} code
 * @param {readonly Name[]} names
 */
function usedIn(code, names) {
  return names.filter(({ to }) => isUsed(to, code))
}

/** @param {Name} name */
function isRenamed({ from, to }) {
  return from !== to
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
 * Whether names are all that a file exports, and have no others here.
 * @param {readonly Name[]} names
 * @param {ReadonlySet<string>} declared
 */
function isWhole(names, declared) {
  return names.length > 1 && names.length === declared.size && !names.some(isRenamed)
}

/**
 * The word `type` stands once before a list of types, where that takes fewer bytes than once before each name.
 * @param {string} word
 * @param {readonly Name[]} names
 * @param {string} [file]
 */
function statement(word, names, file) {
  const origin = file === undefined ? '' : ` from "${file}"`
  const types = names.filter(({ kind }) => kind === 'type ')
  const values = names.filter(({ kind }) => kind === '')
  const isWorthIt = values.length === 0 || types.length * 'type '.length > `${word} type { }${origin};`.length
  if (!isWorthIt) return `${word} ${list(names)}${origin};\n`
  const parts = [
    values.length > 0 && `${word} ${list(values)}`,
    types.length > 0 && `${word} type ${list(types, '')}`,
  ]
  return parts.map((part) => (part ? `${part}${origin};\n` : '')).join('')
}

/**
 * @param {readonly Name[]} names
 * @param {string} [kindOfAll] what stands before each name instead of its own kind
 */
function list(names, kindOfAll) {
  const words = names.map(
    ({ kind, from, to }) => `${kindOfAll ?? kind}${from}${from === to ? '' : ` as ${to}`}`,
  )
  return `{ ${words.join(', ')} }`
}

/**
 * @param {string} name
 * @param {string} code
 */
function isUsed(name, code) {
  return new RegExp(`(?<![$\\w])${name.replaceAll('$', '\\$')}(?![$\\w])`).test(code)
}
