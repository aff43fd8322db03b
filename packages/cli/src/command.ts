import type { Cli } from './cli.js'
import { EXIT, ExitError, isUnreachable, UsageError } from './errors.js'
import type { Flags, Values } from './flags/flag.js'
import { type Parsed, parseFlags, withHelp } from './flags/parse.js'
import { inFlagWords } from './flags/words.js'

/** A command is data, and the function that does it. The manifest has its names and its summary. */
export interface CommandSpec<F extends Flags> {
  /** What stands behind the name in the usage line. More lines are other ways to use it. */
  readonly usage: string
  /** What its own help says in place of the summary, where that is too short. */
  readonly description?: string
  readonly flags: F
  /** How many words that are no flags it takes. */
  readonly operands: { readonly min: number; readonly max: number }
  /** Whether the flags end at the first word that is not a flag. Default: false. */
  readonly stopAtOperand?: boolean
  /** Resolves with the exit code; undefined is 0. */
  run(call: Call<F>): Promise<number | undefined>
}

export interface Call<F extends Flags> {
  readonly cli: Cli
  readonly flags: Values<F>
  /** The long names of the flags that were given: only these were meant. */
  readonly given: ReadonlySet<string>
  readonly operands: readonly string[]
}

/** How a command was called: the name it was called by, and what --help does. */
export interface Invocation {
  readonly cli: Cli
  /** With the program in front: 'dockline container ls'. */
  readonly path: string
  readonly showHelp: () => Promise<void>
}

/** A command that is ready to run, with any flags. */
export interface Command {
  readonly usage: string
  readonly description: string | undefined
  /** All flags that it understands, --help included. */
  readonly flags: Flags
  readonly operands: CommandSpec<Flags>['operands']
  readonly stopAtOperand: boolean
  run(args: readonly string[], invocation: Invocation): Promise<number>
}

export function defineCommand<F extends Flags>(spec: CommandSpec<F>): Command {
  const { usage, description, operands, stopAtOperand = false } = spec
  const flags = withHelp(spec.flags)
  const run: Command['run'] = (args, invocation) => runCommand({ ...spec, stopAtOperand }, args, invocation)
  return { usage, description, flags, operands, stopAtOperand, run }
}

async function runCommand<F extends Flags>(
  spec: CommandSpec<F>,
  args: readonly string[],
  { cli, path, showHelp }: Invocation,
): Promise<number> {
  try {
    const parsed = parseFlags(withHelp(spec.flags), args, spec.stopAtOperand ?? false)
    for (const note of parsed.notes) cli.line(note)
    if (parsed.flags.help) {
      await showHelp()
      return 0
    }
    checkCount(spec, parsed.operands, path)
    await cli.readConfig()
    await checkVersion(spec.flags, parsed.given, cli)
    await checkSystem(spec.flags, parsed.given, cli)
    return (await spec.run({ cli, ...(parsed as Parsed<F>) })) ?? 0
  } catch (error) {
    if (error instanceof UsageError) throw error.in({ path, usage: usageOf(spec, path) })
    throw inFlagWords(error, spec.flags)
  }
}

/** docker's words for a flag that the Engine would not understand. */
async function checkVersion(flags: Flags, given: ReadonlySet<string>, cli: Cli): Promise<void> {
  const late = [...given].sort().filter((name) => flags[name]?.since !== undefined)
  if (late.length === 0) return
  const { api } = await cli.client()
  const spoken = await api.version().catch(leaveToCommand)
  if (spoken === undefined) return
  const lines: string[] = []
  for (const name of late) {
    const { since = '' } = flags[name] ?? {}
    if (await api.speaks(since)) continue
    lines.push(`"--${name}" requires API version ${since}, but the Docker daemon API version is ${spoken}`)
  }
  if (lines.length > 0) throw new ExitError(lines.join('\n'))
}

/** That the Engine cannot be reached is for the command to tell, with an exit code of its own. */
function leaveToCommand(error: unknown): undefined {
  if (!isUnreachable(error)) throw error
}

/** docker's words for flags that the Engine would ignore because of its system. */
async function checkSystem(flags: Flags, given: ReadonlySet<string>, cli: Cli): Promise<void> {
  const special = [...given].sort().filter((name) => flags[name]?.system !== undefined)
  if (special.length === 0) return
  const { osType } = await (await cli.client()).ping()
  const lost = special.filter((name) => osType !== undefined && flags[name]?.system !== osType)
  if (lost.length === 0) return
  const lines = lost.map(
    (name) =>
      `"--${name}" is only supported on a Docker daemon running on ${flags[name]?.system}, but the Docker daemon is running on ${osType}`,
  )
  throw new ExitError(lines.join('\n'))
}

/** What docker shows behind 'Usage:', with a tab before each further line. */
export function usageOf({ usage }: Pick<Command, 'usage'>, path: string): string {
  const lines = usage.split('\n').map((line) => line.trim())
  return `${path} ${lines.join('\n\t')}`.trimEnd()
}

/** docker's words. */
function checkCount<F extends Flags>(
  { operands }: CommandSpec<F>,
  given: readonly string[],
  path: string,
): void {
  const { min, max } = operands
  if (given.length >= min && given.length <= max) return
  const rule = max === 0 ? 'accepts no arguments' : `requires ${countOf(operands)}`
  throw new UsageError(`dockline: '${path}' ${rule}`, EXIT.failure)
}

function countOf({ min, max }: Command['operands']): string {
  const plural = (count: number) => `${count} ${count === 1 ? 'argument' : 'arguments'}`
  if (min === max) return plural(max)
  if (max === Number.POSITIVE_INFINITY) return `at least ${plural(min)}`
  return min === 0 ? `at most ${plural(max)}` : `at least ${min} and at most ${plural(max)}`
}
