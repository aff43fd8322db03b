import type { ContextSummary } from 'dockline'
import type { Cli } from '../../cli.js'
import { defineCommand } from '../../command.js'
import { contextStore, OVERRIDES, unsetHint } from '../../context-store.js'
import { explain } from '../../errors.js'
import { bool } from '../../flags/flag.js'
import { formatFlag } from '../../flags/format.js'
import { formatList, type ListLayout } from '../../output/list.js'
import { ellipsis } from '../../output/words.js'
import type { TemplateData } from '../../template/index.js'

const MAX_ERROR = 45

const LAYOUT: ListLayout = {
  columns: ['{{.Name}}{{if .Current}} *{{end}}', 'Description', 'DockerEndpoint', 'Error'],
  id: 'Name',
  headers: {
    Current: '',
    Description: 'DESCRIPTION',
    DockerEndpoint: 'DOCKER ENDPOINT',
    Error: 'ERROR',
    Name: 'NAME',
  },
}

const flags = {
  format: formatFlag,
  quiet: bool('Only show context names', 'q'),
}

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { format, quiet } }) {
    // As docker has it, names it is when both are asked for.
    cli.write(formatList(await rowsOf(cli), LAYOUT, { format: quiet ? undefined : format, quiet }))
    if (process.env.DOCKER_HOST) cli.complain(`${OVERRIDES} ${unsetHint('a context')}`)
  },
})

async function rowsOf(cli: Cli): Promise<readonly TemplateData[]> {
  const store = await contextStore(cli)
  const contexts = await store.list()
  const current = cli.context
  const rows = contexts.map((context) => rowOf(context, current))
  if (contexts.some(({ name }) => name === current)) return rows
  // The current context is listed also when it does not exist, with that as its error.
  const error = await store.inspect(current).then(
    () => '',
    (failure) => explain(failure),
  )
  const lost = { Current: true, Description: '', DockerEndpoint: '', Error: shortened(error), Name: current }
  const after = contexts.findIndex(({ name }) => name > current)
  return rows.toSpliced(after === -1 ? rows.length : after, 0, { fields: lost })
}

function rowOf({ name, description, host, error }: ContextSummary, current: string): TemplateData {
  return {
    fields: {
      Current: name === current,
      Description: description,
      DockerEndpoint: host,
      Error: error === undefined ? '' : shortened(explain(error)),
      Name: name,
    },
  }
}

function shortened(text: string): string {
  return ellipsis(text.replaceAll('\n', ' '), MAX_ERROR)
}
