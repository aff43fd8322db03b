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
  [/^(pull complete|already exists|pushed|layer already exists|mounted from|skipped)/i, 'done'],
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
  #summary: ProgressSummary = { layers: [], current: 0, total: 0 }

  add<Message extends ProgressMessage>(message: Message): Progress<Message> {
    const { id, progressDetail: detail } = message
    // What has an id but no detail is a headline, such as 'Pulling from library/alpine'.
    if (detail !== undefined && (id !== undefined || detail.current !== undefined)) {
      if (message.status !== undefined) this.#update(id ?? '', message)
    }
    return { message, ...this.#summary }
  }

  #update(id: string, message: ProgressMessage): void {
    const layer = layerOf(id, message)
    this.#layers.set(id, { layer, ...movedOf(layer, this.#layers.get(id)) })
    const all = [...this.#layers.values()]
    this.#summary = {
      layers: all.map((each) => each.layer),
      current: all.reduce((sum, { moved }) => sum + moved, 0),
      total: all.reduce((sum, { size }) => sum + size, 0),
    }
  }
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
