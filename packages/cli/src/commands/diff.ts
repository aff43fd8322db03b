import { type CommandSpec, defineCommand } from '../flags/command.js'

const flags = {}
/** Changed, added, deleted: as the Engine counts them. */
const LETTERS = ['C', 'A', 'D']

export const spec: CommandSpec<typeof flags> = {
  name: 'diff',
  usage: 'CONTAINER',
  summary: "Inspect changes to files or directories on a container's filesystem",
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, operands: [name = ''] }) {
    const changes = await (await cli.container(name)).diff()
    for (const { Kind, Path } of changes) cli.line(`${LETTERS[Kind] ?? Kind} ${Path}`)
  },
}

export const command = defineCommand(spec)
