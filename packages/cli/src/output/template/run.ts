import { FUNCTIONS, typeName } from './functions.js'
import type { Block, Command, Leaving, Node, Operand, Origin, Pipe, Place } from './parse.js'
import {
  fieldOf,
  fieldsOf,
  hasField,
  healthcheckNumber,
  isEmpty,
  isFields,
  isMap,
  isOmitted,
  NO_VALUE,
  printed,
  sortedFields,
  Worded,
} from './values.js'

/** A template that was read and does not fit what it is about. */
export class TemplateRunError extends Error {}

export interface RunOptions {
  /** What `.Label "x"` is. */
  readonly labels?: Readonly<Record<string, string>>
  /** Used in place of those of the same name: for headers, `json` and the like change nothing. */
  readonly functions?: typeof FUNCTIONS
  /** Fields that need not be there, and what they are then. */
  readonly defaults?: Readonly<Record<string, unknown>>
  /** How a field that is not there is told; undefined when the name may be missing. */
  readonly missing?: (path: string, fields: readonly string[]) => Error
}

export function runTemplate(nodes: readonly Node[], root: unknown, options: RunOptions): string {
  const runner = new Runner(root, options)
  runner.list(nodes, root)
  return runner.text
}

interface Variable {
  readonly name: string
  value: unknown
}

/** A value on the way along a path, and the names of the fields that lead to it, up to the last map. */
interface Step {
  readonly value: unknown
  readonly path: string
}

class Leave extends Error {
  readonly kind: 'break' | 'continue'

  constructor(kind: 'break' | 'continue') {
    super(kind)
    this.kind = kind
  }
}

class Runner {
  text = ''
  readonly #options: RunOptions
  readonly #root: unknown
  readonly #variables: Variable[]
  /** Where objects were found: what they are is known only by that. */
  readonly #paths = new WeakMap<object, string>()

  constructor(root: unknown, options: RunOptions) {
    this.#options = options
    this.#root = root
    this.#variables = [{ name: '$', value: root }]
  }

  list(nodes: readonly Node[], dot: unknown): void {
    for (const node of nodes) {
      if (node.kind === 'text') this.text += node.text
      else if (node.kind === 'action') this.#action(node.pipe, dot)
      else if (isLeaving(node)) throw new Leave(node.kind)
      else if (node.kind === 'range') this.#scoped(() => this.#range(node, dot))
      else this.#scoped(() => this.#condition(node, dot))
    }
  }

  #action(pipe: Pipe, dot: unknown): void {
    const value = this.#pipe(pipe, dot)
    if (pipe.variables.length > 0) return
    const last = pipe.commands.at(-1)
    const operand = last?.length === 1 ? last[0] : undefined
    if (value === NO_VALUE) this.text += '<no value>'
    else this.text += printed(value, operand?.kind === 'path' ? operand.names.at(-1) : undefined)
  }

  #condition({ kind, pipe, body, otherwise }: Block, dot: unknown): void {
    const value = this.#pipe(pipe, dot)
    if (isEmpty(value)) this.list(otherwise, dot)
    else this.list(body, kind === 'with' ? value : dot)
  }

  #range({ pipe, body, otherwise }: Block, dot: unknown): void {
    const [first, second] = pipe.variables
    const value = this.#pipe({ ...pipe, variables: [] }, dot)
    const items = itemsOf(value, pipe.commands.at(-1)?.[0])
    if (items.length === 0) this.list(otherwise, dot)
    for (const [key, item] of items) {
      try {
        this.#scoped(() => {
          if (second !== undefined) this.#variables.push({ name: first ?? '', value: key })
          if (first !== undefined) this.#variables.push({ name: second ?? first, value: item })
          this.list(body, item)
        })
      } catch (error) {
        if (!(error instanceof Leave)) throw error
        if (error.kind === 'break') return
      }
    }
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

  #pipe({ commands, variables, assigns }: Pipe, dot: unknown): unknown {
    let value: unknown
    for (const [index, command] of commands.entries()) {
      value = this.#command(command, dot, index === 0 ? [] : [value])
    }
    for (const name of variables) {
      if (assigns) this.#variable(name).value = value
      else this.#variables.push({ name, value })
    }
    return value
  }

  #command([operand, ...rest]: Command, dot: unknown, piped: readonly unknown[]): unknown {
    if (operand === undefined) return undefined
    if (operand.kind === 'function') {
      const args = [...rest.map((each) => this.#operand(each, dot)), ...piped]
      return this.#call(operand, rest, args)
    }
    if (operand.kind === 'value' && operand.value === null) throw failure(operand, 'nil is not a command')
    const { labels } = this.#options
    if (operand.text === '.Label' && labels !== undefined && rest.length + piped.length === 1) {
      const [label] = [...rest.map((each) => this.#operand(each, dot)), ...piped]
      return labels[String(label)] ?? ''
    }
    if (rest.length > 0 || piped.length > 0) {
      throw failure(operand, `can't give argument to non-function ${operand.text}`)
    }
    return this.#operand(operand, dot)
  }

  #call(operand: Operand & { readonly kind: 'function' }, rest: Command, args: readonly unknown[]): unknown {
    const { name } = operand
    const call = this.#options.functions?.[name] ?? FUNCTIONS[name]
    try {
      return call?.(...args)
    } catch (error) {
      const text = [name, ...rest.map((each) => each.text)].join(' ')
      throw failure({ ...operand, text }, `error calling ${name}: ${(error as Error).message}`)
    }
  }

  #operand(operand: Operand, dot: unknown): unknown {
    if (operand.kind === 'value') return operand.value
    if (operand.kind === 'function') return this.#call(operand, [], [])
    const { from, names } = operand
    const value = this.#origin(from, dot)
    const own = value === this.#root && names.length === 1 ? ownText(value, names[0]) : undefined
    if (own !== undefined) return own
    const start: Step = { value, path: (isFields(value) && this.#paths.get(value)) || '' }
    return names.reduce((step, name) => this.#follow(step, name, operand), start).value
  }

  #origin(from: Origin, dot: unknown): unknown {
    if (from.kind === 'dot') return dot
    return from.kind === 'variable' ? this.#variable(from.name).value : this.#pipe(from.pipe, dot)
  }

  /** One name further. A map may have any name or none; what it has is no field, and known by no path. */
  #follow({ value, path: before }: Step, name: string, place: Place): Step {
    if (value === NO_VALUE) return { value, path: '' }
    if (isMap(before) && (isFields(value) || (value ?? null) === null)) {
      return { value: isFields(value) && hasField(value, name) ? fieldOf(value, name) : NO_VALUE, path: '' }
    }
    const path = `${before}.${name}`
    const found = this.#numberOf(value, before, name) ?? this.#field(value, name, place)
    if (isFields(found)) this.#paths.set(found, path)
    return { value: found, path }
  }

  #numberOf(value: unknown, path: string, name: string): unknown {
    return isFields(value) && path.endsWith('.Healthcheck') ? healthcheckNumber(value, name) : undefined
  }

  #field(given: unknown, name: string, place: Place): unknown {
    const value = given instanceof Worded ? given.content : given
    if (isFields(value)) {
      if (hasField(value, name)) return fieldOf(value, name)
      // Go's names of a few fields are not those of their JSON: .ID is "Id" there.
      const alike = fieldsOf(value).find(([key]) => key.toLowerCase() === name.toLowerCase())
      if (alike !== undefined) return alike[1]
      const { missing, defaults = {} } = this.#options
      if (Object.hasOwn(defaults, name)) return defaults[name]
      const known = fieldsOf(value).map(([key]) => key)
      if (missing !== undefined) throw missing(value === this.#root ? name : place.text.slice(1), known)
      if (isOmitted(name)) return undefined
      throw failure(place, `map has no entry for key "${name}"`)
    }
    if (value === undefined || value === null) {
      const [parent = ''] = place.text.slice(1).split(`.${name}`)
      throw failure(place, `map has no entry for key "${parent.split('.').at(-1)}"`)
    }
    throw failure(place, `can't evaluate field ${name} in type ${typeName(value)}`)
  }

  #variable(name: string): Variable {
    return this.#variables.findLast((variable) => variable.name === name) ?? { name, value: undefined }
  }
}

/** What nearly every cell of a table is: there is nothing to find out about it. */
function ownText(root: unknown, name = ''): string | undefined {
  const value = isFields(root) && hasField(root, name) ? fieldOf(root, name) : undefined
  return typeof value === 'string' ? value : undefined
}

function isLeaving(node: Node): node is Leaving {
  return node.kind === 'break' || node.kind === 'continue'
}

function itemsOf(value: unknown, operand: Operand | undefined): [unknown, unknown][] {
  if (value === undefined || value === null || value === NO_VALUE) return []
  if (Array.isArray(value)) return [...value.entries()]
  if (isFields(value)) return sortedFields(value)
  if (typeof value === 'number') return Array.from({ length: value }, (_, index) => [index, index])
  const place = operand ?? { text: '', at: 0, line: 1 }
  throw failure(place, `range can't iterate over ${printed(value)}`)
}

function failure({ text, at, line }: Place, reason: string): TemplateRunError {
  return new TemplateRunError(`template: :${line}:${at}: executing "" at <${text}>: ${reason}`)
}
