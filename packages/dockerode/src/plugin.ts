import { DONE } from './endpoint.js'
import { handleClass } from './handle.js'
import type { Handle, Options } from './types.js'

/** A handle that knows where the plugin comes from. */
type PluginHandle = Handle & { readonly remote: string }

const MISSING = { 404: 'plugin not installed' }
const NOT_INSTALLED = { 404: 'plugin is not installed' }

/** Adds the name and the remote of the plugin, unless the query has others. */
function named(handle: Handle, { _query, ...options }: Options): Options {
  const { name, remote } = handle as PluginHandle
  return { ...options, _query: { name, remote, ...(_query as object | undefined) } }
}

export default handleClass('Plugin', (name, remote) => ({ name, remote: remote || name }), {
  inspect: ['GET /plugins/{name}/json', NOT_INSTALLED],
  remove: ['DELETE /plugins/{name}?', NOT_INSTALLED],
  privileges: [
    'GET /plugins/privileges?',
    {},
    { adds: (self) => ({ remote: (self as PluginHandle).remote }) },
  ],
  pull: ['POST /plugins/pull?', DONE, { query: ['name', 'remote'], stream: true, adds: named }],
  enable: ['POST /plugins/{name}/enable?'],
  disable: ['POST /plugins/{name}/disable?'],
  push: ['POST /plugins/{name}/push', MISSING],
  configure: ['POST /plugins/{name}/set', { ...DONE, ...MISSING }],
  upgrade: ['POST /plugins/{name}/upgrade?', { ...DONE, ...MISSING }, { query: ['remote'], takes: 'auth' }],
})
