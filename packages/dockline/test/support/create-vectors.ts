import type { ContainerCreateOptions } from '#src/models/options/index.js'

/** Options for creating a container, and what an Engine is to be sent for them besides the image. */
export interface CreateVector {
  readonly options: ContainerCreateOptions
  readonly query?: Readonly<Record<string, string>>
  readonly body: object
}

type Row = readonly [ContainerCreateOptions, object]

/** Options, and all that the body has besides the image and an empty HostConfig. */
const configRows: readonly Row[] = [
  [{ attachStdin: true }, { AttachStdin: true }],
  [{ attachStdout: false }, { AttachStdout: false }],
  [{ attachStderr: true }, { AttachStderr: true }],
  [{ stdinOnce: true }, { StdinOnce: true }],
  [{ interactive: true }, { OpenStdin: true }],
  [{ tty: true }, { Tty: true }],
  [{ hostname: 'box' }, { Hostname: 'box' }],
  [{ domainname: 'lan' }, { Domainname: 'lan' }],
  [{ user: 'me:users' }, { User: 'me:users' }],
  [{ user: 0 }, { User: '0' }],
  [{ labels: { a: '1', n: 2, b: true, e: null } }, { Labels: { a: '1', n: '2', b: 'true', e: '' } }],
  [{ labels: ['a=1=2', 'b'] }, { Labels: { a: '1=2', b: '' } }],
  [{ workdir: '/app' }, { WorkingDir: '/app' }],
  [{ entrypoint: 'sh -c "a b"' }, { Entrypoint: ['sh', '-c', 'a b'] }],
  [{ entrypoint: ['sh', '-c', 'a b'] }, { Entrypoint: ['sh', '-c', 'a b'] }],
  [{ entrypoint: '' }, { Entrypoint: [] }],
  [{ env: { A: '1', B: null, C: '' } }, { Env: ['A=1', 'B', 'C='] }],
  [{ env: ['A=1', 'B'] }, { Env: ['A=1', 'B'] }],
  [{ stopSignal: 'SIGINT' }, { StopSignal: 'SIGINT' }],
  [{ stopTimeout: 0 }, { StopTimeout: 0 }],
  [{ networkDisabled: true }, { NetworkDisabled: true }],
  [{ healthcheck: { test: 'curl x' } }, { Healthcheck: { Test: ['CMD-SHELL', 'curl x'] } }],
  [{ healthcheck: { test: ['NONE'] } }, { Healthcheck: { Test: ['NONE'] } }],
  [
    {
      healthcheck: {
        test: ['CMD', 'true'],
        interval: '1m30s',
        timeout: 5000,
        retries: 0,
        startPeriod: '1.5s',
        startInterval: '500ms',
      },
    },
    {
      Healthcheck: {
        Test: ['CMD', 'true'],
        Interval: 90e9,
        Timeout: 5e9,
        Retries: 0,
        StartPeriod: 1.5e9,
        StartInterval: 5e8,
      },
    },
  ],
  [
    { healthcheck: { Test: [], Interval: 30e9, StartInterval: 1e9 } },
    { Healthcheck: { Test: [], Interval: 30e9, StartInterval: 1e9 } },
  ],
]

/** Options, and the HostConfig they make. */
const hostRows: readonly Row[] = [
  [{ remove: true }, { AutoRemove: true }],
  [{ blkioWeight: 0 }, { BlkioWeight: 0 }],
  [
    { blkioWeightDevice: [{ path: '/dev/a', weight: 10 }] },
    { BlkioWeightDevice: [{ Path: '/dev/a', Weight: 10 }] },
  ],
  [
    { blkioWeightDevice: [{ Path: '/dev/a', Weight: 10 }] },
    { BlkioWeightDevice: [{ Path: '/dev/a', Weight: 10 }] },
  ],
  [{ capAdd: ['NET_ADMIN'] }, { CapAdd: ['NET_ADMIN'] }],
  [{ capDrop: ['ALL'] }, { CapDrop: ['ALL'] }],
  [{ cgroupParent: '/a' }, { CgroupParent: '/a' }],
  [{ cgroupns: 'private' }, { CgroupnsMode: 'private' }],
  [{ cpuCount: 2 }, { CpuCount: 2 }],
  [{ cpuPercent: 50 }, { CpuPercent: 50 }],
  [{ cpuPeriod: 100_000 }, { CpuPeriod: 100_000 }],
  [{ cpuQuota: -1 }, { CpuQuota: -1 }],
  [{ cpuShares: 0 }, { CpuShares: 0 }],
  [{ cpuRtPeriod: 1000 }, { CpuRealtimePeriod: 1000 }],
  [{ cpuRtRuntime: 950 }, { CpuRealtimeRuntime: 950 }],
  [{ cpusetCpus: '0-2,4' }, { CpusetCpus: '0-2,4' }],
  [{ cpusetMems: '0' }, { CpusetMems: '0' }],
  [{ deviceCgroupRules: ['c 1:3 mr'] }, { DeviceCgroupRules: ['c 1:3 mr'] }],
  [
    { deviceReadBps: [{ path: '/dev/a', rate: '1m' }] },
    { BlkioDeviceReadBps: [{ Path: '/dev/a', Rate: 1048576 }] },
  ],
  [{ deviceWriteBps: [{ path: '/dev/a', rate: 9 }] }, { BlkioDeviceWriteBps: [{ Path: '/dev/a', Rate: 9 }] }],
  [{ deviceReadIops: [{ path: '/dev/a', rate: 9 }] }, { BlkioDeviceReadIOps: [{ Path: '/dev/a', Rate: 9 }] }],
  [
    { deviceWriteIops: [{ Path: '/dev/a', Rate: 9 }] },
    { BlkioDeviceWriteIOps: [{ Path: '/dev/a', Rate: 9 }] },
  ],
  [
    { devices: ['/dev/a'] },
    { Devices: [{ PathOnHost: '/dev/a', PathInContainer: '/dev/a', CgroupPermissions: 'rwm' }] },
  ],
  [
    { deviceRequests: [{ driver: 'nvidia', deviceIds: ['0'], capabilities: [['gpu']], options: { a: 1 } }] },
    {
      DeviceRequests: [{ Driver: 'nvidia', DeviceIDs: ['0'], Capabilities: [['gpu']], Options: { a: '1' } }],
    },
  ],
  [
    { deviceRequests: [{ Driver: 'cdi', DeviceIDs: ['v/c=d'] }], gpus: 2 },
    {
      DeviceRequests: [
        { Driver: 'cdi', DeviceIDs: ['v/c=d'] },
        { Count: 2, Capabilities: [['gpu']] },
      ],
    },
  ],
  [{ gpus: 'all' }, { DeviceRequests: [{ Count: -1, Capabilities: [['gpu']] }] }],
  [{ dns: ['1.1.1.1'] }, { Dns: ['1.1.1.1'] }],
  [{ dnsOption: ['ndots:2'] }, { DnsOptions: ['ndots:2'] }],
  [{ dnsSearch: ['lan'] }, { DnsSearch: ['lan'] }],
  [
    { extraHosts: { db: '10.0.0.2', all: ['::1', '::2'] } },
    { ExtraHosts: ['db:10.0.0.2', 'all:::1', 'all:::2'] },
  ],
  [{ extraHosts: ['db:10.0.0.2', 'up=host-gateway'] }, { ExtraHosts: ['db:10.0.0.2', 'up:host-gateway'] }],
  [{ groupAdd: ['audio', 1000] }, { GroupAdd: ['audio', '1000'] }],
  [{ init: false }, { Init: false }],
  [{ ipc: 'container:a' }, { IpcMode: 'container:a' }],
  [{ pid: 'host' }, { PidMode: 'host' }],
  [{ uts: '' }, { UTSMode: '' }],
  [{ userns: 'keep-id' }, { UsernsMode: 'keep-id' }],
  [{ isolation: 'hyperv' }, { Isolation: 'hyperv' }],
  [{ kernelMemory: '64m' }, { KernelMemory: 67108864 }],
  [{ memory: '512m' }, { Memory: 536870912 }],
  [{ memory: 0 }, { Memory: 0 }],
  [{ memoryReservation: '1.5k' }, { MemoryReservation: 1536 }],
  [{ memorySwap: '-1' }, { MemorySwap: -1 }],
  [{ memorySwap: -1 }, { MemorySwap: -1 }],
  [{ memorySwap: '1g' }, { MemorySwap: 1073741824 }],
  [{ memorySwappiness: 0 }, { MemorySwappiness: 0 }],
  [{ shmSize: '128MB' }, { ShmSize: 134217728 }],
  [{ links: { db: 'database', cache: null } }, { Links: ['db:database', 'cache'] }],
  [{ links: ['db:database', ['cache', 'c'], ['q', null]] }, { Links: ['db:database', 'cache:c', 'q'] }],
  [
    { logDriver: 'loki', logOpt: { 'max-file': 3 } },
    { LogConfig: { Type: 'loki', Config: { 'max-file': '3' } } },
  ],
  [{ logDriver: 'none' }, { LogConfig: { Type: 'none', Config: {} } }],
  [{ mounts: [{ source: 'v', target: '/v' }] }, { Mounts: [{ Type: 'volume', Source: 'v', Target: '/v' }] }],
  [{ cpus: 1.5 }, { NanoCpus: 1_500_000_000 }],
  [{ network: 'none' }, { NetworkMode: 'none' }],
  [{ oomKillDisable: true }, { OomKillDisable: true }],
  [{ oomScoreAdj: -500 }, { OomScoreAdj: -500 }],
  [{ pidsLimit: 0 }, { PidsLimit: 0 }],
  [{ privileged: false }, { Privileged: false }],
  [{ publishAll: true }, { PublishAllPorts: true }],
  [{ readOnly: true }, { ReadonlyRootfs: true }],
  [{ restart: 'always' }, { RestartPolicy: { Name: 'always' } }],
  [{ restart: 'on-failure:3' }, { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } }],
  [{ runtime: 'runsc' }, { Runtime: 'runsc' }],
  [{ securityOpt: ['no-new-privileges'] }, { SecurityOpt: ['no-new-privileges'] }],
  [{ storageOpt: { size: '10G' } }, { StorageOpt: { size: '10G' } }],
  [{ sysctls: { 'net.core.somaxconn': 1024 } }, { Sysctls: { 'net.core.somaxconn': '1024' } }],
  [{ tmpfs: { '/run': 'size=64m', '/tmp': '' } }, { Tmpfs: { '/run': 'size=64m', '/tmp': '' } }],
  [{ tmpfs: ['/run:size=64m', '/tmp'] }, { Tmpfs: { '/run': 'size=64m', '/tmp': '' } }],
  [{ ulimits: ['nofile=1024:2048'] }, { Ulimits: [{ Name: 'nofile', Soft: 1024, Hard: 2048 }] }],
  [{ volumeDriver: 'local' }, { VolumeDriver: 'local' }],
  [{ volumesFrom: 'a,b:ro' }, { VolumesFrom: ['a', 'b:ro'] }],
  [{ volumesFrom: ['a'] }, { VolumesFrom: ['a'] }],
]

const MAC = '02:42:ac:11:00:02'

/** Options, and the whole body: these go to several places, or to none. */
const placeRows: readonly Row[] = [
  [
    { ports: { '80/tcp': 8080, 443: null } },
    {
      ExposedPorts: { '80/tcp': {}, '443/tcp': {} },
      HostConfig: {
        PortBindings: {
          '80/tcp': [{ HostIp: '', HostPort: '8080' }],
          '443/tcp': [{ HostIp: '', HostPort: '' }],
        },
      },
    },
  ],
  [
    { ports: ['127.0.0.1:53:53/udp'] },
    {
      ExposedPorts: { '53/udp': {} },
      HostConfig: { PortBindings: { '53/udp': [{ HostIp: '127.0.0.1', HostPort: '53' }] } },
    },
  ],
  [{ ports: null }, { ExposedPorts: null, HostConfig: { PortBindings: null } }],
  [
    { volumes: { '/src': '/app', cache: { bind: '/cache', ro: true } } },
    { Volumes: {}, HostConfig: { Binds: ['/src:/app:rw', 'cache:/cache:ro'] } },
  ],
  [
    { volumes: ['/data', './src:/app:ro'] },
    { Volumes: { '/data': {} }, HostConfig: { Binds: ['./src:/app:ro'] } },
  ],
  [{ network: 'web' }, { HostConfig: { NetworkMode: 'web' } }],
  [
    { network: 'web', networkAliases: ['a', 'b'] },
    {
      HostConfig: { NetworkMode: 'web' },
      NetworkingConfig: { EndpointsConfig: { web: { Aliases: ['a', 'b'] } } },
    },
  ],
  [
    { network: 'web', networks: { back: { aliases: ['db'], ip: '10.0.0.2' } } },
    {
      HostConfig: { NetworkMode: 'web' },
      NetworkingConfig: {
        EndpointsConfig: { back: { Aliases: ['db'], IPAMConfig: { IPv4Address: '10.0.0.2' } }, web: {} },
      },
    },
  ],
  [
    { macAddress: MAC },
    {
      MacAddress: MAC,
      HostConfig: {},
      NetworkingConfig: { EndpointsConfig: { default: { MacAddress: MAC } } },
    },
  ],
  [{ config: { Shell: ['sh'] } }, { Shell: ['sh'], HostConfig: {} }],
  [{ hostConfig: { Annotations: { a: '1' } } }, { HostConfig: { Annotations: { a: '1' } } }],
]

/** Every option of create, and of run: a test sees to it that none is left out. */
export const createVectors: readonly CreateVector[] = [
  { options: {}, body: { HostConfig: {} } },
  { options: { name: 'web' }, query: { name: 'web' }, body: { HostConfig: {} } },
  {
    options: { platform: 'linux/arm64' },
    query: { platform: 'linux/arm64' },
    body: { HostConfig: {} },
  },
  ...configRows.map(([options, config]) => ({ options, body: { HostConfig: {}, ...config } })),
  ...hostRows.map(([options, HostConfig]) => ({ options, body: { HostConfig } })),
  ...placeRows.map(([options, body]) => ({ options, body })),
]
