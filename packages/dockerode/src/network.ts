import { CREATED, DONE } from './endpoint.js'
import { byId, handleClass } from './handle.js'

const MISSING = { 404: 'no such network' }
const ONE_MISSING = { 404: 'network or container is not found' }

export default handleClass('Network', byId, {
  inspect: { verb: 'GET', path: '/networks/{id}?', words: MISSING },
  remove: { verb: 'DELETE', path: '/networks/{id}', ok: DONE, words: { ...MISSING, 409: 'conflict' } },
  connect: { verb: 'POST', path: '/networks/{id}/connect', ok: CREATED, words: ONE_MISSING },
  disconnect: { verb: 'POST', path: '/networks/{id}/disconnect', ok: CREATED, words: ONE_MISSING },
})
