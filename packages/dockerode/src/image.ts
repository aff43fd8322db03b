import { CREATED } from './endpoint.js'
import { byName, handleClass } from './handle.js'

const MISSING = { 404: 'no such image' }
const IN_USE = { ...MISSING, 409: 'conflict' }

export default handleClass('Image', byName, {
  inspect: { verb: 'GET', path: '/images/{name}/json?', words: MISSING },
  history: { verb: 'GET', path: '/images/{name}/history?', words: MISSING },
  get: { verb: 'GET', path: '/images/{name}/get?', stream: true },
  distribution: { verb: 'GET', path: '/distribution/{name}/json', words: { 401: 'no such image' } },
  push: {
    verb: 'POST',
    path: '/images/{name}/push?',
    takes: 'lastAuth',
    stream: ({ stream }) => stream !== false,
    words: MISSING,
  },
  tag: { verb: 'POST', path: '/images/{name}/tag?', ok: CREATED, words: { 400: 'bad parameter', ...IN_USE } },
  remove: { verb: 'DELETE', path: '/images/{name}?', words: IN_USE },
})
