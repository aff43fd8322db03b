import { DONE } from './endpoint.js'
import { byId, handleClass } from './handle.js'

const MISSING = { 404: 'no such exec' }
const NOT_RUNNING = { ...MISSING, 500: 'container not running' }

export default handleClass('Exec', byId, {
  start: [
    'POST /exec/{id}/start',
    { ...DONE, ...NOT_RUNNING, 409: 'container stopped/paused' },
    { stream: true, hijacks: true, allowEmpty: true },
  ],
  resize: ['POST /exec/{id}/resize?', NOT_RUNNING],
  inspect: ['GET /exec/{id}/json', MISSING],
})
