import { DockerError, type DockerErrorOptions, keepName, listWords } from './base.js'
import { StreamError } from './connection.js'

export interface ContainerErrorDetails {
  readonly exitCode: number
  readonly command: readonly string[]
  readonly image?: string | undefined
  readonly container: string
  readonly stdout: string | Buffer
  readonly stderr: string | Buffer
  readonly output: string | Buffer
  /** What to try next, in one line. */
  readonly hint?: string | undefined
  /** The conditions of `waitFor` that the container did not meet before its end, in words. */
  readonly unmet?: readonly string[] | undefined
}

/**
 * A command in a container ended with an exit code other than 0, or a container ended while it was waited for. It carries what
 * the result would have carried.
 */
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
  /** The conditions of `waitFor` that the container did not meet before its end, in words. Undefined for a command. */
  readonly unmet: readonly string[] | undefined

  constructor(details: ContainerErrorDetails) {
    super('ERR_DOCKER_CONTAINER', containerErrorMessage(details), { hint: details.hint ?? hintOn(details) })
    this.exitCode = details.exitCode
    this.command = details.command
    this.image = details.image
    this.container = details.container
    this.stdout = details.stdout
    this.stderr = details.stderr
    this.output = details.output
    this.unmet = details.unmet
  }
}
keepName(ContainerError, 'ContainerError')

/** A process of a command that could not be ended, by its number in the container. */
export interface LeftProcess {
  readonly pid: number
  /** The name of its program, up to 15 bytes of it. */
  readonly name: string
}

export interface KillErrorDetails {
  readonly container: string
  readonly left: readonly LeftProcess[]
  readonly reason?: unknown
}

/** A command was to be ended with its children, and processes of it may still run. */
export class KillError extends DockerError {
  /** The id of the container. */
  readonly container: string
  /** The processes that are left, where they are known. */
  readonly left: readonly LeftProcess[]
  /** Why the command was to be ended, such as a TimeoutError or the reason of an abort. */
  readonly reason: unknown

  constructor(details: KillErrorDetails, options?: DockerErrorOptions) {
    super('ERR_DOCKER_KILL', killErrorMessage(details), options)
    this.container = details.container
    this.left = details.left
    this.reason = details.reason
  }

  /** Returns the same error with the reason why the command was to be ended. */
  because(reason: unknown): KillError {
    const { container, left, hint, cause } = this
    return new KillError({ container, left, reason }, { hint, cause })
  }
}
keepName(KillError, 'KillError')

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
keepName(ServiceError, 'ServiceError')

/** What could not be removed with its scope. */
export interface ScopeRemainder {
  readonly kind: 'container' | 'network' | 'volume' | 'image'
  /** The id; of a volume, its name. */
  readonly id: string
  /** Why the Engine did not remove it. */
  readonly error: Error
}

/** A part of a scope could not be removed, or the scope cannot be watched over. */
export class ScopeError extends DockerError {
  /** The id of the scope. */
  readonly scope: string
  /** What is left of the scope. */
  readonly left: readonly ScopeRemainder[]

  constructor(
    scope: string,
    message: string,
    details: DockerErrorOptions & { left?: readonly ScopeRemainder[] },
  ) {
    super('ERR_DOCKER_SCOPE', message, details)
    this.scope = scope
    this.left = details.left ?? []
  }
}
keepName(ScopeError, 'ScopeError')

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
keepName(UnhealthyError, 'UnhealthyError')

/** A place in a Dockerfile. Lines count from 1. */
export interface BuildLocation {
  /** The name of the Dockerfile, as the builder knows it. */
  readonly file: string
  readonly line: number
  /** The last line; the same as `line` for a single one. */
  readonly endLine: number
  /** The lines and those around them, each with its number, the lines themselves marked with `>>>`. */
  readonly excerpt: string
}

/** What BuildKit has to say about a Dockerfile that works. */
export interface BuildWarning {
  /** The step that it belongs to, by its digest. */
  readonly step: string
  /** In one line, as in 'FromAsCasing: 'as' and 'FROM' keywords' casing do not match (line 1)'. */
  readonly text: string
  /** The name of the rule, as in 'FromAsCasing', where it is one. */
  readonly rule: string | undefined
  readonly detail: readonly string[]
  /** Where it is explained; '' for nowhere. */
  readonly url: string
  readonly location: BuildLocation | undefined
}

export type BuildErrorDetails = Pick<BuildError, 'explanation' | 'log'> &
  Partial<
    Pick<
      BuildError,
      'step' | 'exitCode' | 'location' | 'locations' | 'stepLog' | 'warnings' | 'status' | 'ref'
    >
  >

/** A build failed after it had begun. */
export class BuildError extends DockerError {
  /** The Engine's own words, without ours around them. */
  readonly explanation: string
  /** What the build wrote up to there: at most 1 MiB, the beginning and the end of it. */
  readonly log: string
  /** The step it failed in, as in '2/3 : RUN make', or '[2/3] RUN make' of BuildKit. */
  readonly step: string | undefined
  /** With which code a RUN ended, where that is what failed. */
  readonly exitCode: number | undefined
  /** Where in the Dockerfile. undefined for the classic builder and for Engines before 23, which do not say it. */
  readonly location: BuildLocation | undefined
  /** All places, the innermost first: an ONBUILD has one in each of two Dockerfiles. */
  readonly locations: readonly BuildLocation[]
  /** What the failed step wrote, cut in the same way. '' where it wrote nothing, or where the failed step is not known. */
  readonly stepLog: string
  readonly warnings: readonly BuildWarning[]
  /**
   * The code of gRPC that BuildKit ended with, such as 1 for a build that was cancelled by somebody else. For a RegistryError, the
   * HTTP status of the registry.
   */
  readonly status: number | undefined
  /** The name of the build in the Engine's history; undefined for the classic builder, and before a build has begun. */
  readonly ref: string | undefined

  constructor(details: BuildErrorDetails, options?: DockerErrorOptions) {
    const { explanation, log, step, exitCode, locations = [], stepLog = '', warnings = [], status } = details
    const where = step === undefined ? '' : ` at step ${step}`
    super('ERR_DOCKER_BUILD', `the build failed${where}: ${explanation}`, options)
    this.explanation = explanation
    this.log = log
    this.step = step
    this.exitCode = exitCode
    this.location = details.location ?? locations[0]
    this.locations = locations
    this.stepLog = stepLog
    this.warnings = warnings
    this.status = status
    this.ref = details.ref
  }
}
keepName(BuildError, 'BuildError')

/** An archive that was to be loaded has no images in it, or is damaged. */
export class ImageLoadError extends StreamError {
  constructor(message: string, options?: DockerErrorOptions) {
    super(message, { code: 'ERR_DOCKER_IMAGE_LOAD', ...options })
  }
}
keepName(ImageLoadError, 'ImageLoadError')

function containerErrorMessage(details: ContainerErrorDetails): string {
  const { exitCode, command, container, image, unmet } = details
  const short = container.slice(0, 12)
  if (unmet !== undefined)
    return `container ${short} ended with exit code ${exitCode} before ${listWords(unmet)}${lastWords(details.output)}`
  const where = image === undefined ? `container ${short}` : `image ${image}`
  return `command '${command.join(' ')}' in ${where} exited with code ${exitCode}${lastWords(details.stderr)}`
}

/** 128 + SIGKILL. The kernel sends that to a process for which there is no memory. */
const KILLED = 137

function hintOn({ exitCode }: ContainerErrorDetails): string | undefined {
  return exitCode === KILLED ? 'SIGKILL ended it: a kill, or the limit on memory' : undefined
}

/** The end of an output, as a message shows it. A Buffer may hold more than a string can. */
function lastWords(output: string | Buffer): string {
  const end = typeof output === 'string' ? output : output.subarray(-8192).toString()
  const said = end.trimEnd().slice(-2000)
  return said === '' ? '' : `: ${said}`
}

/** That many of the processes stand in the message. */
const NAMED_PROCESSES = 5

function killErrorMessage({ container, left, reason }: KillErrorDetails): string {
  const why = reason instanceof Error ? `${reason.message}, and ` : ''
  const named = left.slice(0, NAMED_PROCESSES).map(({ pid, name }) => `${pid} (${name})`)
  const more = left.length > named.length ? ' and others' : ''
  const which = named.length === 0 ? '' : `: left are ${named.join(', ')}${more}`
  return `${why}the command in container ${container.slice(0, 12)} could not be ended${which}`
}
