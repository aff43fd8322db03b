import { type CommandSpec, defineCommand } from '../../flags/command.js'
import { mayPrune, pruneFilters, pruneFlags, removedText } from '../pruning.js'

const spec: CommandSpec<typeof pruneFlags> = {
  name: 'network prune',
  usage: '[OPTIONS]',
  summary: 'Remove all unused networks',
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
}

export const command = defineCommand(spec)
