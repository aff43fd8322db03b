/** A line of progress of a pull, push, load, import or build. */
export interface ProgressMessage {
  readonly id?: string | undefined
  readonly status?: string | undefined
  readonly progressDetail?:
    | {
        readonly current?: number | undefined
        readonly total?: number | undefined
        readonly units?: string | undefined
      }
    | undefined
  readonly error?: string | undefined
  readonly errorDetail?:
    | { readonly code?: number | undefined; readonly message?: string | undefined }
    | undefined
}

/** What happens to a layer; 'working' stands for all other words of the Engine. */
export type LayerState =
  | 'waiting'
  | 'downloading'
  | 'downloaded'
  | 'extracting'
  | 'pushing'
  | 'loading'
  | 'working'
  | 'done'

export interface LayerProgress {
  /** As the Engine names it: the beginning of a digest. '' for what has no layers, such as an import. */
  readonly id: string
  readonly state: LayerState
  /** The Engine's own words, such as 'Pull complete'. */
  readonly status: string
  /** Bytes done in the present state, where the Engine reports them. */
  readonly current: number | undefined
  /** All bytes of the present state, where the Engine reports them. */
  readonly total: number | undefined
}

/** How far a transfer has come. It stays as it is: the next message brings a new one. */
export interface ProgressSummary {
  /** In the order of their appearance. */
  readonly layers: readonly LayerProgress[]
  /** Bytes of all layers that have been downloaded, pushed or loaded; never more than `total`. */
  readonly current: number
  /** Bytes of all layers, as far as they are known: it grows in the beginning. */
  readonly total: number
  /**
   * How much of all layers is done, from 0 to 1, for a bar; each layer counts the same. 1 with the last
   * message.
   */
  readonly fraction: number
}

/** What was said, and how far everything is. */
export interface Progress<Message> extends ProgressSummary {
  /** As the Engine sent it. */
  readonly message: Message
}

const STATES: readonly (readonly [words: RegExp, state: LayerState])[] = [
  [/^(pulling fs layer|preparing|waiting|retrying)/i, 'waiting'],
  [/^downloading/i, 'downloading'],
  [/^(verifying checksum|download complete)/i, 'downloaded'],
  [/^extracting/i, 'extracting'],
  [/^pushing/i, 'pushing'],
  [/^(loading|importing)/i, 'loading'],
  [/^((pull |upload )?complete$|already exists|pushed|layer already exists|mounted from|skipped)/i, 'done'],
]

/** How many bytes of a layer have gone over the wire, for any purpose. */
interface Moved {
  readonly layer: LayerProgress
  readonly moved: number
  readonly size: number
}

/** Adds up what the messages of one transfer say. */
export class ProgressTracker {
  readonly #layers = new Map<string, Moved>()
  #summary: ProgressSummary = { layers: [], current: 0, total: 0, fraction: 0 }

  add<Message extends ProgressMessage>(message: Message): Progress<Message> {
    const { id, progressDetail: detail } = message
    // What has an id but no detail is a headline, such as 'Pulling from library/alpine'.
    if (detail !== undefined && (id !== undefined || detail.current !== undefined)) {
      if (message.status !== undefined) this.#update(id ?? '', message)
    }
    if (isLast(message)) this.#complete()
    return { message, ...this.#summary }
  }

  #update(id: string, message: ProgressMessage): void {
    const layer = layerOf(id, message)
    // The pull of a plugin reports the end of a download after the end of the extraction.
    if (layer.state === 'downloaded' && this.#layers.get(id)?.layer.state === 'done') return
    this.#layers.set(id, { layer, ...movedOf(layer, this.#layers.get(id)) })
    const fractions = [...this.#layers.values()].map(fractionOf)
    this.#sum(fractions.reduce((sum, each) => sum + each, 0) / fractions.length)
  }

  /** Also what the Engine did not report to its end is over then. */
  #complete(): void {
    for (const [id, { layer, size }] of this.#layers)
      this.#layers.set(id, { layer: { ...layer, state: 'done' }, moved: size, size })
    this.#sum(1)
  }

  #sum(fraction: number): void {
    const all = [...this.#layers.values()]
    this.#summary = {
      layers: all.map((each) => each.layer),
      current: all.reduce((sum, { moved }) => sum + moved, 0),
      total: all.reduce((sum, { size }) => sum + size, 0),
      fraction,
    }
  }
}

interface LastMessage extends ProgressMessage {
  readonly stream?: unknown
  readonly aux?: { readonly Digest?: unknown } | undefined
}

/** What Engines say at the end of a pull, a push and a load. The push of a plugin ends with its digest alone. */
function isLast({ id, status = '', stream = '', aux }: LastMessage): boolean {
  if (id !== undefined) return false
  if (aux?.Digest !== undefined) return true
  return /^Status: |^\S+: digest: \S+ size: \d/.test(status) || /^Loaded image/.test(String(stream))
}

/** A layer that is downloaded has still to be extracted. */
function fractionOf({ layer: { state, current, total }, moved, size }: Moved): number {
  if (state === 'done') return 1
  if (state === 'extracting') return total && current !== undefined ? (1 + current / total) / 2 : 0.5
  const share = size > 0 ? moved / size : 0
  if (state === 'downloaded') return 0.5
  return state === 'downloading' ? share / 2 : share
}

function layerOf(id: string, { status = '', progressDetail = {} }: ProgressMessage): LayerProgress {
  const state = STATES.find(([words]) => words.test(status))?.[1] ?? 'working'
  // Some Engines count the seconds of an extraction.
  const { current, total } = (progressDetail.units ?? '') === '' ? progressDetail : {}
  // A push guesses the size beforehand and may send more.
  const fitting = current !== undefined && total ? Math.min(current, total) : current
  return { id, state, status, current: fitting, total: total || undefined }
}

function movedOf({ state, current = 0, total = 0 }: LayerProgress, before?: Moved): Omit<Moved, 'layer'> {
  const { moved = 0, size = 0 } = before ?? {}
  if (state === 'waiting') return { moved, size }
  const known = state === 'extracting' ? size || total : Math.max(size, total)
  if (state === 'downloaded' || state === 'extracting' || state === 'done')
    return { moved: known, size: known }
  return { moved: current, size: Math.max(known, current) }
}
