import { checkBuilder } from '../../../build/builder.js'
import { builderFlag } from '../../../build/builder-flag.js'
import { findRecord } from '../../../build/history/records.js'
import { progressMode } from '../../../build/mode.js'
import { buildDisplay } from '../../../build/progress/display.js'
import { defineCommand } from '../../../command.js'
import { text } from '../../../flags/flag.js'

const flags = {
  builder: builderFlag,
  progress: text('Set type of progress output (plain, rawjson, tty) (default "plain")', { initial: 'plain' }),
}

export const command = defineCommand({
  usage: '[OPTIONS] [REF]',
  flags,
  operands: { min: 0, max: 1 },
  async run({ cli, flags: { builder, progress }, operands: [ref] }) {
    checkBuilder(cli, builder)
    const client = await cli.client()
    const mode = progressMode(cli.stderr, { progress, quiet: false })
    const record = await findRecord(client, ref)
    using display = buildDisplay(cli.stderr, { mode, title: 'Building', builder: `docker:${cli.context}` })
    for await (const status of client.builds.logs(record.ref)) display.show(status)
  },
})
