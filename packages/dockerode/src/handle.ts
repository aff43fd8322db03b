import { type Constructor, constructorOf, showAsItIs } from './constructor.js'
import { addMethods, type Endpoint } from './endpoint.js'
import type { Handle, ModemLike } from './types.js'

export type HandleConstructor = Constructor<Handle, readonly [modem: ModemLike, id: string, remote?: string]>

/** Makes the class of handles that have these methods. `own` is what each has besides its modem. */
export function handleClass(
  name: string,
  own: (id: string, remote?: string) => object,
  table: Readonly<Record<string, Endpoint>>,
): HandleConstructor {
  const made: HandleConstructor = constructorOf(name, (self, modem, id, remote) => {
    Object.assign(self, { modem, ...own(id, remote) })
  })
  showAsItIs(made.prototype)
  addMethods(made.prototype, table)
  return made
}

/** What handles have that are known by an id. */
export const byId = (id: string) => ({ id })

/** What handles have that are known by a name. */
export const byName = (name: string) => ({ name })
