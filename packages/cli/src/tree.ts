import {
  GROUPS,
  type Heading,
  MANAGEMENT,
  MANIFEST,
  type ManifestEntry,
  OTHER,
  PLUGIN_GROUPS,
} from './manifest.js'

/** What one word of the command line leads to: a command, or a group of commands such as `context`. */
export type CommandNode = SingleCommand | CommandGroup

/** The nodes by the words that lead to them, aliases included. */
export type Commands = ReadonlyMap<string, CommandNode>

export interface Listed {
  /** The word that lists show. */
  readonly word: string
  readonly summary: string
  readonly heading: Heading
}

export interface SingleCommand extends Listed {
  /** The words that lead here without an alias: 'container ls'. */
  readonly path: string
  readonly names: ManifestEntry['names']
  readonly load: ManifestEntry['load']
  readonly subcommands?: undefined
}

export interface CommandGroup extends Listed {
  readonly subcommands: Commands
  /** Whether docker's plugin of this name gets the commands that are not in the group. */
  readonly hasPlugin: boolean
  readonly load?: undefined
}

/** Every command by the words of the command line. */
export const COMMANDS: Commands = nodesUnder('')

function nodesUnder(prefix: string): Commands {
  return new Map<string, CommandNode>([...nodesOf(prefix), ...groupsOf(prefix)])
}

/** The groups with a path that begins like this, such as `buildx history` in `buildx`. */
function groupsOf(prefix: string): readonly (readonly [string, CommandGroup])[] {
  const heading = prefix === '' ? MANAGEMENT : OTHER
  return Object.entries(GROUPS).flatMap(([path, summary]) =>
    wordBehind(prefix, path).map((word): readonly [string, CommandGroup] => {
      const hasPlugin = PLUGIN_GROUPS.includes(path)
      return [word, { word, summary, heading, hasPlugin, subcommands: nodesUnder(`${path} `) }]
    }),
  )
}

/** The commands with a name that begins like this, under each of these names. The first one is the name that lists show. */
function nodesOf(prefix: string): readonly (readonly [string, SingleCommand])[] {
  return MANIFEST.flatMap(({ names, summary, heading = OTHER, load }) => {
    const [word, ...aliases] = names.flatMap((name) => wordBehind(prefix, name))
    if (word === undefined) return []
    // In the help of a group, all are under one heading.
    const listedUnder = prefix === '' ? heading : OTHER
    const node = { word, summary, heading: listedUnder, path: prefix + word, names, load }
    return [word, ...aliases].map((each) => [each, node] as const)
  })
}

function wordBehind(prefix: string, name: string): readonly string[] {
  const word = name.slice(prefix.length)
  return name.startsWith(prefix) && !word.includes(' ') ? [word] : []
}

/** The nodes without their aliases. */
export function listedOf(commands: Commands): readonly CommandNode[] {
  return [...new Set(commands.values())]
}
