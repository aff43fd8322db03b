import { DONE } from './endpoint.js'
import { byId, handleClass } from './handle.js'

const WORDS = { 404: 'config not found', 503: 'node is not part of a swarm' }

export default handleClass('Config', byId, {
  inspect: { verb: 'GET', path: '/configs/{id}', words: WORDS },
  update: { verb: 'POST', path: '/configs/{id}/update?', query: ['version'], words: WORDS },
  remove: { verb: 'DELETE', path: '/configs/{id}', ok: DONE, words: WORDS },
})
