import { path } from 'dockline/api'
import { defineCommand } from '../../command.js'
import { requireName } from '../../errors.js'
import { bool } from '../../flags/flag.js'
import { inspectEach, inspectFormatFlag } from '../../inspect.js'

const flags = {
  format: inspectFormatFlag,
  verbose: bool('Verbose output for diagnostics', 'v'),
}

export const command = defineCommand({
  usage: '[OPTIONS] NETWORK [NETWORK...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { format, verbose }, operands }) {
    const { http } = (await cli.client()).api
    const query = verbose ? { verbose } : {}
    const look = (name: string) =>
      http.text({ method: 'GET', path: path`/networks/${requireName(name, 'network')}`, query })
    return inspectEach({ cli, names: operands, format, type: 'network.Inspect', look })
  },
})
