import type { Cli } from '../cli.js'
import { defineCommand } from '../command.js'
import { filterFlag, filtersOf } from '../flags/filter.js'
import { bool, int } from '../flags/flag.js'
import { formatFlag } from '../flags/format.js'
import { containerRow, PS_LAYOUT, PS_SIZE_LAYOUT } from '../output/container-row.js'
import { formatList, type ListOptions, namesField } from '../output/list.js'

const BOTH = 'WARNING: Ignoring custom format, because both --format and --quiet are set.'

const flags = {
  all: bool('Show all containers (default shows just running)', 'a'),
  filter: filterFlag,
  format: formatFlag,
  last: int('Show n last created containers (includes all states)', { short: 'n', initial: -1 }),
  latest: bool('Show the latest created container (includes all states)', 'l'),
  'no-trunc': bool("Don't truncate output"),
  quiet: bool('Only display container IDs', 'q'),
  size: bool('Display total file sizes', 's'),
}

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags, given }) {
    const { all, last = -1, latest, quiet, size } = flags
    const format = formatOf(cli, flags)
    const limit = latest && last === -1 ? 1 : last
    const client = await cli.client()
    const containers = await client.api.containers.list({
      all: all || limit > 0,
      limit: limit > 0 ? limit : undefined,
      size: given.has('size') ? size : namesField(format, 'Size'),
      filters: filtersOf(flags.filter),
    })
    const rows = containers.map((summary) => containerRow(summary, !flags['no-trunc']))
    cli.write(formatList(rows, size ? PS_SIZE_LAYOUT : PS_LAYOUT, { format, quiet }))
  },
})

/** Asked for both, docker prints ids and says so; those of 'raw' have their name before them. */
function formatOf(cli: Cli, { format, quiet }: ListOptions): string | undefined {
  if (quiet && format) cli.complain(BOTH)
  const wanted = format || cli.config.psFormat
  return quiet && wanted !== 'raw' ? undefined : wanted
}
