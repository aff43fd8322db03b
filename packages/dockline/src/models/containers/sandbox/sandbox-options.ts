import type { ContainerCreateBody } from '../../../api/index.js'
import { InvalidArgumentError } from '../../../errors.js'
import { array, invalid, listOf, object, oneOf, show } from '../../options/values.js'
import type { Dialect } from '../../podman/dialect.js'
import type { CreateOptions } from '../create-container.js'

// What a sandbox sets itself.
type OwnName =
  | 'remove'
  | 'restart'
  | 'interactive'
  | 'stdinOnce'
  | 'tty'
  | 'entrypoint'
  | 'privileged'
  | AttachName
type AttachName = 'attachStdin' | 'attachStdout' | 'attachStderr'

/**
 * The options of `create`, with safe defaults: `network: 'none'`, `readOnly: true`, `user: '65534:65534'`,
 * `capDrop: ['ALL']`, `securityOpt: ['no-new-privileges']`, `memory: '512m'` without swap, `cpus: 1`, `pidsLimit: 256`,
 * `workdir: '/work'` and `/tmp` in memory, `logDriver: 'none'`.
 */
export interface SandboxOptions extends Omit<CreateOptions, OwnName> {
  /**
   * The options that may weaken the sandbox, such as `['network']` beside `network: 'web'`. Default: none, and such an option
   * is refused.
   */
  readonly allow?: readonly SandboxPermission[] | undefined
}

/** Where the keeper is in the container. */
export const KEEPER_FOLDER = '/.dockline'
export const KEEPER_NAME = 'keeper'

const NOBODY = '65534:65534'
/** Programs may be run from the working directory. */
const WORK_TMPFS = 'exec,nosuid,nodev,mode=1777'
const OTHER_TMPFS = 'noexec,nosuid,nodev,mode=1777'
/** How much of the memory files may take. What they leave has room for the command that reads them. */
const WORK_SHARE = 1 / 2
const OTHER_SHARE = 1 / 8
const MEBIBYTE_BYTES = 1024 * 1024
const MEMORY_BYTES = 512 * MEBIBYTE_BYTES

const DEFAULTS = {
  network: 'none',
  readOnly: true,
  user: NOBODY,
  capDrop: ['ALL'],
  ipc: 'private',
  cpus: 1,
  pidsLimit: 256,
  workdir: '/work',
  logDriver: 'none',
  healthcheck: { test: ['NONE'] },
} satisfies CreateOptions

const NO_NEW_PRIVILEGES = 'no-new-privileges'

// Says what an option gives the sandbox, if that weakens it.
type Rule = (value: unknown) => string | undefined

const always =
  (what: string): Rule =>
  (value) =>
    value === null || isEmpty(value) ? undefined : what
const unless =
  (isSafe: (value: unknown) => boolean, what: string): Rule =>
  (value) =>
    isSafe(value) ? undefined : what
const isPositive = (value: unknown) => typeof value === 'string' || (typeof value === 'number' && value > 0)
const isOwnNamespace = (value: unknown) =>
  value === null || value === '' || value === 'private' || value === 'none'

const RULES = {
  network: unless((value) => value === 'none', 'a network'),
  networks: always('networks'),
  readOnly: unless((value) => value === true, 'a root file system that it can write to'),
  user: unless((value) => value !== null && !/^(root|0*|0*:.*|root:.*)$/.test(`${value}`), 'the user root'),
  capAdd: always('capabilities'),
  capDrop: unless((value) => Array.isArray(value) && value.includes('ALL'), 'capabilities'),
  securityOpt: unless((value) => !/unconfined|disable|=false/.test(`${value}`), 'less security'),
  memory: unless((value) => isPositive(value) && value !== '0', 'memory without a limit'),
  memorySwap: unless((value) => isPositive(value) && value !== '-1' && value !== '0', 'swap without a limit'),
  oomKillDisable: unless((value) => value !== true, 'memory that nobody takes back'),
  cpus: unless(isPositive, 'processors without a limit'),
  pidsLimit: unless(isPositive, 'processes without a limit'),
  volumes: always('files from outside'),
  mounts: always('files from outside'),
  volumesFrom: always('files from outside'),
  devices: always('devices'),
  deviceRequests: always('devices'),
  deviceCgroupRules: always('devices'),
  gpus: always('devices'),
  pid: unless(isOwnNamespace, 'processes from outside'),
  ipc: unless(isOwnNamespace, 'memory from outside'),
  uts: unless(isOwnNamespace, 'the host name of the host'),
  userns: unless(isOwnNamespace, 'the users of the host'),
  cgroupns: unless(isOwnNamespace, 'the cgroups of the host'),
  config: always('settings that nobody checks'),
  hostConfig: always('settings that nobody checks'),
} satisfies { readonly [Name in keyof CreateOptions]?: Rule }

/** An option that may weaken a sandbox. */
export type SandboxPermission = keyof typeof RULES

const OWN_NAMES: readonly string[] = [
  'remove',
  'restart',
  'interactive',
  'stdinOnce',
  'tty',
  'entrypoint',
  'privileged',
  'attachStdin',
  'attachStdout',
  'attachStderr',
] satisfies OwnName[]

/** The options for `create`, or InvalidArgumentError for one that weakens the sandbox and is not allowed. */
export function sandboxOptions(options: SandboxOptions): CreateOptions {
  const { allow = [], ...given } = object(options, 'options') as SandboxOptions
  const allowed = listOf(oneOf(...(Object.keys(RULES) as SandboxPermission[])))(allow, 'allow')
  refuseOwn(given)
  refuseWeak(given, allowed)
  const { memory = MEMORY_BYTES, memorySwap = memory, securityOpt } = given
  const settled = { ...DEFAULTS, ...given, memory, memorySwap }
  return {
    ...settled,
    securityOpt: withNoNewPrivileges(securityOpt ?? []),
    env: withHome(settled.env, settled.workdir ?? '/'),
    remove: true,
    interactive: true,
    stdinOnce: true,
    entrypoint: [`${KEEPER_FOLDER}/${KEEPER_NAME}`],
  }
}

function refuseOwn(given: object): void {
  const own = Object.entries(given).find(([name, value]) => OWN_NAMES.includes(name) && value !== undefined)
  if (own === undefined) return
  const hint = 'containers.create makes a container with any option'
  throw new InvalidArgumentError(`${own[0]} is not for a sandbox, which decides on it itself`, { hint })
}

function refuseWeak(given: object, allowed: readonly SandboxPermission[]): void {
  for (const [name, rule] of Object.entries(RULES) as [SandboxPermission, Rule][]) {
    const value = (given as Record<string, unknown>)[name]
    if (value === undefined || allowed.includes(name)) continue
    const what = rule(value)
    if (what === undefined) continue
    const shown = typeof value === 'object' && value !== null ? name : `${name}: ${show(value)}`
    const hint = `allow: ['${name}'] permits it`
    throw new InvalidArgumentError(`${shown} gives the sandbox ${what}`, { hint })
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function withNoNewPrivileges(given: readonly string[]): readonly string[] {
  const isSaid = array(given, 'securityOpt').some((each) => `${each}`.startsWith(NO_NEW_PRIVILEGES))
  return isSaid ? given : [NO_NEW_PRIVILEGES, ...given]
}

/** Programs want to write to it, and the user of a sandbox has none. */
function withHome(env: CreateOptions['env'], workdir: string): CreateOptions['env'] {
  if (Array.isArray(env)) return [`HOME=${workdir}`, ...env]
  return { HOME: workdir, ...(env as Readonly<Record<string, string>> | undefined) }
}

/**
 * The request of a sandbox: with a volume for the keeper, and with folders in memory where it writes. `imageVolumes` are the
 * volumes that the image asks for.
 */
export function sandboxBody(
  body: ContainerCreateBody,
  imageVolumes: readonly string[],
  { takesTmpfsOwner }: Pick<Dialect, 'takesTmpfsOwner'>,
): ContainerCreateBody {
  refuseSockets(body)
  const { WorkingDir, HostConfig, Volumes } = body
  const owner = takesTmpfsOwner ? ownerOf(body) : ''
  const other = `${OTHER_TMPFS},${sizeOf(HostConfig, OTHER_SHARE)}${owner}`
  const written: Record<string, string> = {
    // In place of a volume that the image asks for, which would be on the disk and without a limit.
    ...Object.fromEntries(imageVolumes.map((path) => [path, other])),
    '/tmp': other,
    ...(WorkingDir ? { [WorkingDir]: `${WORK_TMPFS},${sizeOf(HostConfig, WORK_SHARE)}${owner}` } : {}),
  }
  for (const path of mountedPaths(body)) delete written[path]
  return {
    ...body,
    Volumes: { ...Volumes, [KEEPER_FOLDER]: {} },
    HostConfig: { ...HostConfig, Tmpfs: { ...written, ...writable(HostConfig?.Tmpfs, written, owner) } },
  }
}

function sizeOf(hostConfig: ContainerCreateBody['HostConfig'], share: number): string {
  const bytes = (hostConfig?.Memory || MEMORY_BYTES) * share
  return `size=${Math.max(1, Math.floor(bytes / MEBIBYTE_BYTES))}m`
}

/** The folders in memory that were asked for: what is not said of one is as elsewhere, so that the user can write there. */
function writable(
  given: Readonly<Record<string, string>> | null = {},
  written: Readonly<Record<string, string>>,
  owner: string,
): Record<string, string> {
  const pairs = Object.entries(given ?? {})
  return Object.fromEntries(
    pairs.map(([path, options]) => [path, merged(written[path] ?? `${OTHER_TMPFS}${owner}`, options)]),
  )
}

/** Podman refuses an option that comes twice. */
function merged(options: string, given: string): string {
  const own = given.split(',').filter((option) => option !== '')
  const names = new Set(own.map(subjectOf))
  return [...options.split(',').filter((option) => !names.has(subjectOf(option))), ...own].join(',')
}

/** What a mount option is about: `noexec` and `exec` are about the same. */
function subjectOf(option: string): string {
  return option.split('=', 1)[0]?.replace(/^no(?=exec$|suid$|dev$)/, '') ?? ''
}

/** Engines before 23 do not give a new folder the mode that is asked for. The user writes there as its owner. */
function ownerOf({ User = '' }: ContainerCreateBody): string {
  const [, uid, gid = uid] = /^(\d+)(?::(\d+))?$/.exec(User) ?? []
  return uid === undefined ? '' : `,uid=${uid},gid=${gid}`
}

function mountedPaths({ HostConfig, Volumes }: ContainerCreateBody): string[] {
  const binds = (HostConfig?.Binds ?? []).map((bind) => bind.split(':')[1] ?? '')
  const mounts = (HostConfig?.Mounts ?? []).map(({ Target }) => Target ?? '')
  return [...binds, ...mounts, ...Object.keys(Volumes ?? {})]
}

/** Who reaches the socket of the Engine is root on its machine, whatever else a sandbox takes away. */
function refuseSockets({ HostConfig }: ContainerCreateBody): void {
  const binds = (HostConfig?.Binds ?? []).map((bind) => bind.split(':')[0] ?? '')
  const mounts = (HostConfig?.Mounts ?? []).map(({ Source }) => Source ?? '')
  const socket = [...binds, ...mounts].find(hasSocket)
  if (socket === undefined) return
  invalid(
    'volumes and mounts of a sandbox',
    'without the socket of the Engine, which is root on its machine',
    socket,
  )
}

function hasSocket(source: string): boolean {
  const path = source.replace(/\/+$/, '')
  return /\.sock$/.test(path) || (['', '/var', '/var/run', '/run'].includes(path) && source.startsWith('/'))
}
