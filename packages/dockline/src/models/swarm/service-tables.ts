import type {
  Limit,
  NetworkAttachmentConfig,
  Platform,
  ResourceObject,
  ServiceSpecRollbackConfig,
  ServiceSpecUpdateConfig,
  TaskSpecLogDriver,
  TaskSpecPlacement,
  TaskSpecPlacementPreference,
  TaskSpecResources,
  TaskSpecRestartPolicy,
} from '../../api/index.js'
import type { Duration } from '../../support/duration.js'
import { parseBytes, refuseUnknown, type StringMap, stringMap } from '../options/index.js'
import { type Option, table } from '../options/table.js'
import { bytesOrUnlimited, cpus, duration } from '../options/units.js'
import {
  array,
  type Convert,
  integer,
  invalid,
  listOf,
  object,
  oneOf,
  orText,
  parted,
  strings,
  text,
} from '../options/values.js'
import { grouped } from './grouped.js'

/** What a task may use, and what a node must have free for it. */
export interface TaskResourceOptions {
  /** How many CPUs, such as 1.5. */
  readonly cpus?: number | undefined
  /** How many CPUs must be free, such as 0.5. */
  readonly cpusReservation?: number | undefined
  /** Bytes, or `'512m'`. */
  readonly memory?: number | string | undefined
  /** Bytes, or `'256m'`. */
  readonly memoryReservation?: number | string | undefined
  /** How many processes; 0 for no limit. API 1.41. */
  readonly pidsLimit?: number | undefined
  /** What nodes say they have: `{ gpu: 2, ssd: 'nvme0' }`, a number of them or a certain one. */
  readonly genericResources?: Readonly<Record<string, number | string | undefined>> | undefined
  /** Swap alone, without the memory, in bytes or as `'1g'`; -1 for no limit. API 1.52. */
  readonly swap?: number | string | undefined
  /** 0 to 100, -1 for the kernel's default. API 1.52. */
  readonly memorySwappiness?: number | undefined
}

const limits = table<Pick<TaskResourceOptions, 'cpus' | 'memory' | 'pidsLimit'>, Limit>({
  cpus: cpus('NanoCPUs'),
  memory: ['MemoryBytes', parseBytes],
  pidsLimit: ['Pids', integer],
})

const reservations = table<
  Pick<TaskResourceOptions, 'cpusReservation' | 'memoryReservation' | 'genericResources'>,
  ResourceObject
>({
  cpusReservation: cpus('NanoCPUs'),
  memoryReservation: ['MemoryBytes', parseBytes],
  genericResources: ['GenericResources', genericResources],
})

const shared = table<Pick<TaskResourceOptions, 'swap' | 'memorySwappiness'>, TaskSpecResources>({
  swap: ['SwapBytes', bytesOrUnlimited],
  memorySwappiness: ['MemorySwappiness', integer],
})

export function taskResources(value: unknown, option: string): TaskSpecResources {
  const groups = { Limits: limits, Reservations: reservations }
  const [others] = parted(object(value, option), shared.known)
  return { ...grouped(value, option, { groups, others: shared.known }), ...shared.parse(others, option) }
}

function genericResources(value: unknown, option: string): NonNullable<ResourceObject['GenericResources']> {
  if (Array.isArray(value)) return [...value]
  return Object.entries(object(value, option)).map(([Kind, amount]) => {
    if (typeof amount === 'string') return { NamedResourceSpec: { Kind, Value: amount } }
    return { DiscreteResourceSpec: { Kind, Value: integer(amount, `${option}.${Kind}`) } }
  })
}

/** When a task that has ended is replaced. A duration is a string such as `'5s'`, or a number of milliseconds. */
export interface TaskRestartPolicyOptions {
  /** When a task is replaced. Default: `any`. */
  readonly condition?: 'none' | 'on-failure' | 'any' | undefined
  /** The time before the replacement starts. Default: 5 s. */
  readonly delay?: Duration | undefined
  /** How often a task is replaced. 0 has no limit. Default: 0. */
  readonly maxAttempts?: number | undefined
  /** The time in which attempts are counted; 0 for all of it. */
  readonly window?: Duration | undefined
}

const restart = table<TaskRestartPolicyOptions, TaskSpecRestartPolicy>({
  condition: ['Condition', oneOf('none', 'on-failure', 'any')],
  delay: duration('Delay'),
  maxAttempts: ['MaxAttempts', integer],
  window: duration('Window'),
})

export const taskRestartPolicy: Convert<TaskSpecRestartPolicy> = (value, option) => {
  return restart.parse(typeof value === 'string' ? { condition: value } : value, option, orText('any'))
}

/** How an update goes from task to task. A duration is a string such as `'5s'`, or a number of milliseconds. */
export interface UpdateConfigOptions {
  /** How many tasks are updated at once. 0 is all. Default: 1. */
  readonly parallelism?: number | undefined
  /** Between one group of tasks and the next. */
  readonly delay?: Duration | undefined
  /** What an update does after a failure. Default: `pause`. */
  readonly failureAction?: 'pause' | 'continue' | 'rollback' | undefined
  /** How long a new task is watched for failures. Default: 5 s. */
  readonly monitor?: Duration | undefined
  /** The share of tasks that may fail, 0 to 1. */
  readonly maxFailureRatio?: number | undefined
  /** Whether the old task ends before the new one starts, or after it. Default: 'stop-first'. */
  readonly order?: 'stop-first' | 'start-first' | undefined
}

/** As `UpdateConfigOptions`, but a rollback cannot be rolled back. */
export interface RollbackConfigOptions extends Omit<UpdateConfigOptions, 'failureAction'> {
  readonly failureAction?: 'pause' | 'continue' | undefined
}

const ratio: Convert<number> = (value, option) => {
  const fits = typeof value === 'number' && value >= 0 && value <= 1
  return fits ? value : invalid(option, 'a number from 0 to 1', value)
}

const pace = {
  parallelism: ['Parallelism', count],
  delay: duration('Delay'),
  monitor: duration('Monitor'),
  maxFailureRatio: ['MaxFailureRatio', ratio],
  order: ['Order', oneOf('stop-first', 'start-first')],
} as const

const update = table<UpdateConfigOptions, ServiceSpecUpdateConfig>({
  ...pace,
  failureAction: ['FailureAction', oneOf('pause', 'continue', 'rollback')],
})
export const updateConfig: Convert<ServiceSpecUpdateConfig> = oneByOne(update.parse)

const rollback = table<RollbackConfigOptions, ServiceSpecRollbackConfig>({
  ...pace,
  failureAction: ['FailureAction', oneOf('pause', 'continue')],
})
export const rollbackConfig: Convert<ServiceSpecRollbackConfig> = oneByOne(rollback.parse)

/** The Engine takes a configuration without parallelism for one of all tasks at once. */
function oneByOne<Config>(parse: Convert<Config>): Convert<Config> {
  return (value, option) => ({ Parallelism: 1, ...parse(value, option) })
}

export function count(value: unknown, option: string): number {
  const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
  return fits ? value : invalid(option, 'a whole number from 0 on', value)
}

/** On which nodes tasks run. */
export interface PlacementOptions {
  /** What must hold: `['node.role==worker', 'node.labels.disk==ssd']`. */
  readonly constraints?: Option<readonly string[]>
  /** What to spread over: `'node.labels.zone'`, `['spread', 'node.labels.zone']` or `{ spread }`. */
  readonly preferences?: Option<readonly PlacementPreference[]>
  /** `'linux/amd64'`, `'linux/arm/v7'`, `['amd64', 'linux']` as docker-py has it, or `{ architecture, os }`. */
  readonly platforms?: Option<readonly PlacementPlatform[]>
  /** How many tasks one node may have; 0 for any number. API 1.40. */
  readonly maxReplicas?: Option<number>
}

export type PlacementPreference =
  | string
  | readonly [strategy: 'spread', descriptor: string]
  | { readonly spread: string }
  | Readonly<TaskSpecPlacementPreference>

export type PlacementPlatform =
  | string
  | readonly [architecture: string, os: string]
  | { readonly architecture?: string | undefined; readonly os?: string | undefined }
  | Readonly<Platform>

export const placementOptions = table<PlacementOptions, TaskSpecPlacement>({
  constraints: ['Constraints', strings],
  preferences: ['Preferences', listOf(preference)],
  platforms: ['Platforms', listOf(platform)],
  maxReplicas: ['MaxReplicas', count],
})

function preference(value: unknown, option: string): TaskSpecPlacementPreference {
  if (typeof value === 'string') return { Spread: { SpreadDescriptor: value.replace(/^spread=/, '') } }
  if (Array.isArray(value)) {
    const [strategy, descriptor] = array(value, option)
    if (strategy !== 'spread') return invalid(`${option}[0]`, "'spread'", strategy)
    return { Spread: { SpreadDescriptor: text(descriptor, `${option}[1]`) } }
  }
  const given = object(value, option, orText('spread=node.labels.zone'))
  refuseUnknown(given, ['spread', 'Spread'], option)
  if (given.Spread !== undefined) return { Spread: object(given.Spread, `${option}.Spread`) }
  return { Spread: { SpreadDescriptor: text(given.spread, `${option}.spread`) } }
}

const platformNames = table<{ readonly architecture?: unknown; readonly os?: unknown }, Platform>({
  architecture: ['Architecture', text],
  os: ['OS', text],
})

function platform(value: unknown, option: string): Platform {
  if (typeof value === 'string') {
    const [os, architecture, variant] = value.split('/')
    // A node calls itself armv7l where an image says arm/v7. It names no other variant.
    const node = architecture === 'arm' && variant ? `arm${variant}l` : architecture
    return platformNames.parse({ os, architecture: node }, option)
  }
  if (!Array.isArray(value)) return platformNames.parse(value, option)
  const [architecture, os] = array(value, option)
  return platformNames.parse({ architecture, os }, option)
}

/** A network that tasks join. */
export interface NetworkAttachmentOptions {
  /** The name or id of the network. */
  readonly target: string
  /** Further names of the service in it. */
  readonly aliases?: readonly string[] | undefined
  /** Options for the network's driver. API 1.32. */
  readonly driverOpt?: StringMap | undefined
}

const attachment = table<NetworkAttachmentOptions, NetworkAttachmentConfig>({
  target: ['Target', text],
  aliases: ['Aliases', strings],
  driverOpt: ['DriverOpts', stringMap],
})

export const networkAttachment: Convert<NetworkAttachmentConfig> = (value, option) => {
  const { Target, ...rest } = attachment.parse(
    typeof value === 'string' ? { target: value } : value,
    option,
    orText('web'),
  )
  return Target ? { Target, ...rest } : invalid(`${option}.target`, 'the name of a network', Target)
}

export interface LogDriverOptions {
  /** A log driver of the Engine, or a plugin. */
  readonly name?: string | undefined
  readonly options?: StringMap | undefined
}

const logDriver = table<LogDriverOptions, TaskSpecLogDriver>({
  name: ['Name', text],
  options: ['Options', stringMap],
})

export const taskLogDriver: Convert<TaskSpecLogDriver> = (value, option) => {
  return logDriver.parse(typeof value === 'string' ? { name: value } : value, option, orText('local'))
}
