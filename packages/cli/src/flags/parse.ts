import { UsageError } from '../errors.js'
import { bool, type Flag, type Flags, flagNames, type Values } from './flag.js'
import { type Given, spellOut } from './spell.js'

/** `-h` asks for help as well, which docker wants to leave to those that have another use for it. */
export const HELP = { help: { ...bool('Print usage', 'h'), shortDeprecated: 'use --help' } }

/** `-h` asks for help where it means nothing else. */
export function withHelp<F extends Flags>(flags: F): F & typeof HELP {
  const taken = Object.values(flags).some(({ short }) => short === 'h')
  return { ...flags, help: taken ? { ...HELP.help, short: undefined } : HELP.help }
}

export interface Parsed<F extends Flags> {
  readonly flags: Values<F>
  readonly given: ReadonlySet<string>
  readonly operands: readonly string[]
  /** What docker says, once the flags are understood, of those that are on their way out. */
  readonly notes: readonly string[]
}

export function parseFlags<F extends Flags>(
  known: F,
  args: readonly string[],
  stopAtOperand: boolean,
): Parsed<F> {
  const spelled = spellOut(args, known, { stopAtOperand })
  const values = new Map<string, unknown>()
  for (const { name, value } of spelled.flags) {
    const flag = known[name] as Flag<unknown>
    values.set(name, parsed({ name, value }, flag, values.has(name) ? values.get(name) : flag.initial))
  }
  const flags = Object.entries(known).map(([name, { initial }]) => [
    name,
    values.has(name) ? values.get(name) : initial,
  ])
  return {
    // Each value was made by the flag's own parse, or is its initial value.
    flags: Object.fromEntries(flags) as Values<F>,
    given: new Set(values.keys()),
    operands: spelled.operands,
    notes: spelled.notes,
  }
}

function parsed({ name, value }: Given, flag: Flag<unknown>, before: unknown): unknown {
  try {
    return flag.parse(value, before)
  } catch (error) {
    const reason = (error as Error).message
    throw new UsageError(
      `invalid argument ${JSON.stringify(value)} for "${flagNames(name, flag)}" flag: ${reason}`,
    )
  }
}
