import { defineCommand } from '../../command.js'
import { contextStore } from '../../context-store.js'
import { text } from '../../flags/flag.js'
import { dockerFlag, ENDPOINT_HELP, endpointOf, explainEndpoint } from './docker-flag.js'

const flags = {
  description: text('Description of the context'),
  docker: dockerFlag,
}

export const command = defineCommand({
  usage: '[OPTIONS] CONTEXT',
  description: `Update a context\n\n${ENDPOINT_HELP}`,
  flags,
  operands: { min: 1, max: 1 },
  async run({ cli, flags: { description, docker }, operands: [name = ''] }) {
    const store = await contextStore(cli)
    const endpoint = docker === undefined ? {} : endpointOf(docker)
    await store.update(name, { ...endpoint, ...(description && { description }) }).catch((error) => {
      throw explainEndpoint(error)
    })
    cli.line(name)
    cli.complain(`Successfully updated context "${name}"`)
  },
})
