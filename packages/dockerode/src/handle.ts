import { inspect } from 'node:util'
import { type Constructor, constructorOf } from './constructor.js'
import { addMethods, type Table } from './endpoint.js'
import type { Handle, ModemLike, Options } from './types.js'

export type HandleConstructor = Constructor<Handle, readonly [modem: ModemLike, id: string, remote?: string]>

/** Makes the class of handles that have these methods. `own` is what each handle has besides its modem. */
export function handleClass(
  name: string,
  own: (id: string, remote?: string) => object,
  table: Table,
): HandleConstructor {
  const Class: HandleConstructor = constructorOf(
    name,
    (self, modem, id, remote) => Object.assign(self, { modem, ...own(id, remote) }),
    {
      /** `console.log` shows the handle itself, with its modem and id. */
      [inspect.custom]() {
        return this
      },
    },
  )
  addMethods(Class.prototype, table)
  return Class
}

export const byId = (id: string) => ({ id })

export const byName = (name: string) => ({ name })

/** Makes a handle of an answer that names what was created. */
export const made =
  (Class: HandleConstructor) =>
  ({ modem }: Handle, { Id, ID, Name }: Options) =>
    new Class(modem, (Id ?? ID ?? Name) as string)
