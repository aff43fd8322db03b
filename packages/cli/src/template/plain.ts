import type { Node, Templates } from './parse.js'

/** Text, or a field that is printed as it is. */
type Part = { readonly text: string } | { readonly field: string }

/** A template of nothing but text and fields, as every table of docker's is: most formats need no interpreter. */
export class PlainTemplate {
  readonly #parts: readonly Part[]

  private constructor(parts: readonly Part[]) {
    this.#parts = parts
  }

  /** Undefined where a template decides, repeats, calls or looks into a field. */
  static of({ named, name }: Templates): PlainTemplate | undefined {
    const parts = (named.get(name) ?? []).map(partOf)
    return parts.every((part) => part !== undefined) ? new PlainTemplate(parts) : undefined
  }

  /** Undefined where a field is not there or is no text: how that is printed, or refused, the interpreter knows. */
  render(fields: Readonly<Record<string, unknown>>): string | undefined {
    let text = ''
    for (const part of this.#parts) {
      const value = 'text' in part ? part.text : fieldOf(fields, part.field)
      if (typeof value !== 'string') return undefined
      text += value
    }
    return text
  }
}

function fieldOf(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

function partOf(node: Node): Part | undefined {
  if (node.kind === 'text') return { text: node.text }
  if (node.kind !== 'action' || node.pipe.variables.length > 0) return undefined
  const [command, ...commands] = node.pipe.commands
  const [operand, ...operands] = command?.args ?? []
  if (operand?.kind !== 'field' || commands.length > 0 || operands.length > 0) return undefined
  const [field, ...inside] = operand.names
  return field === undefined || inside.length > 0 ? undefined : { field }
}
