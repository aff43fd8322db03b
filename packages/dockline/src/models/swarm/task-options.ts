import type {
  HealthConfig,
  Mount,
  TaskSpecContainerSpec,
  TaskSpecContainerSpecDNSConfig,
  TaskSpecContainerSpecUlimit,
} from '../../api/index.js'
import type { Duration } from '../../support/duration.js'
import { type HealthcheckOptions, healthcheck } from '../options/config.js'
import {
  type MountOptions,
  parseEnvironment,
  parseMount,
  parseMountString,
  parseUlimit,
  type StringMap,
  splitCommand,
  stringMap,
  type UlimitOptions,
} from '../options/index.js'
import { type Option, table } from '../options/table.js'
import { duration } from '../options/units.js'
import {
  cut,
  flag,
  integer,
  invalid,
  listOf,
  OR_STRINGS,
  object,
  oneOf,
  type Scalar,
  strings,
  text,
  textOrNumber,
} from '../options/values.js'
import { type Privileges, privileges } from './privileges.js'

/** What runs in the container of each task, and how. */
export interface TaskContainerOptions {
  /** What follows the command, or the image's own entrypoint. A string is split like a shell's. */
  readonly args?: Option<string | readonly string[]>
  /** Capabilities beyond the usual ones. API 1.41. */
  readonly capAdd?: Option<readonly string[]>
  /** Capabilities to go without. API 1.41. */
  readonly capDrop?: Option<readonly string[]>
  /** In place of the image's entrypoint. A string is split like a shell's. */
  readonly command?: Option<string | readonly string[]>
  /** Labels of the containers, where `labels` are the service's. */
  readonly containerLabels?: Option<StringMap>
  /** All of the resolver's settings at once: `{ nameservers, search, options }`. */
  readonly dnsConfig?: Option<DnsConfigOptions | Readonly<TaskSpecContainerSpecDNSConfig>>
  /** `{ A: '1', C: '' }` or `['A=1', 'C=']`. */
  readonly env?: Option<Readonly<Record<string, Scalar | null | undefined>> | readonly string[]>
  /** Further groups of the user, by name or number. */
  readonly groupAdd?: Option<readonly (string | number)[]>
  /** How a task is found to be well; only then its update goes on to the next. */
  readonly healthcheck?: Option<HealthcheckOptions | Readonly<HealthConfig>>
  /** The host name, which may have templates such as `'{{.Service.Name}}-{{.Task.Slot}}'`. */
  readonly hostname?: Option<string>
  /** Lines for /etc/hosts: `{ db: '10.0.0.2' }`, `['db:10.0.0.2']` or `['10.0.0.2 db']`. */
  readonly extraHosts?: Option<Readonly<Record<string, string | undefined>> | readonly string[]>
  /** Runs a small init as process 1. Default: the Engine of the node decides. */
  readonly init?: Option<boolean>
  /** `default`, `process` or `hyperv` (Windows). API 1.35. */
  readonly isolation?: Option<'default' | 'process' | 'hyperv' | ''>
  /** As objects, as docker's --mount writes them, or as `'source:target[:ro]'`. */
  readonly mounts?: Option<readonly (string | MountOptions | Readonly<Mount>)[]>
  /** From -1000 (killed last) to 1000 (killed first). API 1.46. */
  readonly oomScoreAdj?: Option<number>
  readonly interactive?: Option<boolean>
  readonly privileges?: Option<Privileges>
  /** Makes the root file system read-only. */
  readonly readOnly?: Option<boolean>
  /** From the stop signal to SIGKILL: `'30s'`, or a number of milliseconds. Default: 10 s. */
  readonly stopTimeout?: Option<Duration>
  /** The signal that asks a container to stop. */
  readonly stopSignal?: Option<string>
  /** Kernel parameters; numbers become strings. API 1.40. */
  readonly sysctls?: Option<StringMap>
  /** A terminal for each task. Logs of the service can then only be read raw. */
  readonly tty?: Option<boolean>
  /** `'nofile=1024:2048'` or `{ name, soft, hard }`. API 1.41. */
  readonly ulimits?: Option<readonly (string | UlimitOptions | Readonly<TaskSpecContainerSpecUlimit>)[]>
  /** `name`, `uid` or `uid:gid`; a number is sent as a string. */
  readonly user?: Option<string | number>
  /** The directory that the command begins in. */
  readonly workdir?: Option<string>
}

export interface DnsConfigOptions {
  readonly nameservers?: readonly string[] | undefined
  /** Domains to search. */
  readonly search?: readonly string[] | undefined
  /** Lines for the resolver's options, such as `'ndots:2'`. */
  readonly options?: readonly string[] | undefined
}

const dnsConfig = table<DnsConfigOptions, TaskSpecContainerSpecDNSConfig>({
  nameservers: ['Nameservers', strings],
  search: ['Search', strings],
  options: ['Options', strings],
})

export const containerOptions = table<TaskContainerOptions, TaskSpecContainerSpec>({
  args: ['Args', splitCommand],
  capAdd: ['CapabilityAdd', strings],
  capDrop: ['CapabilityDrop', strings],
  command: ['Command', splitCommand],
  containerLabels: ['Labels', stringMap],
  dnsConfig: ['DNSConfig', dnsConfig.parse],
  env: ['Env', parseEnvironment],
  groupAdd: ['Groups', listOf(textOrNumber)],
  healthcheck: ['HealthCheck', healthcheck.parse],
  hostname: ['Hostname', text],
  extraHosts: ['Hosts', hosts],
  init: ['Init', flag],
  isolation: ['Isolation', oneOf('default', 'process', 'hyperv', '')],
  mounts: ['Mounts', listOf(anyMount)],
  oomScoreAdj: ['OomScoreAdj', integer],
  interactive: ['OpenStdin', flag],
  privileges: ['Privileges', privileges],
  readOnly: ['ReadOnly', flag],
  stopTimeout: duration('StopGracePeriod'),
  stopSignal: ['StopSignal', text],
  sysctls: ['Sysctls', stringMap],
  tty: ['TTY', flag],
  ulimits: ['Ulimits', listOf(parseUlimit)],
  user: ['User', textOrNumber],
  workdir: ['Dir', text],
})

/** The settings of the resolver one by one, which leave the others as they are. */
export interface DnsOptions {
  /** Name servers. */
  readonly dns?: Option<readonly string[]>
  /** Lines for the resolver's options, such as `'ndots:2'`. */
  readonly dnsOption?: Option<readonly string[]>
  /** Domains to search. */
  readonly dnsSearch?: Option<readonly string[]>
}

export const dnsOptions = table<DnsOptions, TaskSpecContainerSpecDNSConfig>({
  dns: ['Nameservers', strings],
  dnsOption: ['Options', strings],
  dnsSearch: ['Search', strings],
})

/** Lines of /etc/hosts have the address first, where everything else of Docker has the name first. */
function hosts(value: unknown, option: string): string[] {
  if (!Array.isArray(value)) {
    return Object.entries(object(value, option, OR_STRINGS)).map(([name, address]) => {
      return `${text(address, `${option}.${name}`)} ${name}`
    })
  }
  return strings(value, option).map((line, index) => {
    if (/^\S+\s+\S/.test(line)) return line
    const [name, address] = cut(line, ':')
    return name && address ? `${address} ${name}` : invalid(`${option}[${index}]`, "like 'db:10.0.0.2'", line)
  })
}

/** An object, docker's --mount, or `source:target[:ro|rw]` where a path is bound and a name is a volume. */
function anyMount(value: unknown, option: string): Mount {
  if (typeof value !== 'string') return parseMount(value, option)
  if (/^[a-z-]+(=|,)|,/.test(value)) return parseMountString(value, option)
  const [first = '', second, mode, ...more] = value.split(':')
  if (more.length > 0 || first === '' || second === '' || !['ro', 'rw', undefined].includes(mode)) {
    return invalid(option, "like 'data:/data', '/src:/app:ro' or 'type=tmpfs,dst=/run'", value)
  }
  if (second === undefined) return parseMount({ target: first }, option)
  const type = first.startsWith('/') ? 'bind' : 'volume'
  return parseMount({ type, source: first, target: second, readOnly: mode === 'ro' || undefined }, option)
}
