import { StringDecoder } from 'node:string_decoder'
import type { Options } from '../types.js'
import { traceLines } from './trace.js'

type Following = readonly [
  stream: NodeJS.ReadableStream,
  done?: (error: unknown, events: readonly Options[]) => void,
  onProgress?: (event: Options) => void,
]

interface Settings {
  /** Whether an error among the events is the error of the whole. Default: true. */
  readonly streamErrors?: boolean | undefined
}

/** The events of a line, or the error of a line that is no JSON. */
type Read = readonly Options[] | SyntaxError

/** Follows a stream of JSON lines, and reports its end once, with all events. People also call it without its modem. */
export function followProgress(this: Settings | undefined, ...following: Following): void {
  follow(this ?? {}, eventOf, following)
}

/** As the modem's, but ignores lines that are no JSON, and reads BuildKit's messages as events of the classic builder. */
export function followBuild(this: { readonly modem: Settings } | undefined, ...following: Following): void {
  follow(this?.modem ?? {}, buildEvents, following)
}

function follow(
  { streamErrors = true }: Settings,
  read: (line: string) => Read,
  [stream, done, onProgress]: Following,
): void {
  if (!stream && done) {
    done(new TypeError('followProgress was given no stream: did the call before it fail?'), [])
    return
  }
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
  const take = (line: string): boolean => {
    const found = read(line)
    if (found instanceof SyntaxError) {
      finish(found)
      return false
    }
    for (const event of found) {
      events.push(event)
      if (streamErrors) failure ??= errorIn(event)
      onProgress?.(event)
    }
    return true
  }
  const takeLines = (text: string): boolean => {
    const lines = (pending + text).split('\n')
    pending = lines.pop() ?? ''
    return lines.filter((line) => line.trim() !== '').every(take)
  }
  const onData = (chunk: Buffer | string) => {
    takeLines(typeof chunk === 'string' ? chunk : decoder.write(chunk))
  }
  const onEnd = () => {
    if (takeLines(`${decoder.end()}\n`)) finish(failure)
  }
  stream.on('data', onData).on('error', finish).on('end', onEnd).on('close', onEnd)
}

function errorIn(event: Options | null): Error | null {
  const { message } = (event?.errorDetail ?? {}) as { readonly message?: string }
  const words = message || event?.error
  return words ? new Error(String(words)) : null
}

function eventOf(line: string): Read {
  try {
    return [JSON.parse(line)]
  } catch (error) {
    return error as SyntaxError
  }
}

function buildEvents(line: string): Read {
  const found = eventOf(line)
  const [event] = found instanceof SyntaxError ? [] : found
  if (event?.id === 'moby.buildkit.trace' && typeof event.aux === 'string')
    return traceLines(event.aux).map(asEvent)
  const { ID } = (event?.aux ?? {}) as { readonly ID?: string }
  if (event?.id === 'moby.image.id' && ID) return [asEvent(`Built image: ${ID}`)]
  return event ? [event] : []
}

function asEvent(line: string): Options {
  return { stream: `${line}\n` }
}
