import { FOLLOWED } from './endpoint.js'
import { handleClass } from './handle.js'

const LOGS = { 101: true, 404: 'no such container', 503: 'node is not part of a swarm' } as const

export default handleClass('Task', (id) => ({ id, defaultOptions: { log: {} } }), {
  inspect: ['GET /tasks/{id}', { 404: 'unknown task' }],
  logs: ['GET /tasks/{id}/logs?', LOGS, FOLLOWED],
})
