import { ConflictError } from '../../errors.js'
import { pause } from '../../support/pause.js'

/** How something is found by its name, or made. */
export interface Making<T> {
  /** Undefined when there is no such object. Rejects when it is not as it was asked for. */
  readonly find: () => Promise<T | undefined>
  readonly create: () => Promise<T>
  readonly signal: AbortSignal
}

/** Milliseconds until another look, and how many looks: an Engine takes a name a moment before it shows the object. */
const PAUSE_MS = 50
const MOST_LOOKS = 40

/** Finds an object or makes it, also when another process makes it at the same moment. */
export async function getOrCreate<T>({ find, create, signal }: Making<T>): Promise<T> {
  for (let looks = 1; ; looks++) {
    const found = await find()
    if (found !== undefined) return found
    try {
      return await create()
    } catch (error) {
      if (!(error instanceof ConflictError) || looks === MOST_LOOKS) throw error
    }
    await pause(PAUSE_MS, signal)
  }
}
