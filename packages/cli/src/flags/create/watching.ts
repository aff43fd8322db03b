import type { ContainerCreateOptions } from 'dockline'
import { parseDuration } from 'dockline/syntax'
import { EXIT, ExitError } from '../../errors.js'
import { bool, type Flag, int, list, sinceApi, text, type Values } from '../flag.js'
import { checkDuration } from '../units.js'

const duration = (help: string): Flag<string | undefined> =>
  text(`${help} (ms|s|m|h)`, { type: 'duration', check: checkDuration })

/** Health checks and logging: several flags make one option. */
export const watchingFlags = {
  'health-cmd': text('Command to run to check health'),
  'health-interval': duration('Time between running the check'),
  'health-retries': int('Consecutive failures needed to report unhealthy'),
  'health-start-interval': sinceApi(
    '1.44',
    duration('Time between running the check during the start period'),
  ),
  'health-start-period': duration('Start period for the container to initialize before failures count'),
  'health-timeout': duration('Maximum time to allow one check to run'),
  'log-driver': text('Logging driver for the container'),
  'log-opt': list('Log driver options'),
  'no-healthcheck': bool('Disable any container-specified HEALTHCHECK'),
}
type WatchingValues = Values<typeof watchingFlags>

export function watchingOptions(flags: WatchingValues): ContainerCreateOptions {
  return { healthcheck: healthcheck(flags), ...logging(flags) }
}

function healthcheck(flags: WatchingValues): ContainerCreateOptions['healthcheck'] {
  const check = {
    test: flags['health-cmd'] || undefined,
    interval: lasting(flags['health-interval']),
    timeout: lasting(flags['health-timeout']),
    retries: flags['health-retries'] || undefined,
    startPeriod: lasting(flags['health-start-period']),
    startInterval: lasting(flags['health-start-interval']),
  }
  const wanted = Object.values(check).some((value) => value !== undefined)
  if (flags['no-healthcheck']) {
    if (wanted)
      throw new ExitError('dockline: --no-healthcheck conflicts with --health-* options', EXIT.usage)
    return { test: ['NONE'] }
  }
  // In docker's order: it names the first one.
  refuseNegative('health-interval', check.interval)
  refuseNegative('health-timeout', check.timeout)
  refuseNegative('health-retries', check.retries)
  refuseNegative('health-start-period', check.startPeriod)
  refuseNegative('health-start-interval', check.startInterval)
  return wanted ? check : undefined
}

function refuseNegative(flag: keyof WatchingValues, value: string | number | undefined): void {
  if (String(value).startsWith('-')) throw new ExitError(`--${flag} cannot be negative`, EXIT.usage)
}

/** '' and 0 are what the image says, as if nothing had been given. */
function lasting(duration: string | undefined): string | undefined {
  return duration === undefined || parseDuration(duration.replace(/^-/, '')) === 0 ? undefined : duration
}

function logging({ 'log-driver': logDriver, 'log-opt': logOpt }: WatchingValues): ContainerCreateOptions {
  if (logDriver === 'none' && logOpt.length > 0) {
    throw new ExitError('dockline: invalid logging opts for driver none', EXIT.usage)
  }
  return { logDriver, logOpt: logOpt.length > 0 ? logOpt : undefined }
}
