import { UsageError } from '../errors.js'

/** One flag of a command. `parse` is a method so that flags of any type fit into one record. */
export interface Flag<T> {
  /** One letter, without the dash. */
  readonly short: string | undefined
  /** What help shows after the name; '' for a flag that takes no value. */
  readonly type: string
  readonly help: string
  readonly initial: T
  /** Older names that still work and that help does not show. */
  readonly hidden: boolean
  /** What to use in its place, where docker says so when it is given: 'use --timeout instead'. */
  readonly deprecated?: string | undefined
  /** The same for the one letter alone. */
  readonly shortDeprecated?: string | undefined
  /** The API version that brought it, where an Engine that is older would not notice that it was given. */
  readonly since?: string | undefined
  /** The system that the Engine has to run on. An Engine on any other ignores the flag. */
  readonly system?: 'windows' | undefined
  /** Throws the reason, without the flag's name, when the text is no value for it. */
  parse(text: string, before: T): T
}

export type Flags = Readonly<Record<string, Flag<unknown>>>

/** The values of flags, by their long names. */
export type Values<F extends Flags> = {
  readonly [Name in keyof F]: F[Name] extends Flag<infer T> ? T : never
}

export interface FlagSettings<T> {
  readonly short?: string
  readonly type?: string
  readonly initial?: T
  readonly hidden?: boolean
  /** docker prints these words when the flag is given. */
  readonly deprecated?: string
  /** Throws when docker would refuse the value already here. */
  readonly check?: (text: string) => void
}

export interface ListSettings extends FlagSettings<never> {
  /** Converts each value as docker does. Throws as `check` does. */
  readonly read?: (text: string) => string
}

export function bool(help: string, short?: string, settings: FlagSettings<boolean> = {}): Flag<boolean> {
  const { initial = false, hidden = false } = settings
  return { short, type: '', help, initial, hidden, parse: (text) => parseBool(text) }
}

export function text(help: string, settings: FlagSettings<string> = {}): Flag<string | undefined> {
  const { short, type = 'string', initial, hidden = false, deprecated, check } = settings
  const parse = (given: string) => {
    check?.(given)
    return given
  }
  return { short, type, help, initial, hidden, deprecated, parse }
}

/** May be given several times. */
export function list(help: string, settings: ListSettings = {}): Flag<readonly string[]> {
  const { short, type = 'list', hidden = false, check, read = (given) => given } = settings
  const parse = (given: string, before: readonly string[]) => {
    check?.(given)
    return [...before, read(given)]
  }
  return { short, type, help, initial: [], hidden, parse }
}

export function int(help: string, settings: FlagSettings<number> = {}): Flag<number | undefined> {
  const { short, type = 'int', initial, hidden = false } = settings
  return { short, type, help, initial, hidden, parse: parseInt64 }
}

/** A number that is not below 0, in so many bits. */
export function uint(help: string, bits: 16 | 64): Flag<number | undefined> {
  return { ...int(help), parse: (given) => parseUint(given, bits) }
}

/** A flag that an Engine ignores whose API is older than that version. */
export function sinceApi<T>(version: string, flag: Flag<T>): Flag<T> {
  return { ...flag, since: version }
}

/** A flag that an Engine ignores unless it runs on Windows. */
export function onWindows<T>(flag: Flag<T>): Flag<T> {
  return { ...flag, system: 'windows' }
}

/** Reads a boolean as Go does. Another text is neither true nor false. */
export function isTrue(given: string): boolean {
  return /^(?:1|[tT]|true|TRUE|True)$/.test(given)
}

export function isFalse(given: string): boolean {
  return /^(?:0|[fF]|false|FALSE|False)$/.test(given)
}

function parseBool(given: string): boolean {
  if (isTrue(given)) return true
  if (isFalse(given)) return false
  throw new UsageError(`strconv.ParseBool: parsing ${JSON.stringify(given)}: invalid syntax`)
}

function parseInt64(given: string): number {
  const [, sign, digits] = /^([-+]?)(\w+)$/.exec(given) ?? []
  const number = wholeNumber(digits)
  if (number !== undefined && isExact(number)) return sign === '-' ? -number : number
  const reason = number === undefined ? 'invalid syntax' : 'value out of range'
  throw new UsageError(`strconv.ParseInt: parsing ${JSON.stringify(given)}: ${reason}`)
}

function parseUint(given: string, bits: number): number {
  const number = wholeNumber(given)
  if (number !== undefined && number < 2 ** bits && isExact(number)) return number
  const reason = number === undefined ? 'invalid syntax' : 'value out of range'
  throw new UsageError(`strconv.ParseUint: parsing ${JSON.stringify(given)}: ${reason}`)
}

/** A number of Go has 64 bits. Of those that a number here cannot hold, another would be sent. */
export function isExact(number: number): boolean {
  return Number.isSafeInteger(number)
}

/** As Go writes numbers: also `0x1f`, `0b11`, `1_000`, and `017` or `0o17` for 15. */
function wholeNumber(given = ''): number | undefined {
  const digits = given.replace(/(?<=[\da-f])_(?=[\da-f])/gi, '')
  if (/^(?:0|[1-9]\d*|0x[\da-f]+|0b[01]+|0o[0-7]+)$/i.test(digits)) return Number(digits)
  return /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

/** As docker names a flag in its messages. */
export function flagNames(long: string, { short }: Flag<unknown>): string {
  return short === undefined ? `--${long}` : `-${short}, --${long}`
}
