import { BuildError, type BuildLocation, type DockerErrorOptions } from '../errors.js'
import { locationOf } from './excerpt.js'
import { type ErrorDetail, GrpcError } from './grpc/status.js'
import type { BuildTracker } from './progress.js'
import type { SourcePosition } from './status.js'

/** What is known of a build that has failed. */
export interface FailedBuild {
  readonly error: unknown
  readonly tracker: BuildTracker
  /** Why the session ended too early, if it did. */
  readonly sessionLost: string | undefined
  /** What went wrong on this side. */
  readonly local: Error | undefined
}

export function buildErrorOf({ error, tracker, sessionLost, local }: FailedBuild): BuildError {
  const status = error instanceof GrpcError ? error.status : undefined
  const details = error instanceof GrpcError ? error.details : []
  const failed = failedStep(details, tracker)
  const explanation = explanationOf(error, failed?.error)
  const locations = locationsIn(details)
  return new BuildError(
    {
      explanation,
      log: tracker.log,
      step: failed?.name,
      exitCode: exitCodeOf(details, explanation),
      locations,
      stepLog: failed?.log ?? '',
      warnings: tracker.warnings,
      status,
    },
    reasonsFor({ explanation, sessionLost, local, error, stepLog: failed?.log ?? '' }),
  )
}

function explanationOf(error: unknown, stepError: string | undefined): string {
  if (error instanceof GrpcError) return error.message.replace(/^failed to solve: /, '')
  return stepError ?? (error as Error).message
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

/** Engines before 23 tell it only in words. */
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

interface Known {
  readonly explanation: string
  readonly stepLog: string
  readonly error: unknown
  readonly sessionLost: string | undefined
  readonly local: Error | undefined
}

function reasonsFor({ explanation, stepLog, error, sessionLost, local }: Known): DockerErrorOptions {
  const hint = sessionLost ?? adviceOn(explanation, stepLog)
  return { hint, cause: local ?? error }
}

function adviceOn(explanation: string, stepLog: string): string | undefined {
  const [, limit] = /\[output clipped, log limit (\S+) reached\]/.exec(stepLog) ?? []
  if (limit !== undefined) {
    const name = limit.endsWith('/s') ? 'BUILDKIT_STEP_LOG_MAX_SPEED' : 'BUILDKIT_STEP_LOG_MAX_SIZE'
    return `the log was cut at ${limit}: ${name}=-1 in dockerd's environment lifts the limit`
  }
  if (/unsupported frontend capability|unsupported request frontend|unknown flag/i.test(explanation))
    return "the Dockerfile frontend of this Engine is too old: begin the Dockerfile with '# syntax=docker/dockerfile:1'"
  if (/401 Unauthorized|authorization failed|no basic auth credentials|pull access denied/i.test(explanation))
    return 'does the registry need a login, or auths?'
  return undefined
}
