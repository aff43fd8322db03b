import { hintOf, messageOf } from './library-words.js'

/** Exit codes that scripts know from the docker command. */
export const EXIT = {
  failure: 1,
  usage: 125,
  notExecutable: 126,
  notFound: 127,
  brokenPipe: 141,
  unknown: 255,
} as const

/** Ends the command with these words on stderr and this exit code. */
export class ExitError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT.failure, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.name = new.target.name
    this.exitCode = exitCode
  }
}

/** Which command a message is about, as in 'dockline ps', and how that is used, where there is more to say than its name. */
export interface UsedCommand {
  readonly path: string
  readonly usage?: string
}

/** The command line cannot be understood. The code that knows the command adds its usage and its help page. */
export class UsageError extends ExitError {
  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message, exitCode)
  }

  in({ path, usage }: UsedCommand): ExitError {
    const used = usage === undefined ? '' : `\n\nUsage:  ${usage}`
    return new ExitError(withAdvice(`${this.message}${used}`, path), this.exitCode)
  }
}

function withAdvice(words: string, path: string): string {
  return `${words}\n\nRun '${path} --help' for more information`
}

/**
 * The library's errors by their shape: this module is loaded at every start, the library only when an Engine
 * is wanted.
 */
interface LibraryError extends Error {
  readonly code: string
  readonly hint?: string | undefined
  readonly explanation?: string
  readonly exitCode?: number | undefined
}

export function isLibraryError(error: unknown): error is LibraryError {
  const { code } = error as { code?: unknown }
  return error instanceof Error && typeof code === 'string' && code.startsWith('ERR_DOCKER_')
}

/** One clear line. What the Engine said is marked as docker marks it, since scripts look for these words. */
export function explain(error: unknown): string {
  if (isTooLong(error)) return 'there is more to print than one string can hold'
  if (!isLibraryError(error)) return error instanceof Error ? error.message : String(error)
  if (error.explanation === undefined) return messageOf(error)
  const hint = hintOf(error)
  const more = hint === undefined ? '' : ` (${hint})`
  return `Error response from daemon: ${error.explanation}${more}`
}

/** What JavaScript itself says of it is no help to anybody. */
function isTooLong(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return (
    code === 'ERR_STRING_TOO_LONG' ||
    (error instanceof RangeError && error.message === 'Invalid string length')
  )
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof ExitError) return error.exitCode
  if (isCutOff(error)) return error.exitCode || EXIT.failure
  return isBrokenPipe(error) ? EXIT.brokenPipe : EXIT.failure
}

/** Output was lost, but how the process ended is known: that is its exit code, and none of it is success. */
function isCutOff(error: unknown): error is LibraryError {
  return isLibraryError(error) && error.code === 'ERR_DOCKER_STREAM_TRUNCATED'
}

/** The Engine cannot be reached, or not any more. */
export function isUnreachable(error: unknown): boolean {
  return isLibraryError(error) && error.code === 'ERR_DOCKER_CONNECTION'
}

/** The reader of our output has left, as in `dockline logs web | head -1`. */
export function isBrokenPipe(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === 'EPIPE'
}

/**
 * Returns the name as docker sends it: without slashes at its ends, and without blanks unless an image is meant. Refuses a
 * name of nothing before the Engine can take it for something else.
 */
export function requireName(given: string, what = 'container'): string {
  const name = (what === 'image' ? given : given.trim()).replace(/^\/+|\/+$/g, '')
  if (name.trim() !== '') return name
  throw new ExitError(`invalid ${what} name or ID: value is empty`)
}

/**
 * The failure of a run. The text of the error shows whether the command could be executed, could be found, or
 * neither.
 */
export function runFailure(error: unknown): ExitError {
  if (error instanceof ExitError) return error
  const words = explain(error)
  return new ExitError(`dockline: ${words}`, isCutOff(error) ? exitCodeOf(error) : runExitCode(words), error)
}

/** The failure to make or start a container. As in docker, the message names the help page. */
export function containerFailure({ message, exitCode, cause }: ExitError, path: string): ExitError {
  const words = message.replace(/^(?:dockline: )?/, 'dockline: ')
  return new ExitError(withAdvice(words, path), exitCode, cause)
}

function runExitCode(words: string): number {
  if (
    /executable file not found|no such file or directory|system cannot find the file specified/i.test(words)
  ) {
    return EXIT.notFound
  }
  return /permission denied|is a directory/i.test(words) ? EXIT.notExecutable : EXIT.usage
}
