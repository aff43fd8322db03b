import { DockerError, type DockerErrorCode, type DockerErrorOptions, keepName } from './base.js'

/** An answer, an output or a file is longer than its limit. The rest of it was not read. */
export class LimitError extends DockerError {
  /** The limit, in bytes. */
  readonly limit: number

  constructor(message: string, limit: number, options?: DockerErrorOptions & { code?: DockerErrorCode }) {
    super(options?.code ?? 'ERR_DOCKER_LIMIT', message, options)
    this.limit = limit
  }
}
keepName(LimitError, 'LimitError')

export interface OutputLimitErrorDetails {
  /** In bytes. */
  readonly limit: number
  readonly stdout: string | Buffer
  readonly stderr: string | Buffer
  readonly output: string | Buffer
  /** The id of the container, when `run` or `exec` collected the output. */
  readonly container?: string | undefined
}

/** A command wrote more than `maxOutput`, or more than one string can hold. It carries the output up to there. */
export class OutputLimitError extends LimitError {
  /** The beginning of stdout. At most `maxOutput` bytes together with `stderr`; without `maxOutput` at most 1 MiB. */
  readonly stdout: string | Buffer
  readonly stderr: string | Buffer
  /** stdout and stderr as they came. */
  readonly output: string | Buffer
  /** The id of the container, when `run` or `exec` collected the output. */
  readonly container: string | undefined

  constructor(message: string, details: OutputLimitErrorDetails, options?: DockerErrorOptions) {
    super(message, details.limit, { code: 'ERR_DOCKER_OUTPUT_LIMIT', ...options })
    this.stdout = details.stdout
    this.stderr = details.stderr
    this.output = details.output
    this.container = details.container
  }
}
keepName(OutputLimitError, 'OutputLimitError')
