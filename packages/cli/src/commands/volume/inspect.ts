import { path } from 'dockline/api'
import { requireName } from '../../errors.js'
import { type CommandSpec, defineCommand } from '../../flags/command.js'
import { inspectEach, inspectFormatFlag } from '../../inspect.js'

const flags = { format: inspectFormatFlag }

const spec: CommandSpec<typeof flags> = {
  name: 'volume inspect',
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  summary: 'Display detailed information on one or more volumes',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { format }, operands }) {
    const { http } = (await cli.client()).api
    const look = (name: string) =>
      http.text({ method: 'GET', path: path`/volumes/${requireName(name, 'volume')}` })
    return inspectEach({ cli, names: operands, format, type: 'volume.Volume', look })
  },
}

export const command = defineCommand(spec)
