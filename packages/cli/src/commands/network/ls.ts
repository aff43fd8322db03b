import { compareNaturally } from 'dockline/syntax'
import { defineCommand } from '../../command.js'
import { filterFlag, filtersOf } from '../../flags/filter.js'
import { bool } from '../../flags/flag.js'
import { formatFlag } from '../../flags/format.js'
import { formatList, formatOr } from '../../output/list.js'
import { NETWORKS_LAYOUT, networkRow } from '../../output/network-rows.js'

const flags = {
  filter: filterFlag,
  format: formatFlag,
  'no-trunc': bool('Do not truncate the output'),
  quiet: bool('Only display network IDs', 'q'),
}

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags }) {
    const { filter, quiet } = flags
    const format = formatOr(cli.config.networksFormat, flags)
    const client = await cli.client()
    const networks = await client.api.networks.list({ filters: filtersOf(filter) })
    const sorted = networks.sort((a, b) => compareNaturally(a.Name ?? '', b.Name ?? ''))
    const rows = sorted.map((network) => networkRow(network, !flags['no-trunc']))
    cli.write(formatList(rows, NETWORKS_LAYOUT, { format, quiet }))
  },
})
