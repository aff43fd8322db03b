import { isPlain } from '../../../support/check.js'
import { type Duration, millisecondsOf } from '../../../support/duration.js'
import { refuseUnknown } from '../../../support/suggest.js'
import { invalid } from '../../options/values.js'
import { SIGKILL, signalNumber } from './signals.js'

/**
 * How a command that is given up is ended. true sends SIGKILL. A signal such as 'SIGTERM' comes first, and
 * SIGKILL `after` that time.
 */
export type KillOption = boolean | string | number | KillSequence

/** A signal, and the time until SIGKILL follows. */
export interface KillSequence {
  /** The first signal, by name or number. Default: 'SIGTERM'. */
  readonly signal?: string | number | undefined
  /** The time that the processes have to end, in milliseconds or as in '5s'. Default: 10 s. */
  readonly after?: Duration | undefined
}

/** What is done to the processes: a signal of Linux, and after some milliseconds SIGKILL. */
export interface KillPlan {
  readonly signal: number
  readonly afterMs: number
}

const DEFAULT_AFTER_MS = 10_000
/** No more than a day: some program waits all that time. */
const MAX_AFTER_MS = 86_400_000

const KILL = "true, a signal such as 'SIGTERM' or { signal, after }"

/** Parses the option `kill`. */
export function parseKill(kill: Exclude<KillOption, false>): KillPlan {
  if (kill === true) return { signal: SIGKILL, afterMs: 0 }
  if (typeof kill === 'string' || typeof kill === 'number') {
    return { signal: signalNumber(kill) ?? invalid('kill', KILL, kill), afterMs: DEFAULT_AFTER_MS }
  }
  if (!isPlain(kill)) return invalid('kill', KILL, kill)
  refuseUnknown(kill, ['signal', 'after'])
  const { signal = 'SIGTERM', after = DEFAULT_AFTER_MS } = kill
  return { signal: checkedSignal(signal, 'kill.signal'), afterMs: checkedAfter(after) }
}

/** Returns the number of a signal, or names the option that has none. */
export function checkedSignal(signal: unknown, option: string): number {
  return signalNumber(signal) ?? invalid(option, "a signal of Linux such as 'SIGTERM' or 15", signal)
}

function checkedAfter(after: unknown): number {
  const milliseconds = millisecondsOf(after) ?? -1
  if (milliseconds >= 0 && milliseconds <= MAX_AFTER_MS) return Math.round(milliseconds)
  return invalid('kill.after', "up to 24 h, in milliseconds or as in '10s'", after)
}
