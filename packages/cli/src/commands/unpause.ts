import { defineCommand } from '../command.js'
import { forEach } from './each.js'

const flags = {}

export const command = defineCommand({
  usage: 'CONTAINER [CONTAINER...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, operands }) {
    return forEach(cli, { names: operands }, async (name) => (await cli.container(name)).unpause())
  },
})
