import type { ApiClient, ObjectVersion } from '../../api/index.js'
import { ApiError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { EngineObject } from '../base/object.js'

/** The fields that every object of a swarm has. */
export interface Versioned {
  ID?: string | undefined
  Version?: ObjectVersion | undefined
}

/** An object of a swarm. Its properties are as they were at the last request; `reload()` asks again. */
export abstract class SwarmObject<Attrs extends Versioned | undefined> extends EngineObject<Attrs> {
  constructor(api: ApiClient, attrs: Attrs, id = attrs?.ID ?? '') {
    super(api, id, attrs)
  }

  /** Goes up with every change. Updates look it up themselves. */
  get version(): number | undefined {
    return this.attrs?.Version?.Index
  }

  /** Returns fresh details, and leaves `attrs` as they are. */
  abstract inspect(options?: CallOptions): Promise<NonNullable<Attrs>>

  /** Refreshes `attrs` and what follows from it. */
  async reload(options?: CallOptions): Promise<this> {
    return this.learn(await this.inspect(options))
  }
}

/** How often a change is tried when others change the same object, as a swarm itself does during an update. */
const ATTEMPTS = 10

/**
 * Changes the current version of an object. The Engine takes a change only for the version that was inspected. If the object
 * has changed meanwhile, inspects and changes it again.
 */
export async function changeLatest<Attrs extends Versioned, Result>(
  inspect: () => Promise<Attrs>,
  change: (attrs: Attrs, version: number) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const attrs = await inspect()
    try {
      return await change(attrs, attrs.Version?.Index ?? 0)
    } catch (error) {
      if (attempt === ATTEMPTS || !isOutOfSequence(error)) throw error
    }
  }
}

/** The status is 500, so only the text shows it. */
function isOutOfSequence(error: unknown): boolean {
  return error instanceof ApiError && error.explanation.includes('update out of sequence')
}
