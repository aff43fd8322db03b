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
 * Writes a file beside the one it is to be, and then puts it in its place: nobody ever reads half of it. What it is called
 * meanwhile nobody can know before, and what has that name all the same is neither followed nor written to. `prepare` is the
 * last to look before the other is replaced, and may refuse that.
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
    // Whatever the umask of this process is.
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
