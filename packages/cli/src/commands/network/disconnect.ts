import { Network } from 'dockline'
import { type CommandSpec, defineCommand } from '../../flags/command.js'
import { bool } from '../../flags/flag.js'

const flags = {
  force: bool('Force the container to disconnect from a network', 'f'),
}

const spec: CommandSpec<typeof flags> = {
  name: 'network disconnect',
  usage: '[OPTIONS] NETWORK CONTAINER',
  summary: 'Disconnect a container from a network',
  flags,
  operands: { min: 2, max: 2 },
  async run({ cli, flags: { force }, operands: [network = '', container = ''] }) {
    const { api } = await cli.client()
    await new Network(api, { Id: network }).disconnect(container, { force })
    return 0
  },
}

export const command = defineCommand(spec)
