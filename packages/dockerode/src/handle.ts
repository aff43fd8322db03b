import { inspect } from 'node:util'
import { type Constructor, constructorOf } from './constructor.js'
import { addMethods, type Table, type Traits } from './endpoint.js'
import type { Handle, ModemLike } from './types.js'

export type HandleConstructor = Constructor<Handle, readonly [modem: ModemLike, id: string, remote?: string]>

/** Makes the class of handles that have these methods. `own` is what each handle has besides its modem. */
export function handleClass(
  name: string,
  own: (id: string, remote?: string) => object,
  table: Table,
): HandleConstructor {
  const Class: HandleConstructor = constructorOf(
    name,
    (self, modem, ...ids) => Object.assign(self, { modem, ...own(...ids) }),
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

/** The traits of a method that sends its options as a body, and gives a handle of what the Engine made of them. */
export function creates(Class: HandleConstructor): Traits {
  return { query: [], makes: ({ modem }, { Id, ID, Name }) => new Class(modem, (Id ?? ID ?? Name) as string) }
}
