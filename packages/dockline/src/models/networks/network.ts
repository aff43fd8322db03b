import type {
  ApiClient,
  NetworkDisconnectRequest,
  NetworkInspect,
  NetworkInspectQuery,
  NetworkSummary,
} from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { show } from '../../support/check.js'
import { callTable, readCall } from '../base/call.js'
import { EngineObject, type IfKnown } from '../base/object.js'
import { Container } from '../containers/container.js'
import { type EndpointOptions, endpointSettings } from '../options/index.js'
import { checkObject, flag, text } from '../options/values.js'

/** A container, or its id or name. */
export type ContainerReference = string | { readonly id: string }

/** The container's end of the network. */
export interface ConnectOptions extends EndpointOptions, CallOptions {}

export interface DisconnectOptions extends CallOptions {
  /** Removes the endpoint even if the container is gone. Default: false. */
  readonly force?: boolean | undefined
}

export interface NetworkInspectOptions extends CallOptions {
  /** Adds `Services` and more, for networks of the swarm. Default: false. API 1.28. */
  readonly verbose?: boolean | undefined
  /** Looks only for networks of this scope: 'local', 'swarm' or 'global'. API 1.31. */
  readonly scope?: string | undefined
}

export const inspectOptions = callTable<NetworkInspectOptions, NetworkInspectQuery>({
  verbose: flag,
  scope: text,
})
const disconnectOptions = callTable<DisconnectOptions, NetworkDisconnectRequest>({ force: ['Force', flag] })

/** A network, by its id. Its properties are as they were at the last request; `reload()` asks again. */
export class Network<Attrs extends NetworkSummary | undefined = NetworkSummary> extends EngineObject<Attrs> {
  constructor(api: ApiClient, attrs: Attrs, id = attrs?.Id ?? '') {
    super(api, id, attrs)
  }

  get name(): IfKnown<Attrs, string> {
    return this.read(({ Name }) => Name ?? '')
  }

  /** The driver, such as 'bridge' or 'overlay'. */
  get driver(): string | undefined {
    return this.attrs?.Driver
  }

  get labels(): IfKnown<Attrs, Readonly<Record<string, string>>> {
    return this.read(({ Labels }) => Labels ?? {})
  }

  /** Returns fresh details. `GET /networks/{id}` */
  async inspect(options: NetworkInspectOptions = {}): Promise<NetworkInspect> {
    const [query, call] = inspectOptions.read(options)
    return this.api.networks.inspect(this.id, query, call)
  }

  /** Refreshes `attrs` and what follows from it. `Containers` are only in these, and in those of `get` and `create`. */
  async reload(options?: NetworkInspectOptions): Promise<Network<NetworkInspect>> {
    const attrs: NetworkSummary = await this.inspect(options)
    return this.learn(attrs as NonNullable<Attrs>) as Network<
      NetworkSummary | undefined
    > as Network<NetworkInspect>
  }

  /** Lists the running containers of the network, with their ids and names. Refreshes `attrs`. */
  async containers(options?: CallOptions): Promise<Container[]> {
    const { attrs } = await this.reload(options)
    return Object.entries(attrs.Containers ?? {})
      .filter(([id]) => !isOfSwarm(id))
      .map(([id, { Name: name }]) => new Container(this.api, { id, name }))
  }

  /**
   * Connects a container, running or not. `POST /networks/{id}/connect`. `macAddress` needs API 1.54 here.
   */
  async connect(container: ContainerReference, options: ConnectOptions = {}): Promise<void> {
    checkObject(options, 'options')
    const { signal, timeout, ...given } = options
    const EndpointConfig = endpointSettings(given, '')
    const Container = containerId(container)
    if (EndpointConfig.MacAddress) {
      await this.api.require('macAddress of connect', '1.54', signal)
    }
    const body = Object.keys(EndpointConfig).length === 0 ? { Container } : { Container, EndpointConfig }
    await this.api.networks.connect(this.id, body, { signal, timeout })
  }

  /** Takes a container out of the network. `POST /networks/{id}/disconnect` */
  async disconnect(container: ContainerReference, options: DisconnectOptions = {}): Promise<void> {
    const [body, call] = disconnectOptions.read(options)
    await this.api.networks.disconnect(this.id, { Container: containerId(container), ...body }, call)
  }

  /**
   * Removes the network, once the containers are gone that are connected and whose removal is under way. Rejects with
   * ConflictError while another container is connected. `DELETE /networks/{id}`
   */
  async remove(options: CallOptions = {}): Promise<void> {
    const call = readCall(options)
    const remove = (own: CallOptions) => this.api.networks.delete(this.id, own)
    await remove(call).catch(async (conflict) => {
      const { removeOnceFree } = await import('../removal/under-way.js')
      return removeOnceFree(this.api, { ...call, conflict, remove, users: { network: [this.id] } })
    })
  }
}

/** In a network of the swarm there are also ends of services and load balancers. */
function isOfSwarm(id: string): boolean {
  return id.startsWith('ep-') || id.startsWith('lb-')
}

function containerId(container: ContainerReference): string {
  const id = typeof container === 'string' ? container.replace(/^\/(?=.)/, '') : container?.id
  if (typeof id === 'string' && id !== '') return id
  throw new InvalidArgumentError(`container must be a container, its id or its name, not ${show(id)}`)
}
