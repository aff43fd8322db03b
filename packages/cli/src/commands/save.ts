import { checkTarget, writeArchive } from '../archive-file.js'
import { type CommandSpec, defineCommand } from '../flags/command.js'
import { text } from '../flags/flag.js'

const flags = {
  output: text('Write to a file, instead of STDOUT', { short: 'o' }),
  platform: text(
    'Save only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
  ),
}

export const spec: CommandSpec<typeof flags> = {
  name: 'save',
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  summary: 'Save one or more images to a tar archive (streamed to STDOUT by default)',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { output, platform }, operands }) {
    const target = { cli, output, failure: 'failed to save image' }
    await checkTarget(target)
    const client = await cli.client()
    await writeArchive(await client.images.save(operands, { ...(platform && { platform }) }), target)
    return 0
  },
}

export const command = defineCommand(spec)
