import { writeFile } from 'node:fs/promises'
import { createRequest } from 'dockline'
import { refuseUsedFile } from '../cid-file.js'
import { containerFailure, EXIT, ExitError } from '../errors.js'
import { type Call, type CommandSpec, defineCommand } from '../flags/command.js'
import { createFlags, createOptions } from '../flags/create/index.js'
import { bool, text } from '../flags/flag.js'
import { createPulling, pullPolicy } from '../pull.js'

const { detach: _onlyOfRun, ...shared } = createFlags

const flags = {
  ...shared,
  cidfile: text('Write the container ID to the file'),
  pull: text('Pull image before creating ("always", "missing", "never")', { initial: 'missing' }),
  quiet: bool('Suppress the pull output', 'q'),
}
type CreateCall = Call<typeof flags>

export const spec: CommandSpec<typeof flags> = {
  name: 'create',
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  summary: 'Create a new container',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  stopAtOperand: true,
  run: (call) => create(call).catch(refuse),
}

async function create({ cli, flags, given, operands }: CreateCall): Promise<undefined> {
  const [image = '', ...command] = operands
  const pull = pullPolicy(flags.pull)
  const options = await createOptions({ flags: { ...flags, detach: false }, given })
  await refuseUsedFile(flags.cidfile)
  const client = await cli.client()
  const request = createRequest(image, command.length > 0 ? command : undefined, options)
  const id = await createPulling({ cli, client, request, pull, quiet: flags.quiet })
  if (flags.cidfile !== undefined) await writeFile(flags.cidfile, id)
  cli.line(id)
}

/** Flags that cannot go together tell where to read on; what the Engine refuses does not. */
function refuse(error: unknown): never {
  if (!(error instanceof ExitError) || error.exitCode !== EXIT.usage) throw error
  throw containerFailure(error, 'dockline create')
}

export const command = defineCommand(spec)
