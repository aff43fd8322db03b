import { byId, handleClass } from './handle.js'

const MISSING = { 404: 'no such node' }

export default handleClass('Node', byId, {
  inspect: { verb: 'GET', path: '/nodes/{id}', words: MISSING },
  update: {
    verb: 'POST',
    path: '/nodes/{id}/update?',
    query: ['version'],
    words: { ...MISSING, 406: 'node is not part of a swarm' },
  },
  remove: { verb: 'DELETE', path: '/nodes/{id}?', words: MISSING },
})
