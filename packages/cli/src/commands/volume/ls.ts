import { compareNaturally } from 'dockline/syntax'
import { defineCommand } from '../../command.js'
import { filterFlag, filtersOf } from '../../flags/filter.js'
import { bool, sinceApi } from '../../flags/flag.js'
import { formatFlag } from '../../flags/format.js'
import { formatList, formatOr } from '../../output/list.js'
import { CLUSTER_LAYOUT, VOLUMES_LAYOUT, volumeRow } from '../../output/volume-rows.js'

const flags = {
  cluster: sinceApi('1.42', bool('Display only cluster volumes, and use cluster volume list formatting')),
  filter: filterFlag,
  format: formatFlag,
  quiet: bool('Only display volume names', 'q'),
}

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags }) {
    const { cluster, filter, quiet } = flags
    const format = formatOr(cluster ? undefined : cli.config.volumesFormat, flags)
    const client = await cli.client()
    const { Volumes: volumes } = await client.api.volumes.list({ filters: filtersOf(filter) })
    const wanted = (volumes ?? [])
      .filter(({ ClusterVolume }) => !cluster || ClusterVolume)
      .sort((a, b) => compareNaturally(a.Name, b.Name))
    const rows = wanted.map(volumeRow)
    cli.write(formatList(rows, cluster ? CLUSTER_LAYOUT : VOLUMES_LAYOUT, { format, quiet }))
  },
})
