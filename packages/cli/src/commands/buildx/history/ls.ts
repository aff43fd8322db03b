import { checkBuilder } from '../../../build/builder.js'
import { builderFlag } from '../../../build/builder-flag.js'
import {
  durationOf,
  durationText,
  type KnownBuild,
  knownBuild,
  nameOf,
  statusOf,
} from '../../../build/history/records.js'
import { defineCommand } from '../../../command.js'
import { bool, list, text } from '../../../flags/flag.js'
import { ago } from '../../../output/duration.js'
import { formatList, type ListLayout } from '../../../output/list.js'
import type { TemplateData } from '../../../template/index.js'

const flags = {
  builder: builderFlag,
  filter: list('Provide filter values (e.g., "status=error")', { type: 'stringArray' }),
  format: text('Format the output (default "table")'),
  'no-trunc': bool("Don't truncate output"),
}

const LAYOUT: ListLayout = {
  columns: ['Ref', 'Name', 'Status', 'CreatedAt', 'Duration'],
  id: 'Ref',
  headers: {
    Ref: 'BUILD ID',
    Name: 'NAME',
    Status: 'STATUS',
    CreatedAt: 'CREATED AT',
    Duration: 'DURATION',
  },
}

/** As long as a name in a table is. */
const NAME_LENGTH = 36

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { builder, filter, format, 'no-trunc': noTrunc } }) {
    checkBuilder(cli, builder)
    const { builds } = await cli.client()
    const records = await builds.list({ filters: filter })
    const known = await Promise.all(records.map((record) => knownBuild(cli, record)))
    if (format === 'json') cli.write(known.map((each) => `${jsonOf(each, cli.context)}\n`).join(''))
    else
      cli.write(
        formatList(
          known.map((each) => rowOf(each, noTrunc)),
          LAYOUT,
          { format, quiet: false },
        ),
      )
  },
})

function rowOf(known: KnownBuild, noTrunc: boolean): TemplateData {
  const { record } = known
  const name = nameOf(known)
  return {
    fields: {
      Ref: record.ref,
      Name: noTrunc || name.length <= NAME_LENGTH ? name : `${name.slice(0, NAME_LENGTH - 3)}...`,
      Status: statusOf(record),
      CreatedAt: record.createdAt === undefined ? '' : ago(record.createdAt.getTime() / 1000),
      Duration: durationText(durationOf(record)),
    },
  }
}

function jsonOf(known: KnownBuild, builder: string): string {
  const { ref, createdAt, completedAt, steps } = known.record
  return JSON.stringify({
    cached_steps: steps.cached,
    completed_at: completedAt,
    completed_steps: steps.completed,
    created_at: createdAt,
    name: nameOf(known),
    ref: `${builder}/${builder}/${ref}`,
    status: statusOf(known.record),
    total_steps: steps.total,
  })
}
