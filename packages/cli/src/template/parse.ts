import { FUNCTIONS } from './functions.js'
import { unquoted } from './quote.js'
import { TemplateSyntaxError, type Token, tokensOf } from './scan.js'

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | { readonly kind: 'break' | 'continue' }
  | Block
  | Inclusion

export interface Block {
  readonly kind: 'if' | 'with' | 'range'
  readonly pipe: Pipe
  readonly body: readonly Node[]
  readonly otherwise: readonly Node[] | undefined
}

/** `{{template "name" pipe}}`, and the place of a `{{block}}`. */
export interface Inclusion extends Place {
  readonly kind: 'template'
  readonly name: string
  readonly pipe: Pipe | undefined
}

/** For messages: what it was written as, and where. */
export interface Place {
  readonly text: string
  readonly at: number
}

/** `$a, $b := first | second`: the value of each command is the last argument of the next. */
export interface Pipe extends Place {
  readonly variables: readonly string[]
  readonly assigns: boolean
  readonly commands: readonly Command[]
}

export interface Command extends Place {
  readonly args: readonly Operand[]
}

export type Operand = Place &
  (
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'bool'; readonly value: boolean }
    | { readonly kind: 'int'; readonly value: bigint }
    | { readonly kind: 'float'; readonly value: number }
    | { readonly kind: 'nil' }
    | { readonly kind: 'dot' }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'field'; readonly names: readonly string[] }
    | { readonly kind: 'variable'; readonly name: string; readonly names: readonly string[] }
    | { readonly kind: 'chain'; readonly from: Operand; readonly names: readonly string[] }
    | { readonly kind: 'pipe'; readonly pipe: Pipe }
  )

export interface Templates {
  readonly text: string
  /** What it is called, which is also the name of what is outside of all. */
  readonly name: string
  readonly named: ReadonlyMap<string, readonly Node[]>
}

export function parse(text: string, name = ''): Templates {
  return { text, name, named: new Parser(text, name).parse() }
}

interface List {
  readonly nodes: readonly Node[]
  readonly end: 'end' | 'else'
}

const OPERANDS = ['bool', 'character', 'dot', 'field', 'name', 'number', 'nil', 'string', 'variable']
const CONSTANTS = ['bool', 'dot', 'nil', 'int', 'float', 'string']

class Parser {
  readonly #name: string
  readonly #tokens: readonly Token[]
  readonly #templates = new Map<string, readonly Node[]>()
  #at = 0
  /** How far the parser has looked: errors name that place. */
  #seen = 0
  #ranges = 0
  #actionLine = 0
  /** The names of variables that are known here. */
  #variables: string[] = ['$']

  constructor(template: string, name: string) {
    this.#name = name
    this.#tokens = tokensOf(template)
  }

  parse(): Templates['named'] {
    const nodes: Node[] = []
    while (this.#peek().kind !== 'end') {
      if (this.#isDefine()) this.#define()
      else nodes.push(this.#node((end) => this.#error(`unexpected {{${end}}}`)))
    }
    this.#add(this.#name, nodes)
    return this.#templates
  }

  #isDefine(): boolean {
    if (this.#peek().kind !== 'open') return false
    const at = this.#at
    this.#next()
    const found = isKeyword(this.#nextWord(), 'define')
    if (!found) this.#at = at
    return found
  }

  #define(): void {
    const name = this.#expect('string', 'define clause')
    this.#expect('close', 'define clause')
    this.#inner(unquoted(name.text), 'define clause')
  }

  /** A template inside of this one, up to its end: it knows nothing of the variables and ranges around it. */
  #inner(name: string, context: string): void {
    const [variables, ranges] = [this.#variables, this.#ranges]
    this.#variables = ['$']
    this.#ranges = 0
    const { nodes, end } = this.#list()
    if (end !== 'end') throw this.#error(`unexpected {{${end}}} in ${context}`)
    this.#variables = variables
    this.#ranges = ranges
    this.#add(name, nodes)
  }

  /** One that says nothing gives way to another of its name. */
  #add(name: string, nodes: readonly Node[]): void {
    const known = this.#templates.get(name)
    if (known === undefined || isBlank(known)) this.#templates.set(name, nodes)
    else if (!isBlank(nodes)) {
      throw this.#error(`template: multiple definition of template ${JSON.stringify(name)}`)
    }
  }

  #list(): List {
    const nodes: Node[] = []
    let end: List['end'] | undefined
    while (this.#peekWord().kind !== 'end') {
      const node = this.#nodeOrEnd()
      if (typeof node === 'string') end = node
      else nodes.push(node)
      if (end !== undefined) return { nodes, end }
    }
    throw this.#error('unexpected EOF')
  }

  #node(misplaced: (end: List['end']) => Error): Node {
    const node = this.#nodeOrEnd()
    if (typeof node === 'string') throw misplaced(node)
    return node
  }

  #nodeOrEnd(): Node | List['end'] {
    const token = this.#nextWord()
    if (token.kind === 'text') return { kind: 'text', text: token.text }
    if (token.kind !== 'open') throw this.#unexpected(token, 'input')
    this.#actionLine = token.line
    const node = this.#action()
    this.#actionLine = 0
    return node
  }

  #action(): Node | List['end'] {
    const token = this.#peekWord()
    if (token.kind !== 'keyword' || token.text === 'define') {
      return { kind: 'action', pipe: this.#pipe('command', 'close') }
    }
    this.#nextWord()
    const { text } = token
    if (text === 'if' || text === 'with' || text === 'range') return this.#block(text)
    if (text === 'break' || text === 'continue') return this.#leaving(text)
    if (text === 'template') return this.#inclusion()
    if (text === 'block') return this.#inclusionOfBlock()
    if (text === 'end') this.#expect('close', 'end')
    else if (!isKeyword(this.#peekWord(), 'if', 'with')) this.#expect('close', 'else')
    return text as List['end']
  }

  #block(kind: Block['kind']): Block {
    const known = this.#variables.length
    const pipe = this.#pipe(kind, 'close')
    if (kind === 'range') this.#ranges += 1
    const { nodes: body, end } = this.#list()
    if (kind === 'range') this.#ranges -= 1
    const otherwise = end === 'else' ? this.#otherwise(kind) : undefined
    this.#variables.length = known
    return { kind, pipe, body, otherwise }
  }

  /** `{{else}}`, or `{{else if …}}`, which shares the `{{end}}` of the first. */
  #otherwise(kind: Block['kind']): readonly Node[] {
    if (kind !== 'range' && isKeyword(this.#peek(), kind)) {
      this.#next()
      return [this.#block(kind)]
    }
    const { nodes, end } = this.#list()
    if (end !== 'end') throw this.#error(`expected end; found {{${end}}}`)
    return nodes
  }

  #leaving(kind: 'break' | 'continue'): Node {
    const token = this.#nextWord()
    if (token.kind !== 'close') throw this.#unexpected(token, `{{${kind}}}`)
    if (this.#ranges === 0) throw this.#error(`{{${kind}}} outside {{range}}`)
    return { kind }
  }

  #inclusion(): Inclusion {
    const name = this.#templateName('template clause')
    if (this.#peekWord().kind !== 'close') return inclusion(name, this.#pipe('template clause', 'close'))
    this.#nextWord()
    return inclusion(name, undefined)
  }

  #inclusionOfBlock(): Inclusion {
    const name = this.#templateName('block clause')
    const pipe = this.#pipe('block clause', 'close')
    this.#inner(unquoted(name.text), 'block clause')
    return inclusion(name, pipe)
  }

  #templateName(context: string): Token {
    const token = this.#nextWord()
    if (token.kind !== 'string') throw this.#unexpected(token, context)
    return token
  }

  #pipe(context: string, end: 'close' | ')'): Pipe {
    const { at } = this.#peekWord()
    const { variables, assigns } = this.#declarations(context)
    const commands: Command[] = []
    for (;;) {
      const token = this.#peekWord()
      if (token.kind === end || (token.kind === 'mark' && token.text === end)) break
      const operand = OPERANDS.includes(token.kind) || (token.kind === 'mark' && token.text === '(')
      if (!operand) throw this.#unexpected(this.#nextWord(), context)
      commands.push(this.#command())
    }
    this.#nextWord()
    if (commands.length === 0) throw this.#error(`missing value for ${context}`)
    const still = commands.findIndex(
      ({ args }, index) => index > 0 && CONSTANTS.includes(args[0]?.kind ?? ''),
    )
    if (still !== -1) throw this.#error(`non executable command in pipeline stage ${still + 1}`)
    const declared = variables.length === 0 ? '' : `${variables.join(', ')} ${assigns ? '=' : ':='} `
    const text = declared + commands.map((command) => command.text).join(' | ')
    return { variables, assigns, commands, text, at }
  }

  /** What stands before `:=` or `=`. A variable that neither of them follows is an argument. */
  #declarations(context: string): Pick<Pipe, 'variables' | 'assigns'> {
    const variables: string[] = []
    for (;;) {
      const variable = this.#peekWord()
      if (variable.kind !== 'variable') return { variables, assigns: false }
      const start = this.#at
      this.#nextWord()
      const next = this.#peekWord()
      if (next.kind === 'mark' && (next.text === '=' || next.text === ':=')) {
        this.#nextWord()
        this.#variables.push(variable.text)
        return { variables: [...variables, variable.text], assigns: next.text === '=' }
      }
      if (next.kind !== 'mark' || next.text !== ',') {
        this.#at = start
        return { variables, assigns: false }
      }
      this.#nextWord()
      variables.push(variable.text)
      this.#variables.push(variable.text)
      if (context !== 'range' || variables.length > 1) {
        throw this.#error(`too many declarations in ${context}`)
      }
      const second = this.#peekWord()
      if (!['variable', 'close'].includes(second.kind) && second.text !== ')') {
        throw this.#error('range can only initialize variables')
      }
    }
  }

  #command(): Command {
    const { at } = this.#peekWord()
    const args: Operand[] = []
    for (;;) {
      this.#peekWord()
      const operand = this.#operand()
      if (operand !== undefined) args.push(operand)
      const token = this.#next()
      if (token.kind === 'space') continue
      if (token.kind === 'close' || (token.kind === 'mark' && token.text === ')')) this.#back(token)
      else if (token.kind !== 'mark' || token.text !== '|') throw this.#unexpected(token, 'operand')
      break
    }
    if (args.length === 0) throw this.#error('empty command')
    return { args, at, text: args.map(shown).join(' ') }
  }

  /** In Go's messages, a path of several names stands at the place of the second. */
  #operand(): Operand | undefined {
    const operand = this.#term()
    const { at } = this.#peek()
    const more: string[] = []
    while (operand !== undefined && this.#peek().kind === 'field') more.push(this.#next().text.slice(1))
    if (operand === undefined || more.length === 0) return operand
    const text = [shown(operand), ...more].join('.')
    if (operand.kind === 'field' || operand.kind === 'variable') {
      return { ...operand, names: [...operand.names, ...more], text, at }
    }
    if (CONSTANTS.includes(operand.kind) && operand.kind !== 'nil') {
      throw this.#error(`unexpected . after term ${JSON.stringify(operand.text)}`)
    }
    if (operand.kind === 'nil') throw this.#error('unexpected . after term "nil"')
    return { kind: 'chain', from: operand, names: more, text, at }
  }

  #term(): Operand | undefined {
    const token = this.#nextWord()
    const { kind, text, at } = token
    const place = { text, at }
    if (kind === 'string') return { kind, value: this.#read(() => unquoted(text)), ...place }
    if (kind === 'number' || kind === 'character') return this.#read(() => numberOf(text, place))
    if (kind === 'bool') return { kind, value: text === 'true', ...place }
    if (kind === 'nil' || kind === 'dot') return { kind, ...place }
    if (kind === 'field') return { kind, names: [text.slice(1)], ...place }
    if (kind === 'variable') {
      if (!this.#variables.includes(text)) throw this.#error(`undefined variable ${JSON.stringify(text)}`)
      return { kind, name: text, names: [], ...place }
    }
    if (kind === 'name') {
      if (!Object.hasOwn(FUNCTIONS, text)) throw this.#error(`function ${JSON.stringify(text)} not defined`)
      return { kind: 'function', name: text, ...place }
    }
    if (kind === 'mark' && text === '(') {
      const pipe = this.#pipe('parenthesized pipeline', ')')
      return { kind: 'pipe', pipe, text: pipe.text, at: pipe.at }
    }
    this.#back(token)
    return undefined
  }

  #read<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      throw this.#error((error as Error).message)
    }
  }

  #peek(): Token {
    this.#seen = Math.max(this.#seen, this.#at)
    return this.#tokens[this.#at] ?? (this.#tokens.at(-1) as Token)
  }

  #next(): Token {
    const token = this.#peek()
    if (token.kind !== 'end' && token.kind !== 'error') this.#at += 1
    return token
  }

  /** Behind the last word there is nothing to come back from. */
  #back({ kind }: Token): void {
    if (kind !== 'end' && kind !== 'error') this.#at -= 1
  }

  /** What follows, but for space. */
  #peekWord(): Token {
    while (this.#peek().kind === 'space') this.#at += 1
    return this.#peek()
  }

  #nextWord(): Token {
    this.#peekWord()
    return this.#next()
  }

  #expect(kind: Token['kind'], context: string): Token {
    const token = this.#nextWord()
    if (token.kind !== kind) throw this.#unexpected(token, context)
    return token
  }

  #unexpected(token: Token, context: string): TemplateSyntaxError {
    if (token.kind !== 'error') return this.#error(`unexpected ${named(token)} in ${context}`)
    const elsewhere = this.#actionLine !== 0 && this.#actionLine !== token.line
    const started = elsewhere ? ` started at ${this.#name}:${this.#actionLine}` : ''
    const action = elsewhere && !token.text.endsWith(' action') ? ' in action' : ''
    return this.#error(token.text + action + started)
  }

  #error(message: string): TemplateSyntaxError {
    const line = this.#tokens[this.#seen]?.line ?? this.#tokens.at(-1)?.line
    return new TemplateSyntaxError(`template: ${this.#name}:${line}: ${message}`)
  }
}

function inclusion(name: Token, pipe: Pipe | undefined): Inclusion {
  const text = `{{template ${name.text}${pipe === undefined ? '' : ` ${pipe.text}`}}}`
  return { kind: 'template', name: unquoted(name.text), pipe, text, at: name.at }
}

function isBlank(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '')
}

function isKeyword(token: Token, ...words: readonly string[]): boolean {
  return token.kind === 'keyword' && words.includes(token.text)
}

function shown(operand: Operand): string {
  return operand.kind === 'pipe' ? `(${operand.text})` : operand.text
}

/** As Go names a word that is out of place. */
function named({ kind, text }: Token): string {
  if (kind === 'end') return 'EOF'
  if (kind === 'keyword' || kind === 'dot' || kind === 'nil') return `<${text}>`
  return [...text].length > 10
    ? `${JSON.stringify([...text].slice(0, 10).join(''))}...`
    : JSON.stringify(text)
}

const MAX_UINT = 0xffff_ffff_ffff_ffffn

function numberOf(text: string, place: Place): Operand {
  if (text.startsWith("'")) {
    const value = unquoted(text)
    if ([...value].length !== 1) throw new Error(`malformed character constant: ${text}`)
    return { kind: 'int', value: BigInt(value.codePointAt(0) ?? 0), ...place }
  }
  const plain = text.replaceAll('_', '')
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(plain) ?? []
  if (/^0[xX].*[.pP]/.test(digits) || text.endsWith('i')) throw new Error(`illegal number syntax: "${text}"`)
  if (/^(?:0[xXoObB][0-9a-fA-F]+|\d+)$/.test(digits)) {
    const octal = /^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits
    const value = /^0o.*[89]/.test(octal) ? MAX_UINT + 1n : BigInt(octal)
    if (value > MAX_UINT) throw new Error(`integer overflow: ${JSON.stringify(text)}`)
    return { kind: 'int', value: sign === '-' ? -value : value, ...place }
  }
  if (!/^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(digits)) {
    throw new Error(`illegal number syntax: ${JSON.stringify(text)}`)
  }
  const value = Number(plain)
  return /[.eE]/.test(digits) && Number.isFinite(value)
    ? { kind: 'float', value, ...place }
    : { kind: 'int', value: BigInt(value), ...place }
}
