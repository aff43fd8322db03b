import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, openSync, type Stats, writeSync } from 'node:fs'
import { lstat, rename, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Cli } from './cli.js'
import { ExitError, explain } from './errors.js'
import { wholeOrGone } from './unfinished.js'

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

/** A file of that name is a whole archive, or what it was before. */
export async function writeArchive(tar: Readable, { cli, output, failure }: ArchiveTarget): Promise<void> {
  if (output === undefined || output === '') return writeStdout(tar, cli.stdout)
  // Nobody can know its name before, and put a link there that leads elsewhere.
  const part = join(dirname(output), `.tmp-${basename(output)}${randomBytes(8).toString('hex')}`)
  try {
    await wholeOrGone(part, async () => {
      await writeFile(tar, part)
      await rename(part, output)
    })
  } catch (error) {
    throw new ExitError(`${failure}: ${explain(error)}`, undefined, error)
  }
}

/** stdout may be a file, as in `> image.tar`. Its failures are told by those who listen to stdout. */
async function writeStdout(tar: Readable, stdout: Writable & { readonly fd?: number }): Promise<void> {
  const { fd } = stdout
  if (fd === undefined || !fstatSync(fd).isFile()) return pipeline(tar, stdout, { end: false })
  await copyInto(fd, tar).catch((error) => {
    if (!isOfWrite(error)) throw error
    stdout.emit('error', error)
  })
}

function isOfWrite({ syscall }: NodeJS.ErrnoException): boolean {
  return syscall === 'write'
}

/** Writes a file that is not there yet. */
async function writeFile(tar: Readable, path: string): Promise<void> {
  const file = openSync(path, 'wx', 0o600)
  try {
    await copyInto(file, tar)
  } finally {
    closeSync(file)
  }
}

/**
 * Each write is over before the next piece is read, as in the docker command: there is nothing else to do meanwhile, and a turn
 * through Node's thread pool costs more than the write.
 */
async function copyInto(file: number, tar: Readable): Promise<void> {
  const { readPieces } = await import('dockline/syntax')
  await readPieces(tar, (bytes) => writeWhole(file, bytes))
}

/** A disk may take a part. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}
