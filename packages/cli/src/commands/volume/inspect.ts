import { path } from 'dockline/api'
import { defineCommand } from '../../command.js'
import { requireName } from '../../errors.js'
import { inspectEach, inspectFormatFlag } from '../../inspect.js'

const flags = { format: inspectFormatFlag }

export const command = defineCommand({
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { format }, operands }) {
    const { http } = (await cli.client()).api
    const look = (name: string) =>
      http.text({ method: 'GET', path: path`/volumes/${requireName(name, 'volume')}` })
    return inspectEach({ cli, names: operands, format, type: 'volume.Volume', look })
  },
})
