import type { ApiClient, ContainerCreateBody, ContainerCreateQuery } from '../api/index.js'
import type { CallOptions } from '../http/index.js'
import { orDiscard } from './discard.js'
import { idOfMade } from './told.js'

interface CreateRequest {
  readonly query: ContainerCreateQuery
  readonly body: ContainerCreateBody
}

const CREATE = 'POST /containers/create'

/**
 * Creates a container and returns its id. Before API 1.44 an Engine refuses more than one network here: there the
 * container is connected to the others before anyone can start it.
 */
export async function createInNetworks(
  api: ApiClient,
  { query, body }: CreateRequest,
  call: CallOptions,
): Promise<string> {
  const endpoints = Object.entries(body.NetworkingConfig?.EndpointsConfig ?? {})
  if (endpoints.length < 2 || (await api.speaks('1.44', call.signal))) {
    return idOfMade((await api.containers.create(query, body, call)).Id, CREATE)
  }
  const joined = endpoints.find(([name]) => name === body.HostConfig?.NetworkMode) ?? endpoints[0]
  const others = endpoints.filter((endpoint) => endpoint !== joined)
  if (others.some(([, { MacAddress }]) => MacAddress)) {
    await api.require('macAddress of a further network', '1.44', call.signal)
  }
  const EndpointsConfig = Object.fromEntries(joined === undefined ? [] : [joined])
  const { Id } = await api.containers.create(query, { ...body, NetworkingConfig: { EndpointsConfig } }, call)
  idOfMade(Id, CREATE)
  return orDiscard(api, ['container', Id], call, async () => {
    for (const [network, EndpointConfig] of others) {
      await api.networks.connect(network, { Container: Id, EndpointConfig }, call)
    }
    return Id
  })
}
