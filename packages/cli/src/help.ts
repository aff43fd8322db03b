import { type Command, usageOf } from './command.js'
import type { Flag, Flags } from './flags/flag.js'
import { GLOBAL } from './flags/global.js'
import { COMMON, HEADINGS, MANAGEMENT } from './manifest.js'
import { formatTable } from './output/table.js'
import { wrap } from './output/wrap.js'
import type { Plugin } from './plugins/index.js'
import { type CommandGroup, type Commands, type Listed, listedOf, type SingleCommand } from './tree.js'

const MAX_COLUMNS = 110
const INDENT = '  '
const GAP = 2
/** Names of plugins stand in a column that is at least so wide, as docker's. */
const MIN_NAME_WIDTH = 10

/** Lists all commands and the flags before them. */
export function programHelp(commands: Commands, columns: number, plugins: readonly Plugin[] = []): string {
  const summary = 'A Docker client for every machine that has Node.'
  const sections = [
    { heading: 'Global Options:', rows: flagRows(GLOBAL) },
    ...commandSections([...listedOf(commands), ...pluginNodes(plugins)]),
  ]
  const head = { usage: 'dockline [OPTIONS] COMMAND', summary }
  return `${page(head, sections, columns)}${brokenPlugins(plugins)}${moreOn('dockline')}`
}

/** Lists the commands of a group. `path` has the words that led to it. */
export function groupHelp({ summary, subcommands }: CommandGroup, path: string, columns: number): string {
  const head = { usage: `${path} COMMAND`, summary }
  return `${page(head, commandSections(listedOf(subcommands)), columns)}${moreOn(path)}`
}

/** Describes one command, with everything it takes. */
export function commandHelp(
  { path, names, summary }: SingleCommand,
  command: Command,
  columns: number,
): string {
  const head = { usage: usageOf(command, `dockline ${path}`), summary: command.description ?? summary, names }
  return page(head, [{ heading: 'Options:', rows: flagRows(command.flags) }], columns).replace(/\n$/, '')
}

type Row = readonly [term: string, description: string]

interface Section {
  readonly heading: string
  readonly rows: readonly Row[]
}

/** By their long names, as docker sorts them. */
function flagRows(flags: Flags): readonly Row[] {
  return Object.entries(flags)
    .filter(([, { hidden }]) => !hidden)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([long, flag]) => [flagTerm(long, flag), flag.help])
}

/** docker's look of a flag: `-e, --env list`. */
function flagTerm(long: string, { short, shortDeprecated, type }: Flag<unknown>): string {
  const letter = short === undefined || shortDeprecated ? '    ' : `-${short}, `
  return `${letter}--${long} ${type}`.trimEnd()
}

function commandSections(nodes: readonly Listed[]): readonly Section[] {
  return HEADINGS.map((heading) => ({
    heading,
    rows: nodes
      .filter((node) => node.heading === heading)
      .map(({ word, summary }): Row => [word, summary])
      .sort(heading === COMMON ? () => 0 : byTerm),
  }))
}

function byTerm([one]: Row, [other]: Row): number {
  return one < other ? -1 : 1
}

/** Those of plugins are marked, and stand among the groups. */
function pluginNodes(plugins: readonly Plugin[]): readonly Listed[] {
  return plugins
    .filter(({ Err, Hidden }) => Err === undefined && !Hidden)
    .map(({ Name, ShortDescription = '' }) => {
      return { word: `${Name}*`, summary: ShortDescription, heading: MANAGEMENT }
    })
}

/** Lists the files that have the name of a plugin and are not one, with the reason. */
function brokenPlugins(plugins: readonly Plugin[]): string {
  const rows = plugins.flatMap(({ Name, Err }): Row[] => (Err === undefined ? [] : [[Name, Err]]))
  return rows.length === 0 ? '' : `Invalid Plugins:\n${rowsText(rows, MIN_NAME_WIDTH)}\n`
}

function moreOn(path: string): string {
  return `Run '${path} COMMAND --help' for more information on a command.\n`
}

interface Head {
  readonly usage: string
  readonly summary: string
  readonly names?: readonly string[]
}

/** The head, then the sections, whose descriptions all begin in the same column. */
function page(head: Head, sections: readonly Section[], columns: number): string {
  const width = Math.min(columns, MAX_COLUMNS)
  const shown = sections.filter(({ rows }) => rows.length > 0)
  const termWidth = Math.max(...shown.flatMap(({ rows }) => rows.map(([term]) => term.length)))
  const room = width - termWidth - INDENT.length - GAP
  const wrapped = (rows: readonly Row[]) => rows.map(([term, text]): Row => [term, wrap(text, room)])
  const texts = shown.map(({ heading, rows }) => `${heading}\n${rowsText(wrapped(rows), termWidth)}\n`)
  return `${headText(head, width)}\n\n${texts.join('')}`
}

function headText({ usage, summary, names = [] }: Head, width: number): string {
  const all = names.map((name) => `dockline ${name}`).join(', ')
  const aliases = names.length > 1 ? [`Aliases:\n  ${all}`] : []
  return [`Usage:  ${usage}`, wrap(summary, width), ...aliases].join('\n\n')
}

/** Of a description of several lines, each begins under the first. */
function rowsText(rows: readonly Row[], termWidth: number): string {
  const lines = rows.map(([term, text]) => `${INDENT}${term}\t${text.replaceAll('\n', '\n\t')}`)
  return formatTable(lines.join('\n'), { minWidth: INDENT.length + termWidth + GAP, gap: GAP })
}
