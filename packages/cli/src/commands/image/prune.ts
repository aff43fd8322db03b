import { defineCommand } from '../../command.js'
import { bool } from '../../flags/flag.js'
import {
  deletedImageLines,
  mayPrune,
  pruneFilters,
  pruneFlags,
  reclaimedText,
  removedText,
} from '../pruning.js'

const flags = {
  ...pruneFlags,
  all: bool('Remove all unused images, not just dangling ones', 'a'),
}

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { all, filter, force } }) {
    const which = all ? 'all images without at least one container associated to them' : 'all dangling images'
    if (!(await mayPrune(cli, { force, warning: `This will remove ${which}.` }))) return 0
    const client = await cli.client()
    const { dangling = [], ...filters } = pruneFilters(cli, filter)
    // As docker does it: the Engine refuses two values that contradict each other.
    const values = [...new Set([...dangling, String(!all)])]
    const { ImagesDeleted, SpaceReclaimed = 0 } = await client.images.prune({
      filters: { ...filters, dangling: values },
    })
    cli.write(removedText('Deleted Images:', deletedImageLines(ImagesDeleted)))
    cli.line(reclaimedText(SpaceReclaimed))
    return 0
  },
})
