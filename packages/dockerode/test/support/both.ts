import { createRequire } from 'node:module'
import type { Callback } from './shape.js'

const load = createRequire(import.meta.url)

/** A method of either package: what it takes and gives is what the tests are about. */
export type Method = (...args: readonly unknown[]) => Promise<unknown>

/** A client, a handle or a modem of either package, whose methods are called by their names. */
export type Target = Readonly<Record<string, Method>> & { readonly modem: Target }

/** The constructor of either package. */
export interface Package {
  new (options?: object): Target
  (options?: object): Target
  readonly prototype: Record<string, Method>
  readonly Container: Package
}

export const dockerode = load('dockerode') as Package
export const dockline = load('dockline-dockerode') as Package
export const theirModem = load('docker-modem') as Package
export const ourModem = load('dockline-dockerode/modem') as Package

/** Both packages by their names, for tests that hold for each. */
export const BOTH = { dockerode, 'dockline-dockerode': dockline } as const

/** Calls a method with a callback as its last argument, and tells what the callback was given; it must be called once. */
export function byCallback(
  target: Target,
  method: string,
  args: readonly unknown[],
): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    let calls = 0
    const callback: Callback = (...given) => {
      calls += 1
      if (calls > 1) throw new Error(`the callback of ${method} was called twice`)
      // Whoever calls twice does so soon.
      setImmediate(resolve, given)
    }
    Promise.resolve(target[method]?.(...args, callback)).catch(reject)
  })
}
