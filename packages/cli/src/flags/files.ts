import { ExitError } from '../errors.js'

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
}

/** As Go tells of a file: `open x.tar: no such file or directory`. */
export function fileFailure(act: string, path: string, cause: unknown): ExitError {
  const { code = '', message } = cause as NodeJS.ErrnoException
  return new ExitError(`${act} ${path}: ${WORDS[code] ?? message}`, undefined, cause)
}
