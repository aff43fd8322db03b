import { defineCommand } from '../../command.js'
import { mayPrune, pruneFilters, pruneFlags, reclaimedText, removedText } from '../pruning.js'

const flags = pruneFlags

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { filter, force } }) {
    const filters = pruneFilters(cli, filter)
    if (!(await mayPrune(cli, { force, warning: 'This will remove all stopped containers.' }))) return
    const { ContainersDeleted, SpaceReclaimed = 0 } = await (await cli.client()).containers.prune({ filters })
    cli.write(removedText('Deleted Containers:', ContainersDeleted ?? []))
    cli.line(reclaimedText(SpaceReclaimed))
  },
})
