import { defineCommand } from '../../command.js'

const flags = {}

export const command = defineCommand({
  usage: '',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli }) {
    const { VERSION } = await import('dockline')
    cli.line(`dockline ${VERSION}`)
  },
})
