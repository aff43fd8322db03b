import type { DockerClient } from 'dockline'
import type { Cli } from '../../cli.js'
import { defineCommand } from '../../command.js'
import { ExitError } from '../../errors.js'
import { bool } from '../../flags/flag.js'
import {
  deletedImageLines,
  mayPrune,
  pruneFilters,
  pruneFlags,
  reclaimedText,
  removedText,
} from '../pruning.js'

const flags = {
  ...pruneFlags,
  all: bool('Remove all unused images not just dangling ones', 'a'),
  volumes: bool('Prune anonymous volumes'),
}

type Filters = Readonly<Record<string, string[]>>

interface Wanted {
  readonly all: boolean
  readonly volumes: boolean
  readonly filters: Filters
}

export const command = defineCommand({
  usage: '[OPTIONS]',
  flags,
  operands: { min: 0, max: 0 },
  async run({ cli, flags: { all, filter, force, volumes } }) {
    const filters = pruneFilters(cli, filter)
    if (volumes && filters.until !== undefined)
      throw new ExitError('ERROR: The "until" filter is not supported with "--volumes"')
    const wanted = { all, volumes, filters }
    if (!(await mayPrune(cli, { force, warning: warningOf(wanted) }))) return 0
    cli.line(reclaimedText(await pruneAll(cli, await cli.client(), wanted)))
    return 0
  },
})

function warningOf({ all, volumes, filters }: Wanted): string {
  const filterLines = Object.entries(filters).flatMap(([key, values]) =>
    values.map((value) => `  - ${key}=${value}\n`),
  )
  return [
    'This will remove:\n',
    '  - all stopped containers\n',
    '  - all networks not used by at least one container\n',
    ...(volumes ? ['  - all anonymous volumes not used by at least one container\n'] : []),
    all ? '  - all images without at least one container associated to them\n' : '  - all dangling images\n',
    all ? '  - all build cache\n' : '  - unused build cache\n',
    ...(filterLines.length > 0
      ? ['\n  Items to be pruned will be filtered with:\n', ...filterLines.sort()]
      : []),
  ].join('')
}

/** In an order where each frees what the next removes. Resolves with how many bytes are free now. */
async function pruneAll(cli: Cli, client: DockerClient, { all, volumes, filters }: Wanted): Promise<number> {
  const containers = await client.containers.prune({ filters })
  cli.write(removedText('Deleted Containers:', containers.ContainersDeleted ?? []))
  const networks = await client.networks.prune({ filters })
  cli.write(removedText('Deleted Networks:', networks.NetworksDeleted ?? []))
  const removed = volumes ? await client.volumes.prune({ filters }) : {}
  cli.write(removedText('Deleted Volumes:', removed.VolumesDeleted ?? []))
  const images = await client.images.prune({ all, filters })
  cli.write(removedText('Deleted Images:', deletedImageLines(images.ImagesDeleted)))
  const cache = await client.images.pruneBuilds({ all, filters })
  cli.write(removedText('Deleted build cache objects:', cache.CachesDeleted ?? []))
  return [containers, removed, images, cache].reduce((sum, { SpaceReclaimed = 0 }) => sum + SpaceReclaimed, 0)
}
