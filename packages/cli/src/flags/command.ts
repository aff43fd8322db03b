import type { Cli } from '../cli.js'
import { EXIT, ExitError, UsageError } from '../errors.js'
import { bool, type Flag, type Flags, flagNames, type Values } from './flag.js'
import { spellOut } from './spell.js'

/** A command is data, and the function that does it. */
export interface CommandSpec<F extends Flags> {
  readonly name: string
  /** What stands behind the name in the usage line. More lines are other ways to use it. */
  readonly usage: string
  readonly summary: string
  readonly flags: F
  /** How many words that are no flags it takes. */
  readonly operands: { readonly min: number; readonly max: number }
  /** Whether the flags end at the first word that is none. Default false. */
  readonly stopAtOperand?: boolean
  /** Resolves with the exit code; nothing is 0. */
  run(call: Call<F>): Promise<number | undefined>
}

export interface Call<F extends Flags> {
  readonly cli: Cli
  readonly flags: Values<F>
  /** The long names of the flags that were given: only these were meant. */
  readonly given: ReadonlySet<string>
  readonly operands: readonly string[]
}

/** A command that is ready to be run, whatever its flags. */
export interface RunnableCommand {
  readonly name: string
  /** What it understands: a shell's completion asks. */
  readonly flags: Flags
  readonly stopAtOperand: boolean
  run(args: readonly string[], cli: Cli): Promise<number>
}

export function defineCommand<F extends Flags>(spec: CommandSpec<F>): RunnableCommand {
  const { name, stopAtOperand = false } = spec
  return { name, flags: withHelp(spec.flags), stopAtOperand, run: (args, cli) => runCommand(spec, args, cli) }
}

/** The same command under another name, as `pull` is also `image pull`. */
export function renamed<F extends Flags>(
  name: string,
  load: () => Promise<{ readonly spec: CommandSpec<F> }>,
): () => Promise<{ readonly command: RunnableCommand }> {
  return async () => ({ command: defineCommand({ ...(await load()).spec, name }) })
}

async function runCommand<F extends Flags>(
  spec: CommandSpec<F>,
  args: readonly string[],
  cli: Cli,
): Promise<number> {
  try {
    const known = withHelp(spec.flags)
    const parsed = parseFlags(known, args, spec.stopAtOperand ?? false)
    for (const note of parsed.notes) cli.line(note)
    if (parsed.flags.help) {
      const { commandHelp } = await import('../help.js')
      cli.write(commandHelp({ ...spec, flags: known }, cli.columns))
      return 0
    }
    checkCount(spec, parsed.operands)
    await cli.readConfig()
    await checkVersion(spec.flags, parsed.given, cli)
    return (await spec.run({ cli, ...(parsed as Parsed<F>) })) ?? 0
  } catch (error) {
    throw error instanceof UsageError ? error.in({ path: pathOf(spec), usage: usageOf(spec) }) : error
  }
}

/** docker's words for a flag that the Engine would not understand. */
async function checkVersion(flags: Flags, given: ReadonlySet<string>, cli: Cli): Promise<void> {
  for (const name of given) {
    const since = flags[name]?.since
    if (since === undefined) continue
    const { api } = await cli.client()
    if (await api.speaks(since)) continue
    const spoken = await api.version()
    throw new ExitError(
      `"--${name}" requires API version ${since}, but the Docker daemon API version is ${spoken}`,
    )
  }
}

/** `-h` asks for help as well, which docker wants to leave to those that have another use for it. */
export const HELP = { help: { ...bool('Print usage', 'h'), shortDeprecated: 'use --help' } }

/** `-h` asks for help where it means nothing else. */
function withHelp<F extends Flags>(flags: F): F & typeof HELP {
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
    values.set(name, parsed(value, name, flag, values.has(name) ? values.get(name) : flag.initial))
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

function parsed(value: string, name: string, flag: Flag<unknown>, before: unknown): unknown {
  try {
    return flag.parse(value, before)
  } catch (error) {
    const reason = (error as Error).message
    throw new UsageError(
      `invalid argument ${JSON.stringify(value)} for "${flagNames(name, flag)}" flag: ${reason}`,
    )
  }
}

function pathOf({ name }: CommandSpec<Flags>): string {
  return `dockline ${name}`
}

/** What docker shows behind 'Usage:', with a tab before each further line. */
export function usageOf(spec: CommandSpec<Flags>): string {
  const lines = spec.usage.split('\n').map((line) => line.trim())
  return `${pathOf(spec)} ${lines.join('\n\t')}`.trimEnd()
}

/** docker's words. */
function checkCount(spec: CommandSpec<Flags>, given: readonly string[]): void {
  const { min, max } = spec.operands
  if (given.length >= min && given.length <= max) return
  const rule = max === 0 ? 'accepts no arguments' : `requires ${countOf(spec.operands)}`
  throw new UsageError(`dockline: '${pathOf(spec)}' ${rule}`, EXIT.failure)
}

function countOf({ min, max }: CommandSpec<Flags>['operands']): string {
  const plural = (count: number) => `${count} ${count === 1 ? 'argument' : 'arguments'}`
  if (min === max) return plural(max)
  if (max === Number.POSITIVE_INFINITY) return `at least ${plural(min)}`
  return min === 0 ? `at most ${plural(max)}` : `at least ${min} and at most ${plural(max)}`
}
