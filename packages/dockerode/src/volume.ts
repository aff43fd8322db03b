import { byName, handleClass } from './handle.js'

const MISSING = { 404: 'no such volume' }

export default handleClass('Volume', byName, {
  inspect: { verb: 'GET', path: '/volumes/{name}', words: MISSING },
  remove: { verb: 'DELETE', path: '/volumes/{name}?', ok: [204], words: { ...MISSING, 409: 'conflict' } },
})
