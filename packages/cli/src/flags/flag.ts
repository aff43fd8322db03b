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
  /** The API version that brought it, where an Engine that is older would not notice that it was given. */
  readonly since?: string | undefined
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
  readonly since?: string
  /** Throws when docker would refuse the value already here. */
  readonly check?: (text: string) => void
}

export function bool(help: string, short?: string, settings: FlagSettings<boolean> = {}): Flag<boolean> {
  const { initial = false, hidden = false, since } = settings
  return { short, type: '', help, initial, hidden, since, parse: (text) => parseBool(text) }
}

export function text(help: string, settings: FlagSettings<string> = {}): Flag<string | undefined> {
  const { short, type = 'string', initial, hidden = false, check } = settings
  const parse = (given: string) => {
    check?.(given)
    return given
  }
  return { short, type, help, initial, hidden, parse }
}

/** May be given several times. */
export function list(help: string, settings: FlagSettings<never> = {}): Flag<readonly string[]> {
  const { short, type = 'list', hidden = false, check } = settings
  const parse = (given: string, before: readonly string[]) => {
    check?.(given)
    return [...before, given]
  }
  return { short, type, help, initial: [], hidden, parse }
}

export function int(help: string, settings: FlagSettings<number> = {}): Flag<number | undefined> {
  const { short, type = 'int', initial, hidden = false } = settings
  return { short, type, help, initial, hidden, parse: parseInt64 }
}

function parseBool(given: string): boolean {
  if (/^(1|t|true)$/i.test(given)) return true
  if (/^(0|f|false)$/i.test(given)) return false
  throw new UsageError(`strconv.ParseBool: parsing ${JSON.stringify(given)}: invalid syntax`)
}

function parseInt64(given: string): number {
  if (/^[-+]?\d+$/.test(given)) return Number(given)
  throw new UsageError(`strconv.ParseInt: parsing ${JSON.stringify(given)}: invalid syntax`)
}

/** As docker names a flag in its messages. */
export function flagNames(long: string, { short }: Flag<unknown>): string {
  return short === undefined ? `--${long}` : `-${short}, --${long}`
}
