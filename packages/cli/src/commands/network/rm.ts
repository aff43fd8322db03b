import { type DockerClient, Network } from 'dockline'
import type { Cli } from '../../cli.js'
import { defineCommand } from '../../command.js'
import { confirm } from '../../confirm.js'
import { EXIT, explain, requireName } from '../../errors.js'
import { bool } from '../../flags/flag.js'

const flags = {
  force: bool('Do not error if the network does not exist', 'f'),
}

export const command = defineCommand({
  usage: 'NETWORK [NETWORK...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { force }, operands }) {
    const client = await cli.client()
    let exitCode: number = 0
    for (const name of operands) {
      try {
        const Id = requireName(name, 'network')
        if (!(await mayRemove(cli, client, Id))) continue
        await new Network(client.api, { Id }).remove()
        cli.line(name)
      } catch (error) {
        if (force && (error as { code?: unknown }).code === 'ERR_DOCKER_NOT_FOUND') continue
        cli.complain(explain(error))
        exitCode = EXIT.failure
      }
    }
    return exitCode
  },
})

const WARNING =
  'WARNING! Before removing the routing-mesh network, ' +
  'make sure all the nodes in your swarm run the same docker engine version. ' +
  'Otherwise, removal may not be effective and functionality of newly create ingress networks will be impaired.'

/** Without its routing mesh, a swarm publishes no port. */
async function mayRemove(cli: Cli, { networks }: DockerClient, name: string): Promise<boolean> {
  const network = await networks.get(name).catch(() => undefined)
  if (!network?.attrs.Ingress) return true
  return confirm(cli, `${WARNING}\nAre you sure you want to continue?`)
}
