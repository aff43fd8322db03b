import { UsageError } from '../errors.js'
import type { Flags } from './flag.js'

/** A command line: its flags by their long names, each with a value, apart from the words that are none. */
export interface Spelled {
  readonly flags: readonly Given[]
  readonly operands: readonly string[]
  /** What docker says of flags that are on their way out, for each time one is given. */
  readonly notes: readonly string[]
}

export interface Given {
  readonly name: string
  readonly value: string
}

export interface SpellOptions {
  /** Whether the first word that is no flag ends them, so that `run busybox ls -l` passes `-l` on. */
  readonly stopAtOperand: boolean
}

/**
 * Reads docker's spellings: `-it`, `-eA=1`, `-e=A=1`, `-e A=1`, `--env A=1`, `--rm=false`. Libraries do not read a
 * boolean with a value, have other messages, and take as long to load as the rest of `ps`.
 */
export function spellOut(args: readonly string[], known: Flags, { stopAtOperand }: SpellOptions): Spelled {
  const speller = new Speller(args, known)
  const operands: string[] = []
  for (let arg = speller.next(); arg !== undefined; arg = speller.next()) {
    if (arg === '--') return speller.spelled([...operands, ...speller.rest()])
    if (arg.startsWith('--')) speller.long(arg)
    else if (arg.startsWith('-') && arg !== '-') speller.shorts(arg)
    else if (stopAtOperand) return speller.spelled([arg, ...speller.rest()])
    else operands.push(arg)
  }
  return speller.spelled(operands)
}

class Speller {
  readonly #flags: Given[] = []
  readonly #notes: string[] = []
  readonly #args: readonly string[]
  readonly #known: Flags
  readonly #byLetter: ReadonlyMap<string, string>
  #at = 0

  constructor(args: readonly string[], known: Flags) {
    this.#args = args
    this.#known = known
    this.#byLetter = new Map(Object.entries(known).map(([long, { short = '' }]) => [short, long]))
  }

  spelled(operands: readonly string[]): Spelled {
    return { flags: this.#flags, operands, notes: this.#notes }
  }

  next(): string | undefined {
    return this.#args[this.#at++]
  }

  rest(): readonly string[] {
    return this.#args.slice(this.#at)
  }

  long(arg: string): void {
    const cut = arg.indexOf('=')
    const name = cut === -1 ? arg.slice(2) : arg.slice(2, cut)
    if (name === '' || name.startsWith('-')) throw new UsageError(`bad flag syntax: ${arg}`)
    if (!Object.hasOwn(this.#known, name)) throw new UsageError(`unknown flag: --${name}`)
    const value = cut === -1 ? this.#valueAfter(name, `--${name}`) : arg.slice(cut + 1)
    this.#add(name, value)
  }

  /** Letters in a row, of which the last may take a value: `-itd`, `-eA=1`, `-e=A=1`. */
  shorts(arg: string): void {
    for (let at = 1; at < arg.length; at++) {
      const letter = arg.charAt(at)
      const name = this.#byLetter.get(letter)
      if (name === undefined) throw new UsageError(`unknown shorthand flag: '${letter}' in -${arg.slice(at)}`)
      const rest = arg.slice(at + 1)
      const { shortDeprecated } = this.#known[name] ?? {}
      if (shortDeprecated)
        this.#notes.push(`Flag shorthand -${letter} has been deprecated, ${shortDeprecated}`)
      // A = with nothing behind it is the value itself.
      const value = /^=./s.test(rest) ? rest.slice(1) : rest
      if (value !== rest || (rest !== '' && !this.#isBool(name))) {
        this.#add(name, value)
        return
      }
      this.#add(name, this.#valueAfter(name, `'${letter}' in -${arg.slice(at)}`))
    }
  }

  #add(name: string, value: string): void {
    const { deprecated } = this.#known[name] ?? {}
    if (deprecated) this.#notes.push(`Flag --${name} has been deprecated, ${deprecated}`)
    this.#flags.push({ name, value })
  }

  #valueAfter(name: string, shown: string): string {
    if (this.#isBool(name)) return 'true'
    const value = this.next()
    if (value === undefined) throw new UsageError(`flag needs an argument: ${shown}`)
    return value
  }

  #isBool(name: string): boolean {
    return this.#known[name]?.type === ''
  }
}
