import { BuildError, type BuildLocation, ConnectionError, DockerError } from '../errors.js'
import { withoutLogin } from '../support/check.js'
import { locationOf } from './excerpt.js'
import { ConnectionLost } from './grpc/client.js'
import type { ErrorDetail, GrpcError } from './grpc/status.js'
import type { BuildTracker } from './progress.js'
import type { SourcePosition } from './status.js'

/** What is known of a build that has failed. */
export interface FailedBuild {
  readonly error: GrpcError
  readonly tracker: BuildTracker
  /** Why the session ended too early, if it did. */
  readonly sessionLost: string | undefined
  /** Its name in the Engine's history. */
  readonly ref?: string | undefined
}

export function buildErrorOf({ error, tracker, sessionLost, ref }: FailedBuild): BuildError {
  const { status, details } = error
  const failed = failedStep(details, tracker)
  const explanation = error.message.replace(/^failed to solve: /, '')
  const stepLog = failed?.log ?? ''
  const locations = locationsIn(details)
  return new BuildError(
    {
      explanation,
      log: tracker.log,
      step: failed && withoutLogin(failed.name),
      exitCode: exitCodeOf(details, explanation),
      locations,
      stepLog,
      warnings: tracker.warnings,
      status,
      ref,
    },
    { hint: sessionLost ?? adviceOn(explanation, stepLog), cause: error },
  )
}

/** An error of the connection in our words; any other is left as it is. */
export function connectionErrorOf(error: unknown, address: string, hint?: string): unknown {
  if (!(error instanceof ConnectionLost)) return error
  // The socket's own error says more.
  const { cause } = error
  return cause instanceof DockerError
    ? cause
    : new ConnectionError(address, error.message, { hint, cause: error })
}

function failedStep(details: readonly ErrorDetail[], tracker: BuildTracker) {
  const digest = details.map(({ type, value }) => (is(type, 'Vertex') ? read(value, 'digest') : undefined))
  const named = digest.map((each) => (typeof each === 'string' ? tracker.step(each) : undefined))
  return named.find(Boolean) ?? tracker.steps.find(({ state }) => state === 'failed')
}

/** The innermost first, as docker shows them. */
function locationsIn(details: readonly ErrorDetail[]): BuildLocation[] {
  return details.flatMap(({ type, value }) => (is(type, 'Source') ? (placeOf(value) ?? []) : []))
}

function placeOf(value: unknown): BuildLocation | undefined {
  const { info, ranges } = value as {
    info?: { filename?: string; data?: string }
    ranges?: readonly { start?: Partial<SourcePosition>; end?: Partial<SourcePosition> }[]
  }
  const position = ({ line = 0, character = 0 }: Partial<SourcePosition> = {}) => ({ line, character })
  return locationOf({
    filename: info?.filename ?? '',
    data: Buffer.from(info?.data ?? '', 'base64'),
    ranges: (ranges ?? []).map(({ start, end }) => ({ start: position(start), end: position(end) })),
  })
}

/** Engines before 23 have the exit code only in the text. */
function exitCodeOf(details: readonly ErrorDetail[], explanation: string): number | undefined {
  for (const { type, value } of details) {
    const code = is(type, 'ExitMessage') ? read(value, 'Code') : undefined
    if (typeof code === 'number') return code
  }
  const [, code] = /exit code: (\d+)/.exec(explanation) ?? []
  return code === undefined ? undefined : Number(code)
}

/** As in 'github.com/moby/buildkit/errdefs.Source+json'. */
function is(type: string, name: string): boolean {
  return type.endsWith(`.${name}+json`)
}

function read(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function adviceOn(explanation: string, stepLog: string): string | undefined {
  const [, limit] = /\[output clipped, log limit (\S+) reached\]/.exec(stepLog) ?? []
  if (limit !== undefined) {
    const name = limit.endsWith('/s') ? 'BUILDKIT_STEP_LOG_MAX_SPEED' : 'BUILDKIT_STEP_LOG_MAX_SIZE'
    return `the log was cut at ${limit}: ${name}=-1 in dockerd's environment lifts the limit`
  }
  if (/unsupported frontend capability|unsupported request frontend|unknown flag/i.test(explanation))
    return "the Dockerfile frontend of this Engine is too old: begin the Dockerfile with '# syntax=docker/dockerfile:1'"
  if (/exec: "git": executable file not found/.test(explanation))
    return 'the Engine runs git for such a context, and finds none in its PATH'
  if (/401 Unauthorized|authorization failed|no basic auth credentials|pull access denied/i.test(explanation))
    return 'does the registry need a login, or auths?'
  return undefined
}
