import { defineCommand } from '../command.js'
import { text } from '../flags/flag.js'
import { forEach } from './each.js'

const flags = {
  signal: text('Signal to send to the container (default SIGKILL)', { short: 's' }),
}

export const command = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { signal }, operands }) {
    return forEach(cli, { names: operands }, async (name) => (await cli.container(name)).kill(signal))
  },
})
