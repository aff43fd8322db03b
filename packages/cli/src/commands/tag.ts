import { type CommandSpec, defineCommand } from '../flags/command.js'

export const spec: CommandSpec<Record<never, never>> = {
  name: 'tag',
  usage: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
  summary: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
  flags: {},
  operands: { min: 2, max: 2 },
  async run({ cli, operands: [source = '', target = ''] }) {
    const client = await cli.client()
    await client.images.tag(source, target)
    return 0
  },
}

export const command = defineCommand(spec)
