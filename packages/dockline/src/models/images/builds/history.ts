import type { ApiClient } from '../../../api/index.js'
import type { BuildHistoryRecord, SolveStatus } from '../../../buildkit/index.js'
import { ApiError } from '../../../errors.js'
import type { CallOptions } from '../../../http/index.js'
import { callTable, readCall } from '../../base/call.js'
import { integer, strings, text } from '../../options/values.js'
import { historyFilter } from './history-filter.js'
import { type BuildWorker, listWorkers } from './workers.js'

/** A build that the Engine remembers. */
export interface BuildRecord {
  /** Its name in the history. */
  readonly ref: string
  readonly status: 'running' | 'completed' | 'failed' | 'canceled'
  readonly createdAt: Date | undefined
  readonly completedAt: Date | undefined
  /** Why it failed. */
  readonly error: string | undefined
  readonly frontend: string
  /** The attributes of the frontend, by its names, such as 'filename' and 'build-arg:VERSION'. */
  readonly attributes: Readonly<Record<string, string>>
  readonly exporters: readonly { readonly type: string; readonly attrs: Readonly<Record<string, string>> }[]
  /** What the exporters have said, such as 'containerimage.digest'. */
  readonly response: Readonly<Record<string, string>>
  readonly steps: { readonly total: number; readonly completed: number; readonly cached: number }
  readonly warnings: number
  /** Whether it is kept when others are forgotten. */
  readonly pinned: boolean
}

export interface BuildListOptions extends CallOptions {
  /**
   * As `docker buildx history ls --filter`: `['status=error', 'startedAt>=24h,duration>1m']`. A build fits if one of them
   * holds. Fields: `ref`, `status`, `repository`, `startedAt`, `completedAt`, `duration`.
   */
  readonly filters?: readonly string[] | undefined
  /** The most that are given. Default: all. */
  readonly limit?: number | undefined
}

const listOptions = callTable<BuildListOptions>({ filters: strings, limit: integer })

export interface ProvenanceOptions extends CallOptions {
  /** Which of the results of a build for several platforms, as in 'linux/arm64'. Default: the first one. */
  readonly platform?: string | undefined
}

const provenanceOptions = callTable<ProvenanceOptions>({ platform: text })

/** The builds that the Engine remembers. API 1.43. */
export class Builds {
  readonly #api: ApiClient

  constructor(api: ApiClient) {
    this.#api = api
  }

  /** Lists builds, newest first. */
  async list(options: BuildListOptions = {}): Promise<BuildRecord[]> {
    const [{ filters = [], limit }, call] = listOptions.read(options)
    const fits = historyFilter(filters)
    const most = limit || Number.POSITIVE_INFINITY
    const records = (await this.#records({}, call)).map(readRecord).filter(fits)
    return records.sort((a, b) => Number(b.createdAt ?? 0) - Number(a.createdAt ?? 0)).slice(0, most)
  }

  /** Rejects with NotFoundError when there is no such build. */
  async get(ref: string, options: CallOptions = {}): Promise<BuildRecord> {
    return readRecord(await this.#find(text(ref, 'ref'), readCall(options)))
  }

  /** Gives all that was reported of a build once more; of one that runs, also what comes. */
  async *logs(ref: string, options: CallOptions = {}): AsyncGenerator<SolveStatus, void, undefined> {
    const call = readCall(options)
    await this.#find(text(ref, 'ref'), call)
    const { callBuildKit } = await import('./call-buildkit.js')
    yield* callBuildKit(this.#api, { ...call, method: 'Status' }, (control) => control.status(ref, call))
  }

  /** Returns how the result of the build was made, in the form of SLSA; undefined if the Engine did not record it. */
  async provenance(ref: string, options: ProvenanceOptions = {}): Promise<unknown> {
    const [{ platform }, call] = provenanceOptions.read(options)
    const { result, results } = await this.#find(text(ref, 'ref'), call)
    const infos = platform === undefined ? [result, ...Object.values(results)] : [results[platform]]
    const attestations = infos.flatMap((info) => info?.attestations ?? [])
    const found = attestations.find(({ annotations }) =>
      /slsa\.dev\/provenance/.test(annotations[PREDICATE] ?? ''),
    )
    if (found === undefined) return undefined
    const { callBuildKit } = await import('./call-buildkit.js')
    const blobs = callBuildKit(this.#api, { ...call, method: 'ReadBlob' }, async function* (control) {
      yield await control.readBlob(found.digest, call)
    })
    for await (const blob of blobs) return JSON.parse(blob.toString())
    return undefined
  }

  /** Forgets a build. What it has made stays. */
  async remove(ref: string, options: CallOptions = {}): Promise<void> {
    const call = readCall(options)
    await this.#find(text(ref, 'ref'), call)
    const { callBuildKit } = await import('./call-buildkit.js')
    const removing = callBuildKit(
      this.#api,
      { ...call, method: 'UpdateBuildHistory' },
      async function* (control) {
        yield await control.removeHistory(ref, call)
      },
    )
    for await (const _done of removing);
  }

  /** Lists what builds in the Engine's BuildKit, with its platforms and the rules for its cache. */
  async workers(options: CallOptions = {}): Promise<BuildWorker[]> {
    return listWorkers(this.#api, readCall(options))
  }

  async #records(request: { readonly ref?: string }, call: CallOptions): Promise<BuildHistoryRecord[]> {
    const { callBuildKit } = await import('./call-buildkit.js')
    const records = new Map<string, BuildHistoryRecord>()
    const found = callBuildKit(this.#api, { ...call, method: 'ListenBuildHistory' }, (control) =>
      control.history(request, call),
    )
    // One that runs and one that has ended meanwhile are the same.
    for await (const record of found) records.set(record.ref, record)
    return [...records.values()]
  }

  async #find(ref: string, call: CallOptions): Promise<BuildHistoryRecord> {
    const [record] = await this.#records({ ref }, call).catch((error) => {
      // BuildKit has no status of its own for it.
      if (error instanceof ApiError && /is deleted|not found|not exist/.test(error.explanation)) return []
      throw error
    })
    if (record !== undefined) return record
    const path = '/moby.buildkit.v1.Control/ListenBuildHistory'
    throw ApiError.from({
      status: 404,
      method: 'POST',
      path,
      explanation: `no such build: ${ref}`,
    })
  }
}

const PREDICATE = 'in-toto.io/predicate-type'
const CANCELED = 1

function readRecord(record: BuildHistoryRecord): BuildRecord {
  const { ref, frontend, frontendAttrs, exporters, exporterResponse, error, pinned } = record
  return {
    ref,
    status: statusOf(record),
    createdAt: dateOf(record.createdAt),
    completedAt: dateOf(record.completedAt),
    error: error?.message,
    frontend,
    attributes: frontendAttrs,
    exporters,
    response: exporterResponse,
    steps: {
      total: record.numTotalSteps,
      completed: record.numCompletedSteps,
      cached: record.numCachedSteps,
    },
    warnings: record.numWarnings,
    pinned,
  }
}

function statusOf({ error, completedAt }: BuildHistoryRecord): BuildRecord['status'] {
  if (error !== undefined) return error.code === CANCELED ? 'canceled' : 'failed'
  return completedAt === undefined ? 'running' : 'completed'
}

function dateOf(time: BuildHistoryRecord['createdAt']): Date | undefined {
  return time === undefined ? undefined : new Date(time.seconds * 1000 + time.nanos / 1e6)
}
