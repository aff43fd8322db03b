import { checkBuilder } from '../../build/builder.js'
import { builderFlag } from '../../build/builder-flag.js'
import { cacheChoice, cacheFilterFlag } from '../../build/cache/filters.js'
import { bySize, recordText, summaryText, tableRow, USAGE_LAYOUT, usageRow } from '../../build/cache/rows.js'
import { defineCommand } from '../../command.js'
import { bool, text } from '../../flags/flag.js'
import { formatList } from '../../output/list.js'

const flags = {
  builder: builderFlag,
  filter: cacheFilterFlag,
  format: text('Format the output'),
  verbose: bool('Shorthand for "--format=pretty"'),
}

export const command = defineCommand({
  usage: '',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { builder, filter, verbose, ...given } }) {
    checkBuilder(cli, builder)
    const format = given.format || (verbose ? 'pretty' : 'table')
    const { buildCache } = await cli.client()
    const records = (await buildCache.usage({ filters: cacheChoice(filter).filters })).sort(bySize)
    // With a filter, docker prints no sum.
    const summary = filter.length === 0 ? summaryText(records) : ''
    if (format === 'pretty') cli.write(`${records.map(recordText).join('')}${summary}`)
    else if (format === 'table')
      cli.write(`${formatList(records.map(tableRow), USAGE_LAYOUT, LIST)}${summary}`)
    else cli.write(formatList(records.map(usageRow), USAGE_LAYOUT, { format, quiet: false }))
  },
})

const LIST = { format: 'table', quiet: false }
