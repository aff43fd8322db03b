import { defineCommand } from '../command.js'
import { bool } from '../flags/flag.js'
import { forEach } from './each.js'

const flags = {
  force: bool('Force the removal of a running container (uses SIGKILL)', 'f'),
  link: bool('Remove the specified link', 'l'),
  volumes: bool('Remove anonymous volumes associated with the container', 'v'),
}

export const command = defineCommand({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags, operands }) {
    // With --force, a container that is gone already is no failure; the message is still printed.
    const tolerate = flags.force ? 'ERR_DOCKER_NOT_FOUND' : undefined
    const { force, link, volumes } = flags
    const remove = async (name: string) => {
      const container = await cli.container(name)
      await container.remove({ force, link, volumes })
    }
    return forEach(cli, { names: operands, tolerate }, remove)
  },
})
