import { Network } from 'dockline'
import { defineCommand } from '../../command.js'
import { EXIT, explain } from '../../errors.js'
import { bool } from '../../flags/flag.js'

const flags = {
  force: bool('Do not error if the network does not exist', 'f'),
}

export const command = defineCommand({
  usage: 'NETWORK [NETWORK...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { force }, operands }) {
    const { api } = await cli.client()
    let exitCode: number = 0
    for (const name of operands) {
      try {
        await new Network(api, { Id: name }).remove()
        cli.line(name)
      } catch (error) {
        if (force && (error as { code?: unknown }).code === 'ERR_DOCKER_NOT_FOUND') continue
        cli.complain(explain(error))
        exitCode = EXIT.failure
      }
    }
    return exitCode
  },
})
