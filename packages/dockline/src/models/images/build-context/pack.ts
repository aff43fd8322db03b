import type { ContextOptions, PackedContext } from './context.js'

/**
 * Packs a build context as the docker command does it: without what .dockerignore names, owned by root, links as they are.
 * Rejects with InvalidArgumentError when the context or its Dockerfile is not there. Nothing is sent, and files are read as
 * `tar` is read.
 */
export async function packContext(options: ContextOptions): Promise<PackedContext> {
  // Loaded here, because most programs never build.
  const contexts = await import('./context.js')
  return contexts.packContext(options)
}
