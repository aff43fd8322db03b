import { DONE } from './endpoint.js'
import { byId, handleClass } from './handle.js'

const MISSING = { 404: 'secret not found' }

export default handleClass('Secret', byId, {
  inspect: { verb: 'GET', path: '/secrets/{id}', words: { ...MISSING, 406: 'node is not part of a swarm' } },
  update: { verb: 'POST', path: '/secrets/{id}/update?', query: ['version'], words: MISSING },
  remove: { verb: 'DELETE', path: '/secrets/{id}', ok: DONE, words: MISSING },
})
