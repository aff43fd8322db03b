/** A template that cannot be read, in the words of Go's. */
export class TemplateSyntaxError extends Error {}

/** Text as it is, or the code between `{{` and `}}` and where it begins. */
export type Piece =
  | { readonly text: string }
  | { readonly code: string; readonly at: number; readonly line: number }

const OPEN = '{{'
const COMMENT = /^\/\*[\s\S]*?\*\/$/

/** Cuts a template into text and actions. `{{- ` and ` -}}` take the space beside them along. */
export function cut(template: string): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  let trimNext = false
  for (let open = template.indexOf(OPEN); open !== -1; open = template.indexOf(OPEN, end)) {
    const line = lineAt(template, open)
    const close = closeOf(template, open + OPEN.length, line)
    const inside = template.slice(open + OPEN.length, close)
    const trimBefore = /^-\s/.test(inside)
    const trimAfter = /\s-$/.test(inside)
    const code = inside.slice(trimBefore ? 1 : 0, trimAfter ? -1 : undefined)
    addText(pieces, trimmed(template.slice(end, open), trimNext, trimBefore))
    const lineStart = template.lastIndexOf('\n', open) + 1
    if (!COMMENT.test(code.trim())) {
      pieces.push({ code, at: open - lineStart + OPEN.length + (trimBefore ? 1 : 0), line })
    }
    trimNext = trimAfter
    end = close + OPEN.length
  }
  addText(pieces, trimmed(template.slice(end), trimNext, false))
  return pieces
}

function addText(pieces: Piece[], text: string): void {
  if (text !== '') pieces.push({ text })
}

function trimmed(text: string, start: boolean, end: boolean): string {
  const behind = start ? text.replace(/^[ \t\r\n]+/, '') : text
  return end ? behind.replace(/[ \t\r\n]+$/, '') : behind
}

/** The `}}` that ends an action; one inside a string or a comment does not. */
function closeOf(template: string, from: number, line: number): number {
  const token = /\}\}|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|`[^`]*`|\n/g
  token.lastIndex = from
  for (let match = token.exec(template); match !== null; match = token.exec(template)) {
    if (match[0] === '}}') return match.index
  }
  throw new TemplateSyntaxError(`template: :${line}: unclosed action`)
}

function lineAt(template: string, at: number): number {
  return template.slice(0, at).split('\n').length
}

export interface Token {
  readonly kind: 'string' | 'number' | 'field' | 'variable' | 'word' | 'mark'
  readonly text: string
  /** Where it stands in its line. */
  readonly at: number
  /** Whether it follows the one before without space, as the second of `.State.Status`. */
  readonly glued: boolean
}

const KINDS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['number', /[-+]?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)/y],
  ['field', /\.(?:[\p{L}_][\p{L}\p{N}_]*)?/uy],
  ['variable', /\$(?:[\p{L}\p{N}_]+)?/uy],
  ['word', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['mark', /:=|[()|,=]/y],
]

/** The words of one action. */
export function tokens(code: string, at: number, line: number): Token[] {
  const found: Token[] = []
  let position = 0
  while (position < code.length) {
    const space = /\s*/y
    space.lastIndex = position
    const gap = space.exec(code)?.[0].length ?? 0
    position += gap
    if (position >= code.length) break
    const token = tokenAt(code, position)
    if (token === undefined) {
      const character = JSON.stringify(code[position])
      throw new TemplateSyntaxError(`template: :${line}: unexpected ${character} in command`)
    }
    found.push({ ...token, at: at + position, glued: gap === 0 && found.length > 0 })
    position += token.text.length
  }
  return found
}

function tokenAt(code: string, position: number): Pick<Token, 'kind' | 'text'> | undefined {
  for (const [kind, pattern] of KINDS) {
    pattern.lastIndex = position
    const text = pattern.exec(code)?.[0]
    if (text !== undefined) return { kind, text }
  }
  return undefined
}
