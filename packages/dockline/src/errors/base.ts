/** Stable names to switch on. They survive two copies of the package in one program, where `instanceof` does not. */
export type DockerErrorCode =
  | 'ERR_DOCKER_API'
  | 'ERR_DOCKER_NOT_FOUND'
  | 'ERR_DOCKER_IMAGE_NOT_FOUND'
  | 'ERR_DOCKER_CONFLICT'
  | 'ERR_DOCKER_CONNECTION'
  | 'ERR_DOCKER_TIMEOUT'
  | 'ERR_DOCKER_STREAM'
  | 'ERR_DOCKER_STREAM_TRUNCATED'
  | 'ERR_DOCKER_PROTOCOL'
  | 'ERR_DOCKER_CONTAINER'
  | 'ERR_DOCKER_KILL'
  | 'ERR_DOCKER_LIMIT'
  | 'ERR_DOCKER_OUTPUT_LIMIT'
  | 'ERR_DOCKER_BUILD'
  | 'ERR_DOCKER_IMAGE_LOAD'
  | 'ERR_DOCKER_UNHEALTHY'
  | 'ERR_DOCKER_SERVICE'
  | 'ERR_DOCKER_SCOPE'
  | 'ERR_DOCKER_INVALID_VERSION'
  | 'ERR_DOCKER_INVALID_ARGUMENT'
  | 'ERR_DOCKER_TERMINAL'
  | 'ERR_DOCKER_TLS'
  | 'ERR_DOCKER_CONTEXT'
  | 'ERR_DOCKER_CONTEXT_NOT_FOUND'
  | 'ERR_DOCKER_CREDENTIALS'
  | 'ERR_DOCKER_REGISTRY'
  | 'ERR_DOCKER_REGISTRY_UNAUTHORIZED'
  | 'ERR_DOCKER_REGISTRY_DENIED'
  | 'ERR_DOCKER_REGISTRY_NOT_FOUND'
  | 'ERR_DOCKER_REGISTRY_RATE_LIMIT'

export interface DockerErrorOptions {
  /** What to try next, in one line; shown after the message. */
  readonly hint?: string | undefined
  readonly cause?: unknown
}

const names = new WeakMap<object, string>()

/** Keeps the name of a class of errors whole: the bundler of a program may shorten that of the class itself. */
export function keepName(errorClass: object, name: string): void {
  names.set(errorClass, name)
}

/** The most frames in the stack of an error of ours. The usual 10 of V8 end before the line that called this library. */
const STACK_FRAMES = 30
const USUAL_STACK_FRAMES = 10

/** The root of every error this library makes. An aborted call is the exception: it rejects with the signal's own reason. */
export class DockerError extends Error {
  /** The code of the failure, which is the same in every version. */
  readonly code: DockerErrorCode
  /** Advice for a person. The message ends with it. */
  readonly hint: string | undefined

  constructor(code: DockerErrorCode, message: string, { hint, cause }: DockerErrorOptions = {}) {
    const frames = deepenStacks()
    super(hint === undefined ? message : `${message} (${hint})`, cause === undefined ? {} : { cause })
    limitStacks(frames)
    this.name = names.get(new.target) ?? new.target.name
    this.code = code
    this.hint = hint
  }
}
keepName(DockerError, 'DockerError')

/** Has the stack of an error begin where this is called, in place of where the error was made. */
export function recaptureStack(error: DockerError): void {
  const frames = deepenStacks()
  Error.captureStackTrace(error, recaptureStack)
  limitStacks(frames)
}

/** Returns the limit as it was. A program that wants fewer frames than usual, or no stacks, gets them so. */
function deepenStacks(): number {
  const frames = Error.stackTraceLimit
  if (frames >= USUAL_STACK_FRAMES) limitStacks(Math.max(frames, STACK_FRAMES))
  return frames
}

/** Does nothing where the limit cannot be changed, as after `Object.freeze(Error)`. */
function limitStacks(frames: number): void {
  Reflect.set(Error, 'stackTraceLimit', frames)
}

/** 'a', 'a and b', 'a, b and c'. */
export function listWords(words: readonly string[]): string {
  const [last = '', ...others] = words.toReversed()
  return others.length === 0 ? last : `${others.reverse().join(', ')} and ${last}`
}
