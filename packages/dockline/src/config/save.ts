import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readlinkSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { InvalidArgumentError } from '../errors.js'
import { type ConfigFile, readConfigFile } from './file.js'

/** Milliseconds between two looks at a file that somebody else is writing. */
const RETRY = 10
/** Milliseconds after which whoever was writing it must have died: writing takes one or two. */
const STALE = 10_000

/**
 * Changes config.json as the docker command writes it: beside it and then in its place, so that nobody ever reads half a
 * file. Keys that are not known stay, in their order; a link stays a link; mode and owner stay what they were, and those
 * of a new file let only its owner read it. Whoever else changes it this way waits meanwhile. Nothing is written when
 * nothing changes.
 */
export async function updateConfigFile(
  folder: string,
  change: (config: ConfigFile) => ConfigFile,
  signal?: AbortSignal,
): Promise<void> {
  const file = targetOf(join(folder, 'config.json'))
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const draft = `${file}.lock`
    const descriptor = await openDraft(draft, signal)
    // From here to its end nothing waits: what is read is what is replaced.
    replace({ folder, file, draft, descriptor }, change)
  } catch (cause) {
    if (signal?.aborted || cause instanceof InvalidArgumentError) throw cause
    throw new InvalidArgumentError(`cannot write ${file}`, { cause })
  }
}

interface Replacement {
  readonly folder: string
  readonly file: string
  readonly draft: string
  readonly descriptor: number
}

function replace(
  { folder, file, draft, descriptor }: Replacement,
  change: (config: ConfigFile) => ConfigFile,
): void {
  let replaced = false
  try {
    const before = readConfigFile(folder)
    const after = JSON.stringify(change(before), null, '\t')
    if (after !== JSON.stringify(before, null, '\t')) {
      writeFileSync(descriptor, after)
      fsyncSync(descriptor)
      keepOwnership(file, draft)
      renameSync(draft, file)
      replaced = true
    }
  } finally {
    closeSync(descriptor)
    if (!replaced) unlinkSync(draft)
  }
}

/** The draft is also what others wait for: there is only one of it. */
async function openDraft(draft: string, signal: AbortSignal | undefined): Promise<number> {
  for (;;) {
    try {
      return openSync(draft, 'wx', 0o600)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (isStale(draft)) removeQuietly(draft)
    else await delay(RETRY, undefined, { signal })
  }
}

function isStale(draft: string): boolean {
  const { mtimeMs } = statSync(draft, { throwIfNoEntry: false }) ?? {}
  return mtimeMs !== undefined && Date.now() - mtimeMs > STALE
}

function removeQuietly(draft: string): void {
  try {
    unlinkSync(draft)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

function keepOwnership(file: string, draft: string): void {
  const before = statSync(file, { throwIfNoEntry: false })
  if (before === undefined) return
  chmodSync(draft, before.mode & 0o777)
  try {
    chownSync(draft, before.uid, before.gid)
  } catch {
    // Only root can give files away.
  }
}

/** Where the links lead, also to a file that is not there yet. */
function targetOf(file: string): string {
  let target = file
  for (let hops = 0; hops < 40; hops += 1) {
    try {
      target = resolve(dirname(target), readlinkSync(target))
    } catch {
      return target
    }
  }
  throw new InvalidArgumentError(`the links of ${file} lead in a circle`)
}
