import type { Fail } from './arguments.js'
import { shown } from './print.js'
import { entriesOf, INT, indirect, itemsOf, type MaybeValue, number, Value } from './values.js'

/** The rounds of a range over a value: a key and an item each. */
export function roundsOf(given: MaybeValue, variables: number, fail: Fail): [MaybeValue, MaybeValue][] {
  const value = indirect(given)
  if (value === undefined) {
    if (given !== undefined && given.type.kind === 'pointer') throw cannotRange(given, fail)
    return []
  }
  const { kind } = value.type
  if (kind === 'slice' || kind === 'array')
    return itemsOf(value).map((item, at) => [new Value(INT, at), item])
  if (kind === 'map') return entriesOf(value)
  if (kind !== 'int' && kind !== 'uint') throw cannotRange(value, fail)
  if (variables > 1) {
    throw fail(`can't use ${shown(value)} to iterate over more than one variable`)
  }
  return Array.from({ length: Math.max(0, Number(number(value))) }, (_, at) => {
    return [new Value(value.type, at), new Value(value.type, at)]
  })
}

function cannotRange(value: Value, fail: Fail): Error {
  return fail(`range can't iterate over ${shown(value)}`)
}
