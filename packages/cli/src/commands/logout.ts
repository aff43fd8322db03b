import { registryKey } from 'dockline/syntax'
import type { Cli } from '../cli.js'
import { defineCommand } from '../command.js'
import { explain } from '../errors.js'

const flags = {}

export const command = defineCommand({
  usage: '[SERVER]',
  description: 'Log out from a registry. Defaults to Docker Hub if no server is specified.',
  flags,
  operands: { min: 0, max: 1 },
  async run({ cli, operands: [server] }) {
    warnOfEnvironment(cli)
    const registry = registryKey(server || 'docker.io')
    cli.line(`Removing login credentials for ${registry}`)
    const client = await cli.client()
    try {
      await client.logout(registry)
    } catch (error) {
      // Scripts log out whether or not they had logged in: docker makes no failure of it either.
      cli.complain(`WARNING: could not erase credentials:\n${registry}: ${explain(error)}`)
    }
  },
})

/** Warns that a login in the environment is used before every stored login. */
export function warnOfEnvironment(cli: Cli): void {
  if (!process.env.DOCKER_AUTH_CONFIG) return
  const indent = ' '.repeat(9)
  const advice = `${indent}Unset DOCKER_AUTH_CONFIG to restore the CLI auth behaviour.\n${indent}`
  cli.complain(`\n Warn -> DOCKER_AUTH_CONFIG is set and takes precedence.\n${advice}`)
}
