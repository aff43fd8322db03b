import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
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
  if ((await statOf(output))?.isDirectory()) {
    throw new ExitError(`${failure}: cannot write to a directory`)
  }
}

/** A file of that name is a whole archive, or what it was before. */
export async function writeArchive(tar: Readable, { cli, output, failure }: ArchiveTarget): Promise<void> {
  if (output === undefined || output === '') return pipeline(tar, cli.stdout, { end: false })
  const found = await statOf(output)
  if (found !== undefined && !found.isFile()) return pipeline(tar, createWriteStream(output))
  const part = join(dirname(output), `.tmp-${basename(output)}${process.pid}`)
  try {
    await pipeline(tar, createWriteStream(part, { mode: 0o600 }))
    await rename(part, output)
  } catch (error) {
    await rm(part, { force: true })
    throw new ExitError(`${failure}: ${explain(error)}`, undefined, error)
  }
}

function statOf(path: string) {
  return stat(path).catch(() => undefined)
}
