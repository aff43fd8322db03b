import type { Parameter } from './functions.js'
import type { Operand } from './parse.js'
import { concrete, INT, type MaybeValue, pointed, STRING, STRINGS, type Type, Value } from './values.js'

/** Makes the error of a template for a reason. */
export type Fail = (reason: string) => Error

/** The kinds of operands that are written out. */
export const LITERALS: ReadonlySet<Operand['kind']> = new Set(['bool', 'string', 'int', 'float'] as const)

/** What `nil` is for a parameter. */
export function nilArgument(parameter: Parameter, fail: Fail): MaybeValue {
  if (parameter === 'string' || parameter === 'int') throw fail(`cannot assign nil to ${parameter}`)
  return parameter === 'strings' ? new Value(STRINGS, null) : undefined
}

/** Refuses a literal of another kind than the parameter. */
export function checkLiteral(parameter: Parameter, { kind, text }: Operand, fail: Fail): void {
  if (parameter === 'string' && kind !== 'string') throw fail(`expected string; found ${text}`)
  if (parameter === 'int' && kind !== 'int') throw fail(`expected integer; found ${text}`)
  if (parameter === 'strings') throw fail(`can't handle ${text} for arg of type []string`)
}

/** A value as a function takes it: a pointer is followed, and nothing fits only where Go has nil. */
export function fitArgument(parameter: Parameter, value: MaybeValue, fail: Fail): MaybeValue {
  if (parameter === 'value') return value
  if (parameter === 'any') return concrete(value)
  const wanted = PARAMETERS[parameter]
  if (value === undefined) {
    if (parameter === 'strings') return new Value(STRINGS, null)
    throw fail(`invalid value; expected ${wanted.name}`)
  }
  if (fits(value.type, wanted)) return value
  const inside = value.type.kind === 'any' ? concrete(value) : value
  if (inside === undefined) throw fail(`wrong type for value; expected ${wanted.name}; got interface {}`)
  if (fits(inside.type, wanted)) return inside
  if (inside.type.kind === 'pointer' && inside.type.element && fits(inside.type.element, wanted)) {
    const target = pointed(inside)
    if (target === undefined) throw fail(`dereference of nil pointer of type ${wanted.name}`)
    return target
  }
  throw fail(`wrong type for value; expected ${wanted.name}; got ${inside.type.name}`)
}

const PARAMETERS: Readonly<Record<'string' | 'int' | 'strings', Type>> = {
  string: STRING,
  int: INT,
  strings: STRINGS,
}

/** The same type: one that has a name of its own is another. */
function fits(type: Type, wanted: Type): boolean {
  return type.name === wanted.name || (wanted === STRINGS && type.kind === 'slice' && type.element === STRING)
}
