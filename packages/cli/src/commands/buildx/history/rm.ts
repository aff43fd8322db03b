import { basename } from 'node:path'
import { checkBuilder } from '../../../build/builder.js'
import { builderFlag } from '../../../build/builder-flag.js'
import { forgetBuild } from '../../../build/history/local.js'
import { findRecord } from '../../../build/history/records.js'
import type { Cli } from '../../../cli.js'
import { defineCommand } from '../../../command.js'
import { EXIT, ExitError, explain } from '../../../errors.js'
import { bool } from '../../../flags/flag.js'

const flags = {
  all: bool('Remove all build records'),
  builder: builderFlag,
}

export const command = defineCommand({
  usage: '[OPTIONS] [REF...]',
  flags,
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { all, builder }, operands }) {
    checkBuilder(cli, builder)
    if (operands.length === 0 && !all) throw new ExitError('ERROR: rm requires at least one argument')
    if (operands.length > 0 && all)
      throw new ExitError('ERROR: rm requires either --all or at least one argument')
    const { builds } = await cli.client()
    const refs = all ? (await builds.list()).map(({ ref }) => ref) : operands
    const removals = await Promise.allSettled(refs.map((ref) => remove(cli, ref)))
    const failures = removals.filter(({ status }) => status === 'rejected')
    for (const { reason } of failures as PromiseRejectedResult[]) cli.complain(explain(reason))
    return failures.length === 0 ? 0 : EXIT.failure
  },
})

async function remove(cli: Cli, given: string): Promise<void> {
  const client = await cli.client()
  const { ref } = await findRecord(client, given)
  await client.builds.remove(ref)
  await forgetBuild(cli, basename(ref))
}
