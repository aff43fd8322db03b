import type { ApiClient, NetworkInspect, NetworkSummary } from '../../api/index.js'
import { NotFoundError } from '../../errors.js'
import { type CallOptions, deadline } from '../../http/index.js'
import { pause } from '../../support/pause.js'
import type { Own } from '../base/call.js'
import { type Difference, isAsAsked, refuseDifferences } from '../base/difference.js'
import { discarding } from '../base/discard.js'
import { getOrCreate } from '../base/get-or-create.js'
import type { Network } from './network.js'
import { createOptions, type NetworkCreateOptions, networkName } from './network-options.js'

/** What making one takes of the networks. */
interface Networks {
  create(name: string, options: NetworkCreateOptions): Promise<Network<NetworkInspect>>
  get(id: string, options: CallOptions): Promise<Network<NetworkInspect>>
}

/** The shortest time, in milliseconds, after which a network of the same moment must be seen. */
const SETTLING_MS = 300

/** What an Engine does where nothing is asked. */
const DEFAULTS = { driver: 'bridge', internal: false, attachable: false, ingress: false, configOnly: false }
/** Not a property of the network. */
const OF_THE_CALL = 'checkDuplicate'

interface Surroundings {
  readonly api: ApiClient
  readonly networks: Networks
}

export async function getOrCreateNetwork(
  { api, networks }: Surroundings,
  name: string,
  options: NetworkCreateOptions,
): Promise<Network<NetworkInspect>> {
  createOptions.check(options)
  const { signal, timeout, ...own } = options
  networkName(name, 'name')
  using limit = deadline(`getting the network ${name}`, signal, timeout)
  const { call } = limit
  const find = async () => {
    const [first] = await namedNetworks(api, name, call)
    return first === undefined ? undefined : getSame(networks, first, { own, call })
  }
  const create = async () => {
    const begun = performance.now()
    const made = await networks.create(name, { ...own, ...call, checkDuplicate: true })
    if (await api.speaks('1.44', limit.signal)) return made
    const settlingMs = 4 * (performance.now() - begun)
    const finding = firstOfTwins(api, made, { call, settlingMs })
    const first = await finding.catch(discarding(api, ['network', made.id], call))
    return first.Id === made.id ? made : getSame(networks, first, { own, call })
  }
  return await getOrCreate({ find, create, signal: limit.signal })
}

/** Undefined when it has vanished meanwhile. */
async function getSame(
  networks: Networks,
  { Id = '' }: NetworkSummary,
  { own, call }: { readonly own: Own<NetworkCreateOptions>; readonly call: CallOptions },
): Promise<Network<NetworkInspect>> {
  const found = await networks.get(Id, call)
  const { attrs } = found
  refuseDifferences(`the network '${attrs.Name}'`, '/networks/create', differencesIn(attrs, own))
  return found
}

function differencesIn(attrs: NetworkInspect, own: Own<NetworkCreateOptions>): Difference[] {
  const asked = Object.entries({ ...DEFAULTS, ...own }).filter(
    ([name, value]) => value !== undefined && name !== OF_THE_CALL,
  )
  return asked.flatMap(([option, value]) => {
    const [wire] = createOptions.read({ [option]: value })
    const [[key, wanted] = []] = Object.entries(wire)
    const there = (attrs as unknown as Record<string, unknown>)[key ?? '']
    return isAsAsked(wanted, there) ? [] : [{ option, asked: wanted, there }]
  })
}

/** The networks of a name, the oldest first. */
async function namedNetworks(api: ApiClient, name: string, call: CallOptions): Promise<NetworkSummary[]> {
  const found = await api.networks.list({ filters: { name: [name] } }, call)
  return found.filter(({ Name }) => Name === name).sort(byAge)
}

function byAge(one: NetworkSummary, other: NetworkSummary): number {
  const [first, second] = [one, other].map(({ Created = '', Id = '' }) => `${Created} ${Id}`)
  return (first as string) < (second as string) ? -1 : 1
}

/**
 * An old Engine lets two networks of one name be made at the same moment. Of these the oldest stays: each maker sees it after a
 * while, and takes its own away.
 */
async function firstOfTwins(
  api: ApiClient,
  made: Network<NetworkInspect>,
  { call, settlingMs }: { readonly call: CallOptions; readonly settlingMs: number },
): Promise<NetworkSummary> {
  const name = made.attrs.Name ?? ''
  const isFirst = async () => (await namedNetworks(api, name, call))[0]?.Id === made.id
  if (await isFirst()) {
    await pause(Math.max(SETTLING_MS, settlingMs), call.signal)
    if (await isFirst()) return made.attrs
  }
  await api.networks.delete(made.id, call).catch((error) => {
    if (!(error instanceof NotFoundError)) throw error
  })
  const [first = made.attrs] = await namedNetworks(api, name, call)
  return first
}
