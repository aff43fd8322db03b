import type { LogsQuery } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { callTable } from '../base/call.js'
import { type Moment, moment } from '../options/time.js'
import { asItIs, flag, invalid } from '../options/values.js'
import type { LogPosition } from './position.js'

export interface LogsOptions extends CallOptions {
  /** Goes on with new output, until the container stops. Default: false. */
  readonly follow?: boolean | undefined
  /** How many lines of the past. Default: 'all'. */
  readonly tail?: number | 'all' | undefined
  readonly since?: Moment | undefined
  readonly until?: Moment | undefined
  /**
   * Puts an RFC 3339 time with nine digits and a space before each line. `lines()` has it as `time` and `timestamp` instead.
   * Default: false.
   */
  readonly timestamps?: boolean | undefined
  /**
   * Puts the log driver's attributes before each line. `lines()` with `timestamps` has them as `attributes` instead.
   * Default: false.
   */
  readonly details?: boolean | undefined
  /** Default: true. */
  readonly stdout?: boolean | undefined
  /** Default: true. */
  readonly stderr?: boolean | undefined
  /**
   * Connects again after a lost connection or a restart of the Engine: no line is lost that the Engine still
   * has, and none comes twice. With `follow`, also goes on after a restart of the container, and ends when
   * the container has ended or is removed and its log is read. Default: false.
   */
  readonly resume?: boolean | undefined
  /** Goes on behind a line that was read before, as its `position` says. Takes the place of `since` and `tail`. */
  readonly position?: LogPosition | undefined
}

/** Options whose lines have their time. */
export type TimedLogsOptions = LogsOptions &
  ({ readonly timestamps: true } | { readonly resume: true } | { readonly position: LogPosition })

interface OverConnections {
  readonly resume?: boolean | undefined
  readonly position?: LogPosition | undefined
}

export const logsOptions = callTable<LogsOptions, LogsQuery & OverConnections>({
  follow: flag,
  stdout: flag,
  stderr: flag,
  since: moment,
  until: moment,
  timestamps: flag,
  details: flag,
  tail: lineCount,
  resume: flag,
  position: asItIs,
})

/** Reads how many lines of the past are asked for: a number, digits, or 'all', which is the Engine's default. */
export function lineCount(tail: unknown, option: string): string | undefined {
  if (tail === 'all') return undefined
  const isNumber = typeof tail === 'number' || typeof tail === 'string'
  return isNumber && /^\d+$/.test(`${tail}`)
    ? `${tail}`
    : invalid(option, "'all' or a whole number from 0 on", tail)
}

/** Whether lines have their time. */
export function hasTimes({ timestamps, resume, position }: LogsOptions): boolean {
  return timestamps === true || resume === true || position !== undefined
}
