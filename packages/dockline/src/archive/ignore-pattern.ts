/** One line of an ignore file, ready to be matched. */
export interface IgnorePattern {
  /** The path is taken back in, not left out. */
  readonly negated: boolean
  /** How it is written. */
  readonly text: string
  /** Throws a SyntaxError when that only now turns out to mean nothing. */
  matches(path: string): boolean
}

/** A pattern that means exactly this path, with any characters. */
export function literalPattern(path: string, negated: boolean): IgnorePattern {
  return { negated, text: path, matches: (other) => other === path }
}

/**
 * A pattern in Go's filepath.Match syntax with `**`. Throws a SyntaxError when it is not well-formed. Where docker only
 * finds that out when it comes to match a path, so does this.
 */
export function globPattern(glob: string, negated: boolean): IgnorePattern {
  checkStart(glob)
  let expression: RegExp | undefined
  const matches = (path: string) => {
    expression ??= globExpression(glob)
    return expression.test(path)
  }
  return { negated, text: glob, matches }
}

/** Up to a `*`, but not one at the start or behind a lone `.` or `?`; with what is unfinished. */
const UP_TO_WILDCARD = /^\**(?:[.?]\*+)?(?:\\.|\\$|\[(?:\\.|[^\]\\])*\]?|[^*[\\])*/su
const WELL_FORMED = /^(?:[^[\\]|\\.|\[(?:\^|(?!\^))(?:(?:\\.|[^\\\]-])(?:-(?:\\.|[^\\\]-]))?)+\])*$/su

/** Docker looks at as much of a pattern as it takes to see that it does not match `.`. */
function checkStart(glob: string): void {
  const [start = ''] = UP_TO_WILDCARD.exec(glob) ?? []
  if (!WELL_FORMED.test(start)) throw new SyntaxError(`'${start}' is unfinished`)
}

/** `**` with the slash after it, an escaped character, any other character. */
const TOKEN = /\*\*\/?|\\.|./gsu
const ANY_DEPTH = /^\*\*\/?$/

/**
 * Docker turns a pattern into a regular expression, and what it turns out to match is the rule: `[^a]` matches a slash,
 * `[*]` no asterisk, and a `^` beside a wildcard is an anchor. All is kept, so that the same files are sent as docker
 * sends.
 */
function globExpression(glob: string): RegExp {
  const tokens = glob.match(TOKEN) ?? []
  const plain = isPlain(tokens)
  const parts = tokens.map((token, index) => {
    if (ANY_DEPTH.test(token)) return anyDepth(token, index, { plain, last: tokens.length - 1 })
    if (token === '*') return '[^/]*'
    if (token === '?') return '[^/]'
    if (token === '^') return plain ? '\\^' : '^'
    return /^[.+()|{}$]$/.test(token) ? `\\${token}` : token
  })
  return new RegExp(`^${joinParts(tokens, parts)}$`, 'su')
}

/**
 * Where a class may match a slash, or a `^` is an anchor, all ways are tried. Else what lies between two `**` and ends with
 * a slash is settled like what lies between two `*`: a later place that fits leaves less for the `**` behind it.
 */
function joinParts(tokens: readonly string[], parts: readonly string[]): string {
  if (tokens.some((token) => /^(?:[\^[]|\\[a-z\d])/isu.test(token))) return inJavaScript(parts.join(''))
  const depths = tokens.flatMap((token, index) => (ANY_DEPTH.test(token) ? [index] : []))
  const starts = depths[0] === 0 ? depths : [0, ...depths]
  const joined = starts.map((start, at) => {
    const end = starts[at + 1] ?? tokens.length
    const block = joinBlock(tokens.slice(start, end), parts.slice(start, end))
    const settled = end < tokens.length && ANY_DEPTH.test(tokens[start] ?? '') && tokens[end - 1] === '/'
    // From the first folder on, and not from the last.
    return settled ? atomic(block.replace('(?:.*/)?', '(?:.*?/)??')) : block
  })
  return numbered(joined.join(''))
}

/**
 * Between two `*`, the first place that fits is as good as any later one, so the search does not come back to it: else
 * a few more `*` make it take hours.
 */
function joinBlock(tokens: readonly string[], parts: readonly string[]): string {
  const wildcards = tokens.flatMap((token, index) => (token === '*' || ANY_DEPTH.test(token) ? [index] : []))
  let joined = inJavaScript(parts.slice(0, wildcards[0] ?? parts.length).join(''))
  for (const [at, index] of wildcards.entries()) {
    const next = wildcards[at + 1]
    const part = inJavaScript(parts.slice(index + 1, next).join(''))
    const settled = tokens[index] === '*' && next !== undefined
    joined += settled ? atomic(`[^/]*?${part}`) : `${parts[index]}${part}`
  }
  return joined
}

/** The first way in which it fits, and no other. */
function atomic(expression: string): string {
  return `(?=(?<#>${expression}))\\k<#>`
}

/** A name for each group. Nothing of a pattern looks like one: its parentheses are escaped, and its `?` is written otherwise. */
function numbered(expression: string): string {
  const open: number[] = []
  let groups = 0
  return expression.replace(/\(\?<#>|\\k<#>/g, (found) => {
    if (found.startsWith('(')) open.push(++groups)
    const group = found.startsWith('(') ? groups : open.pop()
    return found.replace('#', `_${group}`)
  })
}

/** `**` stands for whole folders, but `**x` with nothing else special in it matches every path that ends in x. */
function anyDepth(token: string, index: number, { plain, last }: { plain: boolean; last: number }): string {
  if (index === last) return '.*'
  return plain && token === '**' ? '.*' : '(?:.*/)?'
}

/** Only ordinary characters, but for one `**` at the start or the end. */
function isPlain(tokens: readonly string[]): boolean {
  const special = tokens.flatMap((token, index) => (/^[*?[\]\\]/.test(token) ? [index] : []))
  if (special.length === 0) return true
  const [at = 0] = special
  return special.length === 1 && ANY_DEPTH.test(tokens[at] ?? '') && (at === 0 || at === tokens.length - 1)
}

/** A class, in which a `]` may come first; an escaped character; any other character. */
const GO_TOKEN = /\[(?:\^|(?!\^))(?:\]|(?!\]))(?:\\.|[^\\\]])*\]|\\.|./gsu

/** A regular expression of Go's, whose classes and escapes differ. */
function inJavaScript(expression: string): string {
  const tokens = expression.match(GO_TOKEN) ?? []
  return tokens.map(tokenInJavaScript).join('')
}

function tokenInJavaScript(token: string): string {
  if (token === '[' || token === '\\') throw new SyntaxError(`unfinished '${token}'`)
  if (token.startsWith('[')) return classExpression(token)
  return token.startsWith('\\') || token === ']' ? characterExpression(token) : token
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
  if (escaped && /^[a-z\d\u0080-\u{10ffff}]$/iu.test(character)) return token
  return /^[\^$\\.*+?()[\]{}|/-]$/.test(character)
    ? `\\u{${character.charCodeAt(0).toString(16)}}`
    : character
}
