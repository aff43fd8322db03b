import { InvalidArgumentError } from '../../errors.js'
import { type CallOptions, deadline, type HttpClient, orAborted } from '../../http/index.js'
import { refuseUnknown } from '../../support/suggest.js'
import { readCall } from '../base/call.js'
import { makeMark } from '../base/inherited.js'
import { Containers } from '../containers/containers.js'
import type { Build, BuildOptions } from '../images/build.js'
import { Images } from '../images/images.js'
import { Networks } from '../networks/networks.js'
import type { StringMap } from '../options/index.js'
import { flag, invalid, object, stringMap } from '../options/values.js'
import type { Credentials } from '../registry/credentials.js'
import { orRejecting } from '../transfers/transfer.js'
import { Volumes } from '../volumes/volumes.js'
import type { Guard } from './guard.js'
import { type Labels, type Marking, markedImage } from './labels.js'
import { ScopedApi, type Surroundings } from './scoped-api.js'

export interface ScopeOptions {
  /**
   * The value of the label `dockline.scope`. Another process that knows it removes the scope:
   * `client.scope({ id }).down()`. Default: an id that no other scope has.
   */
  readonly id?: string | undefined
  /** More labels for all that is made through the scope. */
  readonly labels?: StringMap | undefined
  /**
   * Whether a process of its own, the reaper, removes the scope when this process ends otherwise than by SIGINT or SIGTERM. The
   * reaper starts when the scope makes its first object. Default: true.
   */
  readonly reaper?: boolean | undefined
}

/** What a scope has of its client. */
export interface ScopeContext {
  readonly http: HttpClient
  readonly proxies: () => Readonly<Record<string, string>>
  readonly credentials: Credentials
  /** The options of a client that connects as this one does, as JSON. Throws where nobody else could connect so. */
  readonly connection: () => Promise<string>
}

/**
 * Containers, networks, volumes and images that are removed together: by `down()` or `await using`, and at
 * the end of the process, also by SIGKILL. Its lists and prunes see nothing else.
 */
export class Scope implements AsyncDisposable {
  /** The value of the label `dockline.scope` on all that belongs to the scope. */
  readonly id: string
  readonly containers: Containers
  readonly networks: Networks
  readonly volumes: Volumes
  /** Builds, commits and imports belong to the scope. A pulled or loaded image does not, because it cannot be labelled. */
  readonly images: Images
  readonly #context: ScopeContext
  readonly #api: ScopedApi
  readonly #hasReaper: boolean
  /** Whether another process may have made something. */
  readonly #isShared: boolean
  readonly #making = new Set<Promise<unknown>>()
  /** Builds and imports that are under way. */
  readonly #streams = new Set<Promise<unknown>>()
  #guard: Promise<Guard> | undefined
  #isOver = false

  constructor(context: ScopeContext, options: ScopeOptions = {}) {
    const { id, labels, reaper } = checkScope(options)
    this.id = id ?? makeMark()
    this.#isShared = id !== undefined
    this.#hasReaper = reaper
    this.#context = context
    const { http, proxies, credentials } = context
    const marking = { id: this.id, labels }
    const prepare = () => this.#hold()
    const make: Surroundings['make'] = (work, call) => this.#make(work, call)
    this.#api = new ScopedApi(http, { ...marking, make, prepare })
    this.images = new ScopedImages(marking, this.#api, { proxies, credentials, prepare })
    this.networks = new Networks(this.#api)
    this.volumes = new Volumes(this.#api)
    this.containers = new Containers(this.#api, () => this.images, proxies)
  }

  /**
   * Removes everything in the scope, also what another process made: containers, networks, volumes and
   * images, in this order. Waits for what is being made, such as a build. From then on, the scope makes
   * nothing. Rejects with ScopeError if something is left after 10 s without progress.
   */
  async down(options: CallOptions = {}): Promise<void> {
    await this.#remove(readCall(options), [...this.#making, ...this.#streams])
  }

  /** Removes what is there once `making` is settled. The reaper goes on where more is still being made. */
  async #remove({ signal, timeout }: CallOptions, making: Iterable<Promise<unknown>>): Promise<void> {
    this.#isOver = true
    using limit = deadline(`removing the scope ${this.id}`, signal, timeout)
    // Loaded here, because most programs have no scope.
    const { removeScope } = await import('./removal.js')
    await orAborted(Promise.allSettled(making), limit.signal)
    await removeScope(this.#api, this.id, limit.call)
    const guard = await this.#guard
    if (this.#streams.size === 0) guard?.release()
  }

  /** Does what `down()` does, unless there is nothing to remove. */
  async [Symbol.asyncDispose](): Promise<void> {
    const isUnused = this.#guard === undefined && !this.#isShared
    this.#isOver = true
    if (!isUnused) await this.down()
  }

  async #make<T>(work: () => Promise<T>, { signal }: CallOptions = {}, under = this.#making): Promise<T> {
    const making = orAborted(this.#watch(), signal).then(work)
    under.add(making)
    try {
      return await making
    } finally {
      under.delete(making)
    }
  }

  /** Resolves when something may be made in a stream, which lasts until the hold is disposed of. */
  #hold(): Promise<Disposable> {
    return new Promise((resolve, reject) => {
      const last = () => new Promise<void>((release) => resolve({ [Symbol.dispose]: release }))
      this.#make(last, {}, this.#streams).catch(reject)
    })
  }

  /** Resolves when the scope is watched over, unless it has ended: from then on, whatever is made is removed. */
  async #watch(): Promise<void> {
    this.#refuseIfOver()
    this.#guard ??= this.#startGuard()
    const guard = await this.#guard
    await guard.ready()
    this.#refuseIfOver()
  }

  #refuseIfOver(): void {
    if (!this.#isOver) return
    throw new InvalidArgumentError(`the scope ${this.id} has ended: nothing can be made in it`)
  }

  async #startGuard(): Promise<Guard> {
    const { Guard } = await import('./guard.js')
    const connection = this.#hasReaper ? this.#context.connection : undefined
    // The end of the process ends builds as well: it does not wait for them.
    return new Guard({ id: this.id, connection, down: (call) => this.#remove(call, this.#making) })
  }
}

/** Images whose builds belong to a scope. */
class ScopedImages extends Images {
  readonly #marking: Marking

  constructor(marking: Marking, api: ScopedApi, { proxies, credentials, prepare }: ImageContext) {
    super(api, proxies, credentials, prepare)
    this.#marking = marking
  }

  override build(options: BuildOptions): Build {
    return orRejecting(() => {
      const given = stringMap(options?.labels ?? {}, 'labels')
      return super.build({ ...options, labels: markedImage(this.#marking, given) })
    })
  }
}

interface ImageContext extends Pick<ScopeContext, 'proxies' | 'credentials'> {
  readonly prepare: Surroundings['prepare']
}

const OPTION_NAMES: readonly string[] = ['id', 'labels', 'reaper'] satisfies (keyof ScopeOptions)[]

interface CheckedOptions {
  readonly id: string | undefined
  readonly labels: Labels
  readonly reaper: boolean
}

function checkScope(options: ScopeOptions): CheckedOptions {
  const { id, labels = {}, reaper = true } = object(options, 'options') as ScopeOptions
  refuseUnknown(options, OPTION_NAMES)
  if (id !== undefined && !(typeof id === 'string' && SCOPE_ID.test(id)))
    invalid('id', 'letters, digits, _, . and -, at most 128', id)
  return { id, labels: stringMap(labels, 'labels'), reaper: flag(reaper, 'reaper') }
}

const SCOPE_ID = /^[a-zA-Z0-9][\w.-]{0,127}$/
