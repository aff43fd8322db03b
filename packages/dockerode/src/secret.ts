import { DONE } from './endpoint.js'
import { byId, handleClass } from './handle.js'

const MISSING = { 404: 'secret not found' }

export default handleClass('Secret', byId, {
  inspect: ['GET /secrets/{id}', { ...MISSING, 406: 'node is not part of a swarm' }],
  update: ['POST /secrets/{id}/update?', MISSING, { query: ['version'] }],
  remove: ['DELETE /secrets/{id}', { ...DONE, ...MISSING }],
})
