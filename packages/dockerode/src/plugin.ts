import { DONE } from './endpoint.js'
import { handleClass } from './handle.js'
import type { Handle, Options } from './types.js'

/** A handle that knows where the plugin comes from. */
interface PluginHandle extends Handle {
  readonly remote: string
}

const MISSING = { 404: 'plugin not installed' }
const NOT_INSTALLED = { 404: 'plugin is not installed' }

/** Its name and where it comes from, unless the query says otherwise. */
function named(handle: Handle, { _query, ...options }: Options): Options {
  const { name, remote } = handle as PluginHandle
  return { ...options, _query: { name, remote, ...(_query as object | undefined) } }
}

export default handleClass('Plugin', (name, remote) => ({ name, remote: remote || name }), {
  inspect: { verb: 'GET', path: '/plugins/{name}/json', words: NOT_INSTALLED },
  remove: { verb: 'DELETE', path: '/plugins/{name}?', words: NOT_INSTALLED },
  privileges: {
    verb: 'GET',
    path: '/plugins/privileges?',
    adds: (handle) => ({ remote: (handle as PluginHandle).remote }),
  },
  pull: {
    verb: 'POST',
    path: '/plugins/pull?',
    query: ['name', 'remote'],
    ok: DONE,
    stream: true,
    adds: named,
  },
  enable: { verb: 'POST', path: '/plugins/{name}/enable?' },
  disable: { verb: 'POST', path: '/plugins/{name}/disable?' },
  push: { verb: 'POST', path: '/plugins/{name}/push', words: MISSING },
  configure: { verb: 'POST', path: '/plugins/{name}/set', ok: DONE, words: MISSING },
  upgrade: {
    verb: 'POST',
    path: '/plugins/{name}/upgrade?',
    query: ['remote'],
    takes: 'auth',
    ok: DONE,
    words: MISSING,
  },
})
