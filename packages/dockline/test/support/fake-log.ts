import { type Call, chunk, chunkedHead, frame, MULTIPLEXED, type Script } from './fake-engine.js'

/** A message as an Engine keeps it. */
export interface KeptMessage {
  readonly source: 'stdout' | 'stderr'
  readonly nanosecond: number
  readonly text: string
}

/** Beginning of the log. */
const SECOND = Date.parse('2026-01-02T03:04:05Z') / 1000

/** The timestamp of a message that was written so many nanoseconds after the beginning. */
export function stampOf(nanosecond: number): string {
  const seconds = Math.floor(nanosecond / 1e9)
  const time = new Date((SECOND + seconds) * 1000).toISOString().slice(0, 19)
  return `${time}.${String(nanosecond % 1e9).padStart(9, '0')}Z`
}

export function out(nanosecond: number, text: string): KeptMessage {
  return { source: 'stdout', nanosecond, text }
}

export function err(nanosecond: number, text: string): KeptMessage {
  return { source: 'stderr', nanosecond, text }
}

/** The frames of what the request asks for: from its `since` on, of the sources it names, with timestamps if it wants them. */
export function framesFor({ request }: Call, kept: readonly KeptMessage[]): Buffer {
  const query = new URL(request.target, 'http://engine').searchParams
  const [seconds = '0', fraction = ''] = (query.get('since') ?? '0').split('.')
  const since = (Number(seconds) - SECOND) * 1e9 + Number(fraction.padEnd(9, '0'))
  const asked = kept.filter(({ nanosecond }) => nanosecond >= since)
  const isTimed = query.get('timestamps') === '1'
  return Buffer.concat(
    asked.map(({ source, nanosecond, text }) =>
      frame(source === 'stdout' ? 1 : 2, `${isTimed ? `${stampOf(nanosecond)} ` : ''}${text}`),
    ),
  )
}

/** Answers with a log; then the connection goes on, ends as it should, or is cut. */
export function keptLog(
  kept: (call: Call) => readonly KeptMessage[],
  then: (call: Call) => 'goes on' | 'ends' | { readonly cutAfter: number },
): Script {
  return async (call) => {
    await call.body()
    const ending = then(call)
    const frames = framesFor(call, kept(call))
    const sent = typeof ending === 'object' ? frames.subarray(0, ending.cutAfter) : frames
    await call.write(chunkedHead(MULTIPLEXED))
    if (sent.length > 0) await call.write(chunk(sent))
    if (ending === 'ends') await call.write(chunk())
    else if (ending === 'goes on') call.takeOver()
    else call.cut()
  }
}
