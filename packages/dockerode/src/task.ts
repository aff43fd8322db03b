import { handleClass } from './handle.js'

export default handleClass('Task', (id) => ({ id, defaultOptions: { log: {} } }), {
  inspect: { verb: 'GET', path: '/tasks/{id}', words: { 404: 'unknown task' } },
  logs: {
    verb: 'GET',
    path: '/tasks/{id}/logs?',
    ok: [101, 200],
    stream: ({ follow }) => Boolean(follow),
    words: { 404: 'no such container', 503: 'node is not part of a swarm' },
  },
})
