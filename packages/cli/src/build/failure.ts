import type { BuildError } from 'dockline'
import { EXIT, ExitError, explain } from '../errors.js'
import { hintOf } from '../library-words.js'
import { placeText } from './warnings.js'

/** What gRPC calls the ways to end that have an exit code of their own. */
const EXIT_CODES: Readonly<Record<number, number>> = { 1: 130, 8: 102, 13: 100 }
const CANCELED = 130

/** How a build with BuildKit ends the command: with the place in the Dockerfile, and docker's words and exit codes. */
export function buildFailure(error: unknown): ExitError {
  if (error instanceof ExitError) return marked(error)
  if (isBuildError(error)) {
    const places = error.locations.map((location) => placeText(location)).join('')
    const words = `ERROR: failed to build: failed to solve: ${error.explanation}${adviceOn(error)}`
    return new ExitError(`${places}${words}`, EXIT_CODES[error.status ?? 0] ?? EXIT.failure, error)
  }
  const words = isOfConnection(error) ? explain(error) : `failed to build: ${explain(error)}`
  return new ExitError(`ERROR: ${words}`, EXIT.failure, error)
}

/** What other commands say as well is marked here as docker marks it. */
function marked(error: ExitError): ExitError {
  if (/^(?:ERROR: |.*:\d+\n-{20}\n)/.test(error.message)) return error
  return new ExitError(`ERROR: failed to build: ${error.message}`, error.exitCode, error)
}

/** After Ctrl-C. */
export function canceledFailure(cause: unknown): ExitError {
  const words = 'ERROR: failed to build: failed to solve: Canceled: context canceled'
  return new ExitError(words, CANCELED, cause)
}

export function isBuildError(error: unknown): error is BuildError {
  return error instanceof Error && (error as { code?: unknown }).code === 'ERR_DOCKER_BUILD'
}

function adviceOn(error: BuildError): string {
  const hint = hintOf(error)
  return hint === undefined ? '' : ` (${hint})`
}

function isOfConnection(error: unknown): boolean {
  return /^ERR_DOCKER_(?:CONNECTION|TIMEOUT)/.test(String((error as { code?: unknown }).code))
}
