import type { ApiClient, ContainerCreateBody } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { discarding } from '../base/discard.js'
import { idOfMade } from '../base/identity.js'
import type { CreateRequest } from '../options/index.js'

const CREATE = 'POST /containers/create'

/**
 * Creates a container and returns its id. Before API 1.44 an Engine refuses more than one network here: there the
 * container is connected to the others before anyone can start it.
 */
export async function createInNetworks(
  api: ApiClient,
  request: CreateRequest,
  call: CallOptions,
): Promise<string> {
  const { query } = request
  const isNew = await api.speaks('1.44', call.signal)
  const body = await forApiVersion(api, request.body, call)
  const endpoints = Object.entries(body.NetworkingConfig?.EndpointsConfig ?? {})
  if (endpoints.length < 2 || isNew) {
    return idOfMade((await api.containers.create(query, body, call)).Id, CREATE)
  }
  const joined = endpoints.find(([name]) => name === body.HostConfig?.NetworkMode) ?? endpoints[0]
  const others = endpoints.filter((endpoint) => endpoint !== joined)
  const EndpointsConfig = Object.fromEntries(joined === undefined ? [] : [joined])
  const { Id } = await api.containers.create(query, { ...body, NetworkingConfig: { EndpointsConfig } }, call)
  idOfMade(Id, CREATE)
  const connect = async () => {
    for (const [network, EndpointConfig] of others) {
      await api.networks.connect(network, { Container: Id, EndpointConfig }, call)
    }
  }
  await connect().catch(discarding(api, ['container', Id], call))
  return Id
}

/** What is created, as the Engine's API version wants it. */
export async function forApiVersion(
  api: ApiClient,
  body: ContainerCreateBody,
  call: CallOptions,
): Promise<ContainerCreateBody> {
  return (await api.speaks('1.44', call.signal)) ? withoutOldMac(body) : forOldEngine(api, body, call)
}

/** From API 1.44 on a MAC address is that of a network, and the Engine warns of any other. */
function withoutOldMac(body: ContainerCreateBody): ContainerCreateBody {
  const { MacAddress, ...rest } = body
  return MacAddress && macAddresses(body).some(([, mac]) => mac === MacAddress) ? rest : body
}

/**
 * As an Engine before API 1.44 wants it: there is one MAC address, that of the container, and another would be lost.
 * It stores the restart policy as it comes, which is 'no' for docker.
 */
async function forOldEngine(
  api: ApiClient,
  body: ContainerCreateBody,
  { signal }: CallOptions,
): Promise<ContainerCreateBody> {
  const lost = macAddresses(body).find(([, mac]) => mac !== body.MacAddress)
  if (lost !== undefined) await api.require(`macAddress of network '${lost[0]}'`, '1.44', signal)
  const RestartPolicy = body.HostConfig?.RestartPolicy ?? { Name: 'no', MaximumRetryCount: 0 }
  return { ...body, HostConfig: { ...body.HostConfig, RestartPolicy } }
}

function macAddresses({ NetworkingConfig }: ContainerCreateBody): [network: string, mac: string][] {
  const endpoints = Object.entries(NetworkingConfig?.EndpointsConfig ?? {})
  return endpoints.flatMap(([network, { MacAddress }]) => (MacAddress ? [[network, MacAddress]] : []))
}
