import {
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL

/**
 * Writes a new file beside the old one and renames it, so that a reader never sees half a file. The name of the new
 * file is random; a file or link that has the name already is neither followed nor written to. `prepare` runs right
 * before the rename and may refuse it.
 */
export function writeWhole(
  file: string,
  content: string | Buffer,
  { mode, prepare = () => true }: { readonly mode: number; readonly prepare?: (draft: string) => boolean },
): boolean {
  const draft = `${file}.${randomName()}.tmp`
  let isReplaced = false
  const descriptor = openSync(draft, NEW_FILE, 0o600)
  try {
    try {
      writeFileSync(descriptor, content)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    // The umask of this process does not count.
    chmodSync(draft, mode)
    if (prepare(draft)) {
      renameSync(draft, file)
      isReplaced = true
    }
    return isReplaced
  } finally {
    if (!isReplaced) rmSync(draft, { force: true })
  }
}

/** Loaded for those who write only: it would take a fifth of what importing this package takes. */
function randomName(): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  return randomBytes(8).toString('hex')
}
