import { DONE } from './endpoint.js'
import { byId, handleClass } from './handle.js'

const MISSING = { 404: 'config not found', 503: 'node is not part of a swarm' }

export default handleClass('Config', byId, {
  inspect: ['GET /configs/{id}', MISSING],
  update: ['POST /configs/{id}/update?', MISSING, { query: ['version'] }],
  remove: ['DELETE /configs/{id}', { ...DONE, ...MISSING }],
})
