import { DockerError, type DockerErrorCode, type DockerErrorOptions, keepName } from './base.js'

/** The API version in use is too old, or the Engine too old for any version of ours. Thrown before anything is sent. */
export class InvalidVersionError extends DockerError {
  constructor(message: string, options?: DockerErrorOptions) {
    super('ERR_DOCKER_INVALID_VERSION', message, options)
  }
}
keepName(InvalidVersionError, 'InvalidVersionError')

/** A value that cannot be right, named with its option. Thrown before anything is sent. */
export class InvalidArgumentError extends DockerError {
  constructor(message: string, options?: DockerErrorOptions) {
    super('ERR_DOCKER_INVALID_ARGUMENT', message, options)
  }
}
keepName(InvalidArgumentError, 'InvalidArgumentError')

/** This process's terminal cannot be used as asked, such as a tty session without a terminal on stdin. */
export class TerminalError extends DockerError {
  constructor(message: string, options?: DockerErrorOptions) {
    super('ERR_DOCKER_TERMINAL', message, options)
  }
}
keepName(TerminalError, 'TerminalError')

/** A context cannot be used, made or changed: its name, its files or what they say. */
export class ContextError extends DockerError {
  /** The name of the context. */
  readonly context: string

  constructor(context: string, message: string, options?: DockerErrorOptions & { code?: DockerErrorCode }) {
    super(options?.code ?? 'ERR_DOCKER_CONTEXT', message, options)
    this.context = context
  }
}
keepName(ContextError, 'ContextError')

/** There is no context of that name; the message lists those there are. */
export class ContextNotFoundError extends ContextError {
  constructor(context: string, message: string, options?: DockerErrorOptions) {
    super(context, message, { code: 'ERR_DOCKER_CONTEXT_NOT_FOUND', ...options })
  }
}
keepName(ContextNotFoundError, 'ContextNotFoundError')

/** Credentials could not be read or kept: a credential helper failed, or config.json is broken. Never holds a secret. */
export class CredentialsError extends DockerError {
  constructor(message: string, options?: DockerErrorOptions) {
    super('ERR_DOCKER_CREDENTIALS', message, options)
  }
}
keepName(CredentialsError, 'CredentialsError')
