import { defineCommand } from '../command.js'
import { ExitError, explain } from '../errors.js'

const flags = {}

export const command = defineCommand({
  usage: 'CONTAINER NEW_NAME',
  flags,
  operands: { min: 2, max: 2 },
  async run({ cli, operands }) {
    const [from = '', to = ''] = operands.map((name) => name.trim())
    if (from === '' || to === '') throw new ExitError('Error: Neither old nor new names may be empty')
    try {
      await (await cli.container(from)).rename(to)
    } catch (error) {
      const failed = `Error: failed to rename container named ${from}`
      throw new ExitError(`${explain(error)}\n${failed}`, undefined, error)
    }
  },
})
