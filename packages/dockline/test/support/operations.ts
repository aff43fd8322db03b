import type { Operation } from '#src/api/since.gen.js'
import type { ApiClient } from '#src/doors/api.js'
import { answer, type Script } from './fake-engine.js'

type Tag = Exclude<keyof ApiClient, 'http' | 'version' | 'speaks' | 'require' | 'close'>

/** Which operation of the description each method calls; null is for what the description does not have. */
export const METHODS: Readonly<Record<Tag, Readonly<Record<string, string | null>>>> = {
  system: {
    auth: 'SystemAuth',
    df: 'SystemDataUsage',
    events: 'SystemEvents',
    eventsBegun: 'SystemEvents',
    grpc: null,
    info: 'SystemInfo',
    ping: 'SystemPing',
    pingHead: 'SystemPingHead',
    session: 'Session',
    version: 'SystemVersion',
  },
  containers: {
    attach: 'ContainerAttach',
    attachWebsocket: 'ContainerAttachWebsocket',
    changes: 'ContainerChanges',
    create: 'ContainerCreate',
    createCheckpoint: null,
    delete: 'ContainerDelete',
    deleteCheckpoint: null,
    export: 'ContainerExport',
    getArchive: 'ContainerArchive',
    inspect: 'ContainerInspect',
    kill: 'ContainerKill',
    list: 'ContainerList',
    listCheckpoints: null,
    logs: 'ContainerLogs',
    pause: 'ContainerPause',
    prune: 'ContainerPrune',
    putArchive: 'PutContainerArchive',
    rename: 'ContainerRename',
    resize: 'ContainerResize',
    restart: 'ContainerRestart',
    start: 'ContainerStart',
    statArchive: 'ContainerArchiveInfo',
    stats: 'ContainerStats',
    stop: 'ContainerStop',
    top: 'ContainerTop',
    unpause: 'ContainerUnpause',
    update: 'ContainerUpdate',
    wait: 'ContainerWait',
    waitRegistered: 'ContainerWait',
  },
  exec: {
    create: 'ContainerExec',
    inspect: 'ExecInspect',
    resize: 'ExecResize',
    start: 'ExecStart',
    startDetached: 'ExecStart',
  },
  images: {
    attestations: 'ImageAttestations',
    build: 'ImageBuild',
    cancelBuild: null,
    commit: 'ImageCommit',
    delete: 'ImageDelete',
    get: 'ImageGet',
    getAll: 'ImageGetAll',
    history: 'ImageHistory',
    import: 'ImageCreate',
    inspect: 'ImageInspect',
    list: 'ImageList',
    load: 'ImageLoad',
    prune: 'ImagePrune',
    pruneBuild: 'BuildPrune',
    pull: 'ImageCreate',
    push: 'ImagePush',
    search: 'ImageSearch',
    tag: 'ImageTag',
  },
  networks: {
    connect: 'NetworkConnect',
    create: 'NetworkCreate',
    delete: 'NetworkDelete',
    disconnect: 'NetworkDisconnect',
    inspect: 'NetworkInspect',
    list: 'NetworkList',
    prune: 'NetworkPrune',
  },
  volumes: {
    create: 'VolumeCreate',
    delete: 'VolumeDelete',
    inspect: 'VolumeInspect',
    list: 'VolumeList',
    prune: 'VolumePrune',
    update: 'VolumeUpdate',
  },
  plugins: {
    create: 'PluginCreate',
    delete: 'PluginDelete',
    disable: 'PluginDisable',
    enable: 'PluginEnable',
    inspect: 'PluginInspect',
    list: 'PluginList',
    privileges: 'GetPluginPrivileges',
    pull: 'PluginPull',
    push: 'PluginPush',
    set: 'PluginSet',
    upgrade: 'PluginUpgrade',
  },
  nodes: { delete: 'NodeDelete', inspect: 'NodeInspect', list: 'NodeList', update: 'NodeUpdate' },
  swarm: {
    init: 'SwarmInit',
    inspect: 'SwarmInspect',
    join: 'SwarmJoin',
    leave: 'SwarmLeave',
    unlock: 'SwarmUnlock',
    unlockKey: 'SwarmUnlockkey',
    update: 'SwarmUpdate',
  },
  services: {
    create: 'ServiceCreate',
    delete: 'ServiceDelete',
    inspect: 'ServiceInspect',
    list: 'ServiceList',
    logs: 'ServiceLogs',
    update: 'ServiceUpdate',
  },
  tasks: { inspect: 'TaskInspect', list: 'TaskList', logs: 'TaskLogs' },
  secrets: {
    create: 'SecretCreate',
    delete: 'SecretDelete',
    inspect: 'SecretInspect',
    list: 'SecretList',
    update: 'SecretUpdate',
  },
  configs: {
    create: 'ConfigCreate',
    delete: 'ConfigDelete',
    inspect: 'ConfigInspect',
    list: 'ConfigList',
    update: 'ConfigUpdate',
  },
  distribution: { inspect: 'DistributionInspect' },
}

export interface Method {
  /** As it is called: 'containers.list'. */
  readonly name: string
  readonly operation: string
}

/** The methods that call operations of the description. */
export const OPERATION_METHODS: readonly Method[] = Object.entries(METHODS).flatMap(([tag, methods]) =>
  Object.entries(methods).flatMap(([method, operation]) =>
    operation === null ? [] : [{ name: `${tag}.${method}`, operation }],
  ),
)

/** What a method is given. */
export interface Given {
  readonly query: Readonly<Record<string, unknown>>
  readonly json: unknown
}

/** An id as hard as can be: it has what means something in a URL. */
export const ID = 'a/b:1?#'

/** Calls a method by the rule that all of them keep: ids, query, body. Resolves when the answer is over. */
export async function callMethod(
  api: ApiClient,
  { name }: Method,
  operation: Operation,
  { query, json }: Given,
): Promise<void> {
  const [tag = '', method = ''] = name.split('.')
  const ids = [...operation.path.matchAll(/\{\w+\}/g)].map(() => ID)
  const body = operation.body === 'bytes' ? Buffer.from('tar') : json
  const rest = [...(operation.query ? [query] : []), ...(operation.body ? [body] : [])]
  const resource = api[tag as Tag] as unknown as Record<string, (...values: unknown[]) => unknown>
  const given = name === 'images.pull' ? [query] : name === 'system.session' ? [{}] : [...ids, ...rest]
  await finish(resource[method]?.(...given))
}

/** Takes in whatever a method gives. */
async function finish(given: unknown): Promise<void> {
  const value = (await given) as Partial<Drainable> | undefined
  if (value === undefined || value === null) return
  if (value[Symbol.asyncIterator]) for await (const _item of value as AsyncIterable<unknown>);
  value.stream?.resume()
  value.socket?.destroy()
}

interface Drainable extends AsyncIterable<unknown> {
  readonly stream: { resume(): void }
  readonly socket: { destroy(): void }
}

/** A file, as an Engine tells of a path. */
const PATH_STAT = Buffer.from('{"name":"file","mode":420}').toString('base64')

/** What is answered with one object after the other. */
const STREAMS = /\/(build|create|events|load|pull|push|stats|upgrade|wait)$/

/** Says yes to everything, in the form that was asked for: nothing is an object as well as a list. */
export const YES: Script = async (call) => {
  const { headers, path } = call.request
  if (headers.upgrade !== undefined) await call.upgrade()
  else {
    const body = STREAMS.test(path) ? '{"StatusCode":0}' : 'null'
    await answer(200, { 'X-Docker-Container-Path-Stat': PATH_STAT }, body)(call)
  }
}
