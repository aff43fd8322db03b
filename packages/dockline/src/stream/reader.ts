import type { OutputChunk, Source } from './frames.js'
import { LineDecoder } from './lines.js'

/** A line of an output. */
export interface OutputLine {
  readonly source: Source
  /** Without the line's end. */
  readonly line: string
}

/** Gives pieces of an output, one batch after the other. */
export interface Reader<T> {
  /** What is here already: no promise has to be waited for. */
  readonly take: () => readonly T[] | undefined
  readonly next: () => Promise<readonly T[] | undefined>
  readonly cancel: () => void
}

/** A reader that says when something new has come. */
export interface WatchedReader extends Reader<OutputChunk> {
  /** Calls `look` once when there is something new to look at. Returns false when only `next` can say more. */
  readonly watch: (look: () => void) => boolean
}

/** Makes lines of the chunks. Lines of stdout and stderr are put together apart from each other. */
export function linesOf(reader: Reader<OutputChunk>): Reader<OutputLine> {
  const decoders = { stdout: new LineDecoder(), stderr: new LineDecoder() }
  let ended = false
  const linesIn = (chunks: readonly OutputChunk[]) => {
    const lines: OutputLine[] = []
    for (const { source, data } of chunks) {
      for (const line of decoders[source].decode(data)) lines.push({ source, line })
    }
    return lines
  }
  const lastLines = () => {
    ended = true
    return SOURCES.flatMap((source) => decoders[source].end().map((line) => ({ source, line })))
  }
  return {
    take: () => {
      const chunks = reader.take()
      return chunks && linesIn(chunks)
    },
    next: async () => {
      const chunks = await reader.next()
      if (chunks !== undefined) return linesIn(chunks)
      return ended ? undefined : lastLines()
    },
    cancel: reader.cancel,
  }
}

const SOURCES = ['stdout', 'stderr'] as const
