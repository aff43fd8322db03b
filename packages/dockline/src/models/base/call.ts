import type { CallOptions } from '../../http/index.js'
import { checkSignal } from '../../support/abort.js'
import { refuseUnknown } from '../options/index.js'
import { type Needed, type Rules, table } from '../options/table.js'
import { type Convert, invalid, object } from '../options/values.js'

/** The options of a method that other methods do not have. */
export type Own<Options> = Omit<Options, keyof CallOptions>

/** The names of the options that must be given. */
type NeededName<Options> = {
  [Name in keyof Options]-?: object extends Pick<Options, Name> ? never : Name
}[keyof Options]

/** What is read of options. What must be given is there. */
type ReadOf<Options, Read> = Partial<Read> & Pick<Read, NeededName<Options> & keyof Read>

type NeededRules<Options> = {
  readonly [Name in NeededName<Options>]: Needed<unknown> | readonly [PropertyKey, Needed<unknown>]
}

/** The options of a method: what each is called in the request, and how its value gets there. */
export interface CallTable<Options, Read, Passed> {
  readonly names: readonly string[]
  /** Checks all options of a call. Returns what the table reads, what belongs to every call, and what another table reads. */
  read(options: Options): [read: ReadOf<Options, Read>, call: CallOptions, passed: Passed]
  /** Refuses what `read` would refuse, for a method that passes all options on. */
  check(options: Options): void
}

/**
 * Makes the table of a method. The rules have a line for each option of `Options` that is neither an option of every call nor one of
 * `Passed`; `passedNames` has the names of the latter. `Read` is the Engine's query or body, or what the method itself uses.
 */
export function callTable<
  Options extends CallOptions,
  Read extends object = Own<Options>,
  Passed extends object = object,
>(
  rules: Rules<Omit<Own<Options>, keyof Passed>, Read> & NeededRules<Omit<Own<Options>, keyof Passed>>,
  passedNames: readonly string[] = [],
): CallTable<Options, Read, Passed> {
  const own = table<Omit<Own<Options>, keyof Passed>, Read>(rules)
  const names = [...own.names, ...passedNames]
  const pick = (options: Options) => {
    checkNames(options, names)
    // The rules see to it that what must be given is there.
    return own.pick(options) as ReadOf<Options, Read>
  }
  return {
    names,
    read: (options) => [pick(options), callOf(options), passedOn<Passed>(options, passedNames)],
    check: (options) => void pick(options),
  }
}

/** Reads the options of a call that has none of its own. `hint` is for somebody who names a process's signal. */
export function readCall(options: CallOptions = {}, hint?: string): CallOptions {
  checkNames(options, [], hint)
  return callOf(options)
}

function callOf({ signal, timeout }: CallOptions): CallOptions {
  return { signal, timeout }
}

/** What is passed on has been checked to have no other names. */
function passedOn<Passed extends object>(options: object, names: readonly string[]): Passed {
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name))) as Passed
}

/** Refuses names other than these and those of every call. */
export function checkNames(options: object, known: readonly string[], hint = signalHint(known)): void {
  const given = object(options, 'options')
  refuseUnknown(given, [...known, 'signal', 'timeout'])
  checkSignal(given.signal, hint)
}

function signalHint(known: readonly string[]): string | undefined {
  return known.includes('stopSignal') ? 'stopSignal names the signal that the container gets' : undefined
}

/** Accepts a function, such as `onProgress`. */
export const callback: Convert<never> = (value, option) => {
  return typeof value === 'function' ? (value as never) : invalid(option, 'a function', value)
}
