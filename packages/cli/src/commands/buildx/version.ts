import { type CommandSpec, defineCommand } from '../../flags/command.js'

const flags = {}

const spec: CommandSpec<typeof flags> = {
  name: 'buildx version',
  usage: '',
  summary: 'Show the version of what builds',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli }) {
    const { VERSION } = await import('dockline')
    cli.line(`dockline ${VERSION}`)
  },
}

export const command = defineCommand(spec)
