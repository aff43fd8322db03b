import { findBuilder } from '../../build/builder.js'
import { type BuilderNode, briefPlatforms, versionOf } from '../../build/workers.js'
import { defineCommand } from '../../command.js'
import { bool, text } from '../../flags/flag.js'
import { formatList, type ListLayout } from '../../output/list.js'
import type { TemplateData } from '../../template/index.js'

const flags = {
  format: text('Format the output (default "table")'),
  'no-trunc': bool("Don't truncate output"),
}

const LAYOUT: ListLayout = {
  columns: ['Name', 'DriverEndpoint', 'Status', 'Buildkit', 'Platforms'],
  id: 'Name',
  headers: {
    Name: 'NAME/NODE',
    DriverEndpoint: 'DRIVER/ENDPOINT',
    Status: 'STATUS',
    Buildkit: 'BUILDKIT',
    Platforms: 'PLATFORMS',
    Current: 'CURRENT',
    Driver: 'DRIVER',
    Nodes: 'NODES',
  },
}

export const command = defineCommand({
  usage: '',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { format, 'no-trunc': noTrunc } }) {
    const node = await findBuilder(cli, undefined)
    const isTable = format === undefined || format === '' || format.startsWith('table')
    const rows = isTable ? tableRows(node, noTrunc) : [objectRow(node)]
    cli.write(formatList(rows, LAYOUT, { format, quiet: false }))
  },
})

/** The builder, and below it what it has to build with: with the Engine's own that is the Engine. */
function tableRows({ name, worker, error }: BuilderNode, noTrunc: boolean): TemplateData[] {
  const { platforms = [] } = worker ?? {}
  const version = (worker && versionOf(worker)) ?? ''
  return [
    row({ Name: `${name}*`, DriverEndpoint: 'docker' }),
    row({
      Name: ` \\_ ${name}`,
      DriverEndpoint: ` \\_ ${name}`,
      Status: error === undefined ? 'running' : 'error',
      Buildkit: version,
      Platforms: noTrunc ? platforms.join(', ') : briefPlatforms(platforms),
    }),
  ]
}

function row(fields: Readonly<Record<string, string>>): TemplateData {
  const none = { Status: '', Buildkit: '', Platforms: '', Current: '', Driver: '', Nodes: '' }
  return { fields: { ...none, ...fields } }
}

function objectRow({ name, worker, error }: BuilderNode): TemplateData {
  const { id = '', platforms = [], labels = {} } = worker ?? {}
  const version = (worker && versionOf(worker)) ?? ''
  const status = error === undefined ? 'running' : 'error'
  const node = {
    ...{ Endpoint: name, IDs: [id], Labels: labels, Name: name, Platforms: platforms },
    ...{ Status: status, Version: version },
  }
  const shown = {
    DriverEndpoint: 'docker',
    Status: status,
    Buildkit: version,
    Platforms: platforms.join(', '),
  }
  return { fields: { Current: true, Driver: 'docker', Name: name, Nodes: [node], ...shown } }
}
