import { stripVTControlCharacters } from 'node:util'
import type { ProgressMessage } from 'dockline'

/** A line of progress; what a build or a load says is in `stream`. */
export type EngineMessage = ProgressMessage & {
  readonly stream?: string | null | undefined
  readonly aux?: unknown
}

/** Whether the message is about the progress of a layer, and not a text to be read once. */
export function isOfLayer({ id, stream, progressDetail }: EngineMessage): boolean {
  if (typeof stream === 'string' || progressDetail === undefined) return false
  return id !== undefined || progressDetail.current !== undefined
}

/** What docker prints of a message where nothing can be drawn over: bars are left out. */
export function plainText({ id, status, stream, progressDetail = {} }: EngineMessage): string {
  if (typeof stream === 'string') return process.env.NO_COLOR ? stripVTControlCharacters(stream) : stream
  const { current = 0, total = 0 } = progressDetail
  if (status === undefined || current > 0 || total > 0) return ''
  return id === undefined ? `${status}\n` : `${id}: ${status}\n`
}
