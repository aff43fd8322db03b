import { InvalidArgumentError } from '../../errors.js'
import { checkObject, checkText, invalid, invalidKind, show, shownKey } from '../../support/check.js'

export { checkObject, invalid, invalidKind, show, shownKey }

/** Turns what was given for an option into what the Engine takes, or throws and names the option. */
export type Convert<T> = (value: unknown, option: string) => T

/** A value that becomes a string on the wire. */
export type Scalar = string | number | boolean

/** Names and values, as an object or as `name=value` strings. */
export type StringMap = Readonly<Record<string, Scalar | null | undefined>> | readonly string[]

/** Passes a value on to code that checks the value itself. */
export const asItIs: Convert<never> = (value) => value as never

export const text: Convert<string> = (value, option) => {
  checkText(value, option)
  return value
}

/** For names: a string with something in it. `expected` is for the message. */
export function nonEmpty(expected: string): Convert<string> {
  return (value, option) =>
    typeof value === 'string' && value !== '' ? value : invalid(option, expected, value)
}

/** For users and groups, whose numbers are sent as strings. */
export const textOrNumber: Convert<string> = (value, option) => {
  return Number.isSafeInteger(value) || typeof value === 'string'
    ? String(value)
    : invalid(option, 'a string or a whole number', value)
}

export const integer: Convert<number> = (value, option) => {
  return typeof value === 'number' && Number.isSafeInteger(value)
    ? value
    : invalid(option, 'a whole number', value)
}

export const flag: Convert<boolean> = (value, option) => {
  return typeof value === 'boolean' ? value : invalid(option, 'true or false', value)
}

export function oneOf<const T extends string>(...allowed: readonly T[]): Convert<T> {
  const expected = allowed
    .filter((one) => one !== '')
    .map(show)
    .join(' or ')
  return (value, option) => allowed.find((one) => one === value) ?? invalid(option, expected, value)
}

/** An array, each item converted; a message names the item as `option[2]`. */
export function listOf<T>(convert: Convert<T>): Convert<T[]> {
  return (value, option) => array(value, option).map((item, index) => convert(item, `${option}[${index}]`))
}

export const strings: Convert<string[]> = (value, option) => {
  if (!Array.isArray(value)) return invalidKind(option, 'an array of strings', value)
  return listOf(text)(value, option)
}

/** Labels and their like: values become strings, null and a name alone become ''. */
export const stringMap: Convert<Record<string, string>> = (value, option) => {
  const pairs = Array.isArray(value)
    ? strings(value, option).map(pairOf)
    : Object.entries(object(value, option, OR_STRINGS))
  const map: Record<string, string> = {}
  for (const [name, content] of pairs) {
    if (content === undefined) continue
    if (name === '') throw new InvalidArgumentError(`${option} must be named values, and one has no name`)
    define(map, name, content === null ? '' : scalar(content, `${option}.${shownKey(name)}`))
  }
  return map
}

function pairOf(entry: string): [string, string] {
  const [name, value] = cut(entry, '=')
  return [name, value ?? '']
}

/** The parts before and after the first mark; the second is undefined when there is no mark. */
export function cut(entry: string, mark: string): [string, string | undefined] {
  const index = entry.indexOf(mark)
  return index < 0 ? [entry, undefined] : [entry.slice(0, index), entry.slice(index + mark.length)]
}

export const scalar: Convert<string> = (value, option) => {
  const fits = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
  return fits ? String(value) : invalidKind(option, 'a string, a number or a boolean', value)
}

export const array: Convert<readonly unknown[]> = (value, option) => {
  return Array.isArray(value) ? value : invalidKind(option, 'an array', value)
}

/** A copy of an object, without what is undefined. */
export function object(value: unknown, option: string, expected?: string): Record<string, unknown> {
  checkObject(value, option, expected)
  return Object.fromEntries(Object.entries(value).filter(([, content]) => content !== undefined))
}

/** Names in an error the forms of an option that may also be an array of strings. */
export const OR_STRINGS = 'an object or an array of strings'

/** Names in an error the forms of an option that may also be a string such as the example. */
export function orText(example: string): string {
  return `a string such as '${example}' or an object`
}

/** Those of the names that are listed, and the rest. */
export function parted(
  given: Readonly<Record<string, unknown>>,
  names: readonly string[],
): [listed: Record<string, unknown>, rest: Record<string, unknown>] {
  const entries = Object.entries(given)
  return [
    Object.fromEntries(entries.filter(([name]) => names.includes(name))),
    Object.fromEntries(entries.filter(([name]) => !names.includes(name))),
  ]
}

/** Sets a name that may be anything, `__proto__` too. */
export function define<T>(target: Record<string, T>, name: string, value: T): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
}
