import { ExitError } from '../errors.js'

/** Where Go has other words than Node. */
const WORDS: Readonly<Record<string, string>> = {
  EBUSY: 'device or resource busy',
  EEXIST: 'file exists',
  EFBIG: 'file too large',
  EIO: 'input/output error',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  ENXIO: 'no such device or address',
  ETXTBSY: 'text file busy',
}

/** What the system says of a file, in Go's words: `no such file or directory`. */
export function reasonOf(cause: unknown): string {
  const { code = '', message } = cause as NodeJS.ErrnoException
  // As in "ENOENT: no such file or directory, open '/x'".
  return WORDS[code] ?? /^E[A-Z\d]+: (.+?), [a-z]+(?: '|$)/s.exec(message)?.[1] ?? message
}

/** The failure of a file in Go's words: `open x.tar: no such file or directory`. A folder fails when it is read. */
export function fileFailure(path: string, cause: unknown, exitCode?: number): ExitError {
  const { syscall } = cause as NodeJS.ErrnoException
  const act = syscall === 'read' ? syscall : 'open'
  return new ExitError(`${act} ${path}: ${reasonOf(cause)}`, exitCode, cause)
}
