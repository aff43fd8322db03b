import { withCidFile } from '../cid-file.js'
import { type Call, defineCommand } from '../command.js'
import { containerFailure, EXIT, ExitError } from '../errors.js'
import { containerRequest, createFlags, mountWarnings } from '../flags/create/index.js'
import { bool, text } from '../flags/flag.js'
import { refuseContentTrust } from '../flags/ignored.js'
import { createPulling, pullPolicy } from '../pull.js'

const { detach: _onlyOfRun, ...shared } = createFlags

const flags = {
  ...shared,
  pull: text('Pull image before creating ("always", "missing", "never")', { initial: 'missing' }),
  quiet: bool('Suppress the pull output', 'q'),
}
type CreateCall = Call<typeof flags>

export const command = defineCommand({
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  stopAtOperand: true,
  run: (call) => create(call).catch(refuse),
})

async function create({ cli, flags, given, operands }: CreateCall): Promise<undefined> {
  const pull = pullPolicy(flags.pull)
  for (const warning of mountWarnings(flags.mount)) cli.complain(`WARNING: ${warning}`)
  const request = await containerRequest({ flags: { ...flags, detach: false }, given, operands })
  const client = await cli.client()
  const id = await withCidFile(flags.cidfile, () => {
    refuseContentTrust(flags)
    return createPulling({ cli, client, request, pull, quiet: flags.quiet })
  })
  cli.line(id)
}

/** Flags that exclude each other name the help page; a refusal of the Engine does not. */
function refuse(error: unknown): never {
  if (!(error instanceof ExitError) || error.exitCode !== EXIT.usage) throw error
  throw containerFailure(error, 'dockline create')
}
