import { path } from 'dockline/api'
import { requireName } from '../../errors.js'
import { type CommandSpec, defineCommand } from '../../flags/command.js'
import { bool } from '../../flags/flag.js'
import { inspectEach, inspectFormatFlag } from '../../inspect.js'

const flags = {
  format: inspectFormatFlag,
  verbose: bool('Verbose output for diagnostics', 'v'),
}

const spec: CommandSpec<typeof flags> = {
  name: 'network inspect',
  usage: '[OPTIONS] NETWORK [NETWORK...]',
  summary: 'Display detailed information on one or more networks',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { format, verbose }, operands }) {
    const { http } = (await cli.client()).api
    const query = verbose ? { verbose } : {}
    const look = (name: string) =>
      http.text({ method: 'GET', path: path`/networks/${requireName(name, 'network')}`, query })
    return inspectEach({ cli, names: operands, format, type: 'network.Inspect', look })
  },
}

export const command = defineCommand(spec)
