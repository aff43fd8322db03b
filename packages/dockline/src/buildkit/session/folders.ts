import { type OnFileSent, sendFolder } from '../filesync/sender.js'
import { type LocalFolder, virtualFolder } from '../filesync/tree.js'
import type { Methods, ServerCall } from '../grpc/server.js'
import { GrpcError, GrpcStatus } from '../grpc/status.js'

const IGNORE_FILE = '.dockerignore'
const WITHOUT_RULES: LocalFolder = {
  root: undefined,
  virtual: virtualFolder([[IGNORE_FILE, { content: Buffer.alloc(0), mode: 0o644, modTime: 0n }]]),
}

/** Synchronizes folders, by the names under which the Engine knows them. `onSent` is called for each file. */
export function folderService(
  folders: ReadonlyMap<string, LocalFolder>,
  onSent: (folder: string, ...file: Parameters<OnFileSent>) => void,
): Methods {
  return {
    'moby.filesync.v1.FileSync/DiffCopy': async (call) => {
      const [name = ''] = call.metadata('dir-name')
      const folder = folders.get(name)
      if (folder === undefined)
        throw new GrpcError(GrpcStatus.NOT_FOUND, `no access allowed to dir "${name}"`)
      const request = {
        exclude: [...patterns(call, 'exclude-patterns'), ...(folder.exclude ?? [])],
        include: patterns(call, 'include-patterns'),
        follow: patterns(call, 'followpaths'),
      }
      await sendFolder(call, request, {
        folder: sentFor(request.follow, folder),
        onSent: (path, bytes) => onSent(name, path, bytes),
      })
    },
  }
}

/** The ignore file is sent although nobody chose it, and empty where its lines would not fit. */
function sentFor(follow: readonly string[], folder: LocalFolder): LocalFolder {
  const isIgnoreFile = follow.length === 1 && follow[0] === IGNORE_FILE
  if (!isIgnoreFile) return folder
  return folder.exclude === undefined ? { ...folder, only: undefined } : WITHOUT_RULES
}

/** They are escaped as in a query where one of them is not ASCII. */
function patterns(call: ServerCall, name: string): string[] {
  const values = call.metadata(name)
  const encoded = call.metadata(`${name}-encoded`).length > 0
  return encoded ? values.map((value) => decodeURIComponent(value.replaceAll('+', ' '))) : values
}
