import type { CallOptions } from '../../../http/index.js'
import type { ByteSource } from '../../../stream/index.js'
import type { Encoding } from '../../sessions/result.js'

/** The content of a file. */
export type FileData = string | Uint8Array | ByteSource

/** A file to write, with more than its content. */
export interface FileToWrite {
  readonly data: FileData
  /** The permissions, such as 0o600. Default: those of the call. */
  readonly mode?: number | undefined
  /** The owner: 'user', 'user:group', or their numbers. Default: the one of the call. */
  readonly user?: string | number | undefined
  /**
   * The length of a stream, in bytes. A stream of another length rejects. Default: the stream is read to its end first, into
   * memory up to 1 MiB, and into a temporary file of this machine beyond that.
   */
  readonly size?: number | undefined
}

/** Files by their names: relative paths with `/`, and no `..` in them. */
export type FilesToWrite = Readonly<Record<string, FileData | FileToWrite>>

export interface WriteFilesOptions extends CallOptions {
  /** Makes the folder, and the folders above it. Default: false. The folders in the names of the files are always made. */
  readonly parents?: boolean | undefined
  /** The permissions of the files. Default: 0o644. */
  readonly mode?: number | undefined
  /** The owner of the files and of new folders: 'user', 'user:group', or their numbers. Default: the user of the container. */
  readonly user?: string | number | undefined
}

export interface MakeFolderOptions extends CallOptions {
  /** Makes the folders above it too, and accepts a folder that exists. Default: false. */
  readonly parents?: boolean | undefined
  /** The permissions of the folder. Default: 0o755. */
  readonly mode?: number | undefined
  /** The owner: 'user', 'user:group', or their numbers. Default: the user of the container. */
  readonly user?: string | number | undefined
}

export interface FileExistsOptions extends CallOptions {
  /** The user who looks, where the path is in a tmpfs. Default: the user of the container. */
  readonly user?: string | number | undefined
}

export interface ReadFileOptions extends FileExistsOptions {
  /** 'buffer' for bytes, 'utf8' for a string. Default: 'buffer'. */
  readonly encoding?: Encoding | undefined
  /**
   * The most bytes to read: more reject with LimitError. `readFiles` counts all files together, with their names. Default: no
   * limit.
   */
  readonly maxBytes?: number | undefined
}
