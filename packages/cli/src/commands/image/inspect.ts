import { path, Segments } from 'dockline/api'
import { parsePlatform } from 'dockline/syntax'
import { defineCommand } from '../../command.js'
import { requireName } from '../../errors.js'
import { sinceApi, text } from '../../flags/flag.js'
import { inspectEach, inspectFormatFlag } from '../../inspect.js'

const flags = {
  format: inspectFormatFlag,
  platform: sinceApi(
    '1.49',
    text("Inspect a specific platform of the multi-platform image: 'os[/arch[/variant]]'"),
  ),
}

export const command = defineCommand({
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { format, platform }, operands }) {
    const { api } = await cli.client()
    const query = platform ? { platform: parsePlatform(platform, '--platform') } : {}
    const look = (name: string) => {
      const image = new Segments(requireName(name, 'image'))
      return api.http.text({ method: 'GET', path: path`/images/${image}/json`, query })
    }
    return inspectEach({ cli, names: operands, format, type: 'image.InspectResponse', look })
  },
})
