import { createHash } from 'node:crypto'
import type { ApiClient } from '../../../api/index.js'
import {
  BuildTracker,
  buildErrorOf,
  connectionErrorOf,
  contentService,
  credentialService,
  folderService,
  GrpcError,
  hijackedDoor,
  type Methods,
  type OciLayout,
  outputService,
  type RegistryCredentials,
  SentFilesCounter,
  type Solved,
  SolveFailure,
  type SolveStatus,
  type SolveVertex,
  secretService,
  solve,
  sshService,
  uploadService,
} from '../../../buildkit/index.js'
import { ApiError, BuildError, InvalidArgumentError, StreamError } from '../../../errors.js'
import type { CallOptions } from '../../../http/index.js'
import { asRegistryBuildError } from '../../registry/refusal.js'
import { holdSource } from '../../sessions/source.js'
import type { Progress } from '../../transfers/progress.js'
import { getImage } from '../image.js'
import type { PushedImage } from '../image-transfers.js'
import type { Given } from './attributes.js'
import { tagCaches } from './cache.js'
import { EngineAbilities } from './engine.js'
import { fullName, layoutOf, type PlannedOutput } from './outputs.js'
import { type PreparedBuild, planSolve, prepareBuild } from './plan.js'
import { BuildBar, type BuildMessage, type BuildProgress } from './progress.js'
import { type BuildResult, FinishedBuild } from './result.js'

/** What a build takes from the rest of the library. */
export interface BuildKitSettings {
  readonly api: ApiClient
  readonly call: CallOptions
  /** The options as they were given. */
  readonly given: Given
  readonly proxies: Readonly<Record<string, string>>
  /** Who asks a registry. */
  readonly credentials: (registry: string) => Promise<RegistryCredentials | undefined>
  /** Pushes an image that is in the Engine's store. */
  readonly push: (name: string) => PromiseLike<PushedImage>
  readonly onProgress?: ((bytes: number) => void) | undefined
}

/** One build with BuildKit. */
export class BuildKitBuild {
  readonly #settings: BuildKitSettings
  readonly #sent = new SentFilesCounter()
  readonly #bar = new BuildBar()
  readonly #tracker = new BuildTracker(this.#sent)
  /** What this side has to report, between the Engine's reports. */
  readonly #own: SolveStatus[] = []
  #prepared: PreparedBuild | undefined
  #engine: EngineAbilities | undefined
  #ref = ''
  #response: Readonly<Record<string, string>> = {}
  #pushed: PushedImage[] = []
  #bytes = 0

  constructor(settings: BuildKitSettings) {
    this.#settings = settings
  }

  async *messages(): AsyncGenerator<BuildMessage, void, undefined> {
    const { given } = this.#settings
    using _context = holdSource(given.context)
    this.#prepared = await this.#prepare()
    try {
      for await (const status of this.#solve(this.#prepared)) {
        yield* this.#ownMessages()
        yield messageOf(status)
      }
      yield* this.#ownMessages()
    } catch (error) {
      throw this.#failure(error)
    }
    yield* this.#push(this.#prepared)
  }

  /** Adds what the message says to what is known. */
  report(progress: Progress<BuildMessage>): BuildProgress {
    const summary = this.#tracker.add(progress.message.solve ?? NOTHING)
    const tasks = summary.steps.flatMap((step) => step.tasks)
    const layers = tasks.filter(({ id }) => id.startsWith('sha256:'))
    return {
      ...progress,
      ...summary,
      builder: 'buildkit',
      current: layers.reduce((sum, { current, total, completed }) => sum + (completed ? total : current), 0),
      total: layers.reduce((sum, { total }) => sum + total, 0),
      fraction: this.#bar.advance(summary.steps, this.#prepared?.outputs.length !== 0),
    }
  }

  async finish(): Promise<BuildResult> {
    const { api, call } = this.#settings
    const { outputs } = this.#prepared as PreparedBuild
    const { 'containerimage.config.digest': config, 'containerimage.digest': digest } = this.#response
    // Without containerd's image store, the digest is the id of the image once more, and not that of a manifest.
    const [id, manifest] = this.#engine?.hasContainerdStore ? [digest, digest] : [config ?? digest, undefined]
    const hasImage = outputs.some(({ type }) => type === 'image') && id !== undefined
    return new FinishedBuild({
      builder: 'buildkit',
      image: hasImage ? await getImage(api, id, call) : undefined,
      digest: this.#pushed[0]?.digest ?? manifest,
      names: hasImage ? namesOf(outputs.filter(({ type }) => type === 'image')) : [],
      outputs: outputs.map(({ type, dest }) => ({ type, dest })),
      warnings: this.#tracker.warnings,
      metadata: metadataOf(this.#response, this.#pushed[0]?.digest),
      ref: this.#ref,
      log: this.#tracker.log,
    })
  }

  async #prepare(): Promise<PreparedBuild> {
    const { given, proxies } = this.#settings
    refuseClassicOnly(given)
    const tags = [given.tag ?? [], given.tags ?? []].flat() as string[]
    return prepareBuild({ given, proxies, names: [...new Set(tags.map((tag) => fullName(tag, 'tags')))] })
  }

  #solve(prepared: PreparedBuild): AsyncGenerator<SolveStatus, void, undefined> {
    const { api, call } = this.#settings
    const door = hijackedDoor(api.http, call.timeout)
    return solve(
      {
        door,
        signal: call.signal,
        plan: async (builder) => {
          const apiVersion = await api.http.version(call.signal)
          this.#engine = new EngineAbilities(builder, apiVersion)
          const plan = planSolve(prepared, this.#engine, this.#methods(prepared))
          this.#ref = plan.ref
          return plan
        },
      },
      (solved) => this.#take(solved, prepared),
    )
  }

  async #take({ response }: Solved, { cacheTo, outputs }: PreparedBuild): Promise<void> {
    this.#response = response
    await tagCaches(cacheTo, response)
    const encoded = response['containerimage.descriptor']
    const descriptor = encoded && JSON.parse(Buffer.from(encoded, 'base64').toString())
    if (!descriptor) return
    for (const layout of outputs.flatMap((output) => layoutOf(output) ?? []))
      await layout.tag('latest', descriptor)
  }

  #methods(build: PreparedBuild): Methods {
    const { sources, outputs, secrets, agents } = build
    const targets = outputs.flatMap(({ target }, index) =>
      target === undefined ? [] : [[index, target] as const],
    )
    const stores = this.#stores(build)
    return {
      ...folderService(sources.folders, (folder, path, bytes) => this.#noteSent(folder, path, bytes)),
      ...credentialService(
        (host) => this.#settings.credentials(host),
        (host) => this.#note(`[auth] sharing credentials for ${host}`),
      ),
      ...secretService(secrets),
      ...(targets.length > 0 ? outputService(new Map(targets)) : {}),
      ...(agents.size > 0 ? sshService(agents) : {}),
      ...(sources.uploads.size > 0 ? uploadService(sources.uploads, (bytes) => this.#noteBytes(bytes)) : {}),
      ...(stores.size > 0 ? contentService(stores) : {}),
    }
  }

  #stores({ sources, cacheFrom, cacheTo, outputs }: PreparedBuild): Map<string, OciLayout> {
    const layouts = outputs.flatMap((output) => layoutOf(output) ?? [])
    return new Map([
      ...sources.stores,
      ...cacheFrom.stores,
      ...cacheTo.stores,
      ...layouts.map((layout) => ['export', layout] as const),
    ])
  }

  #noteSent(folder: string, path: string, bytes: number): void {
    this.#sent.add(folder, path, bytes)
    this.#noteBytes(bytes)
  }

  #noteBytes(bytes: number): void {
    this.#bytes += bytes
    this.#settings.onProgress?.(this.#bytes)
  }

  /** Something that this side has done, in the form of a step. */
  #note(name: string): void {
    const now = new Date().toISOString()
    this.#own.push(statusOf(stepOf(name, { started: now, completed: now })))
  }

  *#ownMessages(): Generator<BuildMessage, void, undefined> {
    for (const status of this.#own.splice(0)) yield messageOf(status)
  }

  #failure(error: unknown): unknown {
    if (!(error instanceof SolveFailure)) return error
    const { error: reason, sessionLost } = error
    if (reason instanceof GrpcError)
      return asRegistryBuildError(
        buildErrorOf({ error: reason, tracker: this.#tracker, sessionLost, ref: this.#ref || undefined }),
      )
    return connectionErrorOf(reason, this.#settings.api.http.address, sessionLost)
  }

  /** Engines without containerd's image store have the image pushed afterwards. */
  async *#push({ outputs }: PreparedBuild): AsyncGenerator<BuildMessage, void, undefined> {
    if (this.#engine?.hasContainerdStore) return
    for (const name of namesOf(outputs.filter(({ push }) => push))) yield* this.#pushOne(name)
  }

  async *#pushOne(name: string): AsyncGenerator<BuildMessage, void, undefined> {
    const step = `pushing ${name} with docker`
    const started = new Date().toISOString()
    yield messageOf(statusOf(stepOf(step, { started })))
    try {
      this.#pushed.push(await this.#settings.push(name))
    } catch (error) {
      const { signal } = this.#settings.call
      const explanation = signal?.aborted ? 'context canceled' : (error as Error).message
      yield messageOf(
        statusOf(stepOf(step, { started, completed: new Date().toISOString(), error: explanation })),
      )
      signal?.throwIfAborted()
      if (!isAnswer(error)) throw error
      throw asRegistryBuildError(
        new BuildError({ explanation, step, log: this.#tracker.log }, { cause: error }),
      )
    }
    yield messageOf(statusOf(stepOf(step, { started, completed: new Date().toISOString() })))
  }
}

/** Returns whether the Engine itself reported the failure of a push. A lost connection is no failure of the build. */
function isAnswer(error: unknown): boolean {
  if (error instanceof StreamError) return error.code !== 'ERR_DOCKER_STREAM_TRUNCATED'
  return error instanceof ApiError
}

function namesOf(outputs: readonly PlannedOutput[]): string[] {
  return [...new Set(outputs.flatMap(({ attrs }) => attrs.name?.split(',') ?? []))]
}

const NOTHING: SolveStatus = { vertexes: [], statuses: [], logs: [], warnings: [] }

function statusOf(vertex: SolveVertex): SolveStatus {
  return { ...NOTHING, vertexes: [vertex] }
}

type StepTimes = Partial<Pick<SolveVertex, 'started' | 'completed' | 'error'>>

function stepOf(name: string, { started, completed, error = '' }: StepTimes): SolveVertex {
  const digest = `sha256:${createHash('sha256').update(name).digest('hex')}`
  return { digest, name, started, completed, error, cached: false, inputs: [], progressGroup: undefined }
}

/** With what the steps write as text too, where the classic builder has it. */
function messageOf(solve: SolveStatus): BuildMessage {
  if (solve.logs.length === 0) return { solve }
  return { solve, stream: Buffer.concat(solve.logs.map(({ data }) => data)).toString() }
}

const CLASSIC_ONLY = [
  'squash',
  'isolation',
  'securityOpt',
  'memory',
  'memorySwap',
  'cpuPeriod',
  'cpuQuota',
  'cpuShares',
  'cpusetCpus',
  'cpusetMems',
]

function refuseClassicOnly(given: Given): void {
  const option = CLASSIC_ONLY.find((name) => given[name] !== undefined && given[name] !== false)
  if (option === undefined) return
  throw new InvalidArgumentError(`${option} is for the classic builder, and this build runs with BuildKit`, {
    hint: "builder: 'classic' runs it there",
  })
}

/**
 * Returns the metadata of a build, with its descriptor read from JSON. An Engine without containerd's image store calls the
 * image's id its digest: after a push, that is the digest of the config, and `pushed` that of the image, as docker has it.
 */
function metadataOf(
  { 'containerimage.descriptor': descriptor, ...others }: Readonly<Record<string, string>>,
  pushed: string | undefined,
): Record<string, unknown> {
  const digests = pushed !== undefined && {
    'containerimage.config.digest': others['containerimage.config.digest'] ?? others['containerimage.digest'],
    'containerimage.digest': pushed,
  }
  const read = descriptor !== undefined && {
    'containerimage.descriptor': JSON.parse(Buffer.from(descriptor, 'base64').toString()),
  }
  return { ...others, ...digests, ...read }
}
