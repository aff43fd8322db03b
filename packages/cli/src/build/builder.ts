import type { Cli } from '../cli.js'
import { ExitError, explain } from '../errors.js'
import type { BuilderNode } from './workers.js'

/**
 * Whether a build runs with BuildKit: as DOCKER_BUILDKIT says, else wherever the Engine has it. Podman and Windows do
 * not have it. Engines before 23 have it, though they build without it by default.
 */
export async function usesBuildKit(cli: Cli): Promise<boolean> {
  const asked = process.env.DOCKER_BUILDKIT
  if (asked) return readBool(asked)
  const { api } = await cli.client()
  const { ostype, 'libpod-api-version': podman } = await api.system.pingHead()
  return ostype !== 'windows' && podman === undefined
}

function readBool(asked: string): boolean {
  if (/^(?:1|t|true)$/i.test(asked)) return true
  if (/^(?:0|f|false)$/i.test(asked)) return false
  throw new ExitError(
    `DOCKER_BUILDKIT environment variable expects boolean value: strconv.ParseBool: parsing ${JSON.stringify(asked)}: invalid syntax`,
  )
}

/** The Engine's own is the only one: builders in containers and elsewhere are the plugin's. */
export function checkBuilder(cli: Cli, given: string | undefined): void {
  const name = given || process.env.BUILDX_BUILDER
  if (!name || name === 'default' || name === cli.context) return
  throw new ExitError(`ERROR: no builder ${JSON.stringify(name)} found`)
}

/** The Engine's builder, with what builds in it. */
export async function findBuilder(cli: Cli, given: string | undefined): Promise<BuilderNode> {
  checkBuilder(cli, given)
  const name = cli.context
  const client = await cli.client()
  try {
    const [worker] = await client.builds.workers()
    return { name, worker, error: undefined }
  } catch (error) {
    return { name, worker: undefined, error: explain(error) }
  }
}
