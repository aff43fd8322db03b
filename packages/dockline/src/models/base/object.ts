import type { ApiClient } from '../../api/index.js'

/** One object of an Engine, which is reached by its id. */
export interface EngineTarget {
  readonly api: ApiClient
  readonly id: string
}

/** The type of a property that is read from `attrs`: undefined too, where these may not be known yet. */
export type IfKnown<Attrs, T> = T | (Attrs & undefined)

/** An object of the Engine, by its id, with the attributes that were last asked for. A `ref()` has no attributes yet. */
export abstract class EngineObject<Attrs extends object | undefined> {
  readonly id: string
  readonly #api: ApiClient
  #attrs: Attrs

  constructor(api: ApiClient, id: string, attrs: Attrs) {
    this.#api = api
    this.#attrs = attrs
    this.id = id
  }

  /** The Engine's last answer about it. */
  get attrs(): Attrs {
    return this.#attrs
  }

  /** The first 12 characters of the id. */
  get shortId(): string {
    return this.id.slice(0, 12)
  }

  protected get api(): ApiClient {
    return this.#api
  }

  /** Reads a property of `attrs`, or gives undefined when they are not known. The type says which. */
  protected read<T>(property: (attrs: NonNullable<Attrs>) => T): IfKnown<Attrs, T> {
    const attrs = this.#attrs
    return (attrs === undefined ? undefined : property(attrs as NonNullable<Attrs>)) as IfKnown<Attrs, T>
  }

  /** Replaces `attrs` by a newer answer. */
  protected learn(attrs: NonNullable<Attrs>): this {
    this.#attrs = attrs
    return this
  }
}
