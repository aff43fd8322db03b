import { randomBytes } from 'node:crypto'
import { createWriteStream, type Stats } from 'node:fs'
import { lstat, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Cli } from './cli.js'
import { ExitError, explain } from './errors.js'

/** Where an archive goes: a file, or stdout. */
export interface ArchiveTarget {
  readonly cli: Cli
  readonly output: string | undefined
  /** Begins each message, as in 'failed to export container'. */
  readonly failure: string
}

/** Refuses what could not be written to, before anything is asked of the Engine. */
export async function checkTarget({ cli, output, failure }: ArchiveTarget): Promise<void> {
  if (output === undefined || output === '') {
    if (cli.stdout.isTTY !== true) return
    throw new ExitError('cowardly refusing to save to a terminal. Use the -o flag or redirect')
  }
  const folder = dirname(output)
  await stat(folder).catch((cause) => {
    const reason = cause.code === 'ENOENT' ? 'no such file or directory' : cause.message
    throw new ExitError(`${failure}: invalid output path: stat ${folder}: ${reason}`, undefined, cause)
  })
  const found = await lstat(output).catch(() => undefined)
  const kind = found === undefined || found.isFile() ? undefined : kindOf(found)
  if (kind !== undefined) throw new ExitError(`${failure}: cannot write to ${kind}`)
}

/** What is no file is not replaced by one, in docker's words. */
function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a directory'
  if (found.isSymbolicLink()) return 'a symbolic link directly'
  if (found.isFIFO()) return 'a named pipe (FIFO)'
  if (found.isSocket()) return 'a socket'
  return found.isCharacterDevice() ? 'a character device file' : 'a block device file'
}

/** Joins the pieces that arrive while the disk is busy into one write: pieces are as small as 32 KiB, and each write takes a turn through the thread pool. */
const GATHERED_BYTES = 2 * 1024 * 1024

/** A file of that name is a whole archive, or what it was before. */
export async function writeArchive(tar: Readable, { cli, output, failure }: ArchiveTarget): Promise<void> {
  if (output === undefined || output === '') return pipeline(tar, cli.stdout, { end: false })
  // Nobody can know its name before, and put a link there that leads elsewhere.
  const part = join(dirname(output), `.tmp-${basename(output)}${randomBytes(8).toString('hex')}`)
  try {
    const file = createWriteStream(part, { flags: 'wx', mode: 0o600, highWaterMark: GATHERED_BYTES })
    await pipeline(tar, file)
    await rename(part, output)
  } catch (error) {
    await rm(part, { force: true })
    throw new ExitError(`${failure}: ${explain(error)}`, undefined, error)
  }
}
