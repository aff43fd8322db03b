import { checkTarget, writeArchive } from '../archive-file.js'
import { defineCommand } from '../command.js'
import { sinceApi, text } from '../flags/flag.js'

const flags = {
  output: text('Write to a file, instead of STDOUT', { short: 'o' }),
  platform: sinceApi(
    '1.48',
    text('Save only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")'),
  ),
}

export const command = defineCommand({
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { output, platform }, operands }) {
    const target = { cli, output, failure: 'failed to save image' }
    await checkTarget(target)
    const client = await cli.client()
    await writeArchive(await client.images.save(operands, { ...(platform && { platform }) }), target)
    return 0
  },
})
