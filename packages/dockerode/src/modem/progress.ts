import { StringDecoder } from 'node:string_decoder'
import type { Options } from '../types.js'
import { traceLines } from './trace.js'

export type Progressing = (error: unknown, events: readonly Options[]) => void
export type OnProgress = (event: Options) => void

interface Following {
  readonly done: Progressing | undefined
  readonly onProgress: OnProgress | undefined
  /** Whether an error among the events is the error of the whole. */
  readonly streamErrors: boolean
  /** The events that a line stands for. Default: the one that its JSON is; what is no JSON ends it. */
  readonly read?: (line: string) => readonly Options[]
}

/** Follows a stream of JSON lines, and reports its end once, with all events. */
export function followProgress(
  stream: NodeJS.ReadableStream,
  { done, onProgress, streamErrors, read = (line) => [JSON.parse(line)] }: Following,
): void {
  const decoder = new StringDecoder('utf8')
  const events: Options[] = []
  let pending = ''
  let failure: Error | null = null

  const finish = (error: unknown) => {
    stream.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', finish)
    // A later error has no listener left.
    stream.on('error', () => {})
    done?.(error, events)
  }
  const take = (line: string): void => {
    for (const event of read(line)) {
      events.push(event)
      if (streamErrors) failure ??= errorIn(event)
      onProgress?.(event)
    }
  }
  const takeLines = (text: string): boolean => {
    const lines = (pending + text).split('\n')
    pending = lines.pop() ?? ''
    return lines.every((line) => line.trim() === '' || attempt(() => take(line), finish))
  }
  const onData = (chunk: Buffer | string) => {
    takeLines(typeof chunk === 'string' ? chunk : decoder.write(chunk))
  }
  const onEnd = () => {
    if (takeLines(`${decoder.end()}\n`)) finish(failure)
  }
  stream.on('data', onData).on('error', finish).on('end', onEnd).on('close', onEnd)
}

/** Only what is no JSON is the stream's fault; what `onProgress` throws is its own. */
function attempt(take: () => void, fail: (error: unknown) => void): boolean {
  try {
    take()
    return true
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    fail(error)
    return false
  }
}

function errorIn({ error, errorDetail }: Options): Error | null {
  const { message } = (errorDetail ?? {}) as { readonly message?: string }
  const words = message || error
  return words ? new Error(String(words)) : null
}

/** `docker.followProgress`: as the modem's, and lines that are no JSON are passed over. */
export function followBuild(
  this: { readonly modem: { readonly streamErrors?: boolean } },
  stream: NodeJS.ReadableStream,
  done?: Progressing,
  onProgress?: OnProgress,
): void {
  followProgress(stream, {
    done,
    onProgress,
    streamErrors: this.modem.streamErrors !== false,
    read: buildEvents,
  })
}

const TRACE = 'moby.buildkit.trace'
const IMAGE_ID = 'moby.image.id'

/** The messages of BuildKit become events of the kind that the classic builder has. */
function buildEvents(line: string): readonly Options[] {
  const event = parsed(line)
  if (event === undefined) return []
  if (event.id === TRACE && typeof event.aux === 'string') return traceLines(event.aux).map(asEvent)
  const { ID } = (event.aux ?? {}) as { readonly ID?: string }
  return event.id === IMAGE_ID && ID ? [asEvent(`Built image: ${ID}`)] : [event]
}

function parsed(line: string): Options | undefined {
  try {
    return JSON.parse(line) || undefined
  } catch {
    return undefined
  }
}

function asEvent(line: string): Options {
  return { stream: `${line}\n` }
}
