import type {
  ApiClient,
  Swarm as SwarmAttrs,
  SwarmInitBody,
  SwarmJoinBody,
  SwarmLeaveQuery,
  SwarmUpdateQuery,
} from '../../api/index.js'
import { ApiError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { callTable, readCall } from '../base/call.js'
import { idOfMade } from '../base/identity.js'
import { needed, type Rules } from '../options/table.js'
import { flag, integer, invalid, invalidKind, oneOf, strings, text } from '../options/values.js'
import { secretText } from './data.js'
import { changeLatest } from './object.js'
import { type SwarmSpecOptions, swarmSpec, swarmSpecNames } from './swarm-options.js'

/** What a node brings along. Addresses are `IP[:PORT]`, or the name of an interface such as 'eth0'. */
interface JoiningOptions {
  /** Where the others reach this node; the Engine finds it itself when there is only one. */
  readonly advertiseAddr?: string | undefined
  /** The address to listen at for other nodes. Default: '0.0.0.0:2377'. */
  readonly listenAddr?: string | undefined
  /** Where the traffic between containers goes. API 1.30. */
  readonly dataPathAddr?: string | undefined
  /** Whether this node takes tasks at once. Default: 'active'. */
  readonly availability?: 'active' | 'pause' | 'drain' | undefined
}

interface PoolOptions {
  /** What overlay networks get their subnets from. Default: '10.0.0.0/8'. API 1.39. */
  readonly defaultAddrPool?: string | readonly string[] | undefined
  /** The length of the prefix of such a subnet. Default: 24. API 1.39. */
  readonly subnetSize?: number | undefined
  /** The port of the traffic between containers. Default: 4789. API 1.40. */
  readonly dataPathPort?: number | undefined
  /** Makes a swarm of this node alone, out of one whose managers are lost. */
  readonly forceNewCluster?: boolean | undefined
}

export interface SwarmInitOptions extends JoiningOptions, PoolOptions, SwarmSpecOptions, CallOptions {}

export interface SwarmJoinOptions extends JoiningOptions, CallOptions {
  /** Managers of the swarm, as '10.0.0.1:2377'. */
  readonly remoteAddrs: string | readonly string[]
  /** Of `joinTokens()`; it decides whether the node becomes a worker or a manager. */
  readonly joinToken: string
}

export interface SwarmUpdateOptions extends SwarmSpecOptions, CallOptions {
  /** Makes another token for workers; the old one is good for nothing then. */
  readonly rotateWorkerToken?: boolean | undefined
  /** Makes another token for managers. */
  readonly rotateManagerToken?: boolean | undefined
  /** Makes another key for locked managers. */
  readonly rotateManagerUnlockKey?: boolean | undefined
}

/** The tokens with which nodes join. They are secrets. */
type Rotations = Omit<SwarmUpdateQuery, 'version'>

export interface SwarmLeaveOptions extends CallOptions {
  /** Lets a manager leave too. Default: false. */
  readonly force?: boolean | undefined
}

export interface JoinTokens {
  readonly worker: string
  readonly manager: string
}

const LISTEN = '0.0.0.0:2377'
const POOL = ['10.0.0.0/8']
const SUBNET = 24

const joining = {
  advertiseAddr: ['AdvertiseAddr', text],
  listenAddr: ['ListenAddr', text],
  dataPathAddr: ['DataPathAddr', text],
  availability: ['Availability', oneOf('active', 'pause', 'drain')],
} as const satisfies Rules<JoiningOptions, SwarmInitBody>

const initOptions = callTable<SwarmInitOptions, SwarmInitBody, SwarmSpecOptions>(
  {
    ...joining,
    defaultAddrPool: ['DefaultAddrPool', oneOrMore],
    subnetSize: ['SubnetSize', integer],
    dataPathPort: ['DataPathPort', integer],
    forceNewCluster: ['ForceNewCluster', flag],
  },
  swarmSpecNames,
)
const joinOptions = callTable<SwarmJoinOptions, SwarmJoinBody>({
  ...joining,
  remoteAddrs: ['RemoteAddrs', needed(managers)],
  joinToken: ['JoinToken', needed(secretText)],
})
const updateOptions = callTable<SwarmUpdateOptions, Rotations, SwarmSpecOptions>(
  {
    rotateWorkerToken: rotation,
    rotateManagerToken: rotation,
    rotateManagerUnlockKey: rotation,
  },
  swarmSpecNames,
)
const leaveOptions = callTable<SwarmLeaveOptions, SwarmLeaveQuery>({ force: flag })

/**
 * The swarm of this Engine's machine. Only a manager reports the details; `(await client.info()).Swarm` is
 * there for all.
 */
export class Swarm {
  readonly #api: ApiClient
  #attrs: SwarmAttrs | undefined

  constructor(api: ApiClient) {
    this.#api = api
  }

  /** The last answer of the Engine; undefined before `reload()`. The join tokens are in it. */
  get attrs(): SwarmAttrs | undefined {
    return this.#attrs
  }

  /** Undefined before `reload()`. */
  get id(): string | undefined {
    return this.#attrs?.ID
  }

  /** Goes up with every change. Undefined before `reload()`. */
  get version(): number | undefined {
    return this.#attrs?.Version?.Index
  }

  /** Returns fresh details. `GET /swarm` */
  async inspect(options: CallOptions = {}): Promise<SwarmAttrs> {
    return this.#api.swarm.inspect(readCall(options))
  }

  /** Refreshes `attrs` and what follows from it. */
  async reload(options?: CallOptions): Promise<this> {
    this.#attrs = await this.inspect(options)
    return this
  }

  /** Returns the tokens with which other machines join. `GET /swarm` */
  async joinTokens(options?: CallOptions): Promise<JoinTokens> {
    const { JoinTokens: tokens } = await this.inspect(options)
    return { worker: tokens?.Worker ?? '', manager: tokens?.Manager ?? '' }
  }

  /** Makes a swarm with this machine as its manager, and returns the node's id. `POST /swarm/init` */
  async init(options: SwarmInitOptions = {}): Promise<string> {
    const [given, call, own] = initOptions.read(options)
    const spec = swarmSpec(own.spec ?? {}, own)
    const body = { ListenAddr: LISTEN, ...pools(given) }
    const asked = Object.keys(spec).length === 0 ? body : { ...body, Spec: spec }
    return idOfMade(await this.#api.swarm.init(asked, call), 'POST /swarm/init')
  }

  /** Makes this machine a node of a swarm. `POST /swarm/join` */
  async join(options: SwarmJoinOptions): Promise<void> {
    const [given, call] = joinOptions.read(options)
    // Both are needed.
    const body = { ListenAddr: LISTEN, ...given } as SwarmJoinBody
    await this.#api.swarm.join(body, call)
  }

  /**
   * Takes this machine out of its swarm. A manager needs `force`, and a swarm without managers is lost. `POST
   * /swarm/leave`
   */
  async leave(options: SwarmLeaveOptions = {}): Promise<void> {
    const [query, call] = leaveOptions.read(options)
    try {
      await this.#api.swarm.leave(query, call)
    } catch (error) {
      // 406 is how Engines up to 1.12 said it.
      if (!(query.force && error instanceof ApiError && [406, 503].includes(error.status))) throw error
    }
  }

  /** Changes the given settings and keeps the others, also if the swarm changed meanwhile. `POST /swarm/update` */
  async update(options: SwarmUpdateOptions = {}): Promise<void> {
    const [query, call, spec] = updateOptions.read(options)
    swarmSpec({}, spec)
    await changeLatest(
      () => this.inspect(call),
      ({ Spec }, version) =>
        this.#api.swarm.update({ version, ...query }, swarmSpec(spec.spec ?? Spec ?? {}, spec), call),
    )
  }

  /** Opens a manager that was started anew and is locked. `POST /swarm/unlock` */
  async unlock(key: string, options: CallOptions = {}): Promise<void> {
    await this.#api.swarm.unlock({ UnlockKey: secretText(key, 'key') }, readCall(options))
  }

  /** Returns the key for `unlock`; undefined when managers are not locked. `GET /swarm/unlockkey` */
  async unlockKey(options: CallOptions = {}): Promise<string | undefined> {
    return (await this.#api.swarm.unlockKey(readCall(options))).UnlockKey || undefined
  }
}

/** It is the Engine that makes the new one: one that is given all the same is not shown. */
function rotation(value: unknown, option: string): boolean {
  return typeof value === 'boolean' ? value : invalidKind(option, 'true or false', value)
}

function managers(value: unknown, option: string): string[] {
  const addresses = oneOrMore(value, option)
  return addresses.length > 0
    ? addresses
    : invalid(option, "addresses of managers such as '10.0.0.1:2377'", addresses)
}

/** The Engine wants both or none. */
function pools(given: Partial<SwarmInitBody>): Partial<SwarmInitBody> {
  if (given.DefaultAddrPool === undefined && given.SubnetSize === undefined) return given
  return { DefaultAddrPool: POOL, SubnetSize: SUBNET, ...given }
}

function oneOrMore(value: unknown, option: string): string[] {
  const isOneOrMore = typeof value === 'string' || Array.isArray(value)
  return isOneOrMore
    ? strings([value].flat(), option)
    : invalidKind(option, 'a string or an array of strings', value)
}
