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
  | 'ERR_DOCKER_BUILD'
  | 'ERR_DOCKER_IMAGE_LOAD'
  | 'ERR_DOCKER_UNHEALTHY'
  | 'ERR_DOCKER_SERVICE'
  | 'ERR_DOCKER_INVALID_VERSION'
  | 'ERR_DOCKER_INVALID_ARGUMENT'
  | 'ERR_DOCKER_TERMINAL'

export interface DockerErrorOptions {
  /** What to try next, in one line; shown after the message. */
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** The root of every error this library makes. An aborted call is the exception: it rejects with the signal's own reason. */
export class DockerError extends Error {
  readonly code: DockerErrorCode
  readonly hint: string | undefined

  constructor(code: DockerErrorCode, message: string, { hint, cause }: DockerErrorOptions = {}) {
    super(hint === undefined ? message : `${message} (${hint})`, cause === undefined ? {} : { cause })
    this.name = new.target.name
    this.code = code
    this.hint = hint
  }
}

/** What an Engine answered when it refused a call. */
export interface ApiErrorDetails {
  readonly status: number
  readonly method: string
  readonly path: string
  /** The Engine's own words. */
  readonly explanation: string
}

/** The Engine answered with an error status. The subclasses name the statuses one handles most. */
export class ApiError extends DockerError {
  /** The HTTP status: anything that is not success. */
  readonly status: number
  readonly method: string
  /** The path, without the version before it and the query behind it: that may hold what should not be logged. */
  readonly path: string
  /** The Engine's own words, without ours around them. */
  readonly explanation: string

  constructor(details: ApiErrorDetails, options?: DockerErrorOptions & { code?: DockerErrorCode }) {
    const { status, method, path, explanation } = details
    super(options?.code ?? 'ERR_DOCKER_API', `${explanation} (${method} ${path} answered ${status})`, options)
    this.status = status
    this.method = method
    this.path = path
    this.explanation = explanation
  }

  /** The class that fits the status and the words. */
  static from(details: ApiErrorDetails, given?: DockerErrorOptions): ApiError {
    const options = { ...given, hint: given?.hint ?? adviceOn(details) }
    if (details.status === 404 && isMissingImage(details)) return new ImageNotFoundError(details, options)
    if (details.status === 404) return new NotFoundError(details, options)
    if (details.status === 409) return new ConflictError(details, options)
    return new ApiError(details, options)
  }
}

/** 404: there is no such container, exec, network, … */
export class NotFoundError extends ApiError {
  constructor(details: ApiErrorDetails, options?: DockerErrorOptions & { code?: DockerErrorCode }) {
    super(details, { code: 'ERR_DOCKER_NOT_FOUND', ...options })
  }
}

/** 404 for an image, also when a container is created from one that is not here. */
export class ImageNotFoundError extends NotFoundError {
  constructor(details: ApiErrorDetails, options?: DockerErrorOptions) {
    super(details, { code: 'ERR_DOCKER_IMAGE_NOT_FOUND', ...options })
  }
}

/** 409: a name in use, a container that is not running, … */
export class ConflictError extends ApiError {
  constructor(details: ApiErrorDetails, options?: DockerErrorOptions) {
    super(details, { code: 'ERR_DOCKER_CONFLICT', ...options })
  }
}

/** No Engine could be reached, or the connection to it was lost before the answer was complete. */
export class ConnectionError extends DockerError {
  /** Where the Engine was looked for, such as `unix:///var/run/docker.sock`. */
  readonly address: string

  constructor(address: string, message: string, options?: DockerErrorOptions) {
    super('ERR_DOCKER_CONNECTION', message, options)
    this.address = address
  }
}

/** A `timeout` option ran out. */
export class TimeoutError extends DockerError {
  /** The limit, in milliseconds. */
  readonly timeout: number

  constructor(what: string, timeout: number) {
    super('ERR_DOCKER_TIMEOUT', `${what} took longer than ${timeout} ms`)
    this.timeout = timeout
  }
}

/** An error inside a stream that had begun well: the Engine reported one, or the stream was cut short. */
export class StreamError extends DockerError {
  constructor(message: string, options?: DockerErrorOptions & { code?: DockerErrorCode }) {
    super(options?.code ?? 'ERR_DOCKER_STREAM', message, options)
  }

  static truncated(what: string): StreamError {
    return new StreamError(`${what} ended before it was complete`, { code: 'ERR_DOCKER_STREAM_TRUNCATED' })
  }
}

/** The other side does not speak the Engine's protocol: not HTTP, not JSON, not a frame. */
export class ProtocolError extends DockerError {
  constructor(message: string, options?: DockerErrorOptions) {
    super('ERR_DOCKER_PROTOCOL', message, options)
  }
}

export interface ContainerErrorDetails {
  readonly exitCode: number
  readonly command: readonly string[]
  readonly image?: string | undefined
  readonly container: string
  readonly stdout: string | Buffer
  readonly stderr: string | Buffer
  readonly output: string | Buffer
}

/** A command in a container ended with an exit code other than 0. It carries what the result would have carried. */
export class ContainerError extends DockerError {
  readonly exitCode: number
  readonly command: readonly string[]
  /** The image of the container, when `run` made it. */
  readonly image: string | undefined
  /** The id of the container. */
  readonly container: string
  readonly stdout: string | Buffer
  readonly stderr: string | Buffer
  readonly output: string | Buffer

  constructor(details: ContainerErrorDetails) {
    super('ERR_DOCKER_CONTAINER', containerErrorMessage(details))
    this.exitCode = details.exitCode
    this.command = details.command
    this.image = details.image
    this.container = details.container
    this.stdout = details.stdout
    this.stderr = details.stderr
    this.output = details.output
  }
}

export interface ServiceErrorDetails {
  /** The name of the service. */
  readonly service: string
  /** The Engine's word for it: 'paused', 'rollback_paused' or 'rollback_completed'. */
  readonly state: string
  /** What the Engine says about it. */
  readonly explanation: string
}

/** A service did not become what it was asked to be: its update stopped half-way, or was rolled back. */
export class ServiceError extends DockerError {
  readonly service: string
  readonly state: string
  readonly explanation: string

  constructor({ service, state, explanation }: ServiceErrorDetails, options?: DockerErrorOptions) {
    super('ERR_DOCKER_SERVICE', `service ${service}: ${explanation}`, options)
    this.service = service
    this.state = state
    this.explanation = explanation
  }
}

/** A check of a container's health, as the Engine has it. */
export interface HealthCheckResult {
  readonly Start?: string | undefined
  readonly End?: string | undefined
  readonly ExitCode?: number | undefined
  readonly Output?: string | undefined
}

export interface UnhealthyErrorDetails {
  readonly container: string
  readonly health: string
  readonly log: readonly HealthCheckResult[]
}

/** A container that was to become healthy is unhealthy, or does not run. */
export class UnhealthyError extends DockerError {
  /** The id of the container. */
  readonly container: string
  /** 'unhealthy', or for one that does not run what it was last. */
  readonly health: string
  /** The last checks, the newest at the end. */
  readonly log: readonly HealthCheckResult[]

  constructor(message: string, { container, health, log }: UnhealthyErrorDetails) {
    super('ERR_DOCKER_UNHEALTHY', message)
    this.container = container
    this.health = health
    this.log = log
  }
}

export type BuildErrorDetails = Pick<BuildError, 'explanation' | 'log'> &
  Partial<Pick<BuildError, 'step' | 'exitCode'>>

/** A build failed after it had begun. */
export class BuildError extends DockerError {
  /** The Engine's own words, without ours around them. */
  readonly explanation: string
  /** What the build wrote up to there. */
  readonly log: string
  /** The step it failed in, as in '2/3 : RUN make'. */
  readonly step: string | undefined
  /** With which code a RUN ended, where that is what failed. */
  readonly exitCode: number | undefined

  constructor({ explanation, log, step, exitCode }: BuildErrorDetails, options?: DockerErrorOptions) {
    const where = step === undefined ? '' : ` at step ${step}`
    super('ERR_DOCKER_BUILD', `the build failed${where}: ${explanation}`, options)
    this.explanation = explanation
    this.log = log
    this.step = step
    this.exitCode = exitCode
  }
}

/** An archive that was to be loaded is none of images, or a damaged one. */
export class ImageLoadError extends StreamError {
  constructor(message: string, options?: DockerErrorOptions) {
    super(message, { code: 'ERR_DOCKER_IMAGE_LOAD', ...options })
  }
}

/** The API version in use is too old, or the Engine too old for any version of ours. Thrown before anything is sent. */
export class InvalidVersionError extends DockerError {
  constructor(message: string, options?: DockerErrorOptions) {
    super('ERR_DOCKER_INVALID_VERSION', message, options)
  }
}

/** A value that cannot be right, named with its option. Thrown before anything is sent. */
export class InvalidArgumentError extends DockerError {
  constructor(message: string, options?: DockerErrorOptions) {
    super('ERR_DOCKER_INVALID_ARGUMENT', message, options)
  }
}

/** This process's terminal cannot be used as asked, such as a tty session without a terminal on stdin. */
export class TerminalError extends DockerError {
  constructor(message: string, options?: DockerErrorOptions) {
    super('ERR_DOCKER_TERMINAL', message, options)
  }
}

/** What helps with a Swarm that is not there, which the Engine says in terms of its command line. */
function adviceOn({ status, explanation }: ApiErrorDetails): string | undefined {
  if (status !== 503) return undefined
  if (/not a swarm manager/i.test(explanation)) {
    return 'this node is not a swarm manager: make it one with swarm.init(), or connect to one'
  }
  return /swarm is encrypted/i.test(explanation) ? 'this manager is locked: swarm.unlock(key)' : undefined
}

/** Engines word it differently, and a missing network or volume at create is a 404 as well. */
function isMissingImage({ path, explanation }: ApiErrorDetails): boolean {
  if (/^\/(v[\d.]+\/)?images\/.+\/(json|history|get|push|tag)$/.test(path)) return true
  return /no such image|image not known|failed to resolve reference|pull access denied|manifest unknown/i.test(
    explanation,
  )
}

function containerErrorMessage({
  exitCode,
  command,
  container,
  image,
  stderr,
}: ContainerErrorDetails): string {
  const where = image === undefined ? `container ${container.slice(0, 12)}` : `image ${image}`
  const said = stderr.toString().trimEnd().slice(-2000)
  return `command '${command.join(' ')}' in ${where} exited with code ${exitCode}${said === '' ? '' : `: ${said}`}`
}
