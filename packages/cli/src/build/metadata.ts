import { writeFile } from 'node:fs/promises'
import type { BuildResult, DockerClient } from 'dockline'
import type { Cli } from '../cli.js'
import { EXIT, ExitError } from '../errors.js'
import { fileFailure } from '../flags/files.js'

/** Writes what came of a build as JSON, as `docker build --metadata-file` does. */
export async function writeMetadata(cli: Cli, path: string, result: BuildResult): Promise<void> {
  const { metadata, ref } = result
  const all = {
    ...metadata,
    ...(ref !== undefined && {
      'buildx.build.ref': `${cli.context}/${cli.context}/${ref}`,
      ...(await provenancesOf(await cli.client(), ref)),
    }),
    ...(process.env.BUILDX_METADATA_WARNINGS === '1' && { 'buildx.build.warnings': result.warnings }),
  }
  await writeFile(path, metadataText(all)).catch((cause) => {
    throw new ExitError(
      `ERROR: writing metadata file: ${fileFailure(path, cause).message}`,
      EXIT.failure,
      cause,
    )
  })
}

/** With its names in order, and no end of line, as docker has it. */
export function metadataText(metadata: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(metadata).filter(([, value]) => value !== undefined)
  const sorted = told.sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify(Object.fromEntries(sorted), undefined, 2)
}

const PROVENANCE = 'buildx.build.provenance'

/** One for each of several platforms. There are none where the Engine does not remember builds: Engines before 24 do not. */
async function provenancesOf({ builds }: DockerClient, ref: string): Promise<Record<string, unknown>> {
  const mode = process.env.BUILDX_METADATA_PROVENANCE || 'min'
  if (mode === 'disabled' || /^(?:0|f|false)$/i.test(mode)) return {}
  const read = async (platform?: string) => {
    const provenance = await builds.provenance(ref, { platform }).catch(() => undefined)
    return mode === 'max' ? provenance : briefly(provenance)
  }
  const record = await builds.get(ref).catch(() => undefined)
  const platforms = record?.attributes.platform?.split(',') ?? []
  if (platforms.length < 2) return { [PROVENANCE]: await read() }
  const all = platforms.map(async (platform) => [`${PROVENANCE}/${platform}`, await read(platform)])
  return Object.fromEntries(await Promise.all(all))
}

/** Without how each step was run. */
function briefly(provenance: unknown): unknown {
  if (typeof provenance !== 'object' || provenance === null) return undefined
  const { buildConfig, metadata, ...others } = provenance as Record<string, unknown>
  return others
}
