import { own } from '../support/own.js'
import { bytesOfName, nameOf } from './file-names.js'

export const BLOCK_BYTES = 512

export type TarType = 'file' | 'directory' | 'symlink' | 'link' | 'fifo' | 'character-device' | 'block-device'

/** Which device a device is. */
export interface DeviceNumbers {
  readonly major: number
  readonly minor: number
}

export interface TarHeader {
  readonly name: string
  readonly type: TarType
  readonly mode: number
  /** Seconds since 1970. */
  readonly mtime: number
  readonly uid: number
  readonly gid: number
  /** Where a link points to. */
  readonly target: string
  /** Of the content, which only a file has. */
  readonly size: number
  readonly device: DeviceNumbers
}

const FLAGS: Readonly<Record<TarType, string>> = {
  file: '0',
  link: '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
}
const TYPES = new Map(Object.entries(FLAGS).map(([type, flag]) => [flag, type as TarType]))

/** A part of the header: where it begins, and how long it is. */
type Field = readonly [offset: number, length: number]

const NAME: Field = [0, 100]
const MODE: Field = [100, 8]
const UID: Field = [108, 8]
const GID: Field = [116, 8]
const SIZE: Field = [124, 12]
const MTIME: Field = [136, 12]
const CHECKSUM: Field = [148, 8]
const FLAG: Field = [156, 1]
const TARGET: Field = [157, 100]
const MAGIC: Field = [257, 8]
const MAJOR: Field = [329, 8]
const MINOR: Field = [337, 8]
const PREFIX: Field = [345, 155]

/** POSIX; GNU's, which has no prefix, ends in two spaces. */
const USTAR = 'ustar\x0000'
/** The greatest numbers of so many octal digits. */
const [MAX_7_DIGITS, MAX_11_DIGITS] = [8 ** 7 - 1, 8 ** 11 - 1]

/** The blocks before an entry's content. What has no place in the header stands in one more entry before it, as POSIX has it. */
export function encodeHeader(header: TarHeader): Buffer {
  const records = recordsOf(header)
  const mtime = Math.min(Math.max(header.mtime, 0), MAX_11_DIGITS)
  const block = encodeBlock({ ...header, mtime, flag: FLAGS[header.type] })
  if (records.length === 0) return block
  const extra = encodeBlock({ ...EXTRA, mtime, name: `PaxHeader/${header.name}`, size: records.length })
  return Buffer.concat([extra, records, Buffer.alloc(paddingOf(records.length)), block])
}

const EXTRA = { mode: 0o644, uid: 0, gid: 0, target: '', device: { major: 0, minor: 0 }, flag: 'x' }

/** How many bytes a content is filled up with. */
export function paddingOf(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES
}

function recordsOf({ name, target, size, mtime, uid, gid }: TarHeader): Buffer {
  const [path, linkpath] = [bytesOfName(name), bytesOfName(target)]
  const needed: [key: string, value: Buffer | string, isNeeded: boolean][] = [
    // Not left to the two fields of the old format: not everybody joins them when the second one is empty.
    ['path', path, path.length > 100],
    ['linkpath', linkpath, linkpath.length > 100],
    ['size', String(size), size > MAX_11_DIGITS],
    ['mtime', String(mtime), mtime < 0 || mtime > MAX_11_DIGITS],
    ['uid', String(uid), uid > MAX_7_DIGITS],
    ['gid', String(gid), gid > MAX_7_DIGITS],
  ]
  return Buffer.concat(needed.filter(([, , isNeeded]) => isNeeded).map(([key, value]) => record(key, value)))
}

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits. */
function record(key: string, value: Buffer | string): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')])
  let length = rest.length
  while (length !== rest.length + String(length).length) length = rest.length + String(length).length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

function encodeBlock(header: Omit<TarHeader, 'type'> & { readonly flag: string }): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES)
  const text = ([offset, length]: Field, value: Buffer | string) =>
    void Buffer.from(value).copy(block, offset, 0, length)
  const octal = (field: Field, value: number) => text(field, value.toString(8).padStart(field[1] - 1, '0'))
  text(NAME, bytesOfName(header.name))
  octal(MODE, header.mode)
  octal(UID, Math.min(header.uid, MAX_7_DIGITS))
  octal(GID, Math.min(header.gid, MAX_7_DIGITS))
  octal(SIZE, Math.min(header.size, MAX_11_DIGITS))
  octal(MTIME, header.mtime)
  text(FLAG, header.flag)
  text(TARGET, bytesOfName(header.target))
  text(MAGIC, USTAR)
  octal(MAJOR, header.device.major)
  octal(MINOR, header.device.minor)
  text(CHECKSUM, `${checksumOf(block).toString(8).padStart(6, '0')}\0 `)
  return block
}

/** As if there were spaces in its own place. */
function checksumOf(block: Buffer): number {
  const [offset, length] = CHECKSUM
  let sum = length * 32
  for (let at = 0; at < BLOCK_BYTES; at++) {
    if (at < offset || at >= offset + length) sum += block[at] as number
  }
  return sum
}

/** A block as it stands in the archive, and what it is by its flag: an entry, or more about the next one. */
export interface Block extends TarHeader {
  readonly flag: string
}

/** Throws an Error that says how the block is damaged. */
export function decodeBlock(block: Buffer): Block {
  if (number(block, CHECKSUM) !== checksumOf(block)) throw new Error('the checksum of a header is wrong')
  const flag = text(block, FLAG)
  const prefix = block.toString('latin1', MAGIC[0], MAGIC[0] + MAGIC[1]) === USTAR ? text(block, PREFIX) : ''
  const name = text(block, NAME)
  return {
    flag,
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: TYPES.get(flag) ?? 'file',
    mode: number(block, MODE),
    mtime: number(block, MTIME),
    uid: number(block, UID),
    gid: number(block, GID),
    target: text(block, TARGET),
    size: number(block, SIZE),
    device: { major: number(block, MAJOR), minor: number(block, MINOR) },
  }
}

function text(block: Buffer, [offset, length]: Field): string {
  return untilZero(block.subarray(offset, offset + length))
}

export function untilZero(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return nameOf(end === -1 ? bytes : bytes.subarray(0, end))
}

/** Octal digits, or a binary number, which has its first bit set. */
function number(block: Buffer, [offset, length]: Field): number {
  const bytes = block.subarray(offset, offset + length)
  if ((bytes[0] as number) & 0x80) return binary(bytes)
  const digits = bytes.toString('latin1').replace(/\0.*$/s, '').trim()
  if (!/^[0-7]*$/.test(digits)) throw new Error('a header has other characters in place of an octal number')
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}

function binary(bytes: Buffer): number {
  const value = Number(BigInt.asIntN(bytes.length * 8 - 1, BigInt(`0x${bytes.toString('hex')}`)))
  if (!Number.isSafeInteger(value)) throw new Error('a number in a header is too large')
  return value
}

/** Reads what such an entry says of the next entry, or of all that follow. */
export function decodeRecords(bytes: Buffer): Partial<TarHeader> {
  const known: Record<string, string | number> = {}
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(' ', at)
    const length = space === -1 ? Number.NaN : Number.parseInt(bytes.toString('latin1', at, space), 10)
    if (!(length > 0)) break
    const equals = bytes.indexOf('=', space)
    const [field, read] = own(RECORDS, bytes.toString('utf8', space + 1, equals)) ?? []
    const value = read?.(bytes.subarray(equals + 1, at + length - 1))
    if (field !== undefined && value !== undefined && !Number.isNaN(value)) known[field] = value
    at += length
  }
  return known
}

type ReadRecord = readonly [field: keyof TarHeader, read: (value: Buffer) => string | number]

const RECORDS: Readonly<Record<string, ReadRecord>> = {
  path: ['name', nameOf],
  linkpath: ['target', nameOf],
  size: ['size', (value) => (/^\d{1,15}$/.test(value.toString()) ? Number(value) : Number.NaN)],
  mtime: ['mtime', (value) => Number.parseFloat(value.toString())],
}
