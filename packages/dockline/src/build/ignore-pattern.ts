/** One line of an ignore file, ready to be matched. */
export interface IgnorePattern {
  /** The path is taken back in, not left out. */
  readonly negated: boolean
  matches(path: string): boolean
  /** Whether something inside the folder could match. Says yes when in doubt: that costs a walk, a wrong no loses files. */
  couldMatchBelow(folder: string): boolean
}

/** A pattern that means exactly this path, whatever characters are in it. */
export function literalPattern(path: string, negated: boolean): IgnorePattern {
  const inFolder = (folder: string) => path.startsWith(`${folder}/`)
  return { negated, matches: (other) => other === path, couldMatchBelow: inFolder }
}

/** A pattern in Go's filepath.Match syntax with `**`. Throws a SyntaxError when it is not well-formed. */
export function globPattern(glob: string, negated: boolean): IgnorePattern {
  const expression = globExpression(glob)
  const parts = glob.split('/').map(partMatcher)
  return {
    negated,
    matches: (path) => expression.test(path),
    couldMatchBelow: (folder) => couldReach(parts, folder.split('/')),
  }
}

/** `**` with the slash after it, `*`, `?`, a class, an escaped character, any other character. */
const TOKEN = /\*\*\/?|\*|\?|(?:\[\^|\[(?!\^))(?:(?:\\.|[^\\\]-])(?:-(?:\\.|[^\\\]-]))?)+\]|\\.|./gsu
const ANY_DEPTH = /^\*\*\/?$/

/**
 * Docker turns a pattern into a regular expression, and what it turns out to match is the rule: `[^a]` matches a slash,
 * and a `^` beside a wildcard is an anchor. Both are kept, so that the same files are sent as docker sends.
 */
function globExpression(glob: string): RegExp {
  const tokens = glob.match(TOKEN) ?? []
  const plain = isPlain(tokens)
  const source = tokens.map((token, index) => {
    if (ANY_DEPTH.test(token)) return anyDepth(token, index, { plain, last: tokens.length - 1 })
    if (token === '*') return '[^/]*'
    if (token === '?') return '[^/]'
    if (token === '^') return plain ? '\\^' : '^'
    if (token.length > 1 && token.startsWith('[')) return classExpression(token)
    if (token === '[' || token === '\\') throw new SyntaxError(`unfinished '${token}'`)
    return characterExpression(token)
  })
  return new RegExp(`^${joinParts(tokens, source)}$`, 'su')
}

/**
 * Between two `*`, the first place that fits is as good as any later one, so the search does not come back to it: else
 * a few more `*` make it take hours. Where a class may match a slash, or a `^` is an anchor, that would not be true.
 */
function joinParts(tokens: readonly string[], source: readonly string[]): string {
  if (tokens.some((token) => /^(?:\^|\[.|\\[a-z])/isu.test(token))) return source.join('')
  const wildcards = tokens.flatMap((token, index) => (token === '*' || ANY_DEPTH.test(token) ? [index] : []))
  let joined = source.slice(0, wildcards[0] ?? source.length).join('')
  let groups = 0
  for (const [at, index] of wildcards.entries()) {
    const next = wildcards[at + 1]
    const part = source.slice(index + 1, next).join('')
    const settled = tokens[index] === '*' && next !== undefined && tokens[next] === '*'
    joined += settled ? `(?=([^/]*?${part}))\\${++groups}` : `${source[index]}${part}`
  }
  return joined
}

/** `**` stands for whole folders, but `**x` with nothing else special in it matches every path that ends in x. */
function anyDepth(token: string, index: number, { plain, last }: { plain: boolean; last: number }): string {
  if (index === last) return '.*'
  return plain && token === '**' ? '.*' : '(?:.*/)?'
}

/** Only ordinary characters, but for one `**` at the start or the end. */
function isPlain(tokens: readonly string[]): boolean {
  const special = tokens.flatMap((token, index) => (/^(?:[*?[\]\\]|\[.*)/su.test(token) ? [index] : []))
  if (special.length === 0) return true
  const [at = 0] = special
  return special.length === 1 && ANY_DEPTH.test(tokens[at] ?? '') && (at === 0 || at === tokens.length - 1)
}

function classExpression(token: string): string {
  const [, negation = '', body = ''] = /^\[(\^?)(.*)\]$/su.exec(token) ?? []
  if (body.startsWith('[:')) throw new SyntaxError(`no class named ${body}`)
  const items = body.match(/\\.|./gsu) ?? []
  return `[${negation}${items.map((item) => (item === '-' ? item : characterExpression(item))).join('')}]`
}

/** `\d` and its like mean in docker what they mean in a regular expression; those that mean nothing there are refused here too. */
function characterExpression(token: string): string {
  const escaped = token.length > 1 && token.startsWith('\\')
  const character = escaped ? token.slice(1) : token
  if (token === '\\a') return '\\x07'
  if (escaped && /^[a-z\d]$/i.test(character)) return token
  return /^[\^$\\.*+?()[\]{}|/-]$/.test(character)
    ? `\\u{${character.charCodeAt(0).toString(16)}}`
    : character
}

/** Matches one part of a path; undefined where a part of the pattern may stand for several. */
type PartMatcher = RegExp | undefined

function partMatcher(part: string): PartMatcher {
  if (part.includes('**') || /[[\]\\^]/.test(part)) return undefined
  return globExpression(part)
}

function couldReach(parts: readonly PartMatcher[], folder: readonly string[]): boolean {
  for (const [index, name] of folder.entries()) {
    if (index >= parts.length) return false
    const part = parts[index]
    if (part === undefined) return true
    if (!part.test(name)) return false
  }
  return parts.length > folder.length
}
