import type { ContextOptions, PackedContext } from './context.js'

/**
 * Packs a build context as the docker command does: without files that .dockerignore names, owned by root,
 * links as they are. Files are read as `tar` is read. Rejects with InvalidArgumentError if either is missing.
 */
export async function packContext(options: ContextOptions): Promise<PackedContext> {
  // Loaded here, because most programs never build.
  const contexts = await import('./context.js')
  return contexts.packContext(options)
}
