import { FUNCTIONS } from './functions.js'
import { cut, type Piece, TemplateSyntaxError, type Token, tokens } from './scan.js'

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | Block
  | Leaving

export interface Leaving {
  readonly kind: 'break' | 'continue'
}

export interface Block {
  readonly kind: 'if' | 'with' | 'range'
  readonly pipe: Pipe
  readonly body: readonly Node[]
  readonly otherwise: readonly Node[]
}

/** `$a, $b := first | second`: the value of each command is the last argument of the next. */
export interface Pipe {
  readonly variables: readonly string[]
  readonly assigns: boolean
  readonly commands: readonly Command[]
}

export type Command = readonly Operand[]

export type Operand = Place &
  (
    | { readonly kind: 'value'; readonly value: unknown }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'path'; readonly from: Origin; readonly names: readonly string[] }
  )

/** Where a path begins: the current value, a variable, or a pipe in parentheses. */
export type Origin =
  | { readonly kind: 'dot' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'pipe'; readonly pipe: Pipe }

/** For messages: what it was written as, and where. */
export interface Place {
  readonly text: string
  readonly at: number
  readonly line: number
}

export function parse(template: string): readonly Node[] {
  const parser = new Parser(cut(template))
  const { nodes } = parser.list([])
  return nodes
}

interface List {
  readonly nodes: readonly Node[]
  /** What ended it: 'end', 'else', or '' at the end of the template. */
  readonly end: string
  /** The words behind `else`, as in `else if .X`. */
  readonly more: Words | undefined
}

const BLOCKS = ['if', 'with', 'range'] as const

class Parser {
  readonly #pieces: readonly Piece[]
  #at = 0
  #ranges = 0
  /** The names of variables that are known here. */
  #variables: string[] = ['$']

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
  }

  list(enders: readonly string[]): List {
    const nodes: Node[] = []
    for (let piece = this.#pieces[this.#at++]; piece !== undefined; piece = this.#pieces[this.#at++]) {
      if ('text' in piece) {
        nodes.push({ kind: 'text', text: piece.text })
        continue
      }
      const words = new Words(tokens(piece.code, piece.at, piece.line), piece.line)
      const keyword = words.peek()?.text ?? ''
      if (enders.includes(keyword)) {
        words.next()
        return { nodes, end: keyword, more: words }
      }
      nodes.push(this.#action(keyword, words))
    }
    if (enders.length > 0) throw new TemplateSyntaxError('template: :1: unexpected EOF')
    return { nodes, end: '', more: undefined }
  }

  #action(keyword: string, words: Words): Node {
    const block = BLOCKS.find((name) => name === keyword)
    if (block !== undefined) {
      words.next()
      return this.#block(block, words)
    }
    if (keyword === 'break' || keyword === 'continue') {
      if (this.#ranges === 0) throw words.error(`{{${keyword}}} outside {{range}}`)
      return { kind: keyword }
    }
    if (['end', 'else'].includes(keyword)) throw words.error(`unexpected {{${keyword}}}`)
    if (['define', 'template', 'block'].includes(keyword)) {
      throw words.error(`{{${keyword}}} is not supported`)
    }
    return { kind: 'action', pipe: this.#pipe(words, 'command') }
  }

  #block(kind: Block['kind'], words: Words): Block {
    const known = this.#variables
    this.#variables = [...known]
    const pipe = this.#pipe(words, kind)
    if (kind === 'range') this.#ranges += 1
    const { nodes: body, end, more } = this.list(['end', 'else'])
    if (kind === 'range') this.#ranges -= 1
    const otherwise = end === 'else' ? this.#otherwise(more) : []
    this.#variables = known
    return { kind, pipe, body, otherwise }
  }

  /** `{{else}}`, or `{{else if …}}`, which shares the `{{end}}` of the first. */
  #otherwise(more: Words | undefined): readonly Node[] {
    const kind = BLOCKS.find((name) => name === more?.peek()?.text)
    if (more === undefined || kind === undefined) return this.list(['end']).nodes
    more.next()
    return [this.#block(kind, more)]
  }

  #pipe(words: Words, context: string): Pipe {
    const variables = words.declared()
    const assigns = variables.length > 0 && words.next()?.text === '='
    if (!assigns) this.#variables.push(...variables)
    const commands: Command[] = []
    do commands.push(this.#command(words, context))
    while (words.take('|'))
    if (words.peek() !== undefined && words.peek()?.text !== ')') {
      throw words.error(`unexpected ${JSON.stringify(words.peek()?.text)} in ${context}`)
    }
    return { variables, assigns, commands }
  }

  #command(words: Words, context: string): Command {
    const operands: Operand[] = []
    for (let token = words.peek(); token !== undefined; token = words.peek()) {
      if (token.text === ')' || token.text === '|') break
      operands.push(this.#operand(words))
    }
    if (operands.length === 0) throw words.error(`missing value for ${context}`)
    return operands
  }

  #operand(words: Words): Operand {
    const token = words.next()
    if (token === undefined) throw words.error('unexpected end of action')
    const place = { text: token.text, at: token.at, line: words.line }
    if (token.kind === 'string') return { kind: 'value', value: unquoted(token.text), ...place }
    if (token.kind === 'number') return { kind: 'value', value: Number(token.text), ...place }
    if (token.kind === 'word') return this.#word(token, place, words)
    if (token.kind === 'field') {
      const names = token.text === '.' ? [] : [token.text.slice(1)]
      return chain({ kind: 'dot' }, names, place, words)
    }
    if (token.kind === 'variable') {
      if (!this.#variables.includes(token.text)) throw words.error(`undefined variable "${token.text}"`)
      return chain({ kind: 'variable', name: token.text }, [], place, words)
    }
    if (token.text !== '(') throw words.error(`unexpected ${JSON.stringify(token.text)} in operand`)
    const inner = words.peek()
    const pipe = this.#pipe(words, 'parenthesized pipeline')
    if (!words.take(')')) throw words.error('unclosed left paren')
    return chain({ kind: 'pipe', pipe }, [], { ...place, at: inner?.at ?? token.at }, words)
  }

  #word({ text }: Token, place: Place, words: Words): Operand {
    const constants: Readonly<Record<string, unknown>> = { true: true, false: false, nil: null }
    if (Object.hasOwn(constants, text)) return { kind: 'value', value: constants[text], ...place }
    if (!Object.hasOwn(FUNCTIONS, text)) throw words.error(`function "${text}" not defined`)
    return { kind: 'function', name: text, ...place }
  }
}

/** As Go tells it, a path of several names stands where the second of them does. */
function chain(from: Origin, names: readonly string[], place: Place, words: Words): Operand {
  const all = [...names]
  let { text, at } = place
  let moved = false
  for (
    let next = words.peek();
    next?.kind === 'field' && next.glued && next.text !== '.';
    next = words.peek()
  ) {
    words.next()
    all.push(next.text.slice(1))
    text += next.text
    if (!moved) at = next.at
    moved = true
  }
  return { kind: 'path', from, names: all, text, at, line: place.line }
}

class Words {
  readonly line: number
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[], line: number) {
    this.#tokens = tokens
    this.line = line
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  next(): Token | undefined {
    return this.#tokens[this.#at++]
  }

  take(text: string): boolean {
    if (this.peek()?.kind !== 'mark' || this.peek()?.text !== text) return false
    this.#at += 1
    return true
  }

  /** The variables before `:=` or `=`, which is not yet taken. */
  declared(): string[] {
    const [first, second, third, fourth] = this.#tokens.slice(this.#at)
    if (first?.kind !== 'variable') return []
    if (isDeclaration(second)) {
      this.#at += 1
      return [first.text]
    }
    if (second?.text !== ',' || third?.kind !== 'variable' || !isDeclaration(fourth)) return []
    this.#at += 3
    return [first.text, third.text]
  }

  error(message: string): TemplateSyntaxError {
    return new TemplateSyntaxError(`template: :${this.line}: ${message}`)
  }
}

function isDeclaration(token: Token | undefined): boolean {
  return token?.text === ':=' || token?.text === '='
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

function unquoted(text: string): string {
  if (text.startsWith('`')) return text.slice(1, -1)
  return text.slice(1, -1).replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/gi, (_, hex, unicode, letter) => {
    const code: string | undefined = hex ?? unicode
    return code === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16))
  })
}
