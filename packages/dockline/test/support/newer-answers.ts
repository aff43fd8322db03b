// What the Engine's API changed in its answers after 1.51, which is the newest that a real Engine of the tests speaks.
import { compareVersions } from '#src/doors/api.js'

interface Asked {
  readonly method: string
  readonly version: string
  /** The version that the Engine agrees on by itself. */
  readonly newest: string
  readonly path: string
  readonly query: URLSearchParams
}

type Fields = Record<string, unknown>
export type ValueChange = (value: never, asked: Asked) => unknown
export type LineChange = (line: string) => string

interface Change {
  readonly since: string
  readonly call: RegExp
  /** Of an answer that is one value. */
  readonly value?: ValueChange
  /** Of an answer that goes on, line by line. */
  readonly line?: LineChange
  /** The type of the content, where that changed as well. */
  readonly type?: string
}

const CHANGES: readonly Change[] = [
  { since: '1.52', call: /^GET \/system\/df$/, value: diskUsage },
  { since: '1.52', call: /^GET \/containers\/json$/, value: summaries },
  { since: '1.52', call: /^GET \/containers\/[^/]+\/json$/, value: container },
  { since: '1.52', call: /^GET \/containers\/[^/]+\/stats$/, line: withOsType },
  { since: '1.52', call: /^GET \/images\/(?!json$).+\/json$/, value: image },
  { since: '1.52', call: /^GET \/networks\/[^/]+$/, value: network },
  { since: '1.52', call: /^GET \/info$/, value: info },
  { since: '1.24', call: /^GET \/version$/, value: versions },
  { since: '1.52', call: /^GET \/events$/, line: withoutOldFields, type: 'application/jsonl' },
  { since: '1.52', call: /^POST \/(?:images\/create|images\/load|images\/.+\/push|build)$/, line: progress },
]

/** How the answer to a call differs from what an Engine of API 1.51 gives. */
export function changeOf(asked: Asked): Change | undefined {
  const { method, path, version } = asked
  return CHANGES.find(
    ({ call, since }) => call.test(`${method} ${path}`) && compareVersions(version, since) >= 0,
  )
}

/** The body of a new container, of which an Engine ignores the MAC address of old from API 1.52 on. */
export function withoutOldWords(body: string): string {
  const { MacAddress: _, ...config } = JSON.parse(body) as Fields
  return JSON.stringify(config)
}

interface Sized {
  readonly Size: number
  readonly SharedSize: number
  readonly Containers: number
}
interface Disk {
  readonly LayersSize: number
  readonly Images?: readonly Sized[] | null
  readonly Containers?: readonly { readonly State: string; readonly SizeRw?: number }[] | null
  readonly Volumes?:
    | readonly { readonly UsageData: { readonly Size: number; readonly RefCount: number } }[]
    | null
  readonly BuildCache?:
    | readonly { readonly InUse: boolean; readonly Shared: boolean; readonly Size: number }[]
    | null
}

/** Sums for each kind, which had to be made of the lists before; the lists where they are asked for. */
function diskUsage(disk: Disk, { query, version }: Asked): Fields {
  const types = query.getAll('type')
  const asksFor = (type: string) => types.length === 0 || types.includes(type)
  const [lists, verbose] = [query.has('verbose'), /^(?:1|true)$/i.test(query.get('verbose') ?? '')]
  const usage = (sums: Fields, items: readonly unknown[]) => given({ ...sums, Items: verbose ? items : [] })
  const { Images, Containers, Volumes, BuildCache } = disk
  return {
    ...(asksFor('image') && { ImageUsage: usage(ofImages(disk), Images ?? []) }),
    ...(asksFor('container') && { ContainerUsage: usage(ofContainers(Containers ?? []), Containers ?? []) }),
    ...(asksFor('volume') && { VolumeUsage: usage(ofVolumes(Volumes ?? []), Volumes ?? []) }),
    ...(asksFor('build-cache') && { BuildCacheUsage: usage(ofCache(BuildCache ?? []), BuildCache ?? []) }),
    ...(version === '1.52' && !lists && disk),
  }
}

function ofImages({ LayersSize, Images }: Disk): Fields {
  const used = (Images ?? []).filter(({ Containers }) => Containers > 0)
  const held = sum(used.map(({ Size, SharedSize }) => Size - SharedSize))
  return {
    ActiveCount: used.length,
    TotalCount: Images?.length,
    TotalSize: LayersSize,
    Reclaimable: LayersSize - held,
  }
}

function ofContainers(containers: NonNullable<Disk['Containers']>): Fields {
  const idle = containers.filter(({ State }) => !['running', 'paused', 'restarting'].includes(State))
  return {
    ActiveCount: containers.length - idle.length,
    TotalCount: containers.length,
    TotalSize: sum(containers.map(({ SizeRw = 0 }) => SizeRw)),
    Reclaimable: sum(idle.map(({ SizeRw = 0 }) => SizeRw)),
  }
}

function ofVolumes(volumes: NonNullable<Disk['Volumes']>): Fields {
  const usages = volumes.map(({ UsageData }) => UsageData)
  return {
    ActiveCount: usages.filter(({ RefCount }) => RefCount > 0).length,
    TotalCount: volumes.length,
    TotalSize: sum(usages.map(({ Size }) => Size)),
    Reclaimable: sum(usages.filter(({ RefCount }) => RefCount === 0).map(({ Size }) => Size)),
  }
}

function ofCache(records: NonNullable<Disk['BuildCache']>): Fields {
  const own = records.filter(({ Shared }) => !Shared)
  return {
    ActiveCount: records.filter(({ InUse }) => InUse).length,
    TotalCount: records.length,
    TotalSize: sum(own.map(({ Size }) => Size)),
    Reclaimable: sum(own.filter(({ InUse }) => !InUse).map(({ Size }) => Size)),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

/** As Go writes it where a field may be left out: without what is empty. */
function given(fields: Fields): Fields {
  const isEmpty = (value: unknown) => !value || (Array.isArray(value) && value.length === 0)
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)))
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}

/** Without some fields, where they say nothing. */
function withoutEmpty(fields: Fields, names: readonly string[]): Fields {
  const emptied = Object.keys(without(fields, Object.keys(given(fields))))
  return without(
    fields,
    emptied.filter((name) => names.includes(name)),
  )
}

function summaries(containers: readonly Fields[]): Fields[] {
  return containers.map((each) => {
    const [, Status = 'none'] =
      /\((?:health: )?(starting|healthy|unhealthy)\)/.exec(String(each.Status)) ?? []
    return { ...each, Health: { Status, FailingStreak: Status === 'unhealthy' ? 1 : 0 } }
  })
}

const OLD_ADDRESSES = [
  ...['Bridge', 'HairpinMode', 'LinkLocalIPv6Address', 'LinkLocalIPv6PrefixLen', 'SecondaryIPAddresses'],
  ...['SecondaryIPv6Addresses', 'EndpointID', 'Gateway', 'GlobalIPv6Address', 'GlobalIPv6PrefixLen'],
  ...['IPAddress', 'IPPrefixLen', 'IPv6Gateway', 'MacAddress'],
]

/** Addresses are those of each network, and the store of its files is told in another place. */
function container({ GraphDriver, ...fields }: Fields): Fields {
  const { NetworkSettings, Config, HostConfig } = fields as Record<string, Fields>
  return {
    ...fields,
    Storage: { RootFS: { Snapshot: { Name: (GraphDriver as Fields).Name } } },
    Config: withoutEmpty(without(Config ?? {}, ['MacAddress']), ['OnBuild']),
    HostConfig: without(HostConfig ?? {}, ['KernelMemoryTCP']),
    NetworkSettings: without(NetworkSettings ?? {}, OLD_ADDRESSES),
  }
}

const OF_OLD_BUILDERS = ['Parent', 'Comment', 'DockerVersion', 'Author']
const OF_IMAGES = ['Cmd', 'Entrypoint', 'Env', 'Labels', 'OnBuild', 'User', 'Volumes', 'WorkingDir']

function image(fields: Fields, { version }: Asked): Fields {
  const Identity = { Pull: [{ Repository: 'docker.io/library/busybox' }] }
  return {
    ...withoutEmpty(fields, OF_OLD_BUILDERS),
    Config: withoutEmpty(fields.Config as Fields, OF_IMAGES),
    ...(compareVersions(version, '1.53') >= 0 && { Identity }),
  }
}

function network(fields: Fields): Fields {
  const Subnets = { '172.17.0.0/16': { IPsInUse: 3, DynamicIPsAvailable: 65533 } }
  return { ...fields, Status: { IPAM: { Subnets } } }
}

function info(fields: Fields, { version }: Asked): Fields {
  const NRI = { Info: [['plugin-path', '/opt/docker/nri/plugins']] }
  return { ...without(fields, ['KernelMemoryTCP']), ...(compareVersions(version, '1.53') >= 0 && { NRI }) }
}

function versions(fields: Fields, { newest: ApiVersion }: Asked): Fields {
  const components = fields.Components as { readonly Details?: Fields }[]
  const Components = components.map(({ Details, ...each }) => ({
    ...each,
    Details: Details?.ApiVersion === undefined ? Details : { ...Details, ApiVersion },
  }))
  return { ...fields, ApiVersion, Components }
}

function withOsType(line: string): string {
  return line.replace(/^\{/, '{"os_type":"linux",')
}

function withoutOldFields(line: string): string {
  return line.replace(/^\{(?:"(?:status|id|from)":"(?:[^"\\]|\\.)*",)+/, '{')
}

/** Errors and bars are told by their parts alone. */
function progress(line: string): string {
  if (line.trim() === '') return line
  return JSON.stringify(without(JSON.parse(line) as Fields, ['error', 'progress']))
}
