import { path } from 'dockline/api'
import { defineCommand } from '../../command.js'
import { requireName } from '../../errors.js'
import { bool } from '../../flags/flag.js'
import { inspectEach, inspectFormatFlag } from '../../inspect.js'

const flags = {
  format: inspectFormatFlag,
  size: bool('Display total file sizes', 's'),
}

export const command = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { format, size }, operands }) {
    const { http } = (await cli.client()).api
    const query = size ? { size } : {}
    const look = async (name: string) =>
      http.text({ method: 'GET', path: path`/containers/${requireName(name)}/json`, query })
    return inspectEach({ cli, names: operands, format, type: 'container.InspectResponse', look })
  },
})
