import { CREATED, DONE } from './endpoint.js'
import { byId, handleClass } from './handle.js'

const MISSING = { 404: 'no such network' }
const CONNECTED = { ...CREATED, 404: 'network or container is not found' }

export default handleClass('Network', byId, {
  inspect: ['GET /networks/{id}?', MISSING],
  remove: ['DELETE /networks/{id}', { ...DONE, ...MISSING, 409: 'conflict' }],
  connect: ['POST /networks/{id}/connect', CONNECTED],
  disconnect: ['POST /networks/{id}/disconnect', CONNECTED],
})
