import { FRAME_HEADER_BYTES, writeFrameHeader } from '../grpc/frames.js'
import { bytes, decode, int64, message, nested, string, uint32 } from '../protobuf/message.js'

// The packets of a synchronized folder. Those that are sent are written by hand into buffers that go out as they are:
// there is one for each file, and for each quarter of a megabyte.

export const PacketType = { STAT: 0, REQ: 1, DATA: 2, FIN: 3, ERR: 4 } as const

/** The description of an entry of a folder. */
export interface Stat {
  /** Relative, with `/`. */
  readonly path: string
  /** In Go's bits: see `FileMode`. */
  readonly mode: number
  readonly size: number
  /** Nanoseconds since 1970. */
  readonly modTime: bigint
  /** What a symbolic link points to, or the first name of a hard link. */
  readonly linkname: string
  readonly device?: { readonly major: number; readonly minor: number } | undefined
}

/** The bits that Go has beside the permissions. */
export const FileMode = {
  DIRECTORY: 2 ** 31,
  SYMLINK: 2 ** 27,
  DEVICE: 2 ** 26,
  NAMED_PIPE: 2 ** 25,
  SOCKET: 2 ** 24,
  SETUID: 2 ** 23,
  SETGID: 2 ** 22,
  CHARACTER_DEVICE: 2 ** 21,
  STICKY: 2 ** 20,
} as const

/** All bits that say it is not a regular file. */
const TYPE_BITS =
  FileMode.DIRECTORY +
  FileMode.SYMLINK +
  FileMode.DEVICE +
  FileMode.NAMED_PIPE +
  FileMode.SOCKET +
  FileMode.CHARACTER_DEVICE

export function isRegular(mode: number): boolean {
  return (mode & TYPE_BITS) === 0
}

const StatMessage = message({
  path: string(1),
  mode: uint32(2),
  size: int64(5),
  modTime: int64(6),
  linkname: string(7),
  devmajor: int64(8),
  devminor: int64(9),
})
const PacketMessage = message({
  type: uint32(1),
  stat: nested(2, StatMessage),
  id: uint32(3),
  data: bytes(4),
})

export type Packet = Pick<ReturnType<typeof decodePacket>, 'type' | 'stat' | 'id' | 'data'>

export function decodePacket(packet: Uint8Array) {
  return decode(PacketMessage, packet)
}

/**
 * Reads the number of the file from a REQ packet, of which there is one for each file that is sent. Returns undefined for any
 * other packet, and for a REQ that is written in another way.
 */
export function requestedIn(packet: Uint8Array): number | undefined {
  if (packet.length < 4 || packet[0] !== 0x08 || packet[1] !== PacketType.REQ || packet[2] !== 0x18)
    return undefined
  let [id, scale, at] = [0, 1, 3]
  for (; (packet[at] ?? 0) >= 0x80; at++, scale *= 0x80) id += ((packet[at] as number) & 0x7f) * scale
  return at === packet.length - 1 ? id + (packet[at] as number) * scale : undefined
}

/** The most bytes that the header of a frame and of its packet take. */
export const DATA_HEADER_BYTES = FRAME_HEADER_BYTES + 2 + 6 + 6

/**
 * Writes the header of a DATA packet right before the data that is in the buffer from `dataAt` on. Returns where the frame
 * begins. Before the data there must be room for `DATA_HEADER_BYTES`.
 */
export function writeDataHeader(
  buffer: Buffer,
  dataAt: number,
  { id, length }: { id: number; length: number },
): number {
  const header = 2 + (id === 0 ? 0 : 1 + varintLength(id)) + (length === 0 ? 0 : 1 + varintLength(length))
  const start = dataAt - header - FRAME_HEADER_BYTES
  writeFrameHeader(buffer, start, header + length)
  let at = start + FRAME_HEADER_BYTES
  buffer[at++] = 0x08
  buffer[at++] = PacketType.DATA
  if (id !== 0) {
    buffer[at++] = 0x18
    at = writeVarint(buffer, at, id)
  }
  if (length !== 0) {
    buffer[at++] = 0x22
    writeVarint(buffer, at, length)
  }
  return start
}

/** The frame that says a file has been sent. */
export function endOfFile(id: number): Buffer {
  const buffer = Buffer.allocUnsafe(DATA_HEADER_BYTES)
  return buffer.subarray(writeDataHeader(buffer, buffer.length, { id, length: 0 }))
}

/** Frames of STAT packets, gathered. */
export class StatBatch {
  #buffer: Buffer
  #at = 0

  constructor(bytes = 64 * 1024) {
    this.#buffer = Buffer.allocUnsafe(bytes)
  }

  get length(): number {
    return this.#at
  }

  add({ path, mode, size, modTime, linkname, device }: Stat): void {
    const start = this.#at
    this.#makeRoom(FRAME_HEADER_BYTES + MOST_NUMBERS_BYTES + 3 * (path.length + linkname.length))
    const buffer = this.#buffer
    const packet = start + FRAME_HEADER_BYTES
    buffer[packet] = 0x12
    const stat = packet + 1
    this.#at = stat + 1
    this.#addText(0x0a, path)
    this.#addNumber(0x10, mode)
    this.#addNumber(0x28, size)
    this.#at = writeTime(buffer, this.#at, modTime)
    this.#addText(0x3a, linkname)
    this.#addNumber(0x40, device?.major ?? 0)
    this.#addNumber(0x48, device?.minor ?? 0)
    this.#at = writeLengthBefore(buffer, stat, this.#at)
    writeFrameHeader(buffer, start, this.#at - packet)
  }

  /** What was gathered. The next one begins anew. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#at)
    this.#buffer = this.#buffer.subarray(this.#at)
    if (this.#buffer.length < 1024) this.#buffer = Buffer.allocUnsafe(64 * 1024)
    this.#at = 0
    return taken
  }

  #addNumber(tag: number, value: number): void {
    if (value === 0) return
    this.#buffer[this.#at] = tag
    this.#at = writeVarint(this.#buffer, this.#at + 1, value)
  }

  #addText(tag: number, text: string): void {
    if (text === '') return
    this.#buffer[this.#at] = tag
    const length = this.#at + 1
    this.#at = writeLengthBefore(this.#buffer, length, writeCharacters(this.#buffer, length + 1, text))
  }

  #makeRoom(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#at, this.#at + bytes, 64 * 1024))
    this.#buffer.copy(larger, 0, 0, this.#at)
    this.#buffer = larger
  }
}

/** A packet without content. */
export function plainPacket(type: number, data: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = [0x08, type]
  if (data.length > 0) {
    const length = Buffer.allocUnsafe(5)
    head.push(0x22, ...length.subarray(0, writeVarint(length, 0, data.length)))
  }
  const packet = Buffer.allocUnsafe(FRAME_HEADER_BYTES + head.length + data.length)
  writeFrameHeader(packet, 0, head.length + data.length)
  packet.set(head, FRAME_HEADER_BYTES)
  packet.set(data, FRAME_HEADER_BYTES + head.length)
  return packet
}

/** The STAT packet without a stat, which says that there are no more. Proto has nothing to write for it. */
export const END_OF_STATS = Buffer.alloc(FRAME_HEADER_BYTES)

export function requestPacket(id: number): Buffer {
  const packet = Buffer.allocUnsafe(FRAME_HEADER_BYTES + 9)
  let at = FRAME_HEADER_BYTES
  packet[at++] = 0x08
  packet[at++] = PacketType.REQ
  if (id !== 0) {
    packet[at++] = 0x18
    at = writeVarint(packet, at, id)
  }
  writeFrameHeader(packet, 0, at - FRAME_HEADER_BYTES)
  return packet.subarray(0, at)
}

/** Tags, lengths and numbers of a STAT packet take less. */
const MOST_NUMBERS_BYTES = 80

function varintLength(value: number): number {
  let length = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++
  return length
}

function writeVarint(buffer: Buffer, at: number, value: number): number {
  let [rest, next] = [value, at]
  // Division is for numbers of more than 32 bits.
  for (; rest > 0xffffffff; rest = Math.floor(rest / 0x80)) buffer[next++] = (rest % 0x80) | 0x80
  for (; rest >= 0x80; rest >>>= 7) buffer[next++] = (rest & 0x7f) | 0x80
  buffer[next++] = rest
  return next
}

/** Writes one by one what is ASCII, as nearly all paths are: a call of Node for so few bytes takes longer. */
function writeCharacters(buffer: Buffer, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code >= 0x80) return at + buffer.write(text, at)
    buffer[at + index] = code
  }
  return at + text.length
}

/**
 * Writes the length of what stands behind the byte at `at`, up to `end`. Returns the new end: a length of more than one byte
 * makes room for itself.
 */
function writeLengthBefore(buffer: Buffer, at: number, end: number): number {
  const length = end - at - 1
  const more = varintLength(length) - 1
  if (more > 0) buffer.copyWithin(at + 1 + more, at + 1, end)
  writeVarint(buffer, at, length)
  return end + more
}

/** For the two halves of a time: a bigint that is shifted for each seven bits takes ten times as long. */
const HALVES = new DataView(new ArrayBuffer(8))

/** 64 bits in seven at a time, as two's complement where it is before 1970. */
function writeTime(buffer: Buffer, at: number, value: bigint): number {
  if (value === 0n) return at
  HALVES.setBigInt64(0, value)
  let [high, low, next] = [HALVES.getUint32(0), HALVES.getUint32(4), at]
  buffer[next++] = 0x30
  while (high > 0 || low >= 0x80) {
    buffer[next++] = (low & 0x7f) | 0x80
    low = ((low >>> 7) | (high << 25)) >>> 0
    high >>>= 7
  }
  buffer[next++] = low
  return next
}
