import { goJson, plainJson } from '../go/json.js'
import {
  concrete,
  entriesOf,
  isNil,
  itemsOf,
  type MaybeValue,
  number,
  readField,
  sizeOf,
  text,
  Value,
} from './values.js'

/** As Go writes it: what is awkward only in a page of HTML stays as it is. */
export function jsonOf(given: MaybeValue): string {
  const value = concrete(given)
  if (value === undefined || isNil(value)) return 'null'
  const { type, data } = value
  if (type.json !== undefined) return plainJson(type.json(data))
  switch (type.kind) {
    case 'pointer':
      return type.element === undefined ? 'null' : jsonOf(inside(value))
    case 'array':
    case 'slice':
      if (type.element?.name === 'uint8') return plainJson(Buffer.from(bytesOf(value)).toString('base64'))
      return `[${itemsOf(value).map(jsonOf).join(',')}]`
    case 'map':
      return objectOf(entriesOf(value).map(([key, item]) => [text(key), item]))
    case 'struct':
      // A line of a list is escaped as docker's are.
      return type.fields === undefined ? goJson(data) : objectOf(fieldsOf(value))
    case 'string':
      return type.name === 'json.Number' ? text(value) : plainJson(text(value))
    case 'bool':
      return String(data === true)
    default:
      return String(number(value))
  }
}

function inside({ type, data }: Value): MaybeValue {
  return type.element && new Value(type.element, data)
}

function bytesOf(value: Value): number[] {
  return itemsOf(value).map((item) => Number(number(item)))
}

function objectOf(fields: readonly [name: string, value: Value][]): string {
  return `{${fields.map(([name, value]) => `${plainJson(name)}:${jsonOf(value)}`).join(',')}}`
}

/** What is embedded has its fields where it is; what is empty may be left out. */
function fieldsOf(value: Value): [string, Value][] {
  return (value.type.fields ?? []).flatMap((field) => {
    const found = readField(value, field)
    if (field.embedded) {
      const { type, data } = found
      return fieldsOf(type.kind === 'pointer' && type.element ? new Value(type.element, data) : found)
    }
    return field.omitted && isEmpty(found) ? [] : [[field.key, found] as [string, Value]]
  })
}

function isEmpty(value: Value): boolean {
  const { kind } = value.type
  if (kind === 'struct') return false
  if (kind === 'pointer' || kind === 'any') return isNil(value)
  if (kind === 'bool') return value.data !== true
  if (kind === 'int' || kind === 'uint' || kind === 'float') return Number(number(value)) === 0
  return sizeOf(value) === 0
}
