import { DONE } from './endpoint.js'
import { byId, handleClass } from './handle.js'

const MISSING = { 404: 'no such service' }

export default handleClass('Service', byId, {
  inspect: { verb: 'GET', path: '/services/{id}?', words: MISSING },
  remove: { verb: 'DELETE', path: '/services/{id}', ok: DONE, words: MISSING },
  update: {
    verb: 'POST',
    path: '/services/{id}/update?',
    query: ['version', 'registryAuthFrom', 'rollback'],
    takes: 'auth',
    words: MISSING,
  },
  logs: {
    verb: 'GET',
    path: '/services/{id}/logs?',
    stream: ({ follow }) => Boolean(follow),
    words: { ...MISSING, 503: 'node is not part of a swarm' },
  },
})
