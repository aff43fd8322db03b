import { Cli } from './cli.js'
import { COMMANDS, type CommandGroup, type Commands, findCommand } from './commands/index.js'
import { EXIT, ExitError, UsageError } from './errors.js'
import { HELP, type Parsed, parseFlags } from './flags/command.js'
import { checkLogLevel, engineChoice, GLOBAL, tlsChoice } from './flags/global.js'
import type { Plugin } from './plugins/index.js'

const TOP = 'dockline'

/** Understands the command line and does what it says. Resolves with the exit code. */
export async function dockline(args: readonly string[]): Promise<number> {
  const { flags, given, operands, notes } = globalFlags(args)
  checkLogLevel(flags)
  const cli = new Cli({ ...engineChoice(flags), tls: tlsChoice(flags, given) })
  for (const note of notes) cli.complain(note)
  try {
    const [name, ...rest] = operands
    const top: Place = { cli, path: TOP }
    // By its name, or in `dockline help NAME`.
    const plugged = name === 'help' ? rest : operands
    const exitCode = await tryPlugin(plugged, args, cli)
    if (exitCode !== undefined) return exitCode
    if (flags.version) return await printVersion(cli)
    if (name === 'help' && rest.length > 0) return await runHelp(rest, top)
    if (name === undefined || name === 'help' || flags.help || isLost(COMMANDS, operands)) {
      const { programHelp } = await import('./help.js')
      return printHelp(cli, programHelp(cli.columns, await allPlugins(cli)), {
        wanted: name !== undefined || flags.help,
      })
    }
    return await dispatch(COMMANDS, operands, top)
  } finally {
    await cli.close()
  }
}

/** Only what is not built in can be a plugin's: nothing else pays for looking. */
async function tryPlugin(
  [name = 'help', next = '-']: readonly string[],
  args: readonly string[],
  cli: Cli,
): Promise<number | undefined> {
  if (name === 'help' || isBuiltIn(name, next)) return undefined
  const { tryPlugin: tryIt } = await import('./plugins/index.js')
  return tryIt(name, args, cli)
}

/** A group may be more in its plugin than it is here. */
function isBuiltIn(name: string, next: string): boolean {
  const entry = findCommand(COMMANDS, name)
  if (entry?.subcommands === undefined || !entry.hasPlugin) return entry !== undefined
  return next.startsWith('-') || next === 'help' || findCommand(entry.subcommands, next) !== undefined
}

async function allPlugins(cli: Cli): Promise<readonly Plugin[]> {
  const { listPlugins } = await import('./plugins/index.js')
  await cli.readConfig()
  return listPlugins(cli)
}

function globalFlags(args: readonly string[]): Parsed<typeof GLOBAL> {
  try {
    return parseFlags(GLOBAL, args, true)
  } catch (error) {
    const usage = `${TOP} [OPTIONS] COMMAND [ARG...]`
    throw error instanceof UsageError ? error.in({ path: TOP, usage }) : error
  }
}

/** How far the words of the command line have led, as in 'dockline context'. */
interface Place {
  readonly cli: Cli
  readonly path: string
}

/** Follows the words through the groups to a command, which gets the rest of them. */
async function dispatch(commands: Commands, words: readonly string[], place: Place): Promise<number> {
  const [name = '', ...rest] = words
  const entry = findCommand(commands, name)
  if (entry === undefined) throw unknownCommand(name, place)
  if (entry.subcommands !== undefined) {
    return runGroup(entry, rest, { ...place, path: `${place.path} ${name}` })
  }
  const { command } = await entry.load()
  return command.run(rest, place.cli)
}

function unknownCommand(name: string, { path }: Place): ExitError {
  const error = new UsageError(`dockline: unknown command: ${path} ${name}`, EXIT.failure)
  return error.in(path === TOP ? { path } : { path, usage: path })
}

async function runGroup(group: CommandGroup, args: readonly string[], place: Place): Promise<number> {
  const { cli, path } = place
  const { flags, operands, notes } = groupFlags(args, path)
  for (const note of notes) cli.line(note)
  const [name] = operands
  if (name === undefined || flags.help || isLost(group.subcommands, operands)) {
    const { groupHelp } = await import('./help.js')
    return printHelp(cli, groupHelp(group, path, cli.columns), { wanted: name !== undefined || flags.help })
  }
  return dispatch(group.subcommands, operands, place)
}

function groupFlags(args: readonly string[], path: string): Parsed<typeof HELP> {
  try {
    return parseFlags(HELP, args, true)
  } catch (error) {
    throw error instanceof UsageError ? error.in({ path, usage: path }) : error
  }
}

/** As docker has it, who asks for help on a command that does not exist gets to see those that do. */
function isLost(commands: Commands, [name = '', ...rest]: readonly string[]): boolean {
  return findCommand(commands, name) === undefined && rest.includes('--help')
}

/** Where nobody asked for it, who reads the output of a command is not to get this instead. */
function printHelp(cli: Cli, help: string, { wanted }: { wanted: boolean }): number {
  const out = wanted ? cli.stdout : cli.stderr
  out.write(help)
  return 0
}

async function printVersion(cli: Cli): Promise<number> {
  const { VERSION } = await import('dockline')
  cli.line(`Dockline version ${VERSION}`)
  return 0
}

/** The same as --help behind the words, all of which have to lead somewhere. */
async function runHelp(words: readonly string[], top: Place): Promise<number> {
  const unknown = withoutPath(COMMANDS, words)
  if (unknown.length > 0) throw new ExitError(`unknown help topic: ${unknown.join(' ')}`)
  return dispatch(COMMANDS, [...words, '--help'], top)
}

/** What is left of the words after those that lead to a group or a command. */
function withoutPath(commands: Commands, words: readonly string[]): readonly string[] {
  const [name = '', ...rest] = words
  const entry = findCommand(commands, name)
  if (entry === undefined) return words
  return withoutPath(entry.subcommands ?? {}, rest)
}
