import { defineCommand } from '../command.js'
import { formatTable } from '../output/table.js'

const flags = {}
/** docker's columns for processes are wider than those of its lists. */
const MIN_WIDTH = 20

export const command = defineCommand({
  usage: 'CONTAINER [ps OPTIONS]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  stopAtOperand: true,
  async run({ cli, operands: [name = '', ...options] }) {
    const psArgs = options.length === 0 ? undefined : options.join(' ')
    const { Titles, Processes } = await (await cli.container(name)).top(psArgs)
    const lines = [Titles ?? [], ...(Processes ?? [])].map((cells) => cells.join('\t'))
    cli.write(formatTable(lines.join('\n'), { minWidth: MIN_WIDTH }))
  },
})
