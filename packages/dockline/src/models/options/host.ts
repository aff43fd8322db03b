import type { HostConfig, HostConfigLogConfig, Mount, RestartPolicy } from '../../api/types.gen.js'
import { InvalidArgumentError } from '../../errors.js'
import { parseRestartPolicy, type RestartPolicyName, type RestartPolicyOptions } from './limits.js'
import { type MountOptions, parseMount } from './mounts.js'
import { type Option, table } from './table.js'
import { parseBytes } from './units.js'
import {
  array,
  type Convert,
  cut,
  define,
  flag,
  integer,
  invalid,
  listOf,
  OR_STRINGS,
  object,
  oneOf,
  type StringMap,
  show,
  stringMap,
  strings,
  text,
  textOrNumber,
} from './values.js'

/** How the container sits on its host, apart from resources and networks. */
export interface HostOptions extends LogOptions {
  /** The Engine removes the container when it ends. API 1.25. */
  readonly remove?: Option<boolean>
  /** Capabilities beyond the usual ones, such as `['NET_ADMIN']`. */
  readonly capAdd?: Option<readonly string[]>
  /** Capabilities to go without, such as `['ALL']`. */
  readonly capDrop?: Option<readonly string[]>
  /** The cgroup namespace: the container's own or the host's. API 1.41. */
  readonly cgroupns?: Option<'private' | 'host'>
  /** Name servers. */
  readonly dns?: Option<readonly string[]>
  /** Lines for the resolver's options, such as `'ndots:2'`. */
  readonly dnsOption?: Option<readonly string[]>
  /** Domains to search. */
  readonly dnsSearch?: Option<readonly string[]>
  /** Lines for /etc/hosts: `{ db: '10.0.0.2' }` or `['db:10.0.0.2']`; `host-gateway` is the host itself. */
  readonly extraHosts?: Option<
    Readonly<Record<string, string | readonly string[] | undefined>> | readonly string[]
  >
  /** Further groups of the user, by name or number. */
  readonly groupAdd?: Option<readonly (string | number)[]>
  /** `private`, `shareable`, `none`, `host`, `container:<name>`, … */
  readonly ipc?: Option<string>
  /** `default`, `process` or `hyperv` (Windows). */
  readonly isolation?: Option<'default' | 'process' | 'hyperv' | ''>
  /**
   * Other containers and the names they get here: `{ db: 'database', cache: null }`, pairs, or
   * `['db:database']`.
   */
  readonly links?: Option<Links>
  /** Mounts as objects: `{ type: 'bind', source, target, readOnly, … }`. API 1.30. */
  readonly mounts?: Option<readonly (MountOptions | Readonly<Mount>)[]>
  /** From -1000 (killed last) to 1000 (killed first) when the host runs out of memory. */
  readonly oomScoreAdj?: Option<number>
  /** `host`, `container:<name>`, or '' for its own processes only. */
  readonly pid?: Option<string>
  /** All capabilities and all devices. */
  readonly privileged?: Option<boolean>
  /** Publishes every exposed port on a free port of the host. */
  readonly publishAll?: Option<boolean>
  /** Makes the root file system read-only. */
  readonly readOnly?: Option<boolean>
  /** When to start again: `'always'`, `'on-failure:3'` or `{ name, maximumRetryCount }`. */
  readonly restart?: Option<RestartPolicyShorthand | RestartPolicyOptions | Readonly<RestartPolicy>>
  /** The OCI runtime, such as `runc`. */
  readonly runtime?: Option<string>
  /** Security options, such as `['no-new-privileges', 'seccomp=unconfined']`. */
  readonly securityOpt?: Option<readonly string[]>
  /** Size of /dev/shm in bytes, or `'128m'`. Default: 64 MiB. */
  readonly shmSize?: Option<number | string>
  /** Options of the storage driver, such as `{ size: '10G' }`. */
  readonly storageOpt?: Option<StringMap>
  /** Kernel parameters; numbers become strings. */
  readonly sysctls?: Option<StringMap>
  /** Paths in memory and their mount options: `{ '/run': 'size=64m' }` or `['/run:size=64m', '/tmp']`. */
  readonly tmpfs?: Option<Readonly<Record<string, string | undefined>> | readonly string[]>
  /** `host` runs without a user namespace. Default: the Engine's setting. */
  readonly userns?: Option<string>
  /** `host` uses the host name of the host. Default: the container's own. */
  readonly uts?: Option<string>
  /** The driver of the named volumes that are made for `volumes`. */
  readonly volumeDriver?: Option<string>
  /** Containers whose volumes to share: `['data:ro']`, or names joined by commas. */
  readonly volumesFrom?: Option<string | readonly string[]>
}

export type Links =
  | Readonly<Record<string, string | null | undefined>>
  | readonly (string | readonly [name: string, alias: string | null])[]

export type RestartPolicyShorthand = RestartPolicyName | `on-failure:${number}`

interface LogOptions {
  /** The driver that logs the output, of the Engine or a plugin, such as `'local'`. */
  readonly logDriver?: Option<string>
  /** Options of the log driver: `{ 'max-size': '10m' }` or `['max-size=10m']`. */
  readonly logOpt?: Option<StringMap>
}

/** The description names the Engine's own drivers; plugins have names of theirs. */
const driverName = text as Convert<HostConfigLogConfig['Type']>

const logOptions = table<LogOptions, HostConfigLogConfig>({
  logDriver: ['Type', driverName],
  logOpt: ['Config', stringMap],
})

/** Where the output is logged to. */
function logging(options: LogOptions): Pick<HostConfig, 'LogConfig'> {
  const given = logOptions.pick(options)
  if (Object.keys(given).length === 0) return {}
  return { LogConfig: { Type: given.Type ?? driverName('', 'logDriver'), Config: given.Config ?? {} } }
}

const plainHostOptions = table<Omit<HostOptions, keyof LogOptions>, HostConfig>({
  remove: ['AutoRemove', flag],
  capAdd: ['CapAdd', strings],
  capDrop: ['CapDrop', strings],
  cgroupns: ['CgroupnsMode', oneOf('private', 'host')],
  dns: ['Dns', strings],
  dnsOption: ['DnsOptions', strings],
  dnsSearch: ['DnsSearch', strings],
  extraHosts: ['ExtraHosts', extraHosts],
  groupAdd: ['GroupAdd', listOf(textOrNumber)],
  ipc: ['IpcMode', text],
  isolation: ['Isolation', oneOf('default', 'process', 'hyperv', '')],
  links: ['Links', parseLinks],
  mounts: ['Mounts', listOf(parseMount)],
  oomScoreAdj: ['OomScoreAdj', integer],
  pid: ['PidMode', text],
  privileged: ['Privileged', flag],
  publishAll: ['PublishAllPorts', flag],
  readOnly: ['ReadonlyRootfs', flag],
  restart: ['RestartPolicy', parseRestartPolicy],
  runtime: ['Runtime', text],
  securityOpt: ['SecurityOpt', strings],
  shmSize: ['ShmSize', parseBytes],
  storageOpt: ['StorageOpt', stringMap],
  sysctls: ['Sysctls', stringMap],
  tmpfs: ['Tmpfs', tmpfs],
  userns: ['UsernsMode', text],
  uts: ['UTSMode', text],
  volumeDriver: ['VolumeDriver', text],
  volumesFrom: ['VolumesFrom', (value, option) => strings(names(value), option)],
})

export const hostNames: readonly string[] = [...plainHostOptions.names, ...logOptions.names]

/** The HostConfig of the options that have a place in it of their own. */
export function hostConfig(options: HostOptions): Partial<HostConfig> {
  return { ...plainHostOptions.pick(options), ...logging(options) }
}

export function extraHosts(value: unknown, option: string): string[] {
  if (!Array.isArray(value)) {
    return Object.entries(object(value, option, OR_STRINGS)).flatMap(([host, addresses]) => {
      const list = Array.isArray(addresses) ? addresses : [addresses]
      return strings(list, `${option}.${host}`).map((address) => `${host}:${address}`)
    })
  }
  return strings(value, option).map((line) => {
    const match = /^([^:=]+)[:=](.+)$/.exec(line)
    return match === null ? invalid(option, "like 'db:10.0.0.2'", line) : `${match[1]}:${match[2]}`
  })
}

/** Links of a container or of its endpoint in a network. */
export function parseLinks(value: unknown, option: string): string[] {
  const pairs = Array.isArray(value) ? value : Object.entries(object(value, option, OR_STRINGS))
  return pairs.map((pair: unknown, index) => {
    if (typeof pair === 'string') return pair
    const [name, alias] = array(pair, `${option}[${index}]`)
    const known = text(name, option)
    return alias === null || alias === undefined ? known : `${known}:${text(alias, `${option}.${known}`)}`
  })
}

function tmpfs(value: unknown, option: string): Record<string, string> {
  const entries: [string, unknown][] = Array.isArray(value)
    ? strings(value, option).map((entry) => cut(entry, ':'))
    : Object.entries(object(value, option, OR_STRINGS))
  const paths: Record<string, string> = {}
  for (const [path, options] of entries) {
    if (!path.startsWith('/'))
      throw new InvalidArgumentError(`${option} needs absolute paths, not ${show(path)}`)
    define(paths, path, options === undefined ? '' : text(options, `${option}.${path}`))
  }
  return paths
}

function names(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',') : value
}
