import type { SystemInfo } from 'dockline/api'
import type { Plugin } from '../plugins/index.js'
import { humanDuration } from './duration.js'
import { binarySize } from './size.js'

export interface ClientInfo {
  readonly Version: string
  readonly Context: string
  readonly Debug: boolean
  readonly Plugins: readonly Plugin[]
}

type Line = readonly [indent: number, name: string, value: unknown]

export function clientText({ Version, Context, Debug, Plugins }: ClientInfo): string {
  return textOf([
    [0, 'Client', ''],
    [1, 'Version', `   ${Version}`],
    [1, 'Context', `   ${Context}`],
    [1, 'Debug Mode', Debug],
    ...clientPluginLines(Plugins),
  ])
}

/** Broken plugins are listed among the warnings. */
function clientPluginLines(plugins: readonly Plugin[]): Line[] {
  const lines = plugins
    .filter(({ Err }) => Err === undefined)
    .flatMap(({ Name, ShortDescription = '', Vendor, Version, Path }): Line[] => [
      [2, Name, `${ShortDescription} (${Vendor})`],
      ...known(4, 'Version', Version && ` ${Version}`),
      [4, 'Path', `    ${Path}`],
    ])
  return plugins.length === 0 ? [] : [[1, 'Plugins', ''], ...lines]
}

/** The client adds this to the part of the server. */
export interface ClientView {
  readonly isDebugging: boolean
  /** The name of the user who has logged in to Docker Hub; '' for no user. */
  readonly user: string
}

/** What `info` prints of an Engine, in docker's order and words. */
export function serverText(info: SystemInfo, view: ClientView): string {
  return textOf([
    ...countLines(info),
    ...driverLines(info),
    ...pluginLines(info),
    [1, 'Swarm', info.Swarm?.LocalNodeState ?? ''],
    ...swarmLines(info.Swarm ?? {}),
    ...runtimeLines(info),
    ...machineLines(info),
    ...daemonLines(info, view),
    ...registryLines(info),
    [1, 'Live Restore Enabled', info.LiveRestoreEnabled ?? false],
    ...licenceLines(info),
  ])
}

function countLines(info: SystemInfo): Line[] {
  return [
    [1, 'Containers', info.Containers ?? 0],
    [2, 'Running', info.ContainersRunning ?? 0],
    [2, 'Paused', info.ContainersPaused ?? 0],
    [2, 'Stopped', info.ContainersStopped ?? 0],
    [1, 'Images', info.Images ?? 0],
  ]
}

function driverLines(info: SystemInfo): Line[] {
  return [
    ...known(1, 'Server Version', info.ServerVersion),
    ...known(1, 'Storage Driver', info.Driver),
    ...(info.DriverStatus ?? []).map(([name = '', value = '']): Line => [2, name, value]),
    ...known(1, 'Logging Driver', info.LoggingDriver),
    ...known(1, 'Cgroup Driver', info.CgroupDriver),
    ...known(1, 'Cgroup Version', info.CgroupVersion),
  ]
}

function pluginLines({ Plugins = {}, CDISpecDirs, DiscoveredDevices }: SystemInfo): Line[] {
  const words = (names: readonly string[] | null | undefined) => (names ?? []).join(' ')
  return [
    [1, 'Plugins', ''],
    [2, 'Volume', words(Plugins.Volume)],
    [2, 'Network', words(Plugins.Network)],
    ...known(2, 'Authorization', words(Plugins.Authorization)),
    [2, 'Log', words(Plugins.Log)],
    ...titled('CDI spec directories', CDISpecDirs),
    ...titled(
      'Discovered Devices',
      DiscoveredDevices?.map(({ Source, ID }) => `${Source ?? ''}: ${ID ?? ''}`),
    ),
  ]
}

type Swarm = NonNullable<SystemInfo['Swarm']>

function swarmLines(swarm: Swarm): Line[] {
  const { LocalNodeState: state = '', NodeID, Error: error, ControlAvailable, NodeAddr } = swarm
  if (state === 'inactive' || state === 'locked') return []
  const managers = (swarm.RemoteManagers ?? []).map(({ Addr }) => Addr ?? '').sort()
  return [
    [2, 'NodeID', NodeID ?? ''],
    ...known(2, 'Error', error),
    [2, 'Is Manager', ControlAvailable ?? false],
    ...(ControlAvailable && !error && state !== 'error' ? clusterLines(swarm) : []),
    [2, 'Node Address', NodeAddr ?? ''],
    ...(managers.length === 0 ? [] : [[2, 'Manager Addresses', ''] as const]),
    ...managers.map((address): Line => [3, address, undefined]),
  ]
}

function clusterLines({ Cluster, Managers, Nodes }: Swarm): Line[] {
  if (Cluster === null || Cluster === undefined) return []
  const { DefaultAddrPool, DataPathPort = 0, Spec = {} } = Cluster
  const { Orchestration = {}, Raft = {}, Dispatcher = {}, CAConfig = {}, EncryptionConfig = {} } = Spec
  const pool: Line[] = [
    [2, 'Default Address Pool', (DefaultAddrPool ?? []).map((each) => `${each}  `).join('')],
    [2, 'SubnetSize', Cluster.SubnetSize ?? 0],
  ]
  return [
    [2, 'ClusterID', Cluster.ID ?? ''],
    [2, 'Managers', Managers ?? 0],
    [2, 'Nodes', Nodes ?? 0],
    ...(DefaultAddrPool ? pool : []),
    ...(DataPathPort > 0 ? [[2, 'Data Path Port', DataPathPort] as const] : []),
    [2, 'Orchestration', ''],
    [3, 'Task History Retention Limit', Orchestration?.TaskHistoryRetentionLimit ?? 0],
    [2, 'Raft', ''],
    [3, 'Snapshot Interval', Raft.SnapshotInterval ?? 0],
    ...known(3, 'Number of Old Snapshots to Retain', Raft.KeepOldSnapshots),
    [3, 'Heartbeat Tick', Raft.HeartbeatTick ?? 0],
    [3, 'Election Tick', Raft.ElectionTick ?? 0],
    [2, 'Dispatcher', ''],
    [3, 'Heartbeat Period', nanoseconds(Dispatcher?.HeartbeatPeriod)],
    [2, 'CA Configuration', ''],
    [3, 'Expiry Duration', nanoseconds(CAConfig?.NodeCertExpiry)],
    [3, 'Force Rotate', CAConfig?.ForceRotate ?? 0],
    [2, 'Autolock Managers', EncryptionConfig.AutoLockManagers ?? false],
    [2, 'Root Rotation In Progress', Cluster.RootRotationInProgress ?? false],
  ]
}

function nanoseconds(given = 0): string {
  return humanDuration(given / 1e6)
}

function runtimeLines(info: SystemInfo): Line[] {
  const names = Object.keys(info.Runtimes ?? {}).sort()
  if (names.length === 0) return []
  return [
    [1, 'Runtimes', names.join(' ')],
    [1, 'Default Runtime', info.DefaultRuntime ?? ''],
  ]
}

function machineLines(info: SystemInfo): Line[] {
  return [
    ...(info.OSType === 'linux' ? linuxLines(info) : []),
    ...(info.OSType === 'windows' ? [[1, 'Default Isolation', info.Isolation ?? ''] as const] : []),
    ...known(1, 'Kernel Version', info.KernelVersion),
    ...known(1, 'Operating System', info.OperatingSystem),
    ...known(1, 'OSType', info.OSType),
    ...known(1, 'Architecture', info.Architecture),
    [1, 'CPUs', info.NCPU ?? 0],
    [1, 'Total Memory', binarySize(info.MemTotal ?? 0)],
    ...known(1, 'Name', info.Name),
    ...known(1, 'ID', info.ID),
  ]
}

/** Unlike a title, it has its blank also where there is no value. */
function withValue(name: string, value = ''): Line[] {
  return [[1, `${name}: ${value}`, undefined]]
}

function linuxLines(info: SystemInfo): Line[] {
  return [
    ...withValue('Init Binary', info.InitBinary),
    ...withValue('containerd version', info.ContainerdCommit?.ID),
    ...withValue('runc version', info.RuncCommit?.ID),
    ...withValue('init version', info.InitCommit?.ID),
    ...securityLines(info.SecurityOptions ?? []),
  ]
}

/** `name=seccomp,profile=builtin` */
function securityLines(options: readonly string[]): Line[] {
  if (options.length === 0) return []
  const each = options.flatMap((option): Line[] => {
    const parts = option.split(',').map((part) => part.split('='))
    const name = parts.find(([key]) => key === 'name')?.[1] ?? option
    const profile = parts.find(([key]) => key === 'profile')
    return [[2, name, undefined], ...(profile ? [[3, 'Profile', profile[1]] as const] : [])]
  })
  return [[1, 'Security Options', ''], ...each]
}

function daemonLines(info: SystemInfo, { isDebugging, user }: ClientView): Line[] {
  const debugging: Line[] = [
    [2, 'File Descriptors', info.NFd ?? 0],
    [2, 'Goroutines', info.NGoroutines ?? 0],
    [2, 'System Time', info.SystemTime ?? ''],
    [2, 'EventsListeners', info.NEventsListener ?? 0],
  ]
  return [
    [1, 'Docker Root Dir', info.DockerRootDir ?? ''],
    [1, 'Debug Mode', info.Debug ?? false],
    ...(info.Debug || isDebugging ? debugging : []),
    ...known(1, 'HTTP Proxy', info.HttpProxy),
    ...known(1, 'HTTPS Proxy', info.HttpsProxy),
    ...known(1, 'No Proxy', info.NoProxy),
    ...known(1, 'Username', user),
    ...titled('Labels', info.Labels),
    [1, 'Experimental', info.ExperimentalBuild ?? false],
  ]
}

function registryLines({ RegistryConfig }: SystemInfo): Line[] {
  const { InsecureRegistryCIDRs, IndexConfigs, Mirrors } = RegistryConfig ?? {}
  const indexes = Object.values(IndexConfigs ?? {})
  const trusted = indexes.filter((index) => !index.Secure).map((index) => index.Name ?? '')
  const all = [...trusted, ...(InsecureRegistryCIDRs ?? [])]
  const nothing = indexes.length === 0 && all.length === 0
  return [
    ...(nothing ? [] : [[1, 'Insecure Registries', ''] as const]),
    ...all.map((registry): Line => [2, registry, undefined]),
    ...titled('Registry Mirrors', Mirrors),
  ]
}

function licenceLines({ ProductLicense, DefaultAddressPools, FirewallBackend }: SystemInfo): Line[] {
  const pools = DefaultAddressPools ?? []
  return [
    ...known(1, 'Product License', ProductLicense),
    ...(pools.length === 0 ? [] : [[1, 'Default Address Pools', ''] as const]),
    ...pools.map(({ Base, Size }): Line => [3, 'Base', `${Base ?? ''}, Size: ${Size ?? 0}`]),
    ...(FirewallBackend ? firewallLines(FirewallBackend) : []),
  ]
}

function firewallLines({ Driver, Info }: NonNullable<SystemInfo['FirewallBackend']>): Line[] {
  // The usual one goes without saying, as docker has it.
  if (Driver === 'iptables') return []
  return [
    [1, 'Firewall Backend', Driver ?? ''],
    ...(Info ?? []).map(([name = '', value = '']): Line => [2, name, value]),
  ]
}

function known(indent: number, name: string, value: string | number | undefined): Line[] {
  return value === undefined || value === '' ? [] : [[indent, name, value]]
}

function titled(title: string, lines: readonly string[] | null | undefined): Line[] {
  if (!lines || lines.length === 0) return []
  return [[1, title, ''], ...lines.map((line): Line => [2, line, undefined])]
}

/** A line without a value is a word of its own. */
function textOf(lines: readonly Line[]): string {
  return lines
    .map(([indent, name, value]) => {
      const start = `${' '.repeat(indent)}${name}`
      if (value === undefined) return `${start}\n`
      return value === '' ? `${start}:\n` : `${start}: ${value}\n`
    })
    .join('')
}
