import { defineCommand } from '../command.js'
import { EXIT, explain } from '../errors.js'

const flags = {}

export const command = defineCommand({
  usage: 'CONTAINER [CONTAINER...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  /** Waits for one after the other: the codes are printed in the order of the names. */
  async run({ cli, operands }) {
    let result = 0
    for (const name of operands) {
      try {
        const { exitCode } = await (await cli.container(name)).wait()
        cli.line(String(exitCode))
      } catch (error) {
        cli.complain(explain(error))
        result = EXIT.failure
      }
    }
    return result
  },
})
