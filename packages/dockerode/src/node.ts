import { byId, handleClass } from './handle.js'

const MISSING = { 404: 'no such node' }

export default handleClass('Node', byId, {
  inspect: ['GET /nodes/{id}', MISSING],
  update: [
    'POST /nodes/{id}/update?',
    { ...MISSING, 406: 'node is not part of a swarm' },
    { query: ['version'] },
  ],
  remove: ['DELETE /nodes/{id}?', MISSING],
})
