import type { PullPolicy } from 'dockline'
import { type DockerClient, ImageNotFoundError } from 'dockline'
import { type CreateRequest, formatReference, parseReference } from 'dockline/syntax'
import type { Cli } from './cli.js'
import { EXIT, ExitError } from './errors.js'
import { familiarName } from './output/words.js'
import { showProgress } from './progress/index.js'

export interface Creation {
  readonly cli: Cli
  readonly client: DockerClient
  readonly request: CreateRequest
  /** undefined never pulls, as 'never' does: docker's '' means that. */
  readonly pull: PullPolicy | undefined
  readonly quiet: boolean
}

export function pullPolicy(given = 'missing'): PullPolicy | undefined {
  if (given === '') return undefined
  if (given === 'missing' || given === 'always' || given === 'never') return given
  const allowed = 'must be one of "always", "missing" or "never"'
  throw new ExitError(`dockline: invalid pull option: '${given}': ${allowed}`, EXIT.usage)
}

/** Creates a container and returns its id. A pull for it is shown on stderr. */
export async function createPulling(creation: Creation): Promise<string> {
  const { cli, pull, quiet } = creation
  if (pull === 'always') await fetchImage(creation)
  try {
    return await create(creation)
  } catch (error) {
    if (!(error instanceof ImageNotFoundError) || pull !== 'missing' || isId(creation.request)) throw error
    if (!quiet) cli.complain(`Unable to find image '${tagged(creation.request)}' locally`)
    await fetchImage(creation)
    return create(creation)
  }
}

async function create({ cli, client, request }: Creation): Promise<string> {
  const { id, warnings } = await client.containers.createFrom(request)
  for (const warning of warnings) cli.complain(`WARNING: ${warning}`)
  const local = request.body.HostConfig?.Dns?.find(isLoopback)
  if (local !== undefined) cli.complain(`WARNING: Localhost DNS (${local}) may fail in containers.`)
  return id
}

function isLoopback(address: string): boolean {
  return /^(?:127\.|::1$)/.test(address)
}

async function fetchImage({ cli, client, request, quiet }: Creation): Promise<void> {
  const { platform } = request.query
  const pulling = client.images.pull(request.body.Image ?? '', { platform })
  if (quiet) for await (const _said of pulling.progress());
  else await showProgress(cli.stderr, pulling.progress())
}

/** Tells whether the image is named by its whole id, which no registry knows. docker takes a shorter one for a name. */
function isId({ body }: CreateRequest): boolean {
  return /^(?:sha256:)?[0-9a-f]{64}$/.test(body.Image ?? '')
}

/** As docker names it: short, and with the tag that is meant. */
function tagged({ body }: CreateRequest): string {
  const { repository, tag, digest } = parseReference(body.Image ?? '')
  const wanted = digest === undefined ? { tag: tag ?? 'latest' } : { tag, digest }
  return familiarName(formatReference({ repository, ...wanted }))
}
