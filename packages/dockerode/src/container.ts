import { CREATED, DONE, type Endpoint } from './endpoint.js'
import Exec from './exec.js'
import { handleClass } from './handle.js'

const MISSING = { 404: 'no such container' }
const BAD_OR_MISSING = { 400: 'bad parameter', ...MISSING }
const ARCHIVE = { 400: 'client error, bad parameters', ...MISSING }

const TABLE: Readonly<Record<string, Endpoint>> = {
  inspect: { verb: 'GET', path: '/containers/{id}/json?', words: MISSING },
  rename: { verb: 'POST', path: '/containers/{id}/rename?', ok: DONE, words: MISSING },
  update: { verb: 'POST', path: '/containers/{id}/update', ok: DONE, words: BAD_OR_MISSING },
  top: { verb: 'GET', path: '/containers/{id}/top?', words: MISSING },
  changes: { verb: 'GET', path: '/containers/{id}/changes', words: MISSING },
  start: {
    verb: 'POST',
    path: '/containers/{id}/start?',
    ok: DONE,
    words: { 304: 'container already started', ...MISSING },
  },
  stop: {
    verb: 'POST',
    path: '/containers/{id}/stop?',
    ok: DONE,
    words: { 304: 'container already stopped', ...MISSING },
  },
  restart: { verb: 'POST', path: '/containers/{id}/restart?', ok: DONE, words: MISSING },
  kill: { verb: 'POST', path: '/containers/{id}/kill?', ok: DONE, words: MISSING },
  pause: { verb: 'POST', path: '/containers/{id}/pause', ok: DONE },
  unpause: { verb: 'POST', path: '/containers/{id}/unpause', ok: DONE, words: MISSING },
  resize: { verb: 'POST', path: '/containers/{id}/resize?', words: BAD_OR_MISSING },
  wait: { verb: 'POST', path: '/containers/{id}/wait?', words: BAD_OR_MISSING },
  remove: { verb: 'DELETE', path: '/containers/{id}?', ok: DONE, words: BAD_OR_MISSING },

  attach: { verb: 'POST', path: '/containers/{id}/attach?', stream: true, hijacks: true, words: MISSING },
  logs: {
    verb: 'GET',
    path: '/containers/{id}/logs?',
    stream: ({ follow }) => Boolean(follow),
    words: MISSING,
  },
  stats: {
    verb: 'GET',
    path: '/containers/{id}/stats?',
    stream: ({ stream }) => stream !== false,
    words: MISSING,
  },
  exec: {
    verb: 'POST',
    path: '/containers/{id}/exec',
    ok: CREATED,
    words: { 409: 'container stopped/paused', ...MISSING },
    makes: ({ modem }, { Id }) => new Exec(modem, Id as string),
  },

  commit: {
    verb: 'POST',
    path: '/commit?',
    query: ['container', 'repo', 'tag', 'comment', 'author', 'pause', 'changes'],
    ok: CREATED,
    words: MISSING,
    adds: ({ id }, options) => ({ ...options, container: id }),
  },
  export: { verb: 'GET', path: '/containers/{id}/export', stream: true, words: MISSING },
  getArchive: { verb: 'GET', path: '/containers/{id}/archive?', stream: true, words: ARCHIVE },
  infoArchive: { verb: 'HEAD', path: '/containers/{id}/archive?', stream: true, words: ARCHIVE },
  putArchive: {
    verb: 'PUT',
    path: '/containers/{id}/archive?',
    takes: 'file',
    words: { 403: 'client error, permission denied', ...ARCHIVE },
  },
  copy: { verb: 'POST', path: '/containers/{id}/copy', stream: true, words: MISSING },

  listCheckpoint: { verb: 'GET', path: '/containers/{id}/checkpoints?', words: MISSING },
  createCheckpoint: {
    verb: 'POST',
    path: '/containers/{id}/checkpoints',
    ok: [200, 201, 204],
    allowEmpty: true,
    words: MISSING,
  },
  deleteCheckpoint: {
    verb: 'DELETE',
    path: '/containers/{id}/checkpoints/{checkpoint}?',
    takes: 'checkpoint',
    ok: DONE,
    words: MISSING,
  },
}

/** The methods whose options can be set once for a container, in its `defaultOptions`. */
const WITH_DEFAULTS = [
  ...['top', 'start', 'commit', 'stop', 'pause', 'unpause', 'restart', 'resize', 'attach', 'remove', 'copy'],
  ...['kill', 'exec', 'rename', 'log', 'stats', 'getArchive', 'infoArchive', 'putArchive', 'update', 'wait'],
]

const noDefaults = () => Object.fromEntries(WITH_DEFAULTS.map((name) => [name, {}]))

export default handleClass('Container', (id) => ({ id, defaultOptions: noDefaults() }), TABLE)
