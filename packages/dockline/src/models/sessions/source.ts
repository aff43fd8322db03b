import { holdErrors, letGoOf } from '../../stream/index.js'

/** Keeps a source from failing unheard before it is sent, and lets go of it in the end, sent or not. */
export function holdSource(source: unknown): Disposable {
  holdErrors(source)
  return { [Symbol.dispose]: () => letGoOf(source) }
}

/** The same for the contents of many files: each is a source, or has one as its `data`. */
export function holdSources(files: unknown): Disposable {
  const sources = Object.values(files ?? {}).map((file) => file?.data ?? file)
  const held = sources.map(holdSource)
  return {
    [Symbol.dispose]: () => {
      for (const each of held) each[Symbol.dispose]()
    },
  }
}

/** Calls `make`, which will send the source. Releases the source if `make` throws. */
export function withSource<T>(source: unknown, make: () => T): T {
  const held = holdSource(source)
  try {
    return make()
  } catch (error) {
    held[Symbol.dispose]()
    throw error
  }
}
