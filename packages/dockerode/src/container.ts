import { CREATED, DONE, FOLLOWED } from './endpoint.js'
import Exec from './exec.js'
import { creates, handleClass } from './handle.js'

const MISSING = { 404: 'no such container' }
const CHANGED = { ...DONE, ...MISSING }
const BAD = { ...MISSING, 400: 'bad parameter' }
const ARCHIVE = { ...MISSING, 400: 'client error, bad parameters' }
const STREAM = { stream: true }

/** The methods whose options can be set once for a container, in its `defaultOptions`. */
const WITH_DEFAULTS = [
  ...['top', 'start', 'commit', 'stop', 'pause', 'unpause', 'restart', 'resize', 'attach', 'remove', 'copy'],
  ...['kill', 'exec', 'rename', 'log', 'stats', 'getArchive', 'infoArchive', 'putArchive', 'update', 'wait'],
]

const own = (id: string) => ({
  id,
  defaultOptions: Object.fromEntries(WITH_DEFAULTS.map((name) => [name, {}])),
})

export default handleClass('Container', own, {
  inspect: ['GET /containers/{id}/json?', MISSING],
  rename: ['POST /containers/{id}/rename?', CHANGED],
  update: ['POST /containers/{id}/update', { ...DONE, ...BAD }],
  top: ['GET /containers/{id}/top?', MISSING],
  changes: ['GET /containers/{id}/changes', MISSING],
  start: ['POST /containers/{id}/start?', { ...CHANGED, 304: 'container already started' }],
  stop: ['POST /containers/{id}/stop?', { ...CHANGED, 304: 'container already stopped' }],
  restart: ['POST /containers/{id}/restart?', CHANGED],
  kill: ['POST /containers/{id}/kill?', CHANGED],
  pause: ['POST /containers/{id}/pause', DONE],
  unpause: ['POST /containers/{id}/unpause', CHANGED],
  resize: ['POST /containers/{id}/resize?', BAD],
  wait: ['POST /containers/{id}/wait?', BAD],
  remove: ['DELETE /containers/{id}?', { ...DONE, ...BAD }],

  attach: ['POST /containers/{id}/attach?', MISSING, { stream: true, hijacks: true }],
  logs: ['GET /containers/{id}/logs?', MISSING, FOLLOWED],
  stats: ['GET /containers/{id}/stats?', MISSING, { stream: ({ stream }) => stream !== false }],
  exec: [
    'POST /containers/{id}/exec',
    { ...CREATED, ...MISSING, 409: 'container stopped/paused' },
    creates(Exec),
  ],

  commit: [
    'POST /commit?',
    { ...CREATED, ...MISSING },
    {
      query: ['container', 'repo', 'tag', 'comment', 'author', 'pause', 'changes'],
      adds: ({ id }, options) => ({ ...options, container: id }),
    },
  ],
  export: ['GET /containers/{id}/export', MISSING, STREAM],
  getArchive: ['GET /containers/{id}/archive?', ARCHIVE, STREAM],
  infoArchive: ['HEAD /containers/{id}/archive?', ARCHIVE, STREAM],
  putArchive: [
    'PUT /containers/{id}/archive?',
    { ...ARCHIVE, 403: 'client error, permission denied' },
    { takes: 'file' },
  ],
  copy: ['POST /containers/{id}/copy', MISSING, STREAM],

  listCheckpoint: ['GET /containers/{id}/checkpoints?', MISSING],
  createCheckpoint: ['POST /containers/{id}/checkpoints', { ...CREATED, ...CHANGED }, { allowEmpty: true }],
  deleteCheckpoint: ['DELETE /containers/{id}/checkpoints/{checkpoint}?', CHANGED, { takes: 'checkpoint' }],
})
