import { DockerError, type DockerErrorCode, type DockerErrorOptions, keepName, listWords } from './base.js'

/** No Engine could be reached, or the connection to it was lost before the answer was complete. */
export class ConnectionError extends DockerError {
  /** Where the Engine was looked for, such as `unix:///var/run/docker.sock`. */
  readonly address: string

  constructor(address: string, message: string, options?: DockerErrorOptions & { code?: DockerErrorCode }) {
    super(options?.code ?? 'ERR_DOCKER_CONNECTION', message, options)
    this.address = address
  }
}
keepName(ConnectionError, 'ConnectionError')

export interface TimeoutDetails {
  /** The id of the container that a `run` has left. */
  readonly container?: string | undefined
  /** The conditions of `waitFor` that were not met, in words. */
  readonly unmet?: readonly string[] | undefined
  readonly stdout?: string | Buffer | undefined
  readonly stderr?: string | Buffer | undefined
  /** The output of the command so far, or the last lines of the container that was waited for. */
  readonly output?: string | Buffer | undefined
}

/** A `timeout` option ran out. */
export class TimeoutError extends DockerError {
  /** The limit, in milliseconds. */
  readonly timeout: number
  /** The id of the container that a `run` has left, which may still run. */
  readonly container: string | undefined
  /** The conditions of `waitFor` that were not met, in words. Undefined for any other call. */
  readonly unmet: readonly string[] | undefined
  /** What the command of an `exec` or a `run` has written to stdout by then. Undefined for any other call. */
  readonly stdout: string | Buffer | undefined
  /** What that command has written to stderr. */
  readonly stderr: string | Buffer | undefined
  /** Both as they came. Of `waitFor`, the last lines of the container. Undefined for any other call. */
  readonly output: string | Buffer | undefined

  constructor(what: string, timeout: number, details: TimeoutDetails = {}) {
    const { container, unmet, output } = details
    const hint = container === undefined ? undefined : `its container is left: ${container.slice(0, 12)}`
    super('ERR_DOCKER_TIMEOUT', `${what} took longer than ${timeout} ms${restOf(unmet, output)}`, { hint })
    this.timeout = timeout
    this.container = container
    this.unmet = unmet
    this.stdout = details.stdout
    this.stderr = details.stderr
    this.output = output
  }
}
keepName(TimeoutError, 'TimeoutError')

function restOf(unmet: readonly string[] | undefined, output: string | Buffer | undefined): string {
  if (unmet === undefined) return ''
  const said = output?.toString().trimEnd().slice(-2000)
  return `: not yet ${listWords(unmet)}${said ? `; its last lines:\n${said}` : ''}`
}

/** An error inside a stream that had begun well: the Engine reported one, or the stream was cut short. */
export class StreamError extends DockerError {
  /** The exit code of the process, where its output was lost and the Engine reports the code. */
  readonly exitCode: number | undefined

  constructor(
    message: string,
    options?: DockerErrorOptions & { code?: DockerErrorCode; exitCode?: number | undefined },
  ) {
    super(options?.code ?? 'ERR_DOCKER_STREAM', message, options)
    this.exitCode = options?.exitCode
  }

  /** @internal */
  static truncated(what: string): StreamError {
    return new StreamError(`${what} ended before it was complete`, { code: 'ERR_DOCKER_STREAM_TRUNCATED' })
  }

  /**
   * The connection to a process ended, and the process went on; with its exit code where that is known by now.
   * @internal
   */
  static cutOff(what: string, exitCode: number | undefined, options: DockerErrorOptions): StreamError {
    const then = exitCode === undefined ? '' : `, which then ended with exit code ${exitCode}`
    return new StreamError(`the connection ended before ${what} did${then}: output was lost`, {
      code: 'ERR_DOCKER_STREAM_TRUNCATED',
      exitCode,
      ...options,
    })
  }
}
keepName(StreamError, 'StreamError')

/** The other side does not speak the Engine's protocol: not HTTP, not JSON, not a frame. */
export class ProtocolError extends DockerError {
  constructor(message: string, options?: DockerErrorOptions) {
    super('ERR_DOCKER_PROTOCOL', message, options)
  }
}
keepName(ProtocolError, 'ProtocolError')

/** TLS could not be set up or was refused: certificates that cannot be read or used, or a server that is not trusted. */
export class TlsError extends ConnectionError {
  constructor(address: string, message: string, options?: DockerErrorOptions) {
    super(address, message, { code: 'ERR_DOCKER_TLS', ...options })
  }
}
keepName(TlsError, 'TlsError')
