import type { CallOptions } from '../../../http/index.js'
import type { OutputStream } from '../../../stream/index.js'
import type { EngineTarget } from '../../base/object.js'
import type { LogsOptions } from '../../logs/log-options.js'

/** What waiting takes of a container. */
export interface Target extends EngineTarget {
  logs(options: LogsOptions): OutputStream
  exec(
    command: readonly string[],
    options: CallOptions,
  ): Promise<{ readonly exitCode: number; readonly stdout: string }>
}

/** One thing that a container is waited for. Once met, it stays met until the container starts again. */
export interface Condition {
  /** As in "log /ready/". */
  readonly words: string
  readonly isMet: boolean
  reset(): void
}
