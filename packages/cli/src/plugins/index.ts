import type { Cli } from '../cli.js'
import { findPlugin } from './plugin.js'
import { runPlugin } from './run.js'

export { findPlugin, listPlugins, type Plugin } from './plugin.js'
export { completePlugin } from './run.js'

/** Runs the plugin of this name. Resolves with undefined where no plugin has the name. */
export async function tryPlugin(
  name: string,
  args: readonly string[],
  cli: Cli,
): Promise<number | undefined> {
  await cli.readConfig()
  const plugin = await findPlugin(name, cli)
  return plugin === undefined ? undefined : runPlugin(plugin, args, cli)
}
