import { Command } from 'commander'
import { Cli } from './cli.js'
import { COMMANDS, type CommandGroup, type Commands, findCommand } from './commands/index.js'
import { EXIT, type ExitError, UsageError } from './errors.js'
import { formatHelp, optionOf, type Parsed, parseFlags } from './flags/command.js'
import { bool } from './flags/flag.js'
import { GLOBAL } from './flags/global.js'

/** Understands the command line and does what it says. Resolves with the exit code. */
export async function dockline(args: readonly string[]): Promise<number> {
  const { flags, operands } = globalFlags(args)
  const cli = new Cli({ host: flags.host, context: flags.context })
  try {
    const [name, ...rest] = operands
    const top: Place = { cli, path: 'dockline' }
    if (flags.version) return await printVersion(cli)
    if (name === undefined || flags.help) return printHelp(cli)
    if (name === 'help')
      return await (rest[0] === undefined ? printHelp(cli) : dispatch(COMMANDS, [...rest, '--help'], top))
    return await dispatch(COMMANDS, operands, top)
  } finally {
    await cli.close()
  }
}

function globalFlags(args: readonly string[]): Parsed<typeof GLOBAL> {
  try {
    return parseFlags(GLOBAL, args, true)
  } catch (error) {
    throw error instanceof UsageError ? error.in('dockline') : error
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
  return new UsageError(`dockline: unknown command: ${path} ${name}`, EXIT.failure).in(path)
}

async function runGroup(group: CommandGroup, args: readonly string[], place: Place): Promise<number> {
  const { flags, operands } = groupFlags(args, place.path)
  const [name] = operands
  // As docker has it, who asks for help on a command that does not exist gets to see those that do.
  const lost = name !== undefined && !findCommand(group.subcommands, name) && operands.includes('--help')
  if (name === undefined || flags.help || lost) {
    const help = groupHelp(group, place)
    // Nobody asked for it: who reads the output of a command is not to get this instead.
    if (name === undefined && !flags.help) place.cli.complain(help)
    else place.cli.line(help)
    return 0
  }
  return dispatch(group.subcommands, operands, place)
}

const GROUP_FLAGS = { help: bool('Print usage', 'h') }

function groupFlags(args: readonly string[], path: string): Parsed<typeof GROUP_FLAGS> {
  try {
    return parseFlags(GROUP_FLAGS, args, true)
  } catch (error) {
    throw error instanceof UsageError ? error.in(path) : error
  }
}

async function printVersion(cli: Cli): Promise<number> {
  const { VERSION } = await import('dockline')
  cli.line(`Dockline version ${VERSION}`)
  return 0
}

function printHelp(cli: Cli): number {
  const program = new Command('dockline')
    .helpOption(false)
    .helpCommand(false)
    .description('A Docker client for every machine that has Node.')
  for (const [long, flag] of Object.entries(GLOBAL)) program.addOption(optionOf(long, flag))
  for (const option of program.options) option.helpGroup('Global Options:')
  listCommands(program, COMMANDS)
  const layout = { flags: GLOBAL, columns: cli.columns }
  cli.write(formatHelp(program, 'dockline [OPTIONS] COMMAND [ARG...]', layout))
  cli.line("\nRun 'dockline COMMAND --help' for more information on a command.")
  return 0
}

function groupHelp({ summary, subcommands }: CommandGroup, { cli, path }: Place): string {
  const group = new Command(path).helpOption(false).helpCommand(false).description(summary)
  listCommands(group, subcommands)
  const help = formatHelp(group, `${path} COMMAND`, { flags: {}, columns: cli.columns })
  return `${help}\nRun '${path} COMMAND --help' for more information on a command.`
}

function listCommands(parent: Command, commands: Commands): void {
  for (const [name, { summary, group = 'Commands:', hidden }] of Object.entries(commands)) {
    if (hidden) continue
    parent.addCommand(new Command(name).helpOption(false).description(summary).helpGroup(group))
  }
}
