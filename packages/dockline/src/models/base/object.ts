import type { ApiClient } from '../../api/index.js'

/** Something an Engine has, by its id, and what was told of it last. */
export abstract class EngineObject<Attrs> {
  readonly id: string
  readonly #api: ApiClient
  #attrs: Attrs

  constructor(api: ApiClient, id: string, attrs: Attrs) {
    this.#api = api
    this.#attrs = attrs
    this.id = id
  }

  /** What the Engine told last. */
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

  /** From now on this is what was told last. */
  protected learn(attrs: Attrs): this {
    this.#attrs = attrs
    return this
  }
}
