import { DONE, FOLLOWED } from './endpoint.js'
import { byId, handleClass } from './handle.js'

const MISSING = { 404: 'no such service' }

export default handleClass('Service', byId, {
  inspect: ['GET /services/{id}?', MISSING],
  remove: ['DELETE /services/{id}', { ...DONE, ...MISSING }],
  update: [
    'POST /services/{id}/update?',
    MISSING,
    { query: ['version', 'registryAuthFrom', 'rollback'], takes: 'auth' },
  ],
  logs: ['GET /services/{id}/logs?', { ...MISSING, 503: 'node is not part of a swarm' }, FOLLOWED],
})
