/** A frame of a WebSocket, RFC 6455, 5.2. */
export interface WebSocketFrame {
  readonly final: boolean
  readonly opcode: number
  readonly masked: boolean
  readonly payload: Buffer
}

export const CONTINUATION = 0
export const TEXT = 1
export const BINARY = 2
export const CLOSE = 8
export const PING = 9
export const PONG = 10

/** A frame as a server sends it: not masked. `bits` are the final one and the three that are reserved. */
export function serverFrame(opcode: number, payload: string | Buffer = '', bits = 0x80): Buffer {
  const data = Buffer.from(payload)
  const head = Buffer.alloc(data.length < 126 ? 2 : data.length < 0x10000 ? 4 : 10)
  head[0] = bits | opcode
  head[1] = data.length < 126 ? data.length : data.length < 0x10000 ? 126 : 127
  if (head[1] === 126) head.writeUInt16BE(data.length, 2)
  if (head[1] === 127) head.writeBigUInt64BE(BigInt(data.length), 2)
  return Buffer.concat([head, data])
}

export function closeFrame(code: number, reason = ''): Buffer {
  const payload = Buffer.concat([Buffer.alloc(2), Buffer.from(reason)])
  payload.writeUInt16BE(code)
  return serverFrame(CLOSE, payload)
}

/** The frames a client sent, unmasked. */
export function clientFrames(bytes: Buffer): WebSocketFrame[] {
  const frames: WebSocketFrame[] = []
  for (let rest = bytes; rest.length > 0; ) {
    const [length, start] = lengthOf(rest)
    const masked = ((rest[1] ?? 0) & 0x80) !== 0
    const mask = masked ? rest.subarray(start, start + 4) : Buffer.alloc(4)
    const from = masked ? start + 4 : start
    const payload = Buffer.from(rest.subarray(from, from + length))
    if (payload.length < length) throw new Error(`a frame of ${length} bytes ends after ${payload.length}`)
    for (let at = 0; at < length; at++) payload[at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0)
    frames.push({ final: ((rest[0] ?? 0) & 0x80) !== 0, opcode: (rest[0] ?? 0) & 0x7f, masked, payload })
    rest = rest.subarray(from + length)
  }
  return frames
}

function lengthOf(frame: Buffer): [length: number, start: number] {
  const short = (frame[1] ?? 0) & 0x7f
  if (short === 126) return [frame.readUInt16BE(2), 4]
  if (short === 127) return [Number(frame.readBigUInt64BE(2)), 10]
  return [short, 2]
}
