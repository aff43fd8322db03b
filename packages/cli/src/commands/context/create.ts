import type { CreateContextOptions } from 'dockline/types'
import type { Cli } from '../../cli.js'
import { defineCommand } from '../../command.js'
import { contextStore } from '../../context-store.js'
import { ExitError } from '../../errors.js'
import { text } from '../../flags/flag.js'
import { dockerFlag, ENDPOINT_HELP, type EndpointPairs, endpointOf, explainEndpoint } from './docker-flag.js'

const flags = {
  description: text('Description of the context'),
  docker: dockerFlag,
  from: text('create context from a named context'),
}

export const command = defineCommand({
  usage: '[OPTIONS] CONTEXT',
  description: `Create a context\n\n${ENDPOINT_HELP}`,
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, flags, operands: [name = ''] }) {
    const store = await contextStore(cli)
    const description = flags.description ? { description: flags.description } : {}
    await store.create(name, { ...sourceOf(cli, flags), ...description }).catch((error) => {
      throw explainEndpoint(error)
    })
    cli.line(name)
    cli.complain(`Successfully created context "${name}"`)
  },
})

/** Without a word about where from, it becomes a copy of the one in use. */
function sourceOf(
  cli: Cli,
  { docker, from }: { docker: EndpointPairs; from: string | undefined },
): CreateContextOptions {
  if (docker === undefined) return { from: from || cli.context }
  if (from) throw new ExitError('cannot use --docker flag when --from is set')
  return endpointOf(docker)
}
