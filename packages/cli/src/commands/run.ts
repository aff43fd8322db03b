import type { Container, DockerClient } from 'dockline'
import type { HostConfig } from 'dockline/api'
import { PseudoTerminal, terminalSize } from 'dockline/terminal'
import { withCidFile } from '../cid-file.js'
import type { Cli } from '../cli.js'
import { type Call, defineCommand } from '../command.js'
import { containerFailure, runFailure } from '../errors.js'
import {
  type AttachedStreams,
  containerRequest,
  createFlags,
  mountWarnings,
  streamsOf,
} from '../flags/create/index.js'
import { bool, text } from '../flags/flag.js'
import { refuseContentTrust } from '../flags/ignored.js'
import { createPulling, pullPolicy } from '../pull.js'
import { detachKeysOf, requireTerminal, SignalProxy } from '../terminal.js'

const flags = {
  ...createFlags,
  'detach-keys': text('Override the key sequence for detaching a container'),
  pull: text('Pull image before running ("always", "missing", "never")', { initial: 'missing' }),
  quiet: bool('Suppress the pull output', 'q'),
  'sig-proxy': bool('Proxy received signals to the process (default true)', undefined, { initial: true }),
}
type RunCall = Call<typeof flags>

export const command = defineCommand({
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  stopAtOperand: true,
  async run(call) {
    const client = await call.cli.client()
    try {
      return await run(call, client)
    } catch (error) {
      throw runFailure(error)
    }
  },
})

async function run(call: RunCall, client: DockerClient): Promise<number> {
  const { cli, flags } = call
  const streams = streamsOf(flags)
  const detachKeys = detachKeysOf(cli, flags['detach-keys'])
  requireTerminal(cli, { tty: flags.tty, stdin: streams.stdin })
  const id = await create(call, client).catch(refuse)
  if (!flags.detach) return runAttached(call, { id, streams, detachKeys })
  // Also one that cannot be started is there to be looked at.
  cli.line(id)
  await start(await cli.container(id))
  return 0
}

/** A failure before the start names the help page; a later failure does not. */
function refuse(error: unknown): never {
  throw containerFailure(runFailure(error), 'dockline run')
}

async function start(container: Container): Promise<void> {
  await container.start().catch(refuse)
}

async function create({ cli, flags, given, operands }: RunCall, client: DockerClient): Promise<string> {
  const pull = pullPolicy(flags.pull)
  const size = await consoleSize(cli, client, flags.tty)
  for (const warning of mountWarnings(flags.mount)) cli.complain(`WARNING: ${warning}`)
  const request = await containerRequest({ flags, given, operands }, size)
  return withCidFile(flags.cidfile, () => {
    refuseContentTrust(flags)
    return createPulling({ cli, client, request, pull, quiet: flags.quiet })
  })
}

/** So that a program that looks at once sees the right size; older Engines take none. */
async function consoleSize(
  cli: Cli,
  client: DockerClient,
  tty: boolean,
): Promise<Pick<HostConfig, 'ConsoleSize'>> {
  const size = tty && cli.stdout.isTTY ? terminalSize(cli.stdout) : undefined
  if (size === undefined || !(await client.api.speaks('1.42'))) return {}
  return { ConsoleSize: [size.rows, size.columns] }
}

interface Attached {
  readonly id: string
  readonly streams: AttachedStreams
  readonly detachKeys: string | undefined
}

/** Attach, with the wait for the end registered, and only then the start: nothing can be missed. */
async function runAttached({ cli, flags }: RunCall, { id, streams, detachKeys }: Attached): Promise<number> {
  const container = await cli.container(id)
  using signals = flags['sig-proxy'] ? new SignalProxy(container, cli) : undefined
  // What keeps no stdin open is attached to it in name only.
  const stdin = streams.stdin && flags.interactive
  const unseen = streams.stdout || streams.stderr ? undefined : await endOf(container, flags)
  const session = await container
    .attach({ ...streams, stdin, detachKeys, untilExit: true })
    .catch(async (error) => {
      // The Engine removes only what it has tried to start.
      if (flags.rm) await container.remove({ force: true, volumes: true }).catch(() => {})
      throw error
    })
  const terminal = new PseudoTerminal(session, { interactive: stdin, detachKeys, raw: true })
  const { exitCode } = await terminal.run(async () => {
    await start(container)
    signals?.started()
  })
  return exitCode ?? (await unseen?.result)?.StatusCode ?? 0
}

/** Where no output is attached, the end of the output does not show the end of the container. */
function endOf({ api, id }: Container, { rm }: RunCall['flags']) {
  return api.containers.waitRegistered(id, { condition: rm ? 'removed' : 'next-exit' })
}
