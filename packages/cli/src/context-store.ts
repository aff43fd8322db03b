import type { ContextStore } from 'dockline'
import type { Cli } from './cli.js'

/** The contexts, with -H and -c of this call in place of what the environment says. */
export async function contextStore(cli: Cli): Promise<ContextStore> {
  const { ContextStore } = await import('dockline')
  return new ContextStore({ env: cli.env })
}

export const OVERRIDES = 'Warning: DOCKER_HOST environment variable overrides the active context.'

/** How a context takes effect all the same. */
export function unsetHint(context: string): string {
  return `To use ${context}, either set the global --context flag, or unset DOCKER_HOST environment variable.`
}
