import type { ContextDetails } from 'dockline/types'
import { defineCommand } from '../../command.js'
import { contextStore } from '../../context-store.js'
import { EXIT, ExitError, explain } from '../../errors.js'
import { objectFormatFlag } from '../../flags/format.js'
import { goIndentedJson, goJson } from '../../go/json.js'
import { BAD_TEMPLATE, printerOf } from '../../output/object-format.js'
import { parseTemplate } from '../../template/index.js'

/** What docker calls the folders of a context that is in none. */
const IN_MEMORY = '<IN MEMORY>'

const flags = {
  format: objectFormatFlag('{{.Endpoints.docker.Host}}', { short: 'f' }),
}

export const command = defineCommand({
  usage: '[OPTIONS] [CONTEXT] [CONTEXT...]',
  flags,
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { format = '' }, operands }) {
    const show = await formatter(format)
    const store = await contextStore(cli)
    const names = operands.length === 0 ? [cli.context] : operands
    const results = await Promise.allSettled(names.map((name) => store.inspect(name)))
    cli.write(
      show(results.flatMap((result) => (result.status === 'fulfilled' ? [fieldsOf(result.value)] : []))),
    )
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    for (const failure of failures) cli.complain(explain(failure))
    return failures.length === 0 ? 0 : EXIT.failure
  },
})

type Fields = Readonly<Record<string, unknown>>

function fieldsOf({ name, metadata, endpoints, tlsFiles, folders }: ContextDetails): Fields {
  const { metadata: MetadataPath = IN_MEMORY, tls: TLSPath = IN_MEMORY } = folders ?? {}
  return {
    Name: name,
    Metadata: metadata,
    Endpoints: endpoints,
    TLSMaterial: tlsFiles,
    Storage: { MetadataPath, TLSPath },
  }
}

async function formatter(format: string): Promise<(contexts: readonly Fields[]) => string> {
  if (format === '') return (contexts) => `${goIndentedJson(contexts)}\n`
  if (format === 'json') return (contexts) => `${goJson(contexts)}\n`
  const print = await printerOf(readable(format), 'context.contextWithTLSListing')
  return (contexts) => contexts.map((fields) => `${print(fields)}\n`).join('')
}

function readable(format: string) {
  try {
    return parseTemplate(format)
  } catch (error) {
    throw new ExitError((error as Error).message, BAD_TEMPLATE, error)
  }
}
