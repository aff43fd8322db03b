import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { copyFile, lstat, mkdir, realpath, rename, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { StreamError } from '../../errors.js'
import { type InTurn, receiveFolder, takingTurns } from '../filesync/receiver.js'
import type { Methods, ServerCall } from '../grpc/server.js'
import { GrpcError, GrpcStatus } from '../grpc/status.js'
import { decode } from '../protobuf/message.js'
import { BytesMessage } from '../protobuf/session.js'

/** Where an output of a build goes. */
export type OutputTarget =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stream'; readonly stream: Writable }

/** Takes what exporters send, by their place in the list of exporters. */
export function outputService(targets: ReadonlyMap<number, OutputTarget>): Methods {
  const inTurn = takingTurns()
  return {
    'moby.filesync.v1.FileSend/DiffCopy': async (call) => {
      // Engines before 25 have one exporter, and do not say which.
      const [id = '0'] = call.metadata('buildkit-attachable-exporter-id')
      const target = targets.get(Number(id)) ?? onlyOne(targets)
      if (target === undefined) throw new GrpcError(GrpcStatus.NOT_FOUND, `there is no output ${id}`)
      await receive(call, target, inTurn)
    },
  }
}

function onlyOne(targets: ReadonlyMap<number, OutputTarget>): OutputTarget | undefined {
  return targets.size === 1 ? [...targets.values()][0] : undefined
}

async function receive(call: ServerCall, target: OutputTarget, inTurn: InTurn): Promise<void> {
  if (target.kind === 'stream') return writeTo(call, target.stream)
  if (target.kind === 'file') return writeFile(call, target.path)
  await mkdir(target.path, { recursive: true })
  await receiveFolder(call, target.path, inTurn)
}

/** Under another name until it is complete, except where there is something else than a file, such as a pipe. */
async function writeFile(call: ServerCall, path: string): Promise<void> {
  // A link stays, and leads to the output.
  const place = await realpath(path).catch(() => path)
  const existing = await lstat(place).catch(() => undefined)
  if (existing?.isFile() === false) return writeTo(call, createWriteStream(path))
  const partial = `${place}.${randomBytes(6).toString('hex')}.part`
  const stream = createWriteStream(partial, { flags: 'wx' })
  try {
    await writeTo(call, stream)
    // A file that is a mount of its own stays where it is.
    await rename(partial, place).catch(() => copyFile(partial, place))
  } finally {
    // A file that is still being opened would come after its removal.
    await finished(stream, { cleanup: true }).catch(() => {})
    await rm(partial, { force: true })
  }
}

async function writeTo(call: ServerCall, stream: Writable): Promise<void> {
  const { signal } = call
  const done = finished(stream, { readable: false, cleanup: true, signal })
  // It is met below, whenever it comes.
  done.catch(() => {})
  try {
    for await (const message of call.messages()) {
      const { data } = decode(BytesMessage, message)
      if (!stream.writable) throw new StreamError('the stream of the output has ended')
      if (stream.write(data)) continue
      await Promise.race([once(stream, 'drain', { signal }), done])
    }
    stream.end()
    await done
  } catch (error) {
    // The caller learns of it from the build.
    if (!stream.destroyed) stream.once('error', () => {}).destroy(error as Error)
    throw error
  }
}
