import type { DockerClient } from 'dockline'
import { defineCommand } from '../../command.js'
import { ExitError } from '../../errors.js'
import { bool, sinceApi } from '../../flags/flag.js'
import { mayPrune, pruneFilters, pruneFlags, reclaimedText, removedText } from '../pruning.js'

const flags = {
  ...pruneFlags,
  all: sinceApi('1.42', bool('Remove all unused volumes, not just anonymous ones', 'a')),
}

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { all, filter, force } }) {
    const filters = pruneFilters(cli, filter)
    if (all && filters.all !== undefined)
      throw new ExitError('conflicting options: cannot specify both --all and --filter all=1')
    const client = await cli.client()
    const which = (await takesAll(client, all)) ? 'all' : 'anonymous'
    const warning = `This will remove ${which} local volumes not used by at least one container.`
    if (!(await mayPrune(cli, { force, warning }))) return 0
    const { VolumesDeleted, SpaceReclaimed = 0 } = await client.volumes.prune({
      filters,
      ...(all && { all }),
    })
    cli.write(removedText('Deleted Volumes:', VolumesDeleted ?? []))
    cli.line(reclaimedText(SpaceReclaimed))
    return 0
  },
})

/** Old Engines know no other way. */
async function takesAll(client: DockerClient, asked: boolean): Promise<boolean> {
  return asked || !(await client.api.speaks('1.42'))
}
