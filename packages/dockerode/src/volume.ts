import { DONE } from './endpoint.js'
import { byName, handleClass } from './handle.js'

const MISSING = { 404: 'no such volume' }

export default handleClass('Volume', byName, {
  inspect: ['GET /volumes/{name}', MISSING],
  remove: ['DELETE /volumes/{name}?', { ...DONE, ...MISSING, 200: undefined, 409: 'conflict' }],
})
