import type {
  ApiClient,
  BuildCache,
  ContainerSummary,
  ImageSummary,
  SystemDataUsageQuery,
  SystemDataUsageResponse,
  Volume,
} from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'

/** One kind of object that takes up the disk, as API 1.52 describes it. */
interface Usage<Item> {
  ActiveCount: number
  TotalCount: number
  Reclaimable: number
  TotalSize: number
  Items?: Item[]
}

type Told<Item> = Partial<Usage<Item>> | undefined

/**
 * The disk usage in one form for every version. Up to API 1.51 an Engine gives lists and leaves the sums to the
 * client. From 1.52 on it gives the sums, and the lists only where they are asked for.
 */
export async function diskUsage(
  api: ApiClient,
  { verbose, ...query }: SystemDataUsageQuery,
  call: CallOptions,
): Promise<SystemDataUsageResponse> {
  const lists = verbose ?? ((await api.speaks('1.52', call.signal)) || undefined)
  const usage = await api.system.df(lists === undefined ? query : { ...query, verbose: lists }, call)
  const types = query.type
  return hasSums(usage) ? withLists(usage, { types, hasItems: lists === true }) : withSums(usage, types)
}

function hasSums(usage: SystemDataUsageResponse): boolean {
  return Object.keys(usage).some((name) => name.endsWith('Usage'))
}

type UsageType = 'image' | 'container' | 'volume' | 'build-cache'

/** Whether the question includes a type. A question without types includes all. */
function asks(types: SystemDataUsageQuery['type'], type: UsageType) {
  return types === undefined || types.length === 0 || types.includes(type)
}

function withSums(
  usage: SystemDataUsageResponse,
  types: SystemDataUsageQuery['type'],
): SystemDataUsageResponse {
  const { LayersSize = 0, Images, Containers, Volumes, BuildCache } = usage
  return {
    ...usage,
    ...(asks(types, 'image') && { ImageUsage: imageUsage(Images ?? [], LayersSize) }),
    ...(asks(types, 'container') && { ContainerUsage: containerUsage(Containers ?? []) }),
    ...(asks(types, 'volume') && { VolumeUsage: volumeUsage(Volumes ?? []) }),
    ...(asks(types, 'build-cache') && { BuildCacheUsage: cacheUsage(BuildCache ?? []) }),
  }
}

/** Go leaves out a sum that is 0, a list that is empty, and a kind of which there is nothing. */
function withLists(
  usage: SystemDataUsageResponse,
  { types, hasItems }: { readonly types: SystemDataUsageQuery['type']; readonly hasItems: boolean },
): SystemDataUsageResponse {
  const own = <Item>(type: UsageType, told: Told<Item>) =>
    asks(types, type) ? complete(told, hasItems) : undefined
  const [images, containers] = [own('image', usage.ImageUsage), own('container', usage.ContainerUsage)]
  const [volumes, cache] = [own('volume', usage.VolumeUsage), own('build-cache', usage.BuildCacheUsage)]
  return {
    LayersSize: images?.TotalSize ?? 0,
    ...(images?.Items && { Images: images.Items }),
    ...(containers?.Items && { Containers: containers.Items }),
    ...(volumes?.Items && { Volumes: volumes.Items }),
    ...(cache?.Items && { BuildCache: cache.Items }),
    ...usage,
    ...(images && { ImageUsage: images }),
    ...(containers && { ContainerUsage: containers }),
    ...(volumes && { VolumeUsage: volumes }),
    ...(cache && { BuildCacheUsage: cache }),
  }
}

function complete<Item>(told: Told<Item>, hasItems: boolean): Usage<Item> {
  const { ActiveCount = 0, TotalCount = 0, Reclaimable = 0, TotalSize = 0, ...lists } = told ?? {}
  return { ActiveCount, TotalCount, Reclaimable, TotalSize, ...(hasItems && { Items: [] }), ...lists }
}

// The sums as docker 28.5 makes them. -1 is what an Engine did not compute.

function imageUsage(Items: ImageSummary[], LayersSize: number): Usage<ImageSummary> {
  const used = Items.filter(({ Containers }) => Containers > 0)
  const counted = used.filter(({ Size, SharedSize }) => Size !== -1 && SharedSize !== -1)
  const held = sum(counted.map(({ Size, SharedSize }) => Size - SharedSize))
  return {
    ActiveCount: used.length,
    TotalCount: Items.length,
    Reclaimable: LayersSize - held,
    TotalSize: LayersSize,
    Items,
  }
}

const ACTIVE = ['running', 'paused', 'restarting']

function containerUsage(Items: ContainerSummary[]): Usage<ContainerSummary> {
  const idle = Items.filter(({ State = '' }) => !ACTIVE.includes(State))
  return {
    ActiveCount: Items.length - idle.length,
    TotalCount: Items.length,
    Reclaimable: sum(idle.map(({ SizeRw }) => SizeRw ?? 0)),
    TotalSize: sum(Items.map(({ SizeRw }) => SizeRw ?? 0)),
    Items,
  }
}

function volumeUsage(Items: Volume[]): Usage<Volume> {
  const known = Items.filter(({ UsageData }) => (UsageData?.Size ?? -1) !== -1)
  const unused = known.filter(({ UsageData }) => UsageData?.RefCount === 0)
  return {
    ActiveCount: Items.filter(({ UsageData }) => (UsageData?.RefCount ?? 0) > 0).length,
    TotalCount: Items.length,
    Reclaimable: sum(unused.map(({ UsageData }) => UsageData?.Size ?? 0)),
    TotalSize: sum(known.map(({ UsageData }) => UsageData?.Size ?? 0)),
    Items,
  }
}

function cacheUsage(Items: BuildCache[]): Usage<BuildCache> {
  const TotalSize = sum(Items.filter(({ Shared }) => !Shared).map(({ Size = 0 }) => Size))
  const held = sum(Items.filter(({ InUse, Shared }) => InUse && !Shared).map(({ Size = 0 }) => Size))
  return {
    ActiveCount: Items.filter(({ InUse }) => InUse).length,
    TotalCount: Items.length,
    Reclaimable: TotalSize - held,
    TotalSize,
    Items,
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
