import { checkBuilder } from '../../../build/builder.js'
import { builderFlag } from '../../../build/builder-flag.js'
import { type DescribedBuild, describe, describedText } from '../../../build/history/describe.js'
import { findRecord, knownBuild } from '../../../build/history/records.js'
import { BuildTrace } from '../../../build/progress/trace.js'
import type { Cli } from '../../../cli.js'
import { defineCommand } from '../../../command.js'
import { text } from '../../../flags/flag.js'
import { parseTemplate } from '../../../template/index.js'

const flags = {
  builder: builderFlag,
  format: text('Format the output (default "pretty")', { initial: 'pretty' }),
}

export const command = defineCommand({
  usage: '[OPTIONS] [REF]',
  flags,
  operands: { min: 0, max: 1 },
  async run({ cli, flags: { builder, format }, operands: [ref] }) {
    checkBuilder(cli, builder)
    const build = await inspect(cli, ref)
    cli.write(shown(build, format))
  },
})

async function inspect(cli: Cli, given: string | undefined): Promise<DescribedBuild> {
  const client = await cli.client()
  const known = await knownBuild(cli, await findRecord(client, given))
  const { ref, status } = known.record
  const trace = new BuildTrace()
  if (status === 'failed') for await (const report of client.builds.logs(ref)) trace.add(report)
  const provenance = await client.builds.provenance(ref).catch(() => undefined)
  return describe(known, trace, provenance)
}

function shown(build: DescribedBuild, format = 'pretty'): string {
  if (format === 'pretty') return describedText(build)
  if (format === 'json') return `${JSON.stringify(build, undefined, 2)}\n`
  return `${parseTemplate(format).render({ fields: { ...build } })}\n`
}
