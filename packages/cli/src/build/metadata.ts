import { writeFile } from 'node:fs/promises'
import type { BuildResult, DockerClient } from 'dockline'

/** Writes what came of a build as JSON, as `docker build --metadata-file` does. */
export async function writeMetadata(path: string, result: BuildResult, client: DockerClient): Promise<void> {
  const { metadata, ref, digest } = result
  const all = {
    ...metadata,
    ...(digest !== undefined && { 'containerimage.digest': digest }),
    ...(ref !== undefined && {
      'buildx.build.ref': `default/default/${ref}`,
      'buildx.build.provenance': await provenanceOf(client, ref),
    }),
    ...(process.env.BUILDX_METADATA_WARNINGS === '1' && { 'buildx.build.warnings': result.warnings }),
  }
  await writeFile(path, metadataText(all))
}

/** With its names in order, and no end of line, as docker has it. */
export function metadataText(metadata: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(metadata).filter(([, value]) => value !== undefined)
  const sorted = told.sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify(Object.fromEntries(sorted), undefined, 2)
}

/** Where the Engine remembers it: Engines before 24 do not. */
async function provenanceOf(client: DockerClient, ref: string): Promise<unknown> {
  const mode = process.env.BUILDX_METADATA_PROVENANCE || 'min'
  if (mode === 'disabled' || /^(?:0|f|false)$/i.test(mode)) return undefined
  const provenance = await client.builds.provenance(ref).catch(() => undefined)
  return mode === 'max' ? provenance : briefly(provenance)
}

/** Without how each step was run. */
function briefly(provenance: unknown): unknown {
  if (typeof provenance !== 'object' || provenance === null) return undefined
  const { buildConfig, metadata, ...others } = provenance as Record<string, unknown>
  return others
}
