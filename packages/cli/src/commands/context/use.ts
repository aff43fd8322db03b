import { defineCommand } from '../../command.js'
import { contextStore, OVERRIDES, unsetHint } from '../../context-store.js'

const flags = {}

export const command = defineCommand({
  usage: 'CONTEXT',
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, operands: [name = ''] }) {
    const store = await contextStore(cli)
    await store.use(name)
    cli.line(name)
    cli.complain(`Current context is now "${name}"`)
    if (name !== 'default' && process.env.DOCKER_HOST) cli.complain(`${OVERRIDES} ${unsetHint(`"${name}"`)}`)
  },
})
