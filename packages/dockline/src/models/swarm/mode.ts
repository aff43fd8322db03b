import type { ServiceSpecMode } from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import { refuseUnknown } from '../options/index.js'
import { object, oneOf, orText } from '../options/values.js'
import { count } from './service-tables.js'

export type ServiceModeName = 'replicated' | 'global' | 'replicated-job' | 'global-job'

export interface ServiceModeOptions {
  /** A number of tasks, or one on every node; jobs run their tasks once. */
  readonly mode: ServiceModeName
  /** How many tasks; for a job, how many have to complete. Not for the global ones. */
  readonly replicas?: number | undefined
  /** How many tasks of a replicated job run at once. */
  readonly concurrency?: number | undefined
}

const KEYS = {
  replicated: 'Replicated',
  global: 'Global',
  'replicated-job': 'ReplicatedJob',
  'global-job': 'GlobalJob',
} as const

const modeName = oneOf('replicated', 'global', 'replicated-job', 'global-job')

/** A name, `{ mode, replicas, concurrency }`, or the Engine's own `{ Replicated: { Replicas } }`. */
export function serviceMode(value: unknown, option = 'mode'): ServiceSpecMode {
  const given = typeof value === 'string' ? { mode: value } : object(value, option, orText('replicated'))
  if (given.mode === undefined) return wireMode(given, option)
  refuseUnknown(given, ['mode', 'replicas', 'concurrency'], option)
  const mode = modeName(given.mode, typeof value === 'string' ? option : `${option}.mode`)
  const concurrency =
    given.concurrency === undefined ? undefined : count(given.concurrency, `${option}.concurrency`)
  if (concurrency !== undefined && mode !== 'replicated-job') {
    throw new InvalidArgumentError(`${option}.concurrency is for the mode replicated-job, not ${mode}`)
  }
  const plain = { [KEYS[mode]]: concurrency === undefined ? {} : { MaxConcurrent: concurrency } }
  return given.replicas === undefined ? plain : withReplicas(plain, given.replicas, `${option}.replicas`)
}

function wireMode(given: Record<string, unknown>, option: string): ServiceSpecMode {
  refuseUnknown(given, [...Object.values(KEYS), 'mode', 'replicas', 'concurrency'], option)
  const keys = Object.keys(given)
  if (keys.length === 1 && keys[0] !== 'replicas' && keys[0] !== 'concurrency') return given
  throw new InvalidArgumentError(`${option} must name one mode: ${Object.keys(KEYS).join(', ')}`)
}

/** The same mode with another number of tasks. No mode at all is replicated. */
export function withReplicas(
  mode: ServiceSpecMode | undefined,
  value: unknown,
  option = 'replicas',
): ServiceSpecMode {
  const replicas = count(value, option)
  if (mode?.Global || mode?.GlobalJob) {
    throw new InvalidArgumentError(
      `${option} cannot be given for a global service: it has a task on every node`,
    )
  }
  if (mode?.ReplicatedJob) return { ReplicatedJob: { ...mode.ReplicatedJob, TotalCompletions: replicas } }
  return { Replicated: { ...mode?.Replicated, Replicas: replicas } }
}
