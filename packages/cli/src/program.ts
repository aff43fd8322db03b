import { Command } from 'commander'
import { Cli } from './cli.js'
import { COMMANDS } from './commands/index.js'
import { ExitError, UsageError } from './errors.js'
import { formatHelp, optionOf, type Parsed, parseFlags } from './flags/command.js'
import { bool, text } from './flags/flag.js'

const GLOBAL = {
  context: text('Name of the context to use (overrides DOCKER_HOST and DOCKER_CONTEXT)', { short: 'c' }),
  debug: bool('Accepted for the sake of scripts; changes nothing', 'D'),
  help: bool('Print usage', 'h'),
  host: text('Engine to connect to, as in unix:///var/run/docker.sock', { short: 'H' }),
  version: bool('Print version information and quit', 'v'),
}

/** Understands the command line and does what it says. Resolves with the exit code. */
export async function dockline(args: readonly string[]): Promise<number> {
  const { flags, operands } = globalFlags(args)
  const cli = new Cli({ host: flags.host, context: flags.context })
  try {
    const [name, ...rest] = operands
    if (flags.version) return await printVersion(cli)
    if (name === undefined || flags.help) return printHelp(cli)
    if (name === 'help')
      return await (rest[0] === undefined ? printHelp(cli) : runCommand(rest[0], ['--help'], cli))
    return await runCommand(name, rest, cli)
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

async function runCommand(name: string, args: readonly string[], cli: Cli): Promise<number> {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (entry === undefined) {
    throw new ExitError(`dockline: unknown command: dockline ${name}\nSee 'dockline --help'.`)
  }
  const { command } = await entry.load()
  return command.run(args, cli)
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
  for (const [name, { summary, group }] of Object.entries(COMMANDS)) {
    program.addCommand(new Command(name).helpOption(false).description(summary).helpGroup(group))
  }
  const layout = { flags: GLOBAL, columns: cli.columns }
  cli.write(formatHelp(program, 'dockline [OPTIONS] COMMAND [ARG...]', layout))
  cli.line("\nRun 'dockline COMMAND --help' for more information on a command.")
  return 0
}
