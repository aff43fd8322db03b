import { posix } from 'node:path'
import type { ContainerCreateBody, ContainerExecBody, HostConfig } from '../../../api/index.js'
import { InvalidArgumentError } from '../../../errors.js'
import { array, invalid, listOf, object, oneOf, show } from '../../options/values.js'
import type { Dialect } from '../../podman/dialect.js'
import { type CreateOptions, type CreatePlan, readCreate } from '../create-container.js'

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
  pull: 'missing',
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
/** Any other value may be false for the Engine, and nobody here can judge a profile of seccomp, AppArmor or SELinux. */
const SAFE_SECURITY = [NO_NEW_PRIVILEGES, `${NO_NEW_PRIVILEGES}:true`, `${NO_NEW_PRIVILEGES}=true`]

/** The Engine passes CPUs to the kernel in units of so many billionths. Fewer come to 0 units, which is no limit. */
const LEAST_CPU_BILLIONTHS = 10_000

/** An option that may weaken a sandbox. */
export type SandboxPermission =
  | 'network'
  | 'networks'
  | 'readOnly'
  | 'user'
  | 'groupAdd'
  | 'capAdd'
  | 'capDrop'
  | 'securityOpt'
  | 'memory'
  | 'memorySwap'
  | 'oomKillDisable'
  | 'oomScoreAdj'
  | 'cpus'
  | 'pidsLimit'
  | 'volumes'
  | 'mounts'
  | 'volumesFrom'
  | 'devices'
  | 'deviceRequests'
  | 'deviceCgroupRules'
  | 'gpus'
  | 'pid'
  | 'ipc'
  | 'uts'
  | 'userns'
  | 'cgroupns'
  | 'config'
  | 'hostConfig'

/**
 * A rule about an option: what an unsafe value gives the sandbox, whether a value is safe, and where the request has it. The Engine
 * reads the request, where '0m' and 1e-12 are 0. Without a place, the value is the option.
 */
type Rule = readonly [
  what: string,
  isSafe: (value: unknown) => boolean,
  place?: keyof HostConfig | keyof ContainerCreateBody,
]

const isEmpty = (value: unknown) => Object.keys(value ?? {}).length === 0
const isAtLeast = (least: number) => (value: unknown) => Number(value) >= least
const isOwnNamespace = (value: unknown) => ['', 'private', 'none'].includes(`${value ?? ''}`)

const RULES: Readonly<Record<SandboxPermission, Rule>> = {
  network: ['a network', (value) => value === 'none', 'NetworkMode'],
  networks: ['networks', isEmpty],
  readOnly: ['a root file system that it can write to', (value) => value === true, 'ReadonlyRootfs'],
  user: ['the user or the group root', isNotRoot, 'User'],
  groupAdd: ['other groups', isEmpty, 'GroupAdd'],
  capAdd: ['capabilities', isEmpty, 'CapAdd'],
  capDrop: ['capabilities', (value) => Array.isArray(value) && value.includes('ALL'), 'CapDrop'],
  securityOpt: [
    'less security',
    (value) => Array.isArray(value) && value.every((each) => SAFE_SECURITY.includes(each)),
    'SecurityOpt',
  ],
  memory: ['memory without a limit', isAtLeast(1), 'Memory'],
  memorySwap: ['swap without a limit', isAtLeast(1), 'MemorySwap'],
  oomKillDisable: ['memory that nobody takes back', (value) => value !== true, 'OomKillDisable'],
  oomScoreAdj: ['memory that nobody takes back', isAtLeast(0), 'OomScoreAdj'],
  cpus: ['processors without a limit', isAtLeast(LEAST_CPU_BILLIONTHS), 'NanoCpus'],
  pidsLimit: ['processes without a limit', isAtLeast(1), 'PidsLimit'],
  volumes: ['files from outside', isEmpty],
  mounts: ['files from outside', isEmpty, 'Mounts'],
  volumesFrom: ['files from outside', isEmpty, 'VolumesFrom'],
  devices: ['devices', isEmpty, 'Devices'],
  deviceRequests: ['devices', isEmpty, 'DeviceRequests'],
  deviceCgroupRules: ['devices', isEmpty, 'DeviceCgroupRules'],
  gpus: ['devices', isEmpty, 'DeviceRequests'],
  pid: ['processes from outside', isOwnNamespace, 'PidMode'],
  ipc: ['memory from outside', isOwnNamespace, 'IpcMode'],
  uts: ['the host name of the host', isOwnNamespace, 'UTSMode'],
  userns: ['the users of the host', isOwnNamespace, 'UsernsMode'],
  cgroupns: ['the cgroups of the host', isOwnNamespace, 'CgroupnsMode'],
  config: ['settings that nobody checks', isEmpty],
  hostConfig: ['settings that nobody checks', isEmpty],
} satisfies { readonly [Name in keyof CreateOptions]?: Rule }

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

/** The options of a sandbox, read and checked. */
export interface SandboxPlan extends CreatePlan {
  readonly allowed: readonly SandboxPermission[]
}

/** Reads the options of a sandbox. Throws InvalidArgumentError for one that weakens the sandbox and is not allowed. */
export function planSandbox(image: string, options: SandboxOptions): SandboxPlan {
  const { allow = [], ...given } = object(options, 'options') as SandboxOptions
  const allowed = listOf(oneOf(...(Object.keys(RULES) as SandboxPermission[])))(allow, 'allow')
  const own = OWN_NAMES.find((name) => (given as Record<string, unknown>)[name] !== undefined)
  if (own !== undefined) refuseOwn(own)
  const { memory = MEMORY_BYTES, memorySwap = memory, securityOpt } = given
  const settled = { ...DEFAULTS, ...given, memory, memorySwap }
  const plan = readCreate(image, ['leash'], {
    ...settled,
    user: withGroup(settled.user),
    securityOpt: withNoNewPrivileges(securityOpt ?? []),
    env: withHome(settled.env, settled.workdir ?? '/'),
    remove: true,
    interactive: true,
    stdinOnce: true,
    entrypoint: [`${KEEPER_FOLDER}/${KEEPER_NAME}`],
  })
  const { body } = plan.request
  if (body.HostConfig?.Privileged) refuseOwn('privileged')
  refuseWeak(body, given, allowed)
  return { ...plan, allowed }
}

function refuseOwn(name: string): never {
  const hint = 'containers.create makes a container with any option'
  throw new InvalidArgumentError(`${name} is not for a sandbox, which decides on it itself`, { hint })
}

/** Refuses what weakens the sandbox in a request that was made of the given options. */
export function refuseWeak(
  body: ContainerCreateBody,
  given: object,
  allowed: readonly SandboxPermission[],
): void {
  const wire: Record<string, unknown> = { ...body.HostConfig, ...body }
  for (const [name, [what, isSafe, place]] of Object.entries(RULES) as [SandboxPermission, Rule][]) {
    const value = (given as Record<string, unknown>)[name]
    if (value === undefined || allowed.includes(name) || isSafe(place ? wire[place] : value)) continue
    const shown = typeof value === 'object' && value !== null ? name : `${name}: ${show(value)}`
    const hint = `allow: ['${name}'] permits it`
    throw new InvalidArgumentError(`${shown} gives the sandbox ${what}`, { hint })
  }
}

/** Reads the request of an exec in a sandbox. Throws InvalidArgumentError for more rights than those of the sandbox. */
export function sandboxExec(
  body: ContainerExecBody,
  allowed: readonly SandboxPermission[],
): ContainerExecBody {
  if (body.Privileged) refuseOwn('privileged')
  const { User: user } = body
  // Without a user, the command runs as the user of the sandbox.
  if (!user) return body
  refuseWeak({ User: user }, { user }, allowed)
  return { ...body, User: withGroup(user) }
}

/** The Engine reads '+0' and '00' as numbers too. Without a user it takes the one of the image, which may be root. */
function isNotRoot(user: unknown): boolean {
  const [name, group] = `${user ?? ''}`.split(':')
  return [name, group || name].every((each) => each !== 'root' && Number(each) !== 0)
}

/** The Engine gives the group root to a number without a group that the image does not know. */
function withGroup<User>(user: User): User | string {
  const [, number] = /^([+-]?\d+):?$/.exec(`${user}`) ?? []
  return number === undefined ? user : `${number}:${number}`
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
  const binds = (HostConfig?.Binds ?? []).map((bind) => bind.split(':')[0])
  const mounts = (HostConfig?.Mounts ?? []).flatMap(({ Source, VolumeOptions }) => [
    Source,
    VolumeOptions?.DriverConfig?.Options?.device,
  ])
  const socket = [...binds, ...mounts].find(hasSocket)
  if (socket === undefined) return
  invalid(
    'volumes and mounts of a sandbox',
    'without the socket of the Engine, which is root on its machine',
    socket,
  )
}

/** The folders in which sockets of Docker, containerd and Podman are, and those above them. */
const SOCKET_FOLDERS = /^(\/var)?(\/run(\/(docker|containerd|podman|user(\/\d+(\/podman)?)?))?)?$/

function hasSocket(source = ''): boolean {
  const path = posix.normalize(source).replace(/\/$/, '')
  return /\.sock$/.test(path) || (source.startsWith('/') && SOCKET_FOLDERS.test(path))
}
