import {
  chmod,
  type FileHandle,
  link,
  lutimes,
  mkdir,
  open,
  realpath,
  rm,
  symlink,
  utimes,
} from 'node:fs/promises'
import { makeRoom, writeAll } from '../../archive/extract.js'
import { makeNode } from '../../archive/make-node.js'
import { entryParts, refused, SafeFolder, statsOf } from '../../archive/safe-path.js'
import { sortInTurns } from '../../support/sort.js'
import type { ServerCall } from '../grpc/server.js'
import { GrpcError, GrpcStatus } from '../grpc/status.js'
import {
  decodePacket,
  FileMode,
  isRegular,
  type Packet,
  PacketType,
  plainPacket,
  requestPacket,
} from './packets.js'

type ReceivedStat = NonNullable<Packet['stat']>

/** Does one thing after the other. */
export type InTurn = <T>(act: () => Promise<T>) => Promise<T>

export function takingTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (act) => {
    const done = last.then(act)
    last = done.catch(() => {})
    return done
  }
}

/**
 * Writes a folder that the Engine sends, over what is there. Nothing is written outside of it, nor through a link that is
 * in it. The folders for several platforms may come at once and have the same names: what is there is replaced `inTurn`.
 */
export async function receiveFolder(call: ServerCall, destination: string, inTurn: InTurn): Promise<void> {
  const receiving = new Receiving(call, await realpath(destination), inTurn)
  try {
    await receiving.run()
  } catch (error) {
    if (!call.signal.aborted) {
      const words = Buffer.from((error as Error).message)
      await call.write(plainPacket(PacketType.ERR, words)).catch(() => {})
    }
    throw error
  } finally {
    await receiving.close()
  }
}

/** So many pieces may wait to be written before no more is taken. */
const MOST_WRITES = 4
/** So much of a file is gathered for one write: it comes in pieces of 32 KiB, and each write takes a turn. */
const GATHERED_BYTES = 1024 * 1024

class Receiving {
  readonly #call: ServerCall
  readonly #root: string
  readonly #folder: SafeFolder
  readonly #inTurn: InTurn
  readonly #files = new Map<number, ReceivedFile>()
  /** Made in the end, when what they link to is there. */
  readonly #links: ReceivedStat[] = []
  /** Modes and times of folders, for the end: until then things are written into them. */
  readonly #folders = new Map<string, ReceivedStat>()
  #stats = 0
  #listed = false
  #writes = 0

  constructor(call: ServerCall, root: string, inTurn: InTurn) {
    this.#call = call
    this.#inTurn = inTurn
    this.#root = root
    this.#folder = new SafeFolder(root)
  }

  async run(): Promise<void> {
    for await (const message of this.#call.messages()) {
      const packet = decodePacket(message)
      if (packet.type === PacketType.FIN) return
      if (packet.type === PacketType.ERR)
        throw new GrpcError(GrpcStatus.ABORTED, Buffer.from(packet.data).toString())
      await this.#take(packet)
      if (this.#listed && this.#files.size === 0) await this.#inTurn(() => this.#finish())
    }
    throw new GrpcError(GrpcStatus.CANCELLED, 'the Engine left before it had sent all files')
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) await file.discard()
  }

  async #take({ type, stat, id, data }: Packet): Promise<void> {
    if (type === PacketType.DATA) return this.#addData(id, data)
    if (type !== PacketType.STAT) return
    if (stat === undefined) this.#listed = true
    else await this.#inTurn(() => this.#addEntry(stat, this.#stats++))
  }

  async #addEntry(stat: ReceivedStat, id: number): Promise<void> {
    const path = await this.#folder.place(partsOf(stat.path), stat.path)
    if (stat.mode >= FileMode.DIRECTORY) return this.#makeFolder(stat, path)
    if (hasBit(stat.mode, FileMode.SYMLINK)) return makeSymlink(stat, path)
    if (stat.linkname !== '') return void this.#links.push(stat)
    if (!isRegular(stat.mode)) return this.#makeNode(stat, path)
    this.#files.set(id, new ReceivedFile(stat, path, this.#inTurn))
    await this.#call.write(requestPacket(id))
  }

  async #makeFolder(stat: ReceivedStat, path: string): Promise<void> {
    const existing = await statsOf(path)
    if (existing === undefined) await mkdir(path, 0o700)
    else if (!existing.isDirectory()) throw refused(stat.path, `${path} is there and not a folder`)
    this.#folders.set(path, stat)
  }

  async #makeNode(stat: ReceivedStat, path: string): Promise<void> {
    await makeRoom(stat.path, path)
    const isCharacter = hasBit(stat.mode, FileMode.CHARACTER_DEVICE)
    const type = hasBit(stat.mode, FileMode.NAMED_PIPE)
      ? 'fifo'
      : isCharacter
        ? 'character-device'
        : 'block-device'
    const device = { major: stat.devmajor, minor: stat.devminor }
    if (await makeNode({ path, root: this.#root }, { type, device }))
      await chmod(path, permissionsOf(stat.mode))
  }

  async #addData(id: number, data: Uint8Array): Promise<void> {
    const file = this.#files.get(id)
    if (file === undefined) throw new GrpcError(GrpcStatus.INVALID_ARGUMENT, `nobody asked for file ${id}`)
    if (data.length === 0) {
      await file.finish()
      this.#files.delete(id)
      return
    }
    const writing = file.write(data)
    if (writing === undefined) return
    this.#writes++
    const written = writing.finally(() => {
      this.#writes--
    })
    // Met by who waits for the file.
    written.catch(() => {})
    if (this.#writes > MOST_WRITES) await written
  }

  async #finish(): Promise<void> {
    this.#listed = false
    for (const stat of this.#links) await this.#makeLink(stat)
    const deepestFirst = await sortInTurns([...this.#folders], ([a], [b]) => b.length - a.length)
    for (const [path, stat] of deepestFirst) {
      await chmod(path, permissionsOf(stat.mode))
      await utimes(path, timeOf(stat), timeOf(stat))
    }
    await this.#call.write(plainPacket(PacketType.FIN))
  }

  async #makeLink({ path: name, linkname }: ReceivedStat): Promise<void> {
    const path = await this.#folder.place(partsOf(name), name)
    const target = await this.#folder.find(partsOf(linkname))
    const stats = target === undefined ? undefined : await statsOf(target)
    if (target === undefined || stats?.isFile() !== true)
      throw refused(name, `it links to '${linkname}', which is not a file`)
    await makeRoom(name, path)
    await link(target, path)
  }
}

/** A file whose content comes in pieces, those of several files mixed. */
class ReceivedFile {
  readonly #stat: ReceivedStat
  readonly #path: string
  readonly #inTurn: InTurn
  #handle: Promise<FileHandle> | undefined
  #written: Promise<void> = Promise.resolve()
  #gathered: Uint8Array[] = []
  #length = 0

  constructor(stat: ReceivedStat, path: string, inTurn: InTurn) {
    this.#inTurn = inTurn
    this.#stat = stat
    this.#path = path
  }

  /** Returns what is to be waited for, when there is enough to be written. */
  write(data: Uint8Array): Promise<void> | undefined {
    this.#gathered.push(data)
    this.#length += data.length
    return this.#length < GATHERED_BYTES ? undefined : this.#flush()
  }

  async finish(): Promise<void> {
    const handle = await this.#open()
    await this.#flush()
    await handle.chmod(permissionsOf(this.#stat.mode))
    await handle.utimes(timeOf(this.#stat), timeOf(this.#stat))
    await handle.close()
  }

  async discard(): Promise<void> {
    const handle = await this.#handle?.catch(() => undefined)
    await this.#written.catch(() => {})
    await handle?.close().catch(() => {})
    if (handle !== undefined) await rm(this.#path, { force: true })
  }

  #flush(): Promise<void> {
    const [chunks, length] = [this.#gathered, this.#length]
    this.#gathered = []
    this.#length = 0
    const handle = this.#open()
    if (length > 0) this.#written = this.#written.then(async () => writeAll(await handle, chunks, length))
    // Met by who waits for the file.
    this.#written.catch(() => {})
    return this.#written
  }

  /** A new file each time: neither what a link points to nor another name of an old file is written to. */
  #open(): Promise<FileHandle> {
    this.#handle ??= this.#inTurn(async () => {
      await makeRoom(this.#stat.path, this.#path)
      return open(this.#path, 'wx', 0o600)
    })
    this.#handle.catch(() => {})
    return this.#handle
  }
}

async function makeSymlink(stat: ReceivedStat, path: string): Promise<void> {
  await makeRoom(stat.path, path)
  await symlink(stat.linkname, path)
  await lutimes(path, timeOf(stat), timeOf(stat))
}

function partsOf(name: string): string[] {
  const parts = entryParts(name)
  if (parts.length === 0 || name.startsWith('/')) throw refused(name, 'its name is no path in a folder')
  return parts
}

function permissionsOf(mode: number): number {
  const setuid = hasBit(mode, FileMode.SETUID) ? 0o4000 : 0
  const setgid = hasBit(mode, FileMode.SETGID) ? 0o2000 : 0
  return (mode & 0o777) | setuid | setgid | (hasBit(mode, FileMode.STICKY) ? 0o1000 : 0)
}

function hasBit(mode: number, bit: number): boolean {
  return Math.floor(mode / bit) % 2 === 1
}

/** Node takes a negative number for now, and a Date as it is. */
function timeOf({ modTime }: ReceivedStat): number | Date {
  return modTime < 0 ? new Date(modTime / 1e6) : modTime / 1e9
}
