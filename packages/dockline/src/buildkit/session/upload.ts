import type { Readable } from 'node:stream'
import type { Methods } from '../grpc/server.js'
import { GrpcError, GrpcStatus } from '../grpc/status.js'
import { encode } from '../protobuf/message.js'
import { BytesMessage } from '../protobuf/session.js'

/** The host of the URLs that stand for an upload. */
export const UPLOAD_HOST = 'buildkit-session'

/** Below what the oldest BuildKit takes for one message, and Bun sends of one write. */
const PIECE_BYTES = 'Bun' in globalThis ? 32 * 1024 : 1024 * 1024

/** Gives streams to the Engine, by the path of their URL. Each is given once. `onSent` is called for each piece. */
export function uploadService(
  uploads: ReadonlyMap<string, Readable | Buffer>,
  onSent: (bytes: number) => void,
): Methods {
  const left = new Map(uploads)
  return {
    'moby.upload.v1.Upload/Pull': async (call) => {
      const [path = ''] = call.metadata('urlpath')
      const id = path.replace(/^\//, '')
      const source = left.get(id)
      if (source === undefined) throw new GrpcError(GrpcStatus.NOT_FOUND, `there is no upload ${id}`)
      left.delete(id)
      for await (const piece of piecesOf(source)) {
        await call.send(encode(BytesMessage, { data: piece }))
        onSent(piece.length)
      }
    },
  }
}

async function* piecesOf(source: Readable | Buffer): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of Buffer.isBuffer(source) ? [source] : source) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer)
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
  }
}
