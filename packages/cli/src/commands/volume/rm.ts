import { defineCommand } from '../../command.js'
import { requireName } from '../../errors.js'
import { bool } from '../../flags/flag.js'
import { forEach } from '../each.js'

const flags = {
  force: bool('Force the removal of one or more volumes', 'f'),
}

export const command = defineCommand({
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  description: 'Remove one or more volumes. You cannot remove a volume that is in use by a container.',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { force }, operands }) {
    const { api } = await cli.client()
    return forEach(cli, { names: operands }, async (name) =>
      api.volumes.delete(requireName(name, 'volume'), { force }),
    )
  },
})
