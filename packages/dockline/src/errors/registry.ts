import { DockerError, keepName } from './base.js'

/**
 * A registry refused what the Engine asked of it, or the Engine could not reach it: while it pulled, pushed, built,
 * looked up an image, searched or logged in. The error is also an ApiError, a StreamError or a BuildError. A BuildError
 * and an ImageNotFoundError keep their codes.
 *
 * The codes: ERR_DOCKER_REGISTRY_UNAUTHORIZED (401), ERR_DOCKER_REGISTRY_DENIED (403), ERR_DOCKER_REGISTRY_NOT_FOUND
 * (404), ERR_DOCKER_REGISTRY_RATE_LIMIT (429), and ERR_DOCKER_REGISTRY for the rest.
 */
export abstract class RegistryError extends DockerError {
  /** The registry, as in an image's name: 'ghcr.io', 'localhost:5000', 'docker.io'. */
  abstract readonly registry: string
  /** The repository, as in 'team/app'. Undefined for a login or a search. */
  abstract readonly repository: string | undefined
  /**
   * The status that the registry answered with. Where the registry did not answer, it is undefined, and for an ApiError the status
   * of the Engine.
   */
  abstract readonly status: number | undefined

  /** A class has one class above it, and these errors need two: what the error knows decides. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof DockerError && 'registry' in value
  }
}
keepName(RegistryError, 'RegistryError')
