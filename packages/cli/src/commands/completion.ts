import { SCRIPTS } from '../completion/scripts.js'
import { ExitError } from '../errors.js'
import { type CommandSpec, defineCommand } from '../flags/command.js'

export const spec: CommandSpec<Record<never, never>> = {
  name: 'completion',
  usage: 'bash|zsh|fish',
  summary: 'Generate the completion script for a shell',
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
}

export const command = defineCommand(spec)
