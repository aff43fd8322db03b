import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidArgumentError } from '../../errors.js'
import type { Methods, ServerCall } from '../grpc/server.js'
import { GrpcError, GrpcStatus } from '../grpc/status.js'
import { decode, encode } from '../protobuf/message.js'
import {
  InfoRequest,
  InfoResponse,
  ReadRequest,
  ReadResponse,
  WriteRequest,
  WriteResponse,
} from '../protobuf/session.js'

const SERVICE = 'containerd.services.content.v1.Content'
const PIECE_BYTES = 'Bun' in globalThis ? 32 * 1024 : 1024 * 1024
const WriteAction = { STAT: 0, WRITE: 1, COMMIT: 2 } as const

/** Reads and writes OCI layouts: folders of blobs, by the names that the Engine knows them by. */
export function contentService(stores: ReadonlyMap<string, OciLayout>): Methods {
  const storeOf = (call: ServerCall) => {
    const [id = ''] = call.metadata('buildkit-attachable-store-id')
    const store = stores.get(id)
    if (store === undefined) throw new GrpcError(GrpcStatus.NOT_FOUND, `there is no content store ${id}`)
    return store
  }
  return {
    [`${SERVICE}/Info`]: async (call) => {
      const { digest } = decode(InfoRequest, await call.request())
      const size = await storeOf(call).sizeOf(digest)
      await call.send(encode(InfoResponse, { info: { digest, size, ...NO_MORE } }))
    },
    [`${SERVICE}/Read`]: async (call) => {
      const { digest, offset, size } = decode(ReadRequest, await call.request())
      for await (const piece of storeOf(call).read(digest, offset, size || Number.POSITIVE_INFINITY))
        await call.send(encode(ReadResponse, piece))
    },
    [`${SERVICE}/Write`]: (call) => write(call, storeOf(call)),
    [`${SERVICE}/Status`]: async () => {
      throw new GrpcError(GrpcStatus.NOT_FOUND, 'nothing is left half written here')
    },
    [`${SERVICE}/ListStatuses`]: (call) => call.send(NOTHING),
    [`${SERVICE}/Abort`]: (call) => call.send(NOTHING),
  }
}

const NOTHING = Buffer.alloc(0)
const NO_MORE = { createdAt: undefined, updatedAt: undefined, labels: {} }

async function write(call: ServerCall, store: OciLayout): Promise<void> {
  await using blob = await store.create()
  for await (const message of call.messages()) {
    const { action, offset, data, expected, total } = decode(WriteRequest, message)
    if (data.length > 0) await blob.write(data, offset)
    const digest = action === WriteAction.COMMIT ? await blob.commit(expected, total) : ''
    const size = blob.size
    await call.send(encode(WriteResponse, { action, offset: size, total: total || size, digest }))
    if (action === WriteAction.COMMIT) return
  }
}

/** What is known of a blob, as manifests and indexes have it. */
export interface Descriptor {
  readonly mediaType?: string
  readonly digest: string
  readonly size?: number
  readonly annotations?: Readonly<Record<string, string>>
}

const TAG = 'org.opencontainers.image.ref.name'

/** A folder with images or a cache in it, in the form of the Open Container Initiative. */
export class OciLayout {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async sizeOf(digest: string): Promise<number> {
    const stats = await stat(this.#blob(digest)).catch(() => undefined)
    if (stats === undefined) throw notFound(digest)
    return stats.size
  }

  async *read(
    digest: string,
    from: number,
    most: number,
  ): AsyncGenerator<{ offset: number; data: Buffer }, void, undefined> {
    const file = await open(this.#blob(digest)).catch(() => {
      throw notFound(digest)
    })
    try {
      for (let at = from; at < from + most; ) {
        const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, from + most - at))
        const { bytesRead } = await file.read(piece, 0, piece.length, at)
        if (bytesRead === 0) return
        yield { offset: at, data: piece.subarray(0, bytesRead) }
        at += bytesRead
      }
    } finally {
      await file.close()
    }
  }

  async create(): Promise<GrowingBlob> {
    const ingest = join(this.#folder, 'ingest')
    await mkdir(ingest, { recursive: true })
    const path = join(ingest, randomBytes(8).toString('hex'))
    return new GrowingBlob(await open(path, 'wx+'), path, (digest) => this.#blob(digest))
  }

  /** Which blob a tag stands for. '' if the folder has only other tags, and undefined if it is empty. */
  async find(tag: string): Promise<string | undefined> {
    const manifests = await this.#index()
    if (manifests.length === 0) return undefined
    return manifests.find(({ annotations }) => annotations?.[TAG] === tag)?.digest ?? ''
  }

  /** The same, but the only blob of a folder stands for every tag. */
  async resolve(tag: string): Promise<string | undefined> {
    const [first, ...others] = await this.#index()
    return others.length > 0 ? this.find(tag) : first?.digest
  }

  /** Lets a tag stand for a blob. */
  async tag(tag: string, descriptor: Descriptor): Promise<void> {
    const others = (await this.#index()).filter(({ annotations }) => annotations?.[TAG] !== tag)
    const tagged = { ...descriptor, annotations: { ...descriptor.annotations, [TAG]: tag } }
    const index = { schemaVersion: 2, mediaType: INDEX, manifests: [...others, tagged] }
    await mkdir(this.#folder, { recursive: true })
    await writeFile(join(this.#folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
    await writeFile(join(this.#folder, 'index.json'), JSON.stringify(index))
  }

  async #index(): Promise<Descriptor[]> {
    const text = await readFile(join(this.#folder, 'index.json'), 'utf8').catch(() => undefined)
    if (text === undefined) return []
    try {
      return (JSON.parse(text) as { manifests?: Descriptor[] }).manifests ?? []
    } catch (cause) {
      throw new InvalidArgumentError(`${join(this.#folder, 'index.json')} is not JSON`, { cause })
    }
  }

  #blob(digest: string): string {
    const [, algorithm = '', hex = ''] = /^(sha\d+):([\da-f]{32,128})$/.exec(digest) ?? []
    if (hex === '') throw new GrpcError(GrpcStatus.INVALID_ARGUMENT, `'${digest}' is no digest`)
    return join(this.#folder, 'blobs', algorithm, hex)
  }
}

const INDEX = 'application/vnd.oci.image.index.v1+json'

/** A blob that is being written. What is not committed is removed. */
class GrowingBlob implements AsyncDisposable {
  readonly #file: Awaited<ReturnType<typeof open>>
  readonly #path: string
  readonly #placeOf: (digest: string) => string
  readonly #hash = createHash('sha256')
  #size = 0

  constructor(file: Awaited<ReturnType<typeof open>>, path: string, placeOf: (digest: string) => string) {
    this.#file = file
    this.#path = path
    this.#placeOf = placeOf
  }

  get size(): number {
    return this.#size
  }

  async write(data: Uint8Array, offset: number): Promise<void> {
    if (offset !== this.#size)
      throw new GrpcError(GrpcStatus.INVALID_ARGUMENT, `the blob goes on at ${this.#size}, not at ${offset}`)
    this.#hash.update(data)
    for (let at = 0; at < data.length; ) at += (await this.#file.write(data, at)).bytesWritten
    this.#size += data.length
  }

  /** Puts it in its place, if it is what it was said to be. */
  async commit(expected: string, total: number): Promise<string> {
    const digest = `sha256:${this.#hash.digest('hex')}`
    const isWrong = (expected !== '' && expected !== digest) || (total > 0 && total !== this.#size)
    if (isWrong)
      throw new GrpcError(
        GrpcStatus.FAILED_PRECONDITION,
        `unexpected commit digest ${digest}, expected ${expected}`,
      )
    const place = this.#placeOf(digest)
    await mkdir(join(place, '..'), { recursive: true })
    await rename(this.#path, place)
    return digest
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
    await rm(this.#path, { force: true })
  }
}

function notFound(digest: string): GrpcError {
  return new GrpcError(GrpcStatus.NOT_FOUND, `content ${digest}: not found`)
}
