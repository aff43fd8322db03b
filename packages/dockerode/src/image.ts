import { CREATED } from './endpoint.js'
import { byName, handleClass } from './handle.js'

const MISSING = { 404: 'no such image' }
const IN_USE = { ...MISSING, 409: 'conflict' }

export default handleClass('Image', byName, {
  inspect: ['GET /images/{name}/json?', MISSING],
  history: ['GET /images/{name}/history?', MISSING],
  get: ['GET /images/{name}/get?', {}, { stream: true }],
  distribution: ['GET /distribution/{name}/json', { 401: 'no such image' }],
  push: [
    'POST /images/{name}/push?',
    MISSING,
    { takes: 'lastAuth', stream: ({ stream }) => stream !== false },
  ],
  tag: ['POST /images/{name}/tag?', { ...CREATED, ...IN_USE, 400: 'bad parameter' }],
  remove: ['DELETE /images/{name}?', IN_USE],
})
