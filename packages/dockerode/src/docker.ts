import { buildImage } from './build.js'
import Config from './config.js'
import { type Constructor, constructorOf } from './constructor.js'
import Container from './container.js'
import { addMethods, CREATED, DONE, type Endpoint } from './endpoint.js'
import Exec from './exec.js'
import type { HandleConstructor } from './handle.js'
import Image from './image.js'
import { followBuild } from './modem/progress.js'
import Modem, { type ModemOptions } from './modem.js'
import Network from './network.js'
import Node from './node.js'
import Plugin from './plugin.js'
import { run, runCallback, runPromise } from './run.js'
import Secret from './secret.js'
import Service from './service.js'
import { extend, parseRepositoryTag, processArgs } from './shared.js'
import Task from './task.js'
import type { AuthConfig, Callback, Handle, ModemLike, Options } from './types.js'
import Volume from './volume.js'

/** What makes a client: what its modem takes, a modem of one's own, and a kind of promise. */
export interface DockerOptions extends ModemOptions {
  readonly modem?: ModemLike
  readonly Promise?: PromiseConstructor
}

interface DockerLike extends Handle {
  modem: ModemLike
  createImage(...args: readonly unknown[]): unknown
}

const BAD = { 400: 'bad parameter' }
const IN_SWARM = { 406: 'node is already part of a Swarm', 500: undefined }
const NOT_STORED = {
  406: 'server error or node is not part of a swarm',
  409: 'name conflicts with an existing object',
}

const made =
  (Class: HandleConstructor, key: string): NonNullable<Endpoint['makes']> =>
  ({ modem }, answer) =>
    new Class(modem, answer[key] as string)

const TABLE: Readonly<Record<string, Endpoint>> = {
  createContainer: {
    verb: 'POST',
    path: '/containers/create?',
    query: ['name', 'platform'],
    ok: CREATED,
    words: { ...BAD, 404: 'no such container', 406: 'impossible to attach' },
    makes: made(Container, 'Id'),
  },
  listContainers: { verb: 'GET', path: '/containers/json?', words: BAD },
  pruneContainers: { verb: 'POST', path: '/containers/prune?' },

  createImage: { verb: 'POST', path: '/images/create?', takes: 'auth', stream: true },
  loadImage: { verb: 'POST', path: '/images/load?', takes: 'file', stream: true },
  importImage: {
    verb: 'POST',
    path: '/images/create?',
    takes: 'file',
    stream: true,
    adds: (_handle, options) => ({ ...options, fromSrc: '-' }),
  },
  listImages: { verb: 'GET', path: '/images/json?', words: BAD },
  getImages: { verb: 'GET', path: '/images/get?', stream: true, words: BAD },
  searchImages: { verb: 'GET', path: '/images/search?' },
  pruneImages: { verb: 'POST', path: '/images/prune?' },
  pruneBuilder: { verb: 'POST', path: '/build/prune?' },

  createVolume: {
    verb: 'POST',
    path: '/volumes/create?',
    query: [],
    ok: CREATED,
    allowEmpty: true,
    makes: made(Volume, 'Name'),
  },
  listVolumes: { verb: 'GET', path: '/volumes?', words: BAD },
  pruneVolumes: { verb: 'POST', path: '/volumes/prune?' },

  createNetwork: {
    verb: 'POST',
    path: '/networks/create?',
    query: [],
    ok: CREATED,
    words: { 404: 'driver not found' },
    makes: made(Network, 'Id'),
  },
  listNetworks: { verb: 'GET', path: '/networks?', words: BAD },
  pruneNetworks: { verb: 'POST', path: '/networks/prune?' },

  createSecret: {
    verb: 'POST',
    path: '/secrets/create?',
    query: [],
    ok: CREATED,
    words: NOT_STORED,
    makes: made(Secret, 'ID'),
  },
  listSecrets: { verb: 'GET', path: '/secrets?' },
  createConfig: {
    verb: 'POST',
    path: '/configs/create?',
    query: [],
    ok: CREATED,
    words: NOT_STORED,
    makes: made(Config, 'ID'),
  },
  listConfigs: { verb: 'GET', path: '/configs?' },

  createService: {
    verb: 'POST',
    path: '/services/create',
    takes: 'auth',
    ok: CREATED,
    makes: ({ modem }, { ID, Id }) => new Service(modem, (ID || Id) as string),
  },
  listServices: { verb: 'GET', path: '/services?' },
  listTasks: { verb: 'GET', path: '/tasks?' },
  listNodes: {
    verb: 'GET',
    path: '/nodes?',
    words: { ...BAD, 404: 'no such node', 503: 'node is not part of a swarm' },
  },
  swarmInit: { verb: 'POST', path: '/swarm/init', words: { ...BAD, ...IN_SWARM } },
  swarmJoin: { verb: 'POST', path: '/swarm/join', words: { ...BAD, ...IN_SWARM } },
  swarmLeave: {
    verb: 'POST',
    path: '/swarm/leave?',
    words: { 406: 'node is not part of a Swarm', 500: undefined },
  },
  swarmUpdate: {
    verb: 'POST',
    path: '/swarm/update?',
    query: ['version', 'rotateWorkerToken', 'rotateManagerToken', 'rotateManagerUnlockKey'],
    words: { ...BAD, ...IN_SWARM },
  },
  swarmInspect: { verb: 'GET', path: '/swarm', words: { 406: 'This node is not a swarm manager' } },

  createPlugin: {
    verb: 'POST',
    path: '/plugins/create?',
    ok: DONE,
    makes: ({ modem }, _answer, { name }) => new Plugin(modem, name as string),
  },
  listPlugins: { verb: 'GET', path: '/plugins?' },

  checkAuth: { verb: 'POST', path: '/auth', ok: DONE },
  info: { verb: 'GET', path: '/info' },
  version: { verb: 'GET', path: '/version' },
  ping: { verb: 'GET', path: '/_ping' },
  df: { verb: 'GET', path: '/system/df?' },
  getEvents: { verb: 'GET', path: '/events?', stream: true },
}

const Docker: Constructor<DockerLike, readonly [options?: DockerOptions]> = constructorOf(
  'Docker',
  (self, options) => {
    const isOnlyPromise = options?.Promise !== undefined && Object.keys(options).length === 1
    self.modem = options?.modem ?? new Modem(isOnlyPromise ? undefined : options)
    self.modem.Promise = options?.Promise ?? Promise
  },
)

addMethods(Docker.prototype, TABLE)

const HANDLES = { Container, Image, Volume, Network, Service, Plugin, Secret, Config, Task, Node, Exec }

/** `getContainer(id)` and its like: handles, at once and without asking for anything. */
for (const [name, Class] of Object.entries(HANDLES)) {
  Object.assign(Docker.prototype, {
    [`get${name}`](this: DockerLike, id: string, remote?: string) {
      return new Class(this.modem, id, remote)
    },
  })
}

/** The name and the tag of an image, as the query of a pull. */
function pulling(name: string, defaultTag?: string): Options {
  const { repository, tag = defaultTag } = parseRepositoryTag(name)
  return { fromImage: repository, ...(defaultTag === undefined ? {} : { tag }) }
}

function pullAs(self: DockerLike, query: Options, [opts, given, auth]: PullArguments): unknown {
  const args = processArgs(opts, given)
  const options = extend(args.opts, query)
  return auth ? self.createImage(auth, options, args.callback) : self.createImage(options, args.callback)
}

type PullArguments = readonly [opts?: Options, callback?: Callback, auth?: AuthConfig]

Object.assign(Docker.prototype, {
  buildImage,
  run,
  runCallback,
  runPromise,
  followProgress: followBuild,

  pull(this: DockerLike, name: string, ...rest: PullArguments) {
    return pullAs(this, pulling(name, 'latest'), rest)
  },

  /** Pulls every tag. */
  pullAll(this: DockerLike, name: string, ...rest: PullArguments) {
    return pullAs(this, pulling(name), rest)
  },
})

const { Config: _without, ...STATIC } = HANDLES

export default Object.assign(Docker, STATIC)
