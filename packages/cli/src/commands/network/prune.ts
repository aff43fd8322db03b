import { defineCommand } from '../../command.js'
import { mayPrune, pruneFilters, pruneFlags, removedText } from '../pruning.js'

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags: pruneFlags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { filter, force } }) {
    const warning = 'This will remove all custom networks not used by at least one container.'
    if (!(await mayPrune(cli, { force, warning }))) return 0
    const client = await cli.client()
    const { NetworksDeleted } = await client.networks.prune({ filters: pruneFilters(cli, filter) })
    cli.write(removedText('Deleted Networks:', NetworksDeleted ?? []))
    return 0
  },
})
