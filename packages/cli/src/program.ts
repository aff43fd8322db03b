import { Cli } from './cli.js'
import type { Command } from './command.js'
import { EXIT, ExitError, UsageError } from './errors.js'
import { checkLogLevel, engineChoice, GLOBAL, tlsChoice } from './flags/global.js'
import { HELP, type Parsed, parseFlags } from './flags/parse.js'
import type { Plugin } from './plugins/index.js'
import { processStreams } from './streams.js'
import { COMMANDS, type CommandGroup, type Commands, type SingleCommand } from './tree.js'

const TOP = 'dockline'
const HELP_WORDS = ['-h', '--help', 'help']
/** Asked by a shell's completion with the words that have been typed. */
const COMPLETE = '__complete'

/** Understands the command line and does what it says. Resolves with the exit code. */
export async function dockline(typed: readonly string[], streams = processStreams()): Promise<number> {
  const { flags, given, operands: words, notes } = globalFlags(typed)
  const operands = withBuildx(words)
  const args = [...typed.slice(0, typed.length - words.length), ...operands]
  checkLogLevel(flags)
  const builtIn = new Set([...wordsWithoutPlugins(COMMANDS), COMPLETE])
  const cli = new Cli({ ...engineChoice(flags), tls: tlsChoice(flags, given) }, { streams, builtIn })
  for (const note of notes) cli.complain(note)
  try {
    const [name, ...rest] = operands
    const top: Place = { cli, path: TOP }
    if (name === COMPLETE) return await complete(rest, cli)
    // By its name, or in `dockline help NAME`.
    const exitCode =
      name === 'help' ? await tryHelpOfPlugin(rest, args, cli) : await tryPlugin(operands, args, cli)
    if (exitCode !== undefined) return exitCode
    if (flags.version) return await printVersion(cli)
    const topic = topicOf(operands, flags.help)
    if (topic !== undefined) return await runHelp(topic, top)
    if (name === undefined || name === 'help' || flags.help || isLost(COMMANDS, operands)) {
      const { programHelp } = await import('./help.js')
      return printHelp(cli, programHelp(COMMANDS, cli.columns, await allPlugins(cli)), {
        wanted: name !== undefined || flags.help,
      })
    }
    return await dispatch(COMMANDS, operands, top)
  } finally {
    await cli.close()
  }
}

/** As with docker's plugin: `builder` has the commands of `buildx` beside its own, and `bake` is `buildx bake`. */
function withBuildx(words: readonly string[]): readonly string[] {
  const [name = '', next = '', ...more] = words
  if (name === 'bake') return ['buildx', ...words]
  const has = (group: string) => COMMANDS.get(group)?.subcommands?.has(next) === true
  return name === 'builder' && !has('builder') && has('buildx') ? ['buildx', next, ...more] : words
}

/** The words that no plugin can have. */
function wordsWithoutPlugins(commands: Commands): readonly string[] {
  return [...commands]
    .filter(([, node]) => node.subcommands === undefined || !node.hasPlugin)
    .map(([word]) => word)
}

/** Looks for a plugin only for names that no built-in command has, because looking takes time. */
async function tryPlugin(
  [name = 'help', ...more]: readonly string[],
  args: readonly string[],
  cli: Cli,
): Promise<number | undefined> {
  if (name === 'help' || isBuiltIn(name, more, cli)) return undefined
  const { tryPlugin: tryIt } = await import('./plugins/index.js')
  return tryIt(name, args, cli)
}

/** As docker has it, a plugin that cannot show its help is an error. */
async function tryHelpOfPlugin(
  topic: readonly string[],
  args: readonly string[],
  cli: Cli,
): Promise<number | undefined> {
  const exitCode = await tryPlugin(topic, args, cli)
  if (exitCode) throw new ExitError(`exit status ${exitCode}`)
  return exitCode
}

async function complete(words: readonly string[], cli: Cli): Promise<number> {
  const { printCompletion } = await import('./completion/index.js')
  await printCompletion(words, { cli, commands: COMMANDS })
  return 0
}

/** A group may be more in its plugin than it is here. */
function isBuiltIn(name: string, more: readonly string[], { surroundings: { builtIn } }: Cli): boolean {
  const node = COMMANDS.get(name)
  if (node?.subcommands === undefined || !node.hasPlugin) return builtIn.has(name)
  return leadsToCommand(node.subcommands, more)
}

/** Returns whether the words lead to a command of Dockline, or ask for the help of a group. */
function leadsToCommand(commands: Commands, [word, ...more]: readonly string[]): boolean {
  if (word === undefined || HELP_WORDS.includes(word)) return true
  const node = commands.get(word)
  return node !== undefined && (node.subcommands === undefined || leadsToCommand(node.subcommands, more))
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
  const node = commands.get(name)
  if (node === undefined) throw unknownCommand(name, place)
  if (node.subcommands !== undefined) {
    return runGroup(node, rest, { ...place, path: `${place.path} ${name}` })
  }
  return runCommand(node, rest, place.cli)
}

async function runCommand(node: SingleCommand, args: readonly string[], cli: Cli): Promise<number> {
  const { command } = await node.load()
  const showHelp = () => showCommandHelp(node, command, cli)
  return command.run(args, { cli, path: `${TOP} ${node.path}`, showHelp })
}

async function showCommandHelp(node: SingleCommand, command: Command, cli: Cli): Promise<void> {
  const { commandHelp } = await import('./help.js')
  cli.write(commandHelp(node, command, cli.columns))
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
  return !commands.has(name) && rest.includes('--help')
}

/** Without --help, the help goes to stderr, because it is not the output that a reader of stdout expects. */
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

/** The words whose help is asked for, as in `help ps` and `--help ps -a`; undefined where it is that of the program or none. */
function topicOf([name, ...rest]: readonly string[], asksForHelp: boolean): readonly string[] | undefined {
  if (name === 'help') return asksForHelp ? ['help'] : rest.length > 0 ? rest : undefined
  if (!asksForHelp || name === undefined || !COMMANDS.has(name)) return undefined
  const words = [name, ...rest]
  return words.slice(0, words.length - withoutPath(COMMANDS, words).length)
}

/** The same as --help behind the words, all of which have to lead somewhere. */
async function runHelp(words: readonly string[], top: Place): Promise<number> {
  if (/^(help|--help)( --help)?$/.test(words.join(' '))) {
    top.cli.write(HELP_OF_HELP)
    return 0
  }
  const unknown = withoutPath(COMMANDS, words)
  if (unknown.length > 0) throw new ExitError(`unknown help topic: ${unknown.join(' ')}`)
  return dispatch(COMMANDS, [...words, '--help'], top)
}

const HELP_OF_HELP = `Usage:  ${TOP} help [command]\n\nHelp about the command\n`
const NO_COMMANDS: Commands = new Map()

/** What is left of the words after those that lead to a group or a command. */
function withoutPath(commands: Commands, words: readonly string[]): readonly string[] {
  const [name = '', ...rest] = words
  const node = commands.get(name)
  return node === undefined ? words : withoutPath(node.subcommands ?? NO_COMMANDS, rest)
}
