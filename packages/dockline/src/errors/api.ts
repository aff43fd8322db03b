import type { IncomingHttpHeaders } from 'node:http'
import { DockerError, type DockerErrorCode, type DockerErrorOptions, keepName } from './base.js'

/** What an Engine answered when it refused a call. */
export interface ApiErrorDetails {
  readonly status: number
  readonly method: string
  readonly path: string
  /** The Engine's own words. */
  readonly explanation: string
  /** The answer's body: what its JSON holds, or the text that is no JSON; undefined for none. */
  readonly body?: unknown
  /** By lower-case name. */
  readonly headers?: IncomingHttpHeaders | undefined
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
  readonly #body: unknown
  readonly #headers: IncomingHttpHeaders

  constructor(details: ApiErrorDetails, options?: DockerErrorOptions & { code?: DockerErrorCode }) {
    const { status, method, path, explanation, body, headers = {} } = details
    super(options?.code ?? 'ERR_DOCKER_API', `${explanation} (${method} ${path} answered ${status})`, options)
    this.status = status
    this.method = method
    this.path = path
    this.explanation = explanation
    this.#body = body
    this.#headers = headers
  }

  /** The answer's body: what its JSON holds, or the text that is no JSON; undefined for none. Not shown in logs. */
  get body(): unknown {
    return this.#body
  }

  /** The answer's headers, by lower-case name. Not shown in logs. */
  get headers(): IncomingHttpHeaders {
    return this.#headers
  }

  /** The class that fits the status and the words. */
  static from(details: ApiErrorDetails, given?: DockerErrorOptions): ApiError {
    const options = { ...given, hint: given?.hint ?? adviceOn(details) }
    if (details.status === 404 && isMissingImage(details)) return new ImageNotFoundError(details, options)
    if (details.status === 404) return new NotFoundError(details, options)
    if (details.status === 409 || isConflict(details)) return new ConflictError(details, options)
    return new ApiError(details, options)
  }
}
keepName(ApiError, 'ApiError')

/** 404: there is no such container, exec, network, … */
export class NotFoundError extends ApiError {
  constructor(details: ApiErrorDetails, options?: DockerErrorOptions & { code?: DockerErrorCode }) {
    super(details, { code: 'ERR_DOCKER_NOT_FOUND', ...options })
  }
}
keepName(NotFoundError, 'NotFoundError')

/** 404 for an image, also when a container is created from one that is not here. */
export class ImageNotFoundError extends NotFoundError {
  constructor(details: ApiErrorDetails, options?: DockerErrorOptions) {
    super(details, { code: 'ERR_DOCKER_IMAGE_NOT_FOUND', ...options })
  }
}
keepName(ImageNotFoundError, 'ImageNotFoundError')

/** 409: a name in use, a container that is not running, … A network in use is 403. Podman says 500 for both. */
export class ConflictError extends ApiError {
  constructor(details: ApiErrorDetails, options?: DockerErrorOptions) {
    super(details, { code: 'ERR_DOCKER_CONFLICT', ...options })
  }
}
keepName(ConflictError, 'ConflictError')

/** What helps with a Swarm that is not there, which the Engine says in terms of its command line. */
function adviceOn({ status, explanation }: ApiErrorDetails): string | undefined {
  if (status !== 503) return undefined
  if (/not a swarm manager/i.test(explanation)) {
    return 'this node is not a swarm manager: make it one with swarm.init(), or connect to one'
  }
  return /swarm is encrypted/i.test(explanation) ? 'this manager is locked: swarm.unlock(key)' : undefined
}

/** A conflict with another status: Docker's 403 for a network in use, and Podman's 500. */
function isConflict({ status, explanation }: ApiErrorDetails): boolean {
  if (status === 403) return /has active endpoints/.test(explanation)
  return (
    status === 500 &&
    /that name is already in use|(network|volume) already exists|network is being used/.test(explanation)
  )
}

/**
 * Engines word it differently, and a missing network or volume at create is a 404 as well. An image that is here for other
 * platforms only is missing too.
 */
function isMissingImage({ path, explanation }: ApiErrorDetails): boolean {
  if (/^\/(v[\d.]+\/)?images\/.+\/(json|history|get|push|tag)$/.test(path)) return true
  return /no such image|image with reference|image not known|failed to resolve reference|pull access denied|manifest unknown/i.test(
    explanation,
  )
}
