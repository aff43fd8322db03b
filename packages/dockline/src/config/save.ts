import { chmodSync, chownSync, mkdirSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { InvalidArgumentError } from '../errors.js'
import { pause } from '../support/pause.js'
import { type ConfigFile, readConfigFile } from './file.js'
import { writeWhole } from './write-whole.js'

/** How often a change is made anew because others have changed the file meanwhile. */
const ATTEMPTS = 20
/** At most so many milliseconds are waited before it is: two that meet must not meet again. */
const PAUSE_MS = 20

/**
 * Changes config.json as the docker command does: writes a new file beside it and renames that, so that a reader
 * never sees half a file. Unknown keys stay, in their order. A link stays a link. Mode and owner stay; only the owner
 * may read a new file. Nothing is locked, so no writer waits for another. Right before the rename the file is read
 * once more; if another writer changed it meanwhile, the change is applied again to the new content. Without a change
 * nothing is written.
 */
export async function updateConfigFile(
  folder: string,
  change: (config: ConfigFile) => ConfigFile,
  signal?: AbortSignal,
): Promise<void> {
  const path = join(folder, 'config.json')
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      signal?.throwIfAborted()
      if (tryToChange(folder, targetOf(path), change)) return
      await pause(Math.random() * PAUSE_MS, signal)
    }
  } catch (cause) {
    if (signal?.aborted || cause instanceof InvalidArgumentError) throw cause
    throw new InvalidArgumentError(`cannot write ${path}`, { cause })
  }
  throw new InvalidArgumentError(`cannot write ${path}: others have changed it ${ATTEMPTS} times meanwhile`)
}

/** Whether the change is made, or there was nothing to change; false when somebody else was faster. */
function tryToChange(folder: string, file: string, change: (config: ConfigFile) => ConfigFile): boolean {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const found = statOf(file)
  const before = readConfigFile(folder)
  const after = JSON.stringify(change(before), null, '\t')
  if (after === JSON.stringify(before, null, '\t')) return true
  return writeWhole(file, after, {
    mode: 0o600,
    prepare: (draft) => {
      if (found !== undefined) keepOwnership(found, draft)
      return isSame(found, statOf(file))
    },
  })
}

function keepOwnership(before: Stats, draft: string): void {
  chmodSync(draft, before.mode & 0o777)
  try {
    chownSync(draft, before.uid, before.gid)
  } catch {
    // Only root can give files away.
  }
}

function statOf(file: string): Stats | undefined {
  return statSync(file, { throwIfNoEntry: false })
}

/** Another writer either renames a new file into its place or changes the times of the file. */
function isSame(before: Stats | undefined, now: Stats | undefined): boolean {
  if (before === undefined || now === undefined) return before === now
  return (
    before.ino === now.ino &&
    before.size === now.size &&
    before.mtimeMs === now.mtimeMs &&
    before.ctimeMs === now.ctimeMs
  )
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
