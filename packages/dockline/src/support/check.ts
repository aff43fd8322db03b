import { InvalidArgumentError } from '../errors.js'

/** Refuses a value and shows it: `name must be a string, not 5`. */
export function invalid(option: string, expected: string, value: unknown): never {
  throw new InvalidArgumentError(`${option} must be ${expected}, not ${show(value)}`)
}

/** Refuses a value that may be a secret, or hold one: the message has only its kind. */
export function invalidKind(option: string, expected: string, value: unknown): never {
  throw new InvalidArgumentError(`${option} must be ${expected}, not ${kindOf(value)}`)
}

/**
 * The value as it should stand in a message: strings in quotes, of an object the names alone, nothing endless. What an
 * object or array holds is not shown: in the wrong place, it may be anything, a password too.
 */
export function show(value: unknown): string {
  const text = shown(value)
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`
}

/** In place of what may be a secret. */
const HIDDEN = '***'
/** What looks like a word of ours. Passwords and tokens nearly all have a digit, another mark, or more characters. */
const WORD = /^[A-Za-z_$][A-Za-z_$.-]{0,23}$/
/** What looks like a name that somebody gives to things, such as a variable, a label or a network. */
const KEY = /^[\w.$/:@-]{0,64}$/
const MOST_DIGITS = 4

/**
 * The name of an unknown option, as a message shows it. A secret is sometimes given as a name by mistake, so text
 * that does not look like a name is not shown.
 */
export function shownName(name: string): string {
  return WORD.test(name) ? `'${name}'` : `'${HIDDEN}'`
}

/** Names that are people's own to choose may have more in them, but for what looks like a token. */
export function shownKey(name: string): string {
  return KEY.test(name) && name.replace(/\D/g, '').length <= MOST_DIGITS ? name : HIDDEN
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${withoutLogin(value)}'`
  if (isPlain(value)) return namesIn(value)
  return typeof value === 'object' || typeof value === 'function' ? kindOf(value) : String(value)
}

function namesIn(value: object): string {
  const names = Object.keys(value).map((name) => (/^[A-Za-z_$]{0,24}$/.test(name) ? name : shownName(name)))
  return names.length === 0 ? '{}' : `{ ${names.join(', ')} }`
}

/** An address without the user and the password that it may have. */
export function withoutLogin(text: string): string {
  return text.replace(/(:\/\/)[^/?#\s]*@/g, `$1${HIDDEN}@`)
}

/** What it is, without what is in it: 'a string', 'an empty array', 'a Map'. */
export function kindOf(value: unknown): string {
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`
  if (value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value)))
    return String(value)
  return withArticle(typeof value === 'object' ? className(value) : typeof value)
}

function className(value: object): string {
  const { name } = Object.getPrototypeOf(value)?.constructor ?? {}
  return isPlain(value) || typeof name !== 'string' || name === '' ? 'object' : name
}

function withArticle(noun: string): string {
  return `${/^[aeio]/i.test(noun) ? 'an' : 'a'} ${noun}`
}

/** Whether it is `{ … }` and no Map, Date or object of some class: those have names that are not its content. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // Of another realm it has another Object, whose prototype is the last one all the same.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Whether it has its content by name: a Map, a Buffer or an array would pass for an object that is empty, or odd. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value)
}

export function checkObject(value: unknown, option: string, expected = 'an object'): asserts value is object {
  if (!isObject(value)) invalidKind(option, expected, value)
}

export function checkText(value: unknown, option: string): asserts value is string {
  if (typeof value !== 'string') invalid(option, 'a string', value)
}

/** Refuses arguments, by their names, without the method that makes them what is expected: a Writable has `write`. */
export function checkMethod(given: object, method: string, expected: string): void {
  for (const [name, value] of Object.entries(given))
    if (typeof value?.[method] !== 'function') invalidKind(name, expected, value)
}

/** Refuses what is neither a boolean nor left out. */
export function checkFlags(given: object): void {
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && typeof value !== 'boolean') invalid(name, 'true or false', value)
}
