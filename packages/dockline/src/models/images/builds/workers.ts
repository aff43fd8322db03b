import type { ApiClient } from '../../../api/index.js'
import type { CallOptions } from '../../../http/index.js'

/** What builds in the Engine's BuildKit. */
export interface BuildWorker {
  readonly id: string
  /** Of BuildKit; undefined where it does not say it. Distributions leave it out: 'v0.0.0+unknown'. */
  readonly version: string | undefined
  readonly labels: Readonly<Record<string, string>>
  /** What it can build for, as in 'linux/arm64/v8'. */
  readonly platforms: readonly string[]
  /** The rules that keep its cache small, in the order they are applied. */
  readonly gcPolicies: readonly BuildGcPolicy[]
}

/** A rule for what of the cache is removed. 0 is no limit. */
export interface BuildGcPolicy {
  /** Whether it is also about what images and frontends of the Engine use. */
  readonly all: boolean
  /** Keeps what was used within this time, in nanoseconds. */
  readonly keepDuration: number
  /** In BuildKit's words, as in 'type==source.local'. */
  readonly filters: readonly string[]
  /** Always kept, in bytes. */
  readonly reservedSpace: number
  /** The most that is kept, in bytes. */
  readonly maxUsedSpace: number
  /** How much is to be free on the disk, in bytes. */
  readonly minFreeSpace: number
}

/** `Control/ListWorkers` of BuildKit. */
export async function listWorkers(api: ApiClient, call: CallOptions): Promise<BuildWorker[]> {
  const { callBuildKit } = await import('./call-buildkit.js')
  const workers: BuildWorker[] = []
  const records = callBuildKit(api, { ...call, method: 'ListWorkers' }, async function* (control) {
    yield* await control.listWorkers(call)
  })
  for await (const { id, labels, platforms, gcPolicy, buildkitVersion } of records)
    workers.push({
      id,
      version: buildkitVersion?.version || undefined,
      labels,
      platforms: platforms.map(({ os, architecture, variant }) =>
        [os, architecture, variant].filter((part) => part !== '').join('/'),
      ),
      gcPolicies: gcPolicy,
    })
  return workers
}
