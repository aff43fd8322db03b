import type { ApiClient, ContainerInspectResponse, ContainerSummary, Health } from '../../api/index.js'
import { InvalidArgumentError, UnhealthyError } from '../../errors.js'
import { type CallOptions, deadline } from '../../http/index.js'
import { pause } from '../../support/pause.js'

/** The state of a health check, in the Engine's words. */
export type HealthStatus = NonNullable<Health['Status']>

/**
 * The time between two looks. No event of health is the same in all Engines: Podman's events differ, and without
 * systemd it has none. A look costs the Engine about a millisecond.
 */
const PAUSE_MS = 200

/** What was known last; before API 1.52 a summary has it only in words. */
export function healthIn(
  attrs: ContainerInspectResponse | undefined,
  summary: ContainerSummary | undefined,
): HealthStatus | undefined {
  if (attrs !== undefined) return attrs.State?.Health?.Status || 'none'
  if (summary === undefined) return undefined
  const [, words] = /\((?:health: )?(starting|healthy|unhealthy)\)/.exec(summary.Status ?? '') ?? []
  return summary.Health?.Status ?? (words as HealthStatus | undefined) ?? 'none'
}

/** Resolves when the health check has passed, with what the container was then. */
export async function waitHealthy(
  api: ApiClient,
  id: string,
  { signal: given, timeout }: CallOptions,
): Promise<ContainerInspectResponse> {
  using limit = deadline(`waiting for container ${id.slice(0, 12)} to become healthy`, given, timeout)
  const { signal, call } = limit
  for (;;) {
    const attrs = await api.containers.inspect(id, {}, call)
    if (isHealthy(attrs)) return attrs
    await pause(PAUSE_MS, signal)
  }
}

/** Throws when it will not become healthy any more. */
export function isHealthy({ Id, Config, State }: ContainerInspectResponse): boolean {
  const container = Id ?? ''
  const short = container.slice(0, 12)
  const { Status: health = 'none', Log: log } = State?.Health ?? {}
  const [kind = 'NONE'] = Config?.Healthcheck?.Test ?? []
  if (kind === 'NONE' && health === 'none') {
    throw new InvalidArgumentError(`container ${short} has no health check`, {
      hint: 'give it one with the option healthcheck when it is created',
    })
  }
  if (State?.Restarting) return false
  const details = { container, health, log: log ?? [] }
  if (!State?.Running) {
    const state = State?.Status ?? 'not running'
    const code = state === 'exited' ? ` with code ${State?.ExitCode}` : ''
    throw new UnhealthyError(`container ${short} cannot become healthy: it is ${state}${code}`, details)
  }
  if (health !== 'unhealthy') return health === 'healthy'
  const said = log?.at(-1)?.Output?.trim().slice(-2000)
  throw new UnhealthyError(`container ${short} is unhealthy${said ? `: ${said}` : ''}`, details)
}
