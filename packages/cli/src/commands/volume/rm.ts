import { type CommandSpec, defineCommand } from '../../flags/command.js'
import { bool } from '../../flags/flag.js'
import { forEach } from '../each.js'

const flags = {
  force: bool('Force the removal of one or more volumes', 'f'),
}

const spec: CommandSpec<typeof flags> = {
  name: 'volume rm',
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  summary: 'Remove one or more volumes. You cannot remove a volume that is in use by a container.',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { force }, operands }) {
    const { api } = await cli.client()
    return forEach(cli, operands, (name) => api.volumes.delete(name, { force }))
  },
}

export const command = defineCommand(spec)
