import { PseudoTerminal } from 'dockline/terminal'
import type { Cli } from '../cli.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT, ExitError, explain, isUnreachable } from '../errors.js'
import { bool, text } from '../flags/flag.js'
import { detachKeysOf, SignalProxy } from '../terminal.js'

const flags = {
  attach: bool('Attach STDOUT/STDERR and forward signals', 'a'),
  'detach-keys': text('Override the key sequence for detaching a container'),
  interactive: bool("Attach container's STDIN", 'i'),
}
type StartFlags = typeof flags

export const command = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  run: (call) =>
    call.flags.attach || call.flags.interactive ? startAttached(call) : startAll(call.cli, call.operands),
})

/** One after the other, as docker does it; those that cannot be started do not keep the others from it. */
async function startAll(cli: Cli, names: readonly string[]): Promise<number> {
  const failed: string[] = []
  for (const name of names) {
    try {
      await (await cli.container(name)).start()
      cli.line(name)
    } catch (error) {
      cli.complain(explain(error))
      failed.push(name)
    }
  }
  if (failed.length === 0) return 0
  cli.complain(`Error: failed to start containers: ${failed.join(', ')}`)
  return EXIT.failure
}

async function startAttached({
  cli,
  flags,
  operands: [name = '', ...more],
}: Call<StartFlags>): Promise<number> {
  if (more.length > 0) throw new ExitError('you cannot start and attach multiple containers at once')
  const container = await cli.inspected(name)
  const { Config } = container.attrs ?? {}
  const stdin = flags.interactive && Config?.OpenStdin === true
  const detachKeys = detachKeysOf(cli, flags['detach-keys'])
  using signals = Config?.Tty ? undefined : new SignalProxy(container, cli)
  const session = await container.attach({ stdin, detachKeys, untilExit: true })
  const terminal = new PseudoTerminal(session, { interactive: stdin, detachKeys, raw: true })
  let hasStarted = false
  const ended = terminal.run(async () => {
    await container.start()
    hasStarted = true
    signals?.started()
  })
  // docker's exit code for an end that nobody knows: 1 could be the container's own.
  const { exitCode = 0 } = await ended.catch((error) => {
    throw hasStarted && isUnreachable(error) ? new ExitError(explain(error), EXIT.usage, error) : error
  })
  return exitCode
}
