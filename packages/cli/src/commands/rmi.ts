import type { DockerClient } from 'dockline'
import { defineCommand } from '../command.js'
import { EXIT, explain, requireName } from '../errors.js'
import { bool, sinceApi } from '../flags/flag.js'
import { commaList } from '../flags/lists.js'

const flags = {
  force: bool('Force removal of the image', 'f'),
  'no-prune': bool('Do not delete untagged parents'),
  platform: sinceApi(
    '1.50',
    commaList(
      'Remove only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
    ),
  ),
}

export const command = defineCommand({
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  flags,
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  async run({ cli, flags: { force, 'no-prune': noPrune, platform }, operands }) {
    const client = await cli.client()
    const failures: unknown[] = []
    // One after the other: the second may be a parent that goes with the first.
    for (const name of operands) {
      try {
        const options = { force, noPrune, ...(platform.length > 0 && { platforms: platform }) }
        cli.write(await removedBy(client, name, options))
      } catch (error) {
        failures.push(error)
      }
    }
    for (const failure of failures) cli.complain(explain(failure))
    return failures.every((failure) => force && isMissing(failure)) ? 0 : EXIT.failure
  },
})

type Removal = Parameters<DockerClient['images']['remove']>[1]

async function removedBy(client: DockerClient, name: string, options: Removal): Promise<string> {
  const removed = await client.images.remove(requireName(name, 'image'), options)
  const lines = removed.map(({ Deleted, Untagged }) =>
    Deleted ? `Deleted: ${Deleted}\n` : `Untagged: ${Untagged ?? ''}\n`,
  )
  return lines.join('')
}

/** With --force, an image that is gone already is no failure; the message is still printed. */
function isMissing(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return code === 'ERR_DOCKER_NOT_FOUND' || code === 'ERR_DOCKER_IMAGE_NOT_FOUND'
}
