import { checkLiteral, fitArgument, LITERALS, nilArgument } from './arguments.js'
import { FUNCTIONS, type Parameter, type TemplateFunction } from './functions.js'
import type { Block, Command, Inclusion, Node, Operand, Pipe, Place, Templates } from './parse.js'
import { shown } from './print.js'
import { roundsOf } from './rounds.js'
import {
  ANY,
  boolValue,
  concrete,
  entryOf,
  FLOAT,
  fieldOf,
  INT,
  indirect,
  isNil,
  isTrue,
  type MaybeValue,
  STRING,
  type Type,
  textValue,
  Value,
} from './values.js'

/** A template that was read and does not fit what it is about. */
export class TemplateRunError extends Error {}

export interface RunOptions {
  /** What `.Label "x"` is. */
  readonly labels?: Readonly<Record<string, string>>
  /** Used in place of those of the same name: for headers, `json` and the like change nothing. */
  readonly functions?: Readonly<Record<string, TemplateFunction>>
  /** Whether a key that a map does not have is an error. */
  readonly strict?: boolean
  /** The error for a field that a line of a list does not have. */
  readonly missing?: (path: string, fields: readonly string[]) => Error
}

export function runTemplate(templates: Templates, root: MaybeValue, options: RunOptions): string {
  const runner = new Runner(templates, root, options)
  runner.main()
  return runner.text
}

interface Variable {
  readonly name: string
  value: MaybeValue
}

/** Thrown by `break` and `continue`, and caught by the range around them. */
class Leave {
  readonly kind: 'break' | 'continue'

  constructor(kind: 'break' | 'continue') {
    this.kind = kind
  }
}

/** There is no value of a command before this one. */
const MISSING = Symbol('missing')
type Piped = MaybeValue | typeof MISSING

/** What a function is given: what stands behind it, and what comes through the pipe. */
interface Given {
  readonly dot: MaybeValue
  readonly args: readonly Operand[]
  readonly piped: Piped
}
const NOTHING = { args: [], piped: MISSING } as const

/** A name that is looked up, and where it stands. */
interface Access {
  readonly name: string
  readonly operand: Operand
}

interface Called {
  readonly name: string
  readonly place: Place
}

/** Go allows 100,000, which is what it says; our own stack ends before that. */
const MAX_DEPTH = 1000

class Runner {
  text = ''
  readonly #templates: Templates
  readonly #options: RunOptions
  readonly #root: MaybeValue
  #variables: Variable[]
  /** The name of the template that is run. */
  #name: string
  #depth = 0
  /** The place that errors name. */
  #place: Place = { text: '', at: 0 }

  constructor(templates: Templates, root: MaybeValue, options: RunOptions) {
    this.#templates = templates
    this.#name = templates.name
    this.#options = options
    this.#root = root
    this.#variables = [{ name: '$', value: root }]
  }

  main(): void {
    try {
      this.#list(this.#templates.named.get(this.#templates.name) ?? [], this.#root)
    } catch (error) {
      // Values are printed from the inside out, and the stack is as deep as they are.
      if (error instanceof RangeError) throw this.#failure('the value is nested too deeply to be printed')
      throw error
    }
  }

  #list(nodes: readonly Node[], dot: MaybeValue): void {
    for (const node of nodes) {
      if (node.kind === 'text') this.text += node.text
      else if (node.kind === 'action') this.#action(node.pipe, dot)
      else if (node.kind === 'template') this.#inclusion(node, dot)
      else if (!('pipe' in node)) throw new Leave(node.kind)
      else if (node.kind === 'range') this.#scoped(() => this.#range(node, dot))
      else this.#scoped(() => this.#condition(node, dot))
    }
  }

  #action(pipe: Pipe, dot: MaybeValue): void {
    const value = this.#pipe(pipe, dot)
    if (pipe.variables.length > 0) return
    this.text +=
      value === undefined ? '<no value>' : shown(value.type.kind === 'pointer' ? followed(value) : value)
  }

  #condition({ kind, pipe, body, otherwise = [] }: Block, dot: MaybeValue): void {
    const value = this.#pipe(pipe, dot)
    if (!isTrue(value)) this.#list(otherwise, dot)
    else this.#list(body, kind === 'with' ? value : dot)
  }

  #range({ pipe, body, otherwise = [] }: Block, dot: MaybeValue): void {
    const known = this.#variables.length
    const value = this.#pipe(pipe, dot)
    const rounds = roundsOf(value, pipe.variables.length, this.#fail)
    if (rounds.length === 0) this.#list(otherwise, dot)
    // The first round finds the variables that the pipe declared.
    this.#variables.length = known
    for (const [key, item] of rounds) {
      try {
        this.#scoped(() => {
          this.#setRound(pipe, key, item)
          this.#list(body, item)
        })
      } catch (error) {
        if (!(error instanceof Leave)) throw error
        if (error.kind === 'break') return
      }
    }
  }

  #setRound({ variables: [first, second], assigns }: Pipe, key: MaybeValue, item: MaybeValue): void {
    const set = (name: string, value: MaybeValue) => {
      if (assigns) this.#variable(name).value = value
      else this.#variables.push({ name, value })
    }
    if (first !== undefined) set(first, second === undefined ? item : key)
    if (second !== undefined) set(second, item)
  }

  #inclusion(node: Inclusion, dot: MaybeValue): void {
    this.#place = node
    const nodes = this.#templates.named.get(node.name)
    if (nodes === undefined) throw this.#failure(`template ${JSON.stringify(node.name)} not defined`)
    if (this.#depth === MAX_DEPTH) throw this.#failure('exceeded maximum template depth (100000)')
    const value = node.pipe === undefined ? undefined : this.#pipe(node.pipe, dot)
    const [variables, name] = [this.#variables, this.#name]
    this.#variables = [{ name: '$', value }]
    this.#name = node.name
    this.#depth += 1
    this.#list(nodes, value)
    this.#depth -= 1
    this.#variables = variables
    this.#name = name
  }

  /** Variables live as long as the block they were made in. */
  #scoped(act: () => void): void {
    const known = this.#variables.length
    try {
      act()
    } finally {
      this.#variables.length = known
    }
  }

  #pipe(pipe: Pipe, dot: MaybeValue): MaybeValue {
    this.#place = pipe
    let value: Piped = MISSING
    for (const command of pipe.commands) value = concrete(this.#command(command, dot, value))
    const result = value === MISSING ? undefined : value
    for (const name of pipe.variables) {
      if (pipe.assigns) this.#variable(name).value = result
      else this.#variables.push({ name, value: result })
    }
    return result
  }

  #command(command: Command, dot: MaybeValue, piped: Piped): MaybeValue {
    const [first, ...rest] = command.args
    if (first === undefined) return undefined
    const given: Given = { dot, args: rest, piped }
    if (first.kind === 'function') return this.#function(first, command, given)
    if (first.kind === 'field' || first.kind === 'chain' || first.kind === 'variable') {
      return this.#path(first, given)
    }
    if (first.kind !== 'pipe') this.#place = first
    if (rest.length > 0 || piped !== MISSING) throw this.#noFunction(first)
    if (first.kind === 'nil') throw this.#failure('nil is not a command')
    return this.#operand(first, dot)
  }

  #noFunction({ text }: Operand): Error {
    return this.#failure(`can't give argument to non-function ${text}`)
  }

  /** A value as it stands there. */
  #operand(operand: Operand, dot: MaybeValue): MaybeValue {
    switch (operand.kind) {
      case 'dot':
        return dot
      case 'nil':
        return new Value(ANY, null)
      case 'bool':
        return boolValue(operand.value)
      case 'string':
        return textValue(operand.value)
      case 'float':
        return new Value(FLOAT, operand.value)
      case 'int':
        return new Value(INT, this.#whole(operand))
      case 'pipe':
        return this.#pipe(operand.pipe, dot)
      case 'function':
        return this.#function(operand, operand, { dot, ...NOTHING })
      default:
        return this.#path(operand, { dot, ...NOTHING })
    }
  }

  #whole({ value, text }: Operand & { readonly kind: 'int' }): number | bigint {
    if (value > 0x7fff_ffff_ffff_ffffn || value < -0x8000_0000_0000_0000n) {
      throw this.#failure(`${text} overflows int`)
    }
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }

  #path(operand: Operand & { readonly kind: 'field' | 'chain' | 'variable' }, given: Given): MaybeValue {
    this.#place = operand
    let value = this.#origin(operand, given.dot)
    if (operand.names.length === 0) {
      if (given.args.length > 0 || given.piped !== MISSING) throw this.#noFunction(operand)
      return value
    }
    for (const [index, name] of operand.names.entries()) {
      const isLast = index === operand.names.length - 1
      value = this.#field(value, { name, operand }, isLast ? given : { ...given, ...NOTHING })
    }
    return value
  }

  #origin(operand: Operand & { readonly kind: 'field' | 'chain' | 'variable' }, dot: MaybeValue): MaybeValue {
    if (operand.kind === 'field') return dot
    if (operand.kind === 'variable') return this.#variable(operand.name).value
    if (operand.from.kind === 'nil')
      throw this.#failure(`indirection through explicit nil in ${operand.text}`)
    this.#place = operand.from
    return this.#operand(operand.from, dot)
  }

  #field(receiver: MaybeValue, { name, operand }: Access, given: Given): MaybeValue {
    if (receiver === undefined) {
      if (!this.#options.strict) return undefined
      throw this.#failure(`nil data; no entry for key ${JSON.stringify(name)}`)
    }
    const method = this.#method(receiver, { name, operand })
    if (method !== undefined) return this.#call(method, { name, place: operand }, given)
    const value = indirect(receiver) ?? receiver
    const hasArguments = given.args.length > 0 || given.piped !== MISSING
    const found = value.type.kind === 'struct' ? fieldOf(value, name) : undefined
    if (found !== undefined) {
      if (hasArguments) throw this.#failure(`${name} has arguments but cannot be invoked as function`)
      return found
    }
    if (value.type.kind !== 'map' || value.type.key !== STRING) throw this.#noField(name, receiver, operand)
    if (hasArguments) throw this.#failure(`${name} is not a method but has arguments`)
    return this.#entry(value, name)
  }

  /** What the name calls: `.Label` of a line of a list, or a method of the type. */
  #method(receiver: Value, { name, operand }: Access): TemplateFunction | undefined {
    const { labels } = this.#options
    if (name === 'Label' && labels !== undefined && receiver === this.#root) return labelOf(labels)
    const value = indirect(receiver)
    if (value === undefined) throw this.#nilPointer(receiver, { name, operand })
    const method = value.type.methods?.[name]
    if (method === undefined) return undefined
    const { parameters, call } = method
    return { parameters, call: (values) => call(value.data, values) }
  }

  #nilPointer(receiver: Value, { name, operand }: Access): Error {
    const { type } = receiver
    if (type.element?.kind === 'struct' && !hasField(type.element, name))
      return this.#noField(name, receiver, operand)
    return this.#failure(`nil pointer evaluating ${type.name}.${name}`)
  }

  #entry(map: Value, name: string): MaybeValue {
    const found = entryOf(map, name)
    if (found === undefined && this.#options.strict)
      throw this.#failure(`map has no entry for key ${JSON.stringify(name)}`)
    return found
  }

  #noField(name: string, receiver: Value, operand: Operand): Error {
    const { missing } = this.#options
    const { type, data } = indirect(receiver) ?? receiver
    if (
      missing !== undefined &&
      type.kind === 'struct' &&
      type.fields === undefined &&
      !(data instanceof Map)
    ) {
      const path = receiver === this.#root ? name : operand.text.replace(/^\./, '')
      return missing(path, Object.keys(data as object))
    }
    return this.#failure(`can't evaluate field ${name} in type ${receiver.type.name}`)
  }

  #function(operand: Operand & { readonly kind: 'function' }, place: Place, given: Given): MaybeValue {
    this.#place = operand
    const { name } = operand
    const called = this.#options.functions?.[name] ?? FUNCTIONS[name]
    if (called === undefined) throw this.#failure(`${JSON.stringify(name)} is not a defined function`)
    if (name === 'and' || name === 'or') return this.#until(name === 'or', name, given)
    return this.#call(called, { name, place }, given)
  }

  /** `and` and `or` look at no more than they need to. */
  #until(wanted: boolean, name: string, { dot, args, piped }: Given): MaybeValue {
    if (args.length === 0 && piped === MISSING) {
      throw this.#failure(`wrong number of args for ${name}: want at least 1 got 0`)
    }
    let value: MaybeValue
    for (const arg of args) {
      value = concrete(this.#argument('value', arg, dot))
      if (isTrue(value) === wanted) return value
    }
    return piped === MISSING ? value : piped
  }

  #call(
    { parameters, more, call }: TemplateFunction,
    { name, place }: Called,
    { dot, args, piped }: Given,
  ): MaybeValue {
    const count = args.length + (piped === MISSING ? 0 : 1)
    if (more === undefined && count !== parameters.length) {
      throw this.#failure(`wrong number of args for ${name}: want ${parameters.length} got ${count}`)
    }
    if (count < parameters.length) {
      throw this.#failure(
        `wrong number of args for ${name}: want at least ${parameters.length} got ${args.length}`,
      )
    }
    const parameter = (at: number) => parameters[at] ?? more ?? 'any'
    const values = args.map((arg, at) => this.#argument(parameter(at), arg, dot))
    if (piped !== MISSING) values.push(fitArgument(parameter(args.length), piped, this.#fail))
    try {
      return call(values, args[0]?.text)
    } catch (error) {
      this.#place = place
      if (error instanceof RangeError) throw error
      throw this.#failure(`error calling ${name}: ${(error as Error).message}`)
    }
  }

  #argument(parameter: Parameter, operand: Operand, dot: MaybeValue): MaybeValue {
    this.#place = operand
    if (operand.kind === 'nil') return nilArgument(parameter, this.#fail)
    if (!LITERALS.has(operand.kind)) return fitArgument(parameter, this.#operand(operand, dot), this.#fail)
    checkLiteral(parameter, operand, this.#fail)
    return this.#operand(operand, dot)
  }

  #variable(name: string): Variable {
    return this.#variables.findLast((variable) => variable.name === name) ?? { name, value: undefined }
  }

  readonly #fail = (reason: string) => this.#failure(reason)

  #failure(reason: string): TemplateRunError {
    const { text, at } = this.#place
    const templates = this.#templates
    const before = templates.text.slice(0, at)
    const line = before.split('\n').length
    const byte = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1))
    const name = JSON.stringify(this.#name)
    return new TemplateRunError(
      `template: ${templates.name}:${line}:${byte}: executing ${name} at <${text}>: ${reason}`,
    )
  }
}

function hasField(type: Type, name: string): boolean {
  return fieldOf(new Value(type, new Map()), name) !== undefined
}

/** What a pointer leads to in the end; the pointer itself when that is nothing. */
function followed(value: Value): Value {
  return isNil(value) ? value : (indirect(value) ?? value)
}

function labelOf(labels: Readonly<Record<string, string>>): TemplateFunction {
  return { parameters: ['string'], call: ([name]) => textValue(labels[String(name?.data)] ?? '') }
}
