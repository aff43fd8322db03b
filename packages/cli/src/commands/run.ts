import { writeFile } from 'node:fs/promises'
import { type Container, createRequest, type DockerClient, type HostConfig } from 'dockline'
import { PseudoTerminal, terminalSize } from 'dockline/terminal'
import { refuseUsedFile } from '../cid-file.js'
import type { Cli } from '../cli.js'
import { containerFailure, EXIT, runFailure } from '../errors.js'
import { type Call, type CommandSpec, defineCommand } from '../flags/command.js'
import { type AttachedStreams, createFlags, createOptions, streamsOf } from '../flags/create/index.js'
import { bool, text } from '../flags/flag.js'
import { createPulling, pullPolicy } from '../pull.js'
import { detachKeysOf, requireTerminal, SignalProxy } from '../terminal.js'

const flags = {
  ...createFlags,
  cidfile: text('Write the container ID to the file'),
  'detach-keys': text('Override the key sequence for detaching a container'),
  pull: text('Pull image before running ("always", "missing", "never")', { initial: 'missing' }),
  quiet: bool('Suppress the pull output', 'q'),
  'sig-proxy': bool('Proxy received signals to the process (default true)', undefined, { initial: true }),
}
type RunCall = Call<typeof flags>

export const spec: CommandSpec<typeof flags> = {
  name: 'run',
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  summary: 'Create and run a new container from an image',
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
}

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

/** What keeps the container from running tells where to read on; what comes later does not. */
function refuse(error: unknown): never {
  throw containerFailure(runFailure(error), 'dockline run')
}

async function start(container: Container): Promise<void> {
  await container.start().catch(refuse)
}

async function create({ cli, flags, given, operands }: RunCall, client: DockerClient): Promise<string> {
  const [image = '', ...command] = operands
  await refuseUsedFile(flags.cidfile, { exitCode: EXIT.usage })
  const pull = pullPolicy(flags.pull)
  const options = await createOptions({ flags, given })
  const hostConfig = { ...options.hostConfig, ...(await consoleSize(cli, client, flags.tty)) }
  const request = createRequest(image, command.length > 0 ? command : undefined, { ...options, hostConfig })
  const id = await createPulling({ cli, client, request, pull, quiet: flags.quiet })
  if (flags.cidfile !== undefined) await writeFile(flags.cidfile, id)
  return id
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
  const session = await container.attach({ ...streams, detachKeys }).catch(async (error) => {
    // The Engine removes only what it has tried to start.
    if (flags.rm) await container.remove({ force: true, volumes: true }).catch(() => {})
    throw error
  })
  if (!streams.stdout && !streams.stderr) cli.line(id)
  const terminal = new PseudoTerminal(session, { interactive: streams.stdin, detachKeys, raw: true })
  const { exitCode = 0 } = await terminal.run(async () => {
    await start(container)
    signals?.started()
  })
  return exitCode
}

export const command = defineCommand(spec)
