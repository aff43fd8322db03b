import { defineCommand } from '../command.js'
import { ExitError } from '../errors.js'
import { SCRIPTS } from './completion-scripts.js'

export const command = defineCommand({
  usage: 'bash|zsh|fish',
  flags: {},
  operands: { min: 1, max: 1 },
  async run({ cli, operands: [shell = ''] }) {
    const script = new Map(Object.entries(SCRIPTS)).get(shell)
    if (script === undefined) {
      throw new ExitError(`no completion for '${shell}': there is one for ${Object.keys(SCRIPTS).join(', ')}`)
    }
    cli.write(script)
    return 0
  },
})
