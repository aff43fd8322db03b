import { type CommandSpec, defineCommand } from '../flags/command.js'
import { text } from '../flags/flag.js'
import { forEach } from './each.js'

const flags = {
  signal: text('Signal to send to the container (default SIGKILL)', { short: 's' }),
}

export const spec: CommandSpec<typeof flags> = {
  name: 'kill',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  summary: 'Kill one or more running containers',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { signal }, operands }) {
    return forEach(cli, operands, async (name) => (await cli.container(name)).kill(signal))
  },
}

export const command = defineCommand(spec)
