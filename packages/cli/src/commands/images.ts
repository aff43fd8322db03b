import { defineCommand } from '../command.js'
import { filterFlag, filtersOf } from '../flags/filter.js'
import { bool } from '../flags/flag.js'
import { formatFlag } from '../flags/format.js'
import { DIGESTS_LAYOUT, IMAGES_LAYOUT, imageRows } from '../output/image-rows.js'
import { formatList, formatOr } from '../output/list.js'

const flags = {
  all: bool('Show all images (default hides intermediate images)', 'a'),
  digests: bool('Show digests'),
  filter: filterFlag,
  format: formatFlag,
  'no-trunc': bool("Don't truncate output"),
  quiet: bool('Only show image IDs', 'q'),
}

export const command = defineCommand({
  usage: '[OPTIONS] [REPOSITORY[:TAG]]',
  flags,
  operands: { min: 0, max: 1 },
  async run({ cli, flags, operands: [reference] }) {
    const { all, digests, quiet } = flags
    const format = withDigests(formatOr(cli.config.imagesFormat, flags), digests)
    const filters = filtersOf(flags.filter)
    if (reference) filters.reference = [...(filters.reference ?? []), reference]
    const client = await cli.client()
    const images = await client.api.images.list({ all, filters, digests })
    const truncate = !flags['no-trunc']
    // docker knows the field by these letters alone.
    const isShown = digests || format?.includes('{{.Digest}}') === true
    const options = { truncate, digests: isShown, linePerDigest: digests }
    const rows = images.flatMap((summary) => imageRows(summary, options))
    cli.write(formatList(rows, digests ? DIGESTS_LAYOUT : IMAGES_LAYOUT, { format, quiet }))
  },
})

/** docker adds the column that was asked for to a table of one's own. */
function withDigests(format: string | undefined, digests: boolean): string | undefined {
  const own = format !== undefined && format !== 'table' && format.startsWith('table')
  return own && digests && !format.includes('{{.Digest}}') ? `${format}\t{{.Digest}}` : format
}
