import type { ApiClient } from '../../../api/index.js'
import type { Control, UsageRecord } from '../../../buildkit/index.js'
import type { CallOptions } from '../../../http/index.js'
import { callTable } from '../../base/call.js'
import { parseBytes, parseDuration } from '../../options/units.js'
import { flag, invalid, object } from '../../options/values.js'

/** A piece of the cache of builds. */
export interface BuildCacheRecord {
  readonly id: string
  /** The ids of the pieces that it is based on. */
  readonly parents: readonly string[]
  /** The type: 'regular', 'internal', 'frontend', 'source.local', 'source.git.checkout' or 'exec.cachemount'. */
  readonly type: string
  readonly description: string
  readonly inUse: boolean
  readonly shared: boolean
  readonly mutable: boolean
  /** In bytes. */
  readonly size: number
  readonly createdAt: Date | undefined
  readonly lastUsedAt: Date | undefined
  readonly usageCount: number
}

/**
 * Conditions that all hold: `{ type: 'exec.cachemount', inuse: false, description: 'apt' }`. Ids and descriptions fit where
 * the text is a part of them; an array fits where one of its values does.
 */
export type BuildCacheFilters = Readonly<Record<string, string | boolean | readonly string[]>>

export interface BuildCacheUsageOptions extends CallOptions {
  readonly filters?: BuildCacheFilters | undefined
}

export interface BuildCachePruneOptions extends BuildCacheUsageOptions {
  /** Includes records that images and frontends of the Engine use. Default: false. */
  readonly all?: boolean | undefined
  /** Keeps what was used within this time: milliseconds, or as in '24h'. */
  readonly keepDuration?: number | string | undefined
  /** Always kept, in bytes or as in '10g'. */
  readonly reservedSpace?: number | string | undefined
  /** The most that is kept. */
  readonly maxUsedSpace?: number | string | undefined
  /** How much is to be free on the disk afterwards. */
  readonly minFreeSpace?: number | string | undefined
}

/** A removal of cache: a loop gives each record when it is removed, and `await` all of them. Begins with either. */
export type BuildCachePruning = AsyncGenerator<BuildCacheRecord, void, undefined> &
  Promise<BuildCacheRecord[]>

/** The cache of the Engine's BuildKit. */
export class BuildCacheCollection {
  readonly #api: ApiClient

  constructor(api: ApiClient) {
    this.#api = api
  }

  /** Lists what is in the cache. `Control/DiskUsage` of BuildKit. */
  async usage(options: BuildCacheUsageOptions = {}): Promise<BuildCacheRecord[]> {
    const [{ filter = [] }, call] = usageOptions.read(options)
    const { callBuildKit } = await import('./call-buildkit.js')
    const found: BuildCacheRecord[] = []
    const records = callBuildKit(this.#api, { ...call, method: 'DiskUsage' }, async function* (control) {
      yield* await control.diskUsage(filter, call)
    })
    for await (const record of records) found.push(readRecord(record))
    return found
  }

  /** Removes what is not in use. Leaving the loop ends the removal. `Control/Prune` of BuildKit. */
  prune(options: BuildCachePruneOptions = {}): BuildCachePruning {
    const [given, call] = pruneOptions.read(options)
    const removed: BuildCacheRecord[] = []
    const records = pruned(this.#api, { request: { ...KEEPS_NOTHING, ...given }, removed, call })
    let all: Promise<BuildCacheRecord[]> | undefined
    const promised = () => (all ??= drain(records).then(() => removed))
    const promise: Omit<Promise<BuildCacheRecord[]>, typeof Symbol.toStringTag> = {
      // biome-ignore lint/suspicious/noThenProperty: awaiting is what it is for
      then: (...handlers) => promised().then(...handlers),
      catch: (handler) => promised().catch(handler),
      finally: (handler) => promised().finally(handler),
    }
    return Object.assign(records, promise) as BuildCachePruning
  }
}

interface Pruning {
  readonly request: typeof KEEPS_NOTHING
  readonly call: CallOptions
  /** Gets each record that is removed, also those that a loop reads. */
  readonly removed: BuildCacheRecord[]
}

async function* pruned(
  api: ApiClient,
  { request, call, removed }: Pruning,
): AsyncGenerator<BuildCacheRecord, void, undefined> {
  const { callBuildKit } = await import('./call-buildkit.js')
  const prune = (control: Control) => control.prune(request, call)
  for await (const record of callBuildKit(api, { ...call, method: 'Prune' }, prune)) {
    const read = readRecord(record)
    removed.push(read)
    yield read
  }
}

async function drain(values: AsyncIterable<unknown>): Promise<void> {
  for await (const _value of values);
}

/** A request of BuildKit has all fields; 0 is as good as not given. */
const KEEPS_NOTHING = {
  filter: [] as string[],
  all: false,
  keepDuration: 0,
  reservedSpace: 0,
  maxUsedSpace: 0,
  minFreeSpace: 0,
}

const usageOptions = callTable<BuildCacheUsageOptions, { filter: string[] }>({
  filters: ['filter', filterOf],
})
const pruneOptions = callTable<BuildCachePruneOptions, typeof KEEPS_NOTHING>({
  filters: ['filter', filterOf],
  all: flag,
  keepDuration: parseDuration,
  reservedSpace: parseBytes,
  maxUsedSpace: parseBytes,
  minFreeSpace: parseBytes,
})

/** Whether a text is all of it or a part, as the docker command has it. */
const PARTS = ['id', 'parent', 'parents', 'description']

/** Conditions in BuildKit's own words, one string with all that must hold for each that may. */
function filterOf(filters: unknown, option: string): string[] {
  let alternatives: string[][] = [[]]
  for (const [name, value] of Object.entries(object(filters, option))) {
    const conditions = (Array.isArray(value) ? value : [value]).map((each) => condition(name, each))
    alternatives = alternatives.flatMap((those) => conditions.map((one) => [...those, one]))
  }
  return alternatives.filter((those) => those.length > 0).map((those) => those.join(','))
}

function condition(name: string, value: unknown): string {
  if (typeof value === 'boolean') return value ? name : `${name}!=true`
  if (typeof value !== 'string') return invalid(`filters.${name}`, 'a string or a boolean', value)
  return `${name}${PARTS.includes(name) ? '~=' : '=='}${value}`
}

function readRecord(record: UsageRecord): BuildCacheRecord {
  const { id, parent, parents, recordType: type, description, inUse, shared, mutable, size } = record
  return {
    id,
    parents: parents.length > 0 || parent === '' ? parents : [parent],
    ...{ type, description, inUse, shared, mutable, size },
    createdAt: dateOf(record.createdAt),
    lastUsedAt: dateOf(record.lastUsedAt),
    usageCount: record.usageCount,
  }
}

function dateOf(time: UsageRecord['createdAt']): Date | undefined {
  return time === undefined ? undefined : new Date(time.seconds * 1000 + time.nanos / 1e6)
}
