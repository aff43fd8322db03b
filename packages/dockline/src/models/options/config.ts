import type { ContainerConfig, HealthConfig } from '../../api/types.gen.js'
import { InvalidArgumentError } from '../../errors.js'
import { shownName } from '../../support/check.js'
import type { Duration } from '../../support/duration.js'
import { type Environment, parseEnvironment } from './environment.js'
import { type Option, table } from './table.js'
import { duration, wholeSeconds } from './units.js'
import {
  flag,
  integer,
  invalidKind,
  type StringMap,
  stringMap,
  strings,
  text,
  textOrNumber,
} from './values.js'
import { splitCommand } from './words.js'

/** What runs in the container, and how. */
export interface ConfigOptions {
  /** Whether a client attaches to stdin. */
  readonly attachStdin?: Option<boolean>
  /** Whether a client attaches to stdout. */
  readonly attachStdout?: Option<boolean>
  /** Whether a client attaches to stderr. */
  readonly attachStderr?: Option<boolean>
  /** The domain part of the host name. */
  readonly domainname?: Option<string>
  /** The program that the command is given to. A string is split like a shell's; '' drops the image's own. */
  readonly entrypoint?: Option<string | readonly string[]>
  /** `{ A: '1', B: null, C: '' }` or `['A=1', 'B', 'C=']`; null takes away what the image sets. */
  readonly env?: Option<Environment>
  /** How the Engine finds out whether the container is well. */
  readonly healthcheck?: Option<HealthcheckOptions | Readonly<HealthConfig>>
  /** The host name. Default: the short id. */
  readonly hostname?: Option<string>
  /** `{ tier: 'web' }`, or `['tier=web', 'test']` where a name alone has the value ''. */
  readonly labels?: Option<StringMap>
  /** The MAC address in `network`, or in the only one of `networks`. */
  readonly macAddress?: Option<string>
  /** Goes without any network but loopback. */
  readonly networkDisabled?: Option<boolean>
  /** Keeps stdin open when no client is attached. */
  readonly interactive?: Option<boolean>
  /**
   * Closes stdin when the first client that attached to it has ended its own or left. Default: with `interactive`, unless the
   * container runs detached or `attachStdin` is false.
   */
  readonly stdinOnce?: Option<boolean>
  /** The signal that asks the container to stop. Default: the image's, or SIGTERM. */
  readonly stopSignal?: Option<string>
  /** From that signal to SIGKILL, in whole seconds: `'30s'` or 30_000. -1 is no end. Default: 10 s. API 1.25. */
  readonly stopTimeout?: Option<Duration>
  /** A terminal for the container's first process. */
  readonly tty?: Option<boolean>
  /** `name`, `uid` or `uid:gid`; a number is sent as a string, 0 too. */
  readonly user?: Option<string | number>
  /** The directory that the command begins in. */
  readonly workdir?: Option<string>
}

/**
 * A duration is a string such as `'30s'`, or a number of milliseconds. 0 is the image's own, or else the Engine's default.
 */
export interface HealthcheckOptions {
  /**
   * A string for a shell, words that begin with `CMD` or `CMD-SHELL`, `['NONE']` for none, `[]` for the
   * image's.
   */
  readonly test?: string | readonly string[] | undefined
  /** The time between two checks. Default: 30 s. */
  readonly interval?: Duration | undefined
  /** How long one check may take. Default: 30 s. */
  readonly timeout?: Duration | undefined
  /** How many failures in a row make the container unhealthy. Default: 3. */
  readonly retries?: number | undefined
  /** The time to get going, while failures do not count. API 1.29. */
  readonly startPeriod?: Duration | undefined
  /** The time between two checks in the start period. Default: 5 s. API 1.44. */
  readonly startInterval?: Duration | undefined
}

export const healthcheck = table<HealthcheckOptions, HealthConfig>({
  test: ['Test', healthTest],
  interval: duration('Interval'),
  timeout: duration('Timeout'),
  retries: ['Retries', integer],
  startPeriod: duration('StartPeriod'),
  startInterval: duration('StartInterval'),
})

export const configOptions = table<ConfigOptions, ContainerConfig>({
  attachStdin: ['AttachStdin', flag],
  attachStdout: ['AttachStdout', flag],
  attachStderr: ['AttachStderr', flag],
  domainname: ['Domainname', text],
  entrypoint: ['Entrypoint', splitCommand],
  env: ['Env', parseEnvironment],
  healthcheck: ['Healthcheck', healthcheck.parse],
  hostname: ['Hostname', text],
  labels: ['Labels', stringMap],
  macAddress: ['MacAddress', text],
  networkDisabled: ['NetworkDisabled', flag],
  interactive: ['OpenStdin', flag],
  stdinOnce: ['StdinOnce', flag],
  stopSignal: ['StopSignal', text],
  stopTimeout: ['StopTimeout', wholeSeconds],
  tty: ['Tty', flag],
  user: ['User', textOrNumber],
  workdir: ['WorkingDir', text],
})

/** An Engine takes any first word, and runs no check when it does not know it. */
function healthTest(value: unknown, option: string): string[] {
  if (typeof value === 'string') return ['CMD-SHELL', value]
  if (!Array.isArray(value)) return invalidKind(option, 'a string or an array of strings', value)
  const words = strings(value, option)
  const [kind = 'NONE'] = words
  if (['NONE', 'CMD', 'CMD-SHELL'].includes(kind)) return words
  // It may be a whole command, with a password.
  const shown = `not with ${shownName(kind)}`
  throw new InvalidArgumentError(
    `${option} must be a string, or begin with 'CMD', 'CMD-SHELL' or 'NONE', ${shown}`,
  )
}
