import type { BuildWarning } from '../errors.js'

export type BuildStepState = 'waiting' | 'running' | 'done' | 'cached' | 'failed' | 'canceled'

/** A part of a step that is reported apart, such as the download of a layer. */
export interface BuildTask {
  /** As in 'transferring context:' or 'sha256:…'. */
  readonly id: string
  /** In bytes for most. */
  readonly current: number
  /** 0 where it is not known. */
  readonly total: number
  readonly started: Date | undefined
  readonly completed: Date | undefined
}

/** A step of a build. It stays as it is: the next message brings a new one. */
export interface BuildStep {
  /** The digest of the step; 'step 2' for the classic builder. */
  readonly id: string
  /** As in '[2/3] RUN make' or '[internal] load build context'. */
  readonly name: string
  readonly state: BuildStepState
  readonly started: Date | undefined
  readonly completed: Date | undefined
  /** How long it has run, all its runs together, in milliseconds; undefined while it runs. */
  readonly duration: number | undefined
  /** Why it failed or was canceled. */
  readonly error: string | undefined
  readonly tasks: readonly BuildTask[]
  /** What it has written: at most 1 MiB, the beginning and the end of it. */
  readonly log: string
  readonly warnings: readonly BuildWarning[]
  /** The ids of the steps that it needs. */
  readonly inputs: readonly string[]
}

/** A step that waits, and of which nothing else is known. */
export function newStep(id: string): BuildStep {
  return {
    id,
    name: '',
    state: 'waiting',
    started: undefined,
    completed: undefined,
    duration: undefined,
    error: undefined,
    tasks: [],
    log: '',
    warnings: [],
    inputs: [],
  }
}
