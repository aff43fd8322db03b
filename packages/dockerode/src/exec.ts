import { DONE } from './endpoint.js'
import { byId, handleClass } from './handle.js'

const MISSING = { 404: 'no such exec' }
const NOT_RUNNING = { ...MISSING, 500: 'container not running' }

export default handleClass('Exec', byId, {
  start: {
    verb: 'POST',
    path: '/exec/{id}/start',
    ok: DONE,
    stream: true,
    hijacks: true,
    allowEmpty: true,
    words: { 409: 'container stopped/paused', ...NOT_RUNNING },
  },
  resize: { verb: 'POST', path: '/exec/{id}/resize?', words: NOT_RUNNING },
  inspect: { verb: 'GET', path: '/exec/{id}/json', words: MISSING },
})
