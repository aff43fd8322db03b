import type { Cli } from '../cli.js'
import { confirm } from '../confirm.js'
import { filterFlag, filtersOf } from '../flags/filter.js'
import { bool } from '../flags/flag.js'
import { humanSize } from '../output/size.js'

/** What every `prune` takes. */
export const pruneFlags = {
  filter: { ...filterFlag, short: undefined, help: 'Provide filter values (e.g. "label=<key>=<value>")' },
  force: bool('Do not prompt for confirmation', 'f'),
}

/** What was given, and what config.json always keeps from pruning. */
export function pruneFilters(
  { config }: Pick<Cli, 'config'>,
  given: readonly string[],
): Record<string, string[]> {
  const usual = (config.pruneFilters ?? []).filter(
    (filter) => filter.includes('=') && !contradicted(filter, given),
  )
  return filtersOf([...given, ...usual])
}

/** What the command line says of a label wins. */
function contradicted(filter: string, given: readonly string[]): boolean {
  const opposite = filter.startsWith('label!=') ? filter.replace('!=', '=') : filter.replace('=', '!=')
  return filter.startsWith('label') && given.includes(opposite)
}

export interface Question {
  readonly force: boolean
  readonly warning: string
  /** Asks in the line of the warning, as buildx does. */
  readonly isOneLine?: boolean
}

export async function mayPrune(cli: Cli, { force, warning, isOneLine = false }: Question): Promise<boolean> {
  return (
    force || confirm(cli, `WARNING! ${warning}${isOneLine ? ' ' : '\n'}Are you sure you want to continue?`)
  )
}

/** One list of what was removed, with an empty line after it; nothing for nothing. */
export function removedText(title: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${title}\n${names.map((name) => `${name}\n`).join('')}\n`
}

export function reclaimedText(bytes: number): string {
  return `Total reclaimed space: ${humanSize(bytes, 4)}`
}

interface DeletedImage {
  readonly Untagged?: string | undefined
  readonly Deleted?: string | undefined
}

export function deletedImageLines(deleted: readonly DeletedImage[] | null | undefined): string[] {
  return (deleted ?? []).map(({ Untagged, Deleted }) =>
    Untagged ? `untagged: ${Untagged}` : `deleted: ${Deleted ?? ''}`,
  )
}
