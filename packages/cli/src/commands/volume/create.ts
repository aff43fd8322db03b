import { defineCommand } from '../../command.js'
import { ExitError } from '../../errors.js'
import { text } from '../../flags/flag.js'
import { labels, pairs, pairsOf } from '../../flags/lists.js'

const flags = {
  driver: text('Specify volume driver name', { short: 'd', initial: 'local' }),
  label: labels('Set metadata for a volume'),
  name: text('Specify volume name', { hidden: true }),
  opt: pairs('Set driver specific options', { short: 'o' }),
}

export const command = defineCommand({
  usage: '[OPTIONS] [VOLUME]',
  flags,
  operands: { min: 0, max: 1 },
  async run({ cli, flags, operands: [operand] }) {
    const { driver, label, opt } = flags
    if (flags.name !== undefined && operand !== undefined) {
      throw new ExitError(
        'conflicting options: cannot specify a volume-name through both --name and as a positional arg',
      )
    }
    const client = await cli.client()
    const options = { driver, labels: pairsOf(label), driverOpt: pairsOf(opt) }
    const { name } = await client.volumes.create({ ...options, name: operand ?? flags.name })
    cli.line(name)
  },
})
