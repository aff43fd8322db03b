import type { SystemDataUsageResponse } from 'dockline/api'
import { defineCommand } from '../../command.js'
import { bool } from '../../flags/flag.js'
import { formatFlag } from '../../flags/format.js'
import { goJson } from '../../go/json.js'
import { containerRow, PS_LAYOUT, PS_SIZE_LAYOUT } from '../../output/container-row.js'
import { DIGESTS_LAYOUT, IMAGES_LAYOUT, imageRows } from '../../output/image-rows.js'
import { formatList, type ListLayout, unescaped } from '../../output/list.js'
import { humanSize } from '../../output/size.js'
import { byUse, CACHE_LAYOUT, cacheRow, DISK_LAYOUT, usageRows } from '../../output/usage-rows.js'
import { VOLUMES_LAYOUT, volumeRow } from '../../output/volume-rows.js'
import { parseTemplate, type TemplateData } from '../../template/index.js'

const flags = {
  format: formatFlag,
  verbose: bool('Show detailed information on space usage', 'v'),
}

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { format, verbose } }) {
    const client = await cli.client()
    const usage = await client.df()
    if (verbose) cli.write(details(usage, format))
    else cli.write(formatList(usageRows(usage), DISK_LAYOUT, { format, quiet: false }))
  },
})

const IMAGES: ListLayout = {
  ...IMAGES_LAYOUT,
  columns: [...IMAGES_LAYOUT.columns, 'SharedSize', 'UniqueSize', 'Containers'],
}
const CONTAINERS: ListLayout = {
  ...PS_LAYOUT,
  columns: ['ID', 'Image', 'Command', 'LocalVolumes', 'Size', 'RunningFor', 'Status', 'Names'],
}
const VOLUMES: ListLayout = { ...VOLUMES_LAYOUT, columns: ['Name', 'Links', 'Size'] }

/** Each thing that takes up the disk: tables for people, one object for a template. */
function details(usage: SystemDataUsageResponse, format = 'table'): string {
  const isTable = format === 'table' || format === ''
  const rows = rowsOf(usage, isTable)
  if (!isTable) return inFormat(rows, format)
  const table = (title: string, items: readonly TemplateData[], layout: ListLayout) =>
    `${title}\n\n${formatList(items, layout, { format, quiet: false })}`
  return [
    table('Images space usage:', rows.Images, IMAGES),
    table('Containers space usage:', rows.Containers, CONTAINERS),
    table('Local Volumes space usage:', rows.Volumes, VOLUMES),
    table(
      `Build cache usage: ${humanSize(usage.BuildCacheUsage?.TotalSize ?? 0, 4)}`,
      rows.BuildCache,
      CACHE_LAYOUT,
    ),
  ].join('\n')
}

function rowsOf({ Images, Containers, Volumes, BuildCache }: SystemDataUsageResponse, truncate: boolean) {
  const options = { truncate, digests: false, linePerDigest: false }
  return {
    // An image is one line here, with any number of names.
    Images: (Images ?? []).flatMap((image) => imageRows(image, options).slice(0, 1).map(withoutDigest)),
    // The line of the image has the size of the image.
    Containers: (Containers ?? []).map((each) => containerRow({ ...each, SizeRootFs: null }, truncate)),
    Volumes: (Volumes ?? []).map(volumeRow),
    BuildCache: [...(BuildCache ?? [])].sort(byUse).map((cache) => cacheRow(cache, truncate)),
  }
}

/** docker asks for none here. */
function withoutDigest({ fields, ...row }: TemplateData): TemplateData {
  return { ...row, fields: { ...fields, Digest: '' } }
}

/** What `--format raw` prints of each thing, in docker's order. */
const RAW = [
  ['Images', 'Image', DIGESTS_LAYOUT],
  ['Containers', 'Container', PS_SIZE_LAYOUT],
  ['Volumes', 'Volume', VOLUMES_LAYOUT],
  ['BuildCache', 'Build Cache', CACHE_LAYOUT],
] as const
const RAW_TEMPLATE = RAW.map(
  ([all, type, { raw }]) => `{{range .${all}}}type: ${type}\n${raw?.item}\n{{end}}`,
).join('')

/** docker ends what a template says with nothing. */
function inFormat(rows: ReturnType<typeof rowsOf>, format: string): string {
  const fields = Object.fromEntries(
    Object.entries(rows).map(([kind, items]) => [kind, items.map((item) => item.fields)]),
  )
  if (format === 'json') return `${goJson(fields)}\n`
  return parseTemplate(format === 'raw' ? RAW_TEMPLATE : unescaped(format)).render({ fields })
}
