import { checkTarget, writeArchive } from '../archive-file.js'
import { type CommandSpec, defineCommand } from '../flags/command.js'
import { text } from '../flags/flag.js'

const flags = {
  output: text('Write to a file, instead of STDOUT', { short: 'o' }),
}

export const spec: CommandSpec<typeof flags> = {
  name: 'export',
  usage: '[OPTIONS] CONTAINER',
  summary: "Export a container's filesystem as a tar archive",
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, flags: { output }, operands: [name = ''] }) {
    const target = { cli, output, failure: 'failed to export container' }
    await checkTarget(target)
    await writeArchive(await (await cli.container(name)).export(), target)
  },
}

export const command = defineCommand(spec)
