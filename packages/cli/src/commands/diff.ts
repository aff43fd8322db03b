import { defineCommand } from '../command.js'

const flags = {}
/** Changed, added, deleted: as the Engine counts them. */
const LETTERS = ['C', 'A', 'D']

export const command = defineCommand({
  usage: 'CONTAINER',
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, operands: [name = ''] }) {
    const changes = await (await cli.container(name)).diff()
    for (const { Kind, Path } of changes) cli.line(`${LETTERS[Kind] ?? Kind} ${Path}`)
  },
})
