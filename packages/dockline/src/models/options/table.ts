import { refuseUnknown } from '../../support/suggest.js'
import { type Convert, object } from './values.js'

/**
 * What an option may be. `null` is sent as null, which means the Engine's own default; `undefined` is not
 * sent.
 */
export type Option<T> = T | null | undefined

/**
 * For every friendly name: the Engine's name, how the value gets there, and how a value under the Engine's own name does where
 * that differs, as in another unit. Where both names are the same, how the value gets there is enough.
 */
export type Rules<Friendly extends object, Wire> = {
  readonly [Name in keyof Friendly]-?:
    | (Name extends keyof Wire ? Convert<Wire[Name]> : never)
    | { [Key in keyof Wire]-?: readonly [Key, Convert<Wire[Key]>, Convert<Wire[Key]>?] }[keyof Wire]
}

/** How the value of an option gets there that must be given. */
export interface Needed<T> extends Convert<T> {
  readonly needed: true
}

/** Makes an option one that must be given: without a value, `convert` gets undefined. */
export function needed<T>(convert: Convert<T>): Needed<T> {
  return Object.assign((value: unknown, option: string) => convert(value, option), { needed: true } as const)
}

function isNeeded(convert: Convert<unknown>): convert is Needed<unknown> {
  return 'needed' in convert
}

type Rule = readonly [key: string, convert: Convert<unknown>, convertOwn?: Convert<unknown> | undefined]

/** Options by their friendly names, and what becomes of them. */
export interface Table<Friendly extends object, Wire> {
  readonly names: readonly string[]
  /** The friendly names and the Engine's. */
  readonly known: readonly string[]
  /** Takes the table's own options out of many and leaves the others. */
  pick(options: Friendly): Partial<Wire>
  /**
   * A whole object, in friendly names or in the Engine's; anything else in it is refused. `expected` is for the error of what is no
   * object.
   */
  parse(value: unknown, option: string, expected?: string): Partial<Wire>
}

/** `asIs` are further names of the Engine that a whole object may have, and that are passed on unread. */
export function table<Friendly extends object, Wire>(
  rules: Rules<Friendly, Wire>,
  asIs: readonly (keyof Wire & string)[] = [],
): Table<Friendly, Wire> {
  const names = Object.keys(rules)
  let made: [string, Rule][] | undefined
  // Made when a value is first read: there are a hundred tables, and a program uses few of them.
  const all = () => (made ??= rulesByName(rules))
  const known = () => [...names, ...all().map(([, [key]]) => key), ...asIs]
  return {
    names,
    get known() {
      return known()
    },
    pick: (options) => translate(all(), object(options, 'options'), ''),
    parse(value, option, expected) {
      const given = object(value, option, expected)
      refuseUnknown(given, known(), option)
      const passed = Object.fromEntries(
        Object.entries(given).filter(([name]) => asIs.some((key) => key === name)),
      )
      return {
        ...passed,
        ...translate(underOwnNames(all()), given, option),
        ...translate(all(), given, option),
      }
    },
  }
}

function rulesByName(rules: object): [string, Rule][] {
  const given: [string, Rule | Convert<unknown>][] = Object.entries(rules)
  return given.map(([name, rule]) => [name, isRule(rule) ? rule : [name, rule]])
}

function isRule(rule: Rule | Convert<unknown>): rule is Rule {
  return typeof rule !== 'function'
}

/** The same rules for values that have the Engine's names already. */
function underOwnNames(rules: [string, Rule][]): [string, Rule][] {
  return rules.map(([, [key, convert, convertOwn = convert]]) => [key, [key, convertOwn]])
}

/** The type `Rules` has already tied each key to the type of its value, which is why the cast is true. */
function translate<Wire>(
  rules: [string, Rule][],
  given: Record<string, unknown>,
  owner: string,
): Partial<Wire> {
  const wire: Record<string, unknown> = {}
  for (const [name, [key, convert]] of rules) {
    const value = given[name]
    if (value === undefined && !isNeeded(convert)) continue
    wire[key] = value === null ? null : convert(value, owner === '' ? name : `${owner}.${name}`)
  }
  return wire as Partial<Wire>
}
