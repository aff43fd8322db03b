import { buildImage } from './build.js'
import Config from './config.js'
import { type Constructor, constructorOf } from './constructor.js'
import Container from './container.js'
import { addMethods, CREATED, DONE, type Table } from './endpoint.js'
import Exec from './exec.js'
import { creates } from './handle.js'
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

/** The options of a modem, or a modem, and the kind of promise that methods give. */
export interface DockerOptions extends ModemOptions {
  readonly modem?: ModemLike
  readonly Promise?: PromiseConstructor
}

interface DockerLike extends Handle {
  modem: ModemLike
  createImage(...args: readonly unknown[]): unknown
}

const BAD = { 400: 'bad parameter' }
const IN_SWARM = { ...BAD, 406: 'node is already part of a Swarm', 500: undefined }
const STORED = {
  ...CREATED,
  406: 'server error or node is not part of a swarm',
  409: 'name conflicts with an existing object',
}
const STREAM = { stream: true }
const FILE = { ...STREAM, takes: 'file' } as const

const TABLE: Table = {
  createContainer: [
    'POST /containers/create?',
    { ...CREATED, ...BAD, 404: 'no such container', 406: 'impossible to attach' },
    { ...creates(Container), query: ['name', 'platform'] },
  ],
  listContainers: ['GET /containers/json?', BAD],
  pruneContainers: ['POST /containers/prune?'],

  createImage: ['POST /images/create?', {}, { ...STREAM, takes: 'auth' }],
  loadImage: ['POST /images/load?', {}, FILE],
  importImage: [
    'POST /images/create?',
    {},
    { ...FILE, adds: (_, options) => ({ ...options, fromSrc: '-' }) },
  ],
  listImages: ['GET /images/json?', BAD],
  getImages: ['GET /images/get?', BAD, STREAM],
  searchImages: ['GET /images/search?'],
  pruneImages: ['POST /images/prune?'],
  pruneBuilder: ['POST /build/prune?'],

  createVolume: ['POST /volumes/create?', CREATED, { ...creates(Volume), allowEmpty: true }],
  listVolumes: ['GET /volumes?', BAD],
  pruneVolumes: ['POST /volumes/prune?'],

  createNetwork: ['POST /networks/create?', { ...CREATED, 404: 'driver not found' }, creates(Network)],
  listNetworks: ['GET /networks?', BAD],
  pruneNetworks: ['POST /networks/prune?'],

  createSecret: ['POST /secrets/create?', STORED, creates(Secret)],
  listSecrets: ['GET /secrets?'],
  createConfig: ['POST /configs/create?', STORED, creates(Config)],
  listConfigs: ['GET /configs?'],
  createService: ['POST /services/create', CREATED, { ...creates(Service), takes: 'auth' }],
  listServices: ['GET /services?'],
  listTasks: ['GET /tasks?'],
  listNodes: ['GET /nodes?', { ...BAD, 404: 'no such node', 503: 'node is not part of a swarm' }],

  swarmInit: ['POST /swarm/init', IN_SWARM],
  swarmJoin: ['POST /swarm/join', IN_SWARM],
  swarmLeave: ['POST /swarm/leave?', { 406: 'node is not part of a Swarm', 500: undefined }],
  swarmUpdate: [
    'POST /swarm/update?',
    IN_SWARM,
    { query: ['version', 'rotateWorkerToken', 'rotateManagerToken', 'rotateManagerUnlockKey'] },
  ],
  swarmInspect: ['GET /swarm', { 406: 'This node is not a swarm manager' }],

  createPlugin: [
    'POST /plugins/create?',
    DONE,
    { makes: ({ modem }, _answer, { name }) => new Plugin(modem, name as string) },
  ],
  listPlugins: ['GET /plugins?'],

  checkAuth: ['POST /auth', DONE],
  info: ['GET /info'],
  version: ['GET /version'],
  ping: ['GET /_ping'],
  df: ['GET /system/df?'],
  getEvents: ['GET /events?', {}, STREAM],
}

const HANDLES = { Container, Image, Volume, Network, Service, Plugin, Secret, Config, Task, Node, Exec }

/** `getContainer(id)` and its like give handles at once, and ask the Engine for nothing. */
const GETTERS = Object.fromEntries(
  Object.entries(HANDLES).map(([name, Class]) => [
    `get${name}`,
    function (this: DockerLike, id: string, remote?: string) {
      return new Class(this.modem, id, remote)
    },
  ]),
)

type PullArguments = readonly [name: string, opts?: Options, callback?: Callback, auth?: AuthConfig]

function pullTags(docker: DockerLike, defaultTag: object, [name, ...rest]: PullArguments): unknown {
  const { repository, ...tag } = parseRepositoryTag(name)
  const { opts, callback } = processArgs(rest[0], rest[1])
  const options = extend(opts, { fromImage: repository, ...defaultTag, ...tag })
  return rest[2] ? docker.createImage(rest[2], options, callback) : docker.createImage(options, callback)
}

const Docker: Constructor<DockerLike, readonly [options?: DockerOptions]> = constructorOf(
  'Docker',
  (docker, options) => {
    const isOnlyPromise = options?.Promise !== undefined && Object.keys(options).length === 1
    docker.modem = options?.modem ?? new Modem(isOnlyPromise ? undefined : options)
    docker.modem.Promise = options?.Promise ?? Promise
  },
  {
    ...GETTERS,
    buildImage,
    run,
    runCallback,
    runPromise,
    followProgress: followBuild,

    pull(...args: PullArguments) {
      return pullTags(this, { tag: 'latest' }, args)
    },

    pullAll(...args: PullArguments) {
      return pullTags(this, {}, args)
    },
  },
)

addMethods(Docker.prototype, TABLE)

const { Config: _without, ...STATIC } = HANDLES

export default Object.assign(Docker, STATIC)
