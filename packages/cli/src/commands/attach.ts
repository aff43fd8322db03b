import type { ContainerInspectResponse } from 'dockline/api'
import { PseudoTerminal } from 'dockline/terminal'
import { defineCommand } from '../command.js'
import { ExitError } from '../errors.js'
import { bool, text } from '../flags/flag.js'
import { detachKeysOf, requireTerminal, SignalProxy } from '../terminal.js'

const flags = {
  'detach-keys': text('Override the key sequence for detaching a container'),
  'no-stdin': bool('Do not attach STDIN'),
  'sig-proxy': bool('Proxy all received signals to the process (default true)', undefined, { initial: true }),
}

export const command = defineCommand({
  usage: '[OPTIONS] CONTAINER',
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, flags, operands: [name = ''] }) {
    const container = await cli.inspected(name)
    const { Config, State } = container.attrs ?? {}
    requireRunning(State)
    const tty = Config?.Tty === true
    const stdin = !flags['no-stdin'] && Config?.OpenStdin === true
    // As docker, also for a container that keeps no stdin open.
    requireTerminal(cli, { tty, stdin: !flags['no-stdin'] })
    const detachKeys = detachKeysOf(cli, flags['detach-keys'])
    using signals = flags['sig-proxy'] && !tty ? new SignalProxy(container, cli) : undefined
    signals?.started()
    const session = await container.attach({ stdin, detachKeys, untilExit: true })
    const terminal = new PseudoTerminal(session, { interactive: stdin, detachKeys, raw: true })
    const { exitCode, detached } = await terminal.run(undefined, { repaint: true })
    if (detached && tty) throw new ExitError('read escape sequence')
    return exitCode
  },
})

function requireRunning(state: ContainerInspectResponse['State']): void {
  if (!state?.Running) throw new ExitError('You cannot attach to a stopped container, start it first')
  if (state.Paused) throw new ExitError('You cannot attach to a paused container, unpause it first')
  if (state.Restarting)
    throw new ExitError('You cannot attach to a restarting container, wait until it is running')
}
