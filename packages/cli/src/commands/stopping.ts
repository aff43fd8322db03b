import type { Container, StopOptions } from 'dockline'
import { type Command, defineCommand } from '../command.js'
import { int, text } from '../flags/flag.js'
import { olderTimeFlag, timeoutOf } from '../flags/timeout.js'
import { forEach } from './each.js'

const flags = {
  signal: text('Signal to send to the container', { short: 's' }),
  time: olderTimeFlag,
  timeout: int('Seconds to wait before killing the container', { short: 't' }),
}

/** Defines `stop` or `restart`: both stop a container in the same way. */
export function defineStopping(act: (container: Container, options: StopOptions) => Promise<void>): Command {
  return defineCommand({
    usage: '[OPTIONS] CONTAINER [CONTAINER...]',
    flags,
    operands: { min: 1, max: Number.POSITIVE_INFINITY },
    async run(call) {
      const { cli, flags, operands } = call
      const options = { stopTimeout: timeoutOf(call), stopSignal: flags.signal || undefined }
      return forEach(cli, { names: operands }, async (name) => act(await cli.container(name), options))
    },
  })
}
