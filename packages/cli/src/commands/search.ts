import { defineCommand } from '../command.js'
import { filterFlag, filtersOf } from '../flags/filter.js'
import { bool, int } from '../flags/flag.js'
import { formatFlag } from '../flags/format.js'
import { formatList } from '../output/list.js'
import { SEARCH_LAYOUT, searchRow } from '../output/search-rows.js'

const flags = {
  filter: filterFlag,
  format: formatFlag,
  limit: int('Max number of search results'),
  'no-trunc': bool("Don't truncate output"),
}

const AUTOMATED =
  'WARNING: the "is-automated" filter is deprecated, and searching for "is-automated=true" will not yield any results in future.'

export const command = defineCommand({
  usage: '[OPTIONS] TERM',
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, flags, operands: [term = ''] }) {
    const { filter, format, limit } = flags
    const filters = filtersOf(filter)
    if ('is-automated' in filters) cli.complain(AUTOMATED)
    const client = await cli.client()
    const found = await client.images.search(term, { filters, limit: limit || undefined })
    const rows = found.map((each) => searchRow(each, !flags['no-trunc']))
    cli.write(formatList(rows, SEARCH_LAYOUT, { format, quiet: false }))
  },
})
