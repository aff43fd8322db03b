import { NotFoundError } from '../../errors.js'

/** How many objects are asked for at once. */
const RELOADS_AT_ONCE = 8

interface Reloadable<Reloaded> {
  reload(): Promise<Reloaded>
}

/** Asks for the details of each, a few at a time, and leaves out the objects that have vanished meanwhile. */
export async function reloadAll<Reloaded>(objects: readonly Reloadable<Reloaded>[]): Promise<Reloaded[]> {
  const pending = objects.entries()
  const reloaded: (Reloaded | undefined)[] = []
  const work = async () => {
    for (const [index, object] of pending) reloaded[index] = await reloadOne(object)
  }
  await Promise.all(Array.from({ length: RELOADS_AT_ONCE }, work))
  return reloaded.filter((each) => each !== undefined)
}

async function reloadOne<Reloaded>(object: Reloadable<Reloaded>): Promise<Reloaded | undefined> {
  try {
    return await object.reload()
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}
