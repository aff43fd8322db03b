import { Network } from 'dockline'
import { defineCommand } from '../../command.js'
import { requireName } from '../../errors.js'
import { bool } from '../../flags/flag.js'

const flags = {
  force: bool('Force the container to disconnect from a network', 'f'),
}

export const command = defineCommand({
  usage: '[OPTIONS] NETWORK CONTAINER',
  flags,
  operands: { min: 2, max: 2 },
  async run({ cli, flags: { force }, operands: [network = '', container = ''] }) {
    const { api } = await cli.client()
    await new Network(api, { Id: requireName(network, 'network') }).disconnect(requireName(container), {
      force,
    })
    return 0
  },
})
