import { Command, Help, Option } from 'commander'
import { COMMANDS, type CommandGroup, type Commands, type Listed, MANAGEMENT } from './commands/index.js'
import { namesOf } from './commands/names.js'
import { type CommandSpec, usageOf } from './flags/command.js'
import { type Flag, type Flags, flagNames } from './flags/flag.js'
import { GLOBAL } from './flags/global.js'
import type { Plugin } from './plugins/index.js'

const MOST_COLUMNS = 110

/** What can be done at all, and with which Engine. */
export function programHelp(columns: number, plugins: readonly Plugin[] = []): string {
  const program = new Command()
  addFlags(program, GLOBAL)
  for (const option of program.options) option.helpGroup('Global Options:')
  addCommands(program, withPlugins(COMMANDS, plugins))
  const usage = 'dockline [OPTIONS] COMMAND'
  const summary = 'A Docker client for every machine that has Node.'
  const lists = format(program, { usage, summary, flags: GLOBAL, columns })
  return `${lists}\n${brokenPlugins(plugins)}${moreOn('dockline')}`
}

/** What can be done with one kind of things. `path` has the words that led to the group. */
export function groupHelp({ summary, subcommands }: CommandGroup, path: string, columns: number): string {
  const group = new Command()
  addCommands(group, Object.entries(subcommands))
  return `${format(group, { usage: `${path} COMMAND`, summary, flags: {}, columns })}\n${moreOn(path)}`
}

/** One command, with everything it takes. */
export function commandHelp(spec: CommandSpec<Flags>, columns: number): string {
  const { name, summary, flags } = spec
  const command = new Command()
  addFlags(command, flags)
  return format(command, { usage: usageOf(spec), summary, names: namesOf(name), flags, columns })
}

function addFlags(command: Command, flags: Flags): void {
  for (const [long, flag] of Object.entries(flags)) command.addOption(optionOf(long, flag))
}

function optionOf(long: string, flag: Flag<unknown>): Option {
  const value = flag.type === '' ? '[bool]' : `<${flag.type.replaceAll(' ', '-')}>`
  return new Option(`${flagNames(long, flag)} ${value}`, flag.help)
    .default(flag.initial)
    .hideHelp(flag.hidden)
}

function addCommands(parent: Command, commands: readonly (readonly [string, Listed])[]): void {
  for (const [name, { summary, group = 'Commands:', hidden }] of commands) {
    if (hidden) continue
    parent.addCommand(new Command(name).helpOption(false).description(summary).helpGroup(group))
  }
}

/** Those of plugins are marked, and stand among the groups. */
function withPlugins(commands: Commands, plugins: readonly Plugin[]): readonly (readonly [string, Listed])[] {
  const own = plugins
    .filter(({ Err, Name }) => Err === undefined && commands[Name] === undefined)
    .map(({ Name, ShortDescription = '', Hidden = false }) => {
      return [`${Name}*`, { summary: ShortDescription, group: MANAGEMENT, hidden: Hidden }] as const
    })
  const isManaging = ([, { group }]: readonly [string, Listed]) => group === MANAGEMENT
  const managing = [...Object.entries(commands).filter(isManaging), ...own]
  managing.sort(([one], [other]) => (one < other ? -1 : 1))
  return [...Object.entries(commands).filter((each) => !isManaging(each)), ...managing]
}

/** What wants to be a plugin and cannot, with the reason. */
function brokenPlugins(plugins: readonly Plugin[]): string {
  const broken = plugins.filter(({ Err }) => Err !== undefined)
  if (broken.length === 0) return ''
  const width = Math.max(...broken.map(({ Name }) => Name.length), 10)
  return `Invalid Plugins:\n${broken.map(({ Name, Err }) => `  ${Name.padEnd(width)}  ${Err}\n`).join('')}\n`
}

function moreOn(path: string): string {
  return `Run '${path} COMMAND --help' for more information on a command.\n`
}

interface Layout {
  readonly usage: string
  readonly summary: string
  /** All names of a command that has several. */
  readonly names?: readonly string[]
  readonly flags: Flags
  readonly columns: number
}

/** Commander's lists, with docker's look of a flag: `  -e, --env list   …`. */
function format(command: Command, layout: Layout): string {
  const helpWidth = Math.min(layout.columns, MOST_COLUMNS)
  return command
    .helpOption(false)
    .helpCommand(false)
    .configureHelp({
      helpWidth,
      sortOptions: true,
      // All that stands above the lists: Commander has no place for the names.
      commandUsage: () => head(layout, helpWidth),
      optionTerm: ({ short, long = '' }) => {
        const { type = '', shortDeprecated } = layout.flags[long.slice(2)] ?? {}
        return `${short === undefined || shortDeprecated ? '    ' : `${short}, `}${long} ${type}`.trimEnd()
      },
      optionDescription: ({ description }) => description,
    })
    .helpInformation()
}

/** What follows 'Usage: ': docker has a second blank there. */
function head({ usage, summary, names = [] }: Layout, width: number): string {
  const aliases =
    names.length === 0 ? [] : [`Aliases:\n  ${names.map((name) => `dockline ${name}`).join(', ')}`]
  return [` ${usage}`, new Help().boxWrap(summary, width), ...aliases].join('\n\n')
}
