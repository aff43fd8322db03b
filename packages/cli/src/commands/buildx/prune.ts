import { checkBuilder } from '../../build/builder.js'
import { builderFlag } from '../../build/builder-flag.js'
import { cacheChoice, cacheFilterFlag } from '../../build/cache/filters.js'
import { recordText, tableRow, USAGE_LAYOUT } from '../../build/cache/rows.js'
import { defineCommand } from '../../command.js'
import { bool } from '../../flags/flag.js'
import { bytes } from '../../flags/lists.js'
import { formatList } from '../../output/list.js'
import { humanSize } from '../../output/size.js'
import { mayPrune } from '../pruning.js'

const flags = {
  all: bool('Include internal/frontend images', 'a'),
  builder: builderFlag,
  filter: cacheFilterFlag,
  force: bool('Do not prompt for confirmation', 'f'),
  'keep-storage': bytes('Amount of disk space to keep for cache', {
    hidden: true,
    deprecated: 'keep-storage flag has been changed to reserved-space',
  }),
  'max-used-space': bytes('Maximum amount of disk space allowed to keep for cache'),
  'min-free-space': bytes('Target amount of free disk space after pruning'),
  'reserved-space': bytes('Amount of disk space always allowed to keep for cache'),
  verbose: bool('Provide a more verbose output'),
}

export const command = defineCommand({
  usage: '',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { all, builder, filter, force, verbose, ...space } }) {
    checkBuilder(cli, builder)
    const { filters, keepDuration } = cacheChoice(filter)
    const which = all ? 'all build cache' : 'all dangling build cache'
    if (!(await mayPrune(cli, { force, warning: `This will remove ${which}.`, isOneLine: true }))) return
    const { buildCache } = await cli.client()
    const pruning = buildCache.prune({
      ...{ all, filters, keepDuration },
      reservedSpace: space['reserved-space'] ?? space['keep-storage'],
      maxUsedSpace: space['max-used-space'],
      minFreeSpace: space['min-free-space'],
    })
    if (verbose) for await (const record of pruning) cli.write(recordText(record))
    const removed = await pruning
    if (!verbose && removed.length > 0) cli.write(formatList(removed.map(tableRow), USAGE_LAYOUT, LIST))
    cli.line(
      `Total:\t${humanSize(
        removed.reduce((sum, { size }) => sum + size, 0),
        4,
      )}`,
    )
  },
})

const LIST = { format: 'table', quiet: false }
