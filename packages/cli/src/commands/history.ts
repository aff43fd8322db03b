import { Image } from 'dockline'
import { defineCommand } from '../command.js'
import { requireName } from '../errors.js'
import { bool, sinceApi, text } from '../flags/flag.js'
import { formatFlag } from '../flags/format.js'
import { historyLayout, historyRow } from '../output/history-rows.js'
import { formatList } from '../output/list.js'

const flags = {
  format: formatFlag,
  human: bool('Print sizes and dates in human readable format (default true)', 'H', { initial: true }),
  'no-trunc': bool("Don't truncate output"),
  platform: sinceApi(
    '1.48',
    text('Show history for the given platform. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")'),
  ),
  quiet: bool('Only show image IDs', 'q'),
}

export const command = defineCommand({
  usage: '[OPTIONS] IMAGE',
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, flags, operands: [name = ''] }) {
    const { format, human, platform, quiet } = flags
    const id = requireName(name, 'image')
    const { api } = await cli.client()
    const steps = await new Image(api, { id }).history({ ...(platform && { platform }) })
    const rows = steps.map((step) => historyRow(step, { human, truncate: !flags['no-trunc'] }))
    cli.write(formatList(rows, historyLayout(human), { format, quiet }))
  },
})
