import { defineCommand } from '../command.js'

export const command = defineCommand({
  usage: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
  flags: {},
  operands: { min: 2, max: 2 },
  async run({ cli, operands: [source = '', target = ''] }) {
    const client = await cli.client()
    await client.images.tag(source, target)
    return 0
  },
})
