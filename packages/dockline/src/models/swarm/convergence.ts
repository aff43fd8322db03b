import type { Node, Service, ServiceSpec, Task } from '../../api/index.js'

/** How far a service has come. */
export interface ConvergenceProgress {
  /**
   * 'verifying' when everything runs and has to prove itself, 'converged' at the end, 'progressing' before both.
   */
  readonly phase: 'progressing' | 'verifying' | 'converged'
  /** How many tasks run; of a job, how many have completed. */
  readonly running: number
  /** How many should; undefined for a global service as long as no node has one. */
  readonly desired: number | undefined
  /** The Engine's word for an update or rollback under way, such as 'updating' or 'rollback_started'. */
  readonly updateState: string | undefined
  /** What the Engine says about that update. */
  readonly message: string | undefined
  /** Why tasks do not run, the latest first. */
  readonly problems: readonly string[]
}

export type Count = Pick<ConvergenceProgress, 'running' | 'desired'>

/** In the order of a task's life. The states that are not here belong to tasks that are on their way out. */
const STATES = [
  'new',
  'allocated',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
]
const MAX_PROBLEMS = 3

/** What the docker command counts, of the tasks that have the newest spec. */
export function countTasks(service: Service, tasks: readonly Task[], nodes: readonly Node[]): Count {
  const mode = service.Spec?.Mode
  if (isJob(service.Spec)) return countCompleted(service, tasks)
  const active = new Set(nodes.filter(({ Status }) => Status?.State !== 'down').map(({ ID }) => ID))
  const onNode = ({ NodeID }: Task) => !NodeID || active.has(NodeID)
  const current = mode?.Global
    ? leading(tasks, ({ NodeID }) => NodeID || undefined).filter(onNode)
    : leading(tasks.filter(onNode), ({ Slot }) => Slot)
  const running = current.filter(isRunning).length
  if (mode?.Global) return { running, desired: current.length || undefined }
  return { running, desired: mode?.Replicated?.Replicas ?? 1 }
}

/** Jobs run again when they are updated: only the tasks of this time count. */
function countCompleted(service: Service, tasks: readonly Task[]): Count {
  const iteration = service.JobStatus?.JobIteration?.Index ?? 0
  const current = tasks.filter(({ JobIteration }) => (JobIteration?.Index ?? 0) === iteration)
  const running = current.filter(({ Status }) => Status?.State === 'complete').length
  const job = service.Spec?.Mode?.ReplicatedJob
  if (job) return { running, desired: job.TotalCompletions ?? job.MaxConcurrent ?? 1 }
  const nodes = new Set(current.map(({ NodeID }) => NodeID).filter(Boolean))
  return { running, desired: nodes.size || undefined }
}

export function isJob(spec: ServiceSpec | undefined): boolean {
  return Boolean(spec?.Mode?.ReplicatedJob ?? spec?.Mode?.GlobalJob)
}

/**
 * Of each place the task that counts: the one that should get least far, since those that replace others should
 * run and the others shut down. Of two that should run, the one that is behind: the new one starts first.
 */
function leading(tasks: readonly Task[], placeOf: (task: Task) => string | number | undefined): Task[] {
  const places = new Map<string | number, Task>()
  for (const task of tasks) {
    const place = placeOf(task)
    if (place === undefined || rank(task.DesiredState) < 0 || rank(task.Status?.State) < 0) continue
    const other = places.get(place)
    if (other === undefined || isBefore(task, other)) places.set(place, task)
  }
  return [...places.values()]
}

function isBefore(task: Task, other: Task): boolean {
  const desired = rank(task.DesiredState) - rank(other.DesiredState)
  return desired === 0 ? rank(task.Status?.State) < rank(other.Status?.State) : desired < 0
}

function isRunning({ DesiredState, Status }: Task): boolean {
  return rank(DesiredState) <= rank('running') && Status?.State === 'running'
}

function rank(state: string | undefined): number {
  return STATES.indexOf(state ?? '')
}

/** What went wrong with tasks, each once. */
export function problemsOf(tasks: readonly Task[]): string[] {
  const troubled = tasks.filter(({ Status }) => Status?.Err)
  const latest = troubled.sort((one, other) => (other.UpdatedAt ?? '').localeCompare(one.UpdatedAt ?? ''))
  return [...new Set(latest.map(({ Status }) => Status?.Err ?? ''))].slice(0, MAX_PROBLEMS)
}
