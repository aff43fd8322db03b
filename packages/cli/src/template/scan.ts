/** A template that cannot be read, in the words of Go's. */
export class TemplateSyntaxError extends Error {}

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'string'
  | 'number'
  | 'character'
  | 'dot'
  | 'field'
  | 'variable'
  | 'bool'
  | 'nil'
  | 'keyword'
  | 'name'
  | 'mark'
  | 'end'
  | 'error'

export interface Token {
  readonly kind: TokenKind
  /** The text of the token; for an error, the message. */
  readonly text: string
  /** Where it begins, in UTF-16 units from the start of the template. */
  readonly at: number
  readonly line: number
}

const OPEN = '{{'
const CLOSE = '}}'
const SPACE = ' \t\r\n'
const KEYWORDS = ['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with']

const STRING = /"(?:[^"\\\n]|\\[^\n])*"/y
const RAW_STRING = /`[^`]*`/y
const CHARACTER = /'(?:[^'\\\n]|\\[^\n])*'/y
const PLAIN_WORD = /\w*/y
const HEX = '0[xX][0-9a-fA-F_]*(?:\\.[0-9a-fA-F_]*)?'
const DIGITS = `(?:${HEX}|(?:0[oO][0-7_]*|0[bB][01_]*|[0-9_]*)(?:\\.[0-9_]*)?)`
const NUMBER = new RegExp(`[-+]?${DIGITS}(?:[eEpP][-+]?[0-9_]+)?i?`, 'y')
/** What may follow a name or a field. */
const TERMINATORS = ' \t\r\n.,|:)('

/** Cuts a template into words. The last of them is the end, or an error. */
export function tokensOf(template: string): Token[] {
  return new Scanner(template).scan()
}

class Scanner {
  readonly #template: string
  readonly #wordPattern: RegExp
  readonly #tokens: Token[] = []
  #at = 0
  #line = 1
  #depth = 0

  constructor(template: string) {
    this.#template = template
    this.#wordPattern = wordPatternFor(template)
  }

  scan(): Token[] {
    try {
      this.#texts()
      this.#emit('end', 0)
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError)) throw error
      this.#tokens.push({ kind: 'error', text: error.message, at: this.#at, line: this.#line })
    }
    return this.#tokens
  }

  /** `{{- ` and ` -}}` take the space beside them along. */
  #texts(): void {
    let trimNext = false
    for (;;) {
      const open = this.#template.indexOf(OPEN, this.#at)
      const end = open === -1 ? this.#template.length : open
      const trimBefore = open !== -1 && this.#isTrimmed(open + OPEN.length)
      const whole = this.#template.slice(this.#at, end)
      const behind = trimNext ? whole.replace(/^[ \t\r\n]+/, '') : whole
      this.#skip(whole.length - behind.length)
      const shown = trimBefore ? behind.replace(/(?<![ \t\r\n])[ \t\r\n]+$/, '') : behind
      if (shown !== '') this.#emit('text', shown.length)
      this.#skip(end - this.#at)
      if (open === -1) return
      trimNext = this.#action(trimBefore)
    }
  }

  #isTrimmed(at: number): boolean {
    return this.#template[at] === '-' && isSpace(this.#template[at + 1])
  }

  /** Whether what follows the action is trimmed. */
  #action(trimmed: boolean): boolean {
    const marker = trimmed ? 2 : 0
    if (this.#template.startsWith('/*', this.#at + OPEN.length + marker)) return this.#comment(marker)
    this.#emit('open', OPEN.length)
    this.#skip(marker)
    this.#depth = 0
    for (;;) {
      const trimsNext = this.#atTrimmedClose()
      if (trimsNext || this.#startsWith(CLOSE)) {
        if (this.#depth > 0) throw new TemplateSyntaxError('unclosed left paren')
        if (trimsNext) this.#skip(2)
        this.#emit('close', CLOSE.length)
        return trimsNext
      }
      this.#word()
    }
  }

  #atTrimmedClose(): boolean {
    const { [this.#at]: space, [this.#at + 1]: minus } = this.#template
    return isSpace(space) && minus === '-' && this.#template.startsWith(CLOSE, this.#at + 2)
  }

  #comment(marker: number): boolean {
    const end = this.#template.indexOf('*/', this.#at + OPEN.length + marker)
    if (end === -1) throw new TemplateSyntaxError('unclosed comment')
    this.#skip(end + 2 - this.#at)
    const trimsNext = this.#atTrimmedClose()
    if (!trimsNext && !this.#startsWith(CLOSE)) {
      throw new TemplateSyntaxError('comment ends before closing delimiter')
    }
    this.#skip((trimsNext ? 2 : 0) + CLOSE.length)
    return trimsNext
  }

  #word(): void {
    const character = this.#template[this.#at]
    if (character === undefined) throw new TemplateSyntaxError('unclosed action')
    if (isSpace(character)) this.#space()
    else if (character === '"') this.#quoted('string', STRING, 'unterminated quoted string')
    else if (character === '`') this.#quoted('string', RAW_STRING, 'unterminated raw quoted string')
    else if (character === "'") this.#quoted('character', CHARACTER, 'unterminated character constant')
    else if (character === '$') this.#named('variable', 1)
    else if (character === '.' && !this.#isDigit(this.#at + 1)) this.#named('field', 1)
    else if ('-+.'.includes(character) || this.#isDigit(this.#at)) this.#number()
    else if (isLetter(this.#character())) this.#named('name', 0)
    else this.#mark(character)
  }

  #isDigit(at: number): boolean {
    return /^[0-9]/.test(this.#template.charAt(at))
  }

  /** The space before ` -}}` is a part of that. */
  #space(): void {
    let end = this.#at
    while (isSpace(this.#template[end])) end += 1
    const trimmed = this.#template.startsWith(`-${CLOSE}`, end)
    const length = end - this.#at - (trimmed ? 1 : 0)
    if (length > 0) this.#emit('space', length)
  }

  #quoted(kind: 'string' | 'character', pattern: RegExp, wrong: string): void {
    const found = this.#match(pattern)
    if (found === '') throw new TemplateSyntaxError(wrong)
    this.#emit(kind, found.length)
  }

  #number(): void {
    const found = this.#match(NUMBER)
    const more = this.#match(this.#wordPattern, this.#at + found.length)
    if (more !== '' || !/[0-9]/.test(found)) {
      const shown = found + (more.match(/^./u)?.[0] ?? '')
      throw new TemplateSyntaxError(`bad number syntax: ${JSON.stringify(shown)}`)
    }
    this.#emit('number', found.length)
  }

  #named(kind: 'variable' | 'field' | 'name', start: number): void {
    const word = this.#match(this.#wordPattern, this.#at + start)
    const end = this.#at + start + word.length
    const next = this.#template[end]
    if (next !== undefined && !TERMINATORS.includes(next) && !this.#template.startsWith(CLOSE, end)) {
      throw new TemplateSyntaxError(`bad character ${unicode(this.#template, end)}`)
    }
    this.#emit(
      kind === 'name' ? kindOf(word) : kind === 'field' && word === '' ? 'dot' : kind,
      end - this.#at,
    )
  }

  #mark(character: string): void {
    const isDeclaring = character === ':'
    if (isDeclaring && this.#template[this.#at + 1] !== '=') throw new TemplateSyntaxError('expected :=')
    if (character === '(') this.#depth += 1
    if (character === ')') {
      this.#depth -= 1
      if (this.#depth < 0) throw new TemplateSyntaxError('unexpected right paren')
    }
    if (!/[ -~]/.test(character)) {
      throw new TemplateSyntaxError(`unrecognized character in action: ${unicode(this.#template, this.#at)}`)
    }
    this.#emit('mark', isDeclaring ? 2 : 1)
  }

  #match(pattern: RegExp, at = this.#at): string {
    pattern.lastIndex = at
    return pattern.exec(this.#template)?.[0] ?? ''
  }

  #character(): string {
    return String.fromCodePoint(this.#template.codePointAt(this.#at) ?? 0)
  }

  #startsWith(text: string): boolean {
    return this.#template.startsWith(text, this.#at)
  }

  #emit(kind: TokenKind, length: number): void {
    const text = this.#template.slice(this.#at, this.#at + length)
    this.#tokens.push({ kind, text, at: this.#at, line: this.#line })
    this.#skip(length)
  }

  #skip(length: number): void {
    for (let at = this.#at; at < this.#at + length; at++) if (this.#template[at] === '\n') this.#line += 1
    this.#at += length
  }
}

/** All the letters there are take a millisecond to read, and nearly no template has any others. */
function wordPatternFor(template: string): RegExp {
  return /[\u0080-\uffff]/.test(template) ? /[\p{L}\p{Nd}_]*/uy : PLAIN_WORD
}

function isLetter(character: string): boolean {
  return /\w/.test(character) || (character > '\x7f' && /[\p{L}\p{Nd}]/u.test(character))
}

function kindOf(word: string): TokenKind {
  if (KEYWORDS.includes(word)) return 'keyword'
  if (word === 'true' || word === 'false') return 'bool'
  return word === 'nil' ? 'nil' : 'name'
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && SPACE.includes(character)
}

/** As Go names a character: U+0023 '#'. */
function unicode(text: string, at: number): string {
  const code = text.codePointAt(at) ?? 0
  const shown = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(String.fromCodePoint(code))
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return shown ? `${name} '${String.fromCodePoint(code)}'` : name
}
