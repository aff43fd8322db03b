import { checkTarget, writeArchive } from '../archive-file.js'
import { defineCommand } from '../command.js'
import { text } from '../flags/flag.js'

const flags = {
  output: text('Write to a file, instead of STDOUT', { short: 'o' }),
}

export const command = defineCommand({
  usage: '[OPTIONS] CONTAINER',
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, flags: { output }, operands: [name = ''] }) {
    const target = { cli, output, failure: 'failed to export container' }
    await checkTarget(target)
    await writeArchive(await (await cli.container(name)).export(), target)
  },
})
