import { Readable } from 'node:stream'

/** Keeps a source from failing unheard before it is sent, and lets go of it in the end, sent or not. */
export function holdSource(source: unknown): Disposable {
  const held = source instanceof Readable ? source.on('error', () => {}) : undefined
  return { [Symbol.dispose]: () => void held?.destroy() }
}

/** Makes something that will send a source, which is let go of when what was asked for is refused. */
export function withSource<T>(source: unknown, make: () => T): T {
  const held = holdSource(source)
  try {
    return make()
  } catch (error) {
    held[Symbol.dispose]()
    throw error
  }
}
