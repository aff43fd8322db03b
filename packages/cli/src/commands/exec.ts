import { execCommand } from 'dockline/terminal'
import { defineCommand } from '../command.js'
import { EXIT, ExitError, explain, isUnreachable } from '../errors.js'
import { environmentFileFlag, environmentFlag, environmentOf } from '../flags/environment.js'
import { bool, text } from '../flags/flag.js'
import { detachKeysOf, requireTerminal } from '../terminal.js'

const flags = {
  detach: bool('Detached mode: run command in the background', 'd'),
  'detach-keys': text('Override the key sequence for detaching a container'),
  env: environmentFlag,
  'env-file': environmentFileFlag,
  interactive: bool('Keep STDIN open even if not attached', 'i'),
  privileged: bool('Give extended privileges to the command'),
  tty: bool('Allocate a pseudo-TTY', 't'),
  user: text('Username or UID (format: "<name|uid>[:<group|gid>]")', { short: 'u' }),
  workdir: text('Working directory inside the container', { short: 'w' }),
}

export const command = defineCommand({
  usage: '[OPTIONS] CONTAINER COMMAND [ARG...]',
  flags,
  operands: { min: 2, max: Number.POSITIVE_INFINITY },
  stopAtOperand: true,
  async run({ cli, flags, operands: [name = '', ...command] }) {
    const { detach, interactive, privileged, tty, user, workdir } = flags
    const detachKeys = detachKeysOf(cli, flags['detach-keys'])
    const env = await environmentOf(flags['env-file'], flags.env).catch(failAsExec)
    // As docker does, it looks whether the container is there, before it looks at the terminal.
    await cli.inspected(name)
    // By the name that was typed, not by the id: an error of the Engine repeats the name.
    const container = await cli.container(name)
    const settings = { detachKeys, env, privileged, tty, user, workdir }
    if (detach) {
      await container.exec(command, { ...settings, detach })
      return 0
    }
    requireTerminal(cli, { tty, stdin: interactive })
    const options = { ...settings, interactive, raw: true }
    const { exitCode, detached } = await execCommand(container, command, options).catch(failAsUnknown)
    // Without a tty it was not typed: who reads the output has had enough of it.
    if (detached && tty) throw new ExitError('read escape sequence', EXIT.failure)
    return exitCode
  },
})

/** Nobody knows how a process ends whose Engine is gone. Another exit code could be the process's own. */
function failAsUnknown(error: unknown): never {
  throw isUnreachable(error) ? new ExitError(explain(error), EXIT.unknown, error) : error
}

/** A file that cannot be read ends `run` with 125, and `exec` with 1. */
function failAsExec(error: unknown): never {
  throw new ExitError(explain(error), EXIT.failure, error)
}
