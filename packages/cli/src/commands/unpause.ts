import { type CommandSpec, defineCommand } from '../flags/command.js'
import { forEach } from './each.js'

const flags = {}

export const spec: CommandSpec<typeof flags> = {
  name: 'unpause',
  usage: 'CONTAINER [CONTAINER...]',
  summary: 'Unpause all processes within one or more containers',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, operands }) {
    return forEach(cli, operands, async (name) => (await cli.container(name)).unpause())
  },
}

export const command = defineCommand(spec)
