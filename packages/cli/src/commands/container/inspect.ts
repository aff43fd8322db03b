import { path } from 'dockline/api'
import { requireName } from '../../errors.js'
import { type CommandSpec, defineCommand } from '../../flags/command.js'
import { bool } from '../../flags/flag.js'
import { inspectEach, inspectFormatFlag } from '../../inspect.js'

const flags = {
  format: inspectFormatFlag,
  size: bool('Display total file sizes', 's'),
}

export const spec: CommandSpec<typeof flags> = {
  name: 'container inspect',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  summary: 'Display detailed information on one or more containers',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { format, size }, operands }) {
    const { http } = (await cli.client()).api
    const query = size ? { size } : {}
    const look = async (name: string) =>
      http.text({ method: 'GET', path: path`/containers/${requireName(name)}/json`, query })
    return inspectEach({ cli, names: operands, format, type: 'container.InspectResponse', look })
  },
}

export const command = defineCommand(spec)
