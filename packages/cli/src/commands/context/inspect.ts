import type { ContextDetails } from 'dockline'
import { defineCommand } from '../../command.js'
import { EXIT, ExitError, explain } from '../../errors.js'
import { text } from '../../flags/flag.js'
import { goIndentedJson, goJson } from '../../go/json.js'
import { parseTemplate } from '../../template/index.js'
import { Value } from '../../template/values.js'
import { contextStore } from './store.js'

/** docker's code for a template that cannot be used. */
const BAD_FORMAT = 64
/** What docker calls the folders of a context that is in none. */
const IN_MEMORY = '<IN MEMORY>'

const flags = {
  format: text(
    [
      'Format output using a custom template:',
      "'json':             Print in JSON format",
      "'TEMPLATE':         Print output using the given template, as in {{.Endpoints.docker.Host}}",
    ].join('\n'),
    { short: 'f' },
  ),
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
  const template = readable(format)
  const { goType } = await import('../../template/engine-types.js')
  const type = goType('context.contextWithTLSListing')
  return (contexts) => contexts.map((fields) => `${template.apply(new Value(type, fields))}\n`).join('')
}

function readable(format: string) {
  try {
    return parseTemplate(format)
  } catch (error) {
    throw new ExitError((error as Error).message, BAD_FORMAT, error)
  }
}
