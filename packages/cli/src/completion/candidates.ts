import type { Cli } from '../cli.js'
import type { Flags } from '../flags/flag.js'
import { type Commands, listedOf } from '../tree.js'
import { type Kind, namesOf } from './names.js'
import type { Place } from './place.js'
import { FLAG_VALUES, OPERANDS } from './rules.js'

export interface Candidate {
  readonly word: string
  readonly help: string
}

export interface Candidates {
  readonly found: readonly Candidate[]
  /** Whether the name of a file may stand there. */
  readonly files: boolean
}

/** Everything that may stand in a place, also what does not begin as the typed word. */
export async function candidates(place: Place, cli: Cli, last: string): Promise<Candidates> {
  const { command, commands, isFirst, flags, value, operands, prefix } = place
  if (value !== undefined) {
    const { found, files } = await ofKind(flagKind(command, value), cli)
    return { found: found.map(({ word, help }) => ({ word: prefix + word, help })), files }
  }
  if (last.startsWith('-')) return { found: flagNames(flags), files: false }
  if (commands !== undefined) {
    const plugins = isFirst ? await pluginNames(cli) : []
    return { found: [...commandNames(commands), ...plugins], files: false }
  }
  const { found, files } = await ofKind(operandKind(command, operands.length), cli)
  // Nobody wants the same thing twice.
  return { found: found.filter(({ word }) => !operands.includes(word)), files }
}

function commandNames(commands: Commands): Candidate[] {
  return listedOf(commands).map(({ word, summary }) => ({ word, help: summary }))
}

async function pluginNames(cli: Cli): Promise<Candidate[]> {
  const { listPlugins } = await import('../plugins/index.js')
  await cli.readConfig()
  const shown = (await listPlugins(cli)).filter(({ Hidden, Err }) => !Hidden && Err === undefined)
  return shown.map(({ Name, ShortDescription = '' }) => ({ word: Name, help: firstLine(ShortDescription) }))
}

function flagNames(flags: Flags): Candidate[] {
  const shown = Object.entries(flags).filter(([, { hidden }]) => !hidden)
  return shown.map(([long, { help }]) => ({ word: `--${long}`, help: firstLine(help) }))
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

function flagKind(command: string, flag: string): Kind | readonly string[] {
  return FLAG_VALUES[`${command} --${flag}`] ?? FLAG_VALUES[`--${flag}`] ?? 'nothing'
}

/** The last kind goes for all that follow, when 'more' says so. */
function operandKind(command: string, index: number): Kind | readonly string[] {
  const kinds = OPERANDS[command] ?? []
  if (kinds.at(-1) !== 'more') return kinds[index] ?? 'nothing'
  return kinds[Math.min(index, kinds.length - 2)] ?? 'nothing'
}

async function ofKind(kind: Kind | readonly string[], cli: Cli): Promise<Candidates> {
  if (typeof kind !== 'string') return { found: kind.map((word) => ({ word, help: '' })), files: false }
  const names = await namesOf(kind, cli)
  return {
    found: names.map((word) => ({ word, help: '' })),
    files: kind === 'files' || kind === 'containers or files',
  }
}
