import type { BuildOptions, BuildResult } from 'dockline'
import type { SolveStatus, SolveVertex } from 'dockline/types'
import type { Cli } from '../cli.js'
import { takeSignals } from '../signals.js'
import { canceledFailure, isBuildError } from './failure.js'
import { rememberBuild } from './history/local.js'
import { colorsOf } from './progress/colors.js'
import { buildDisplay, type ProgressMode } from './progress/display.js'
import { warningsText } from './warnings.js'

export interface BuildView {
  readonly mode: ProgressMode
  /** Whether warnings are printed with all their details. */
  readonly expand: boolean
}

/** Builds, and shows how far it is on stderr. Ctrl-C stops the step that runs, and ends the build. */
export async function buildWithBuildKit(
  cli: Cli,
  options: BuildOptions,
  view: BuildView,
): Promise<BuildResult> {
  const client = await cli.client()
  const stop = new AbortController()
  using _signals = takeSignals(['SIGINT', 'SIGTERM'], () => {
    // A second Ctrl-C does not wait for the Engine.
    if (stop.signal.aborted) process.exit(canceledFailure(undefined).exitCode)
    stop.abort()
  })
  try {
    const building = client.images.build({ ...options, signal: stop.signal })
    await show(cli, building, { ...view, signal: stop.signal })
    const result = await building
    await rememberBuild(cli, result.ref, options)
    showWarnings(cli, result, view)
    return result
  } catch (error) {
    if (stop.signal.aborted) throw canceledFailure(error)
    if (isBuildError(error)) {
      await rememberBuild(cli, error.ref, options)
      showWarnings(cli, error, view)
    }
    throw error
  }
}

async function show(
  cli: Cli,
  building: ReturnType<Awaited<ReturnType<Cli['client']>>['images']['build']>,
  { mode, signal }: BuildView & { readonly signal: AbortSignal },
): Promise<void> {
  const running = new Map<string, SolveVertex>()
  using display = buildDisplay(cli.stderr, {
    mode,
    title: 'Building',
    builder: `docker:${cli.context}`,
    heading: `#0 building with "${cli.context}" instance using docker driver`,
  })
  try {
    for await (const { message } of building.progress()) {
      if (message.solve === undefined) continue
      for (const vertex of message.solve.vertexes) running.set(vertex.digest, vertex)
      display.show(message.solve)
    }
  } catch (error) {
    if (signal.aborted) display.show(canceled([...running.values()]))
    throw error
  }
}

/** Makes the last report of stopped steps, which the Engine sends too late. */
function canceled(vertexes: readonly SolveVertex[]): SolveStatus {
  const now = new Date().toISOString()
  const stopped = vertexes.filter(
    ({ started, completed }) => started !== undefined && completed === undefined,
  )
  return {
    vertexes: stopped.map((vertex) => ({ ...vertex, completed: now, error: 'context canceled' })),
    ...{ statuses: [], logs: [], warnings: [] },
  }
}

function showWarnings(
  cli: Cli,
  { warnings }: Pick<BuildResult, 'warnings'>,
  { mode, expand }: BuildView,
): void {
  if (mode !== 'plain' && mode !== 'tty') return
  const colors = mode === 'tty' ? colorsOf(process.env) : undefined
  cli.stderr.write(warningsText(warnings, { expand, colors }))
}
