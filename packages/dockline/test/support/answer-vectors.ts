import type { DockerClient } from '#src/index.js'

/** A call of the library, and what an Engine answers to it. */
export interface Vector {
  /** As in a script: 'GET /info'. */
  readonly route: string
  /** A real answer, cut to what there is a kind of. Of a stream: one of its values. */
  readonly answer: unknown
  /** Resolves when all of it has been read and looked at. The signal ends what would ask once more. */
  readonly call: (client: DockerClient, signal: AbortSignal) => Promise<unknown>
  readonly status?: number
  readonly streams?: boolean
  /** What else is asked on the way. */
  readonly more?: Readonly<Record<string, unknown>>
}

const ID = 'c0ffee00'.repeat(8)
const IMAGE = `sha256:${'ab'.repeat(32)}`

const summary = {
  Id: ID,
  Names: ['/web', '/proxy/web'],
  Image: 'busybox',
  ImageID: IMAGE,
  Command: 'sleep 100',
  Created: 1_795_876_865,
  Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 32772, Type: 'tcp' }],
  SizeRw: 5,
  SizeRootFs: 1_984_243,
  Labels: { k: 'v' },
  State: 'running',
  Status: 'Up 23 seconds (healthy)',
  HostConfig: { NetworkMode: 'bridge' },
  NetworkSettings: {
    Networks: { bridge: { IPAMConfig: null, MacAddress: '02:ad:4d:1e:77:62', IPPrefixLen: 16 } },
  },
  Mounts: [{ Type: 'volume', Name: 'data', Source: '', Destination: '/vol', Driver: 'local', RW: true }],
  Health: { Status: 'healthy', FailingStreak: 0 },
}
const image = {
  Containers: 1,
  Created: 1_795_876_551,
  Id: IMAGE,
  Labels: { k: 'v' },
  ParentId: '',
  RepoDigests: ['busybox@sha256:1'],
  RepoTags: ['busybox:latest'],
  SharedSize: -1,
  Size: 1_984_243,
}
const volume = {
  CreatedAt: '2026-11-28T14:39:11Z',
  Driver: 'local',
  Labels: { a: 'b' },
  Mountpoint: '/v',
  Name: 'data',
  Options: null,
  Scope: 'local',
  UsageData: { RefCount: 1, Size: 5 },
}
const cache = {
  ID: 'x',
  Parents: ['y'],
  Type: 'regular',
  Description: 'd',
  InUse: true,
  Shared: false,
  Size: 5,
  CreatedAt: '2026-11-28T14:39:11Z',
  LastUsedAt: null,
  UsageCount: 1,
}
const network = {
  Name: 'net',
  Id: ID,
  Created: '2026-11-28T14:39:11.839834965Z',
  Scope: 'local',
  Driver: 'bridge',
  EnableIPv4: true,
  IPAM: { Driver: 'default', Options: {}, Config: [{ Subnet: '172.18.0.0/16', Gateway: '172.18.0.1' }] },
  ConfigFrom: { Network: '' },
  Containers: { [ID]: { Name: 'web', EndpointID: 'e', MacAddress: '', IPv4Address: '' } },
  Options: {},
  Labels: { a: 'b' },
}
const container = {
  Id: ID,
  Created: '2026-11-28T14:41:05.622786896Z',
  Path: 'sleep',
  Args: ['100'],
  State: {
    Status: 'running',
    Running: true,
    Restarting: false,
    Pid: 712,
    ExitCode: 0,
    StartedAt: '2026-11-28T14:41:05.748697189Z',
    Health: { Status: 'healthy', FailingStreak: 0, Log: [{ Start: '', End: '', ExitCode: 0, Output: 'ok' }] },
  },
  Image: IMAGE,
  Name: '/web',
  ExecIDs: null,
  HostConfig: {
    NetworkMode: 'bridge',
    PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '' }] },
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    Dns: [],
    Memory: 0,
  },
  Mounts: [{ Type: 'volume', Name: 'data', Destination: '/vol', RW: true }],
  Config: {
    Image: 'busybox',
    Tty: false,
    Env: ['A=b'],
    Cmd: ['sleep', '100'],
    Labels: { k: 'v' },
    Healthcheck: { Test: ['CMD', 'true'], Interval: 1 },
  },
  NetworkSettings: {
    Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '32772' }], '443/tcp': null },
    Networks: { bridge: { IPAddress: '172.17.0.2', IPPrefixLen: 16 } },
  },
}
const imageDetails = {
  Id: IMAGE,
  RepoTags: ['busybox:latest'],
  RepoDigests: [],
  Created: '2026-11-28T14:35:51.7395574Z',
  Architecture: 'amd64',
  Os: 'linux',
  Size: 1_984_243,
  GraphDriver: { Name: 'overlay2', Data: { MergedDir: '/m' } },
  RootFS: { Type: 'layers', Layers: ['sha256:1'] },
  Config: { Cmd: ['sh'], Env: ['A=b'], Labels: { k: 'v' } },
}
const cpu = {
  cpu_usage: { total_usage: 5, percpu_usage: [0, 5], usage_in_kernelmode: 1 },
  system_cpu_usage: 4_669_450,
  online_cpus: 2,
}
const stats = {
  name: '/web',
  id: ID,
  read: '2026-11-28T14:41:30.830813102Z',
  preread: '2026-11-28T14:41:29.823843902Z',
  pids_stats: { current: 1 },
  blkio_stats: { io_service_bytes_recursive: [{ major: 1, minor: 2, op: 'Read', value: 5 }] },
  num_procs: 0,
  storage_stats: {},
  cpu_stats: cpu,
  precpu_stats: { ...cpu, system_cpu_usage: 4_667_430 },
  memory_stats: { usage: 331_776, stats: { inactive_file: 5 }, limit: 25_276_514_304 },
  networks: { eth0: { rx_bytes: 876, tx_bytes: 126 } },
}
const event = {
  Type: 'container',
  Action: 'health_status: healthy',
  Actor: { ID, Attributes: { image: 'busybox', name: 'web' } },
  scope: 'local',
  time: 1_795_876_865,
  timeNano: 1_795_876_865_000_000_000,
}
const pulling = {
  status: 'Downloading',
  progressDetail: { current: 5, total: 10 },
  progress: '[==>  ] 5B/10B',
  id: 'abc',
}
const loaded = {
  stream: 'Loaded image: busybox:latest\n',
  status: 'Loading layer',
  progressDetail: { current: 5, total: 10 },
  id: 'abc',
}
const detailsOf = { [`GET /images/${encodeURIComponent('busybox:latest')}/json`]: imageDetails }

/** All that an object of the library says of itself. */
function look<T extends object>(object: T): T {
  for (
    let type = Object.getPrototypeOf(object);
    type !== Object.prototype;
    type = Object.getPrototypeOf(type)
  ) {
    for (const name of Object.getOwnPropertyNames(type)) {
      const { get } = Object.getOwnPropertyDescriptor(type, name) ?? {}
      get?.call(object)
    }
  }
  return object
}

async function all(values: AsyncIterable<unknown>): Promise<void> {
  for await (const _value of values);
}

export const VECTORS: readonly Vector[] = [
  {
    route: 'GET /containers/json',
    answer: [summary],
    call: async ({ containers }) => (await containers.list()).map(look),
  },
  {
    route: 'GET /containers/x/json',
    answer: container,
    call: async ({ containers }) => look(await containers.get('x')),
  },
  {
    route: 'GET /containers/x/top',
    answer: { Titles: ['PID'], Processes: [['1']] },
    call: ({ api }) => api.containers.top('x'),
  },
  {
    route: 'GET /containers/x/changes',
    answer: [{ Kind: 1, Path: '/a' }],
    call: ({ api }) => api.containers.changes('x'),
  },
  {
    route: 'GET /containers/x/stats',
    answer: stats,
    streams: true,
    call: async ({ containers }) => (await containers.get('x')).stats({ stream: false }),
    more: { 'GET /containers/x/json': { Id: 'x' } },
  },
  {
    route: 'POST /containers/x/wait',
    answer: { StatusCode: 7, Error: null },
    call: ({ api }) => api.containers.wait('x'),
  },
  {
    route: 'POST /containers/create',
    status: 201,
    answer: { Id: 'x', Warnings: [] },
    call: ({ containers }) => containers.create('busybox'),
    more: { 'GET /containers/x/json': container },
  },
  { route: 'GET /images/json', answer: [image], call: async ({ images }) => (await images.list()).map(look) },
  {
    route: 'GET /images/x/json',
    answer: imageDetails,
    call: async ({ images }) => look(await images.get('x')),
  },
  {
    route: 'GET /images/x/history',
    answer: [{ Id: IMAGE, Created: 1, CreatedBy: 'sh', Tags: ['a:1'], Size: 5, Comment: '' }],
    call: ({ api }) => api.images.history('x'),
  },
  {
    route: 'GET /images/search',
    answer: [{ name: 'a', description: 'd', star_count: 1, is_official: true, is_automated: false }],
    call: ({ images }) => images.search('a'),
  },
  {
    route: 'DELETE /images/x',
    answer: [{ Untagged: 'x' }, { Deleted: IMAGE }],
    call: ({ images }) => images.remove('x'),
  },
  {
    route: 'POST /images/create',
    answer: pulling,
    streams: true,
    call: ({ images }) => all(images.pull('busybox').progress()),
  },
  {
    route: 'POST /images/busybox/push',
    answer: {
      ...pulling,
      status: 'latest: digest: sha256:1 size: 5',
      aux: { Tag: 'latest', Digest: 'sha256:1', Size: 5 },
    },
    streams: true,
    call: async ({ images }) => images.push('busybox'),
  },
  {
    route: 'POST /images/load',
    answer: loaded,
    streams: true,
    call: async ({ images }) => images.load(Buffer.from('tar')),
    more: detailsOf,
  },
  {
    route: 'POST /build',
    answer: { stream: 'Successfully built abab\n', aux: { ID: IMAGE }, progressDetail: { current: 1 } },
    streams: true,
    call: async ({ images }) => images.build({ context: Buffer.from('tar') }),
    more: {
      [`GET /images/${encodeURIComponent(IMAGE)}/json`]: imageDetails,
      'GET /images/abab/json': imageDetails,
    },
  },
  {
    route: 'GET /networks',
    answer: [network],
    call: async ({ networks }) => (await networks.list()).map(look),
  },
  {
    route: 'GET /networks/x',
    answer: network,
    call: async ({ networks }) => look(await networks.get('x')),
  },
  {
    route: 'GET /volumes',
    answer: { Volumes: [volume], Warnings: null },
    call: async ({ volumes }) => (await volumes.list()).map(look),
  },
  { route: 'GET /volumes/x', answer: volume, call: async ({ volumes }) => look(await volumes.get('x')) },
  {
    route: 'GET /system/df',
    answer: { LayersSize: 5, Images: [image], Containers: [summary], Volumes: [volume], BuildCache: [cache] },
    call: (client) => client.df(),
  },
  {
    route: 'GET /system/df',
    answer: {
      ImageUsage: { ActiveCount: 1, TotalCount: 1, TotalSize: 5, Reclaimable: 0, Items: [image] },
      VolumeUsage: { TotalCount: 1, Items: [volume] },
    },
    call: (client) => client.df(),
  },
  {
    route: 'GET /info',
    answer: {
      ID: 'x',
      Containers: 1,
      DriverStatus: [['a', 'b']],
      Plugins: { Volume: ['local'] },
      Swarm: { NodeID: '' },
    },
    call: (client) => client.info(),
  },
  {
    route: 'GET /version',
    answer: { Version: '28.5.2', Components: [{ Name: 'Engine', Version: '1', Details: { Os: 'linux' } }] },
    call: (client) => client.version(),
  },
  {
    route: 'GET /events',
    answer: event,
    streams: true,
    call: (client) => all(client.events({ since: new Date(1000), until: new Date(2000) })),
  },
  {
    route: 'GET /events',
    answer: event,
    streams: true,
    call: (client, signal) =>
      all(client.events({ since: new Date(1000), until: new Date(2000), resume: true, signal })),
  },
  {
    route: 'GET /plugins',
    answer: [
      { Id: 'x', Name: 'p:latest', Enabled: true, Settings: { Env: ['A=b'] }, Config: { Interface: {} } },
    ],
    call: async ({ plugins }) => (await plugins.list()).map(look),
  },
  {
    route: 'GET /services',
    answer: [
      {
        ID: 'x',
        Version: { Index: 1 },
        Spec: { Name: 's', Labels: {}, TaskTemplate: { ContainerSpec: { Image: 'a' } } },
      },
    ],
    call: async ({ services }) => (await services.list()).map(look),
  },
  {
    route: 'GET /nodes',
    answer: [
      { ID: 'x', Spec: { Role: 'manager' }, Status: { State: 'ready' }, Description: { Hostname: 'h' } },
    ],
    call: async ({ nodes }) => (await nodes.list()).map(look),
  },
  {
    route: 'GET /tasks',
    answer: [{ ID: 'x', Slot: 1, Status: { State: 'running', ContainerStatus: { ContainerID: 'c' } } }],
    call: async ({ tasks }) => (await tasks.list()).map(look),
  },
  {
    route: 'GET /secrets',
    answer: [{ ID: 'x', Spec: { Name: 's', Labels: { a: 'b' } } }],
    call: async ({ secrets }) => (await secrets.list()).map(look),
  },
  {
    route: 'GET /swarm',
    answer: { ID: 'x', JoinTokens: { Worker: 'w', Manager: 'm' } },
    call: ({ api }) => api.swarm.inspect(),
  },
]

/** Where a value stands in an answer. */
export type Place = readonly (string | number)[]

/** Each value of an answer; of a list only the first. */
export function placesIn(value: unknown, place: Place = []): Place[] {
  if (Array.isArray(value)) {
    return [place, ...(value.length === 0 ? [] : placesIn(value[0], [...place, 0]))]
  }
  if (typeof value !== 'object' || value === null) return [place]
  return [place, ...Object.entries(value).flatMap(([name, member]) => placesIn(member, [...place, name]))]
}

/** The answer with another value there; undefined takes it out. */
export function changed(answer: unknown, place: Place, value: unknown): unknown {
  const [first, ...rest] = place
  if (first === undefined) return value
  const copy = structuredClone(answer) as Record<string | number, unknown>
  const member = changed(copy[first], rest, value)
  if (member !== undefined) copy[first] = member
  else if (Array.isArray(copy)) copy.splice(Number(first), 1)
  else delete copy[first]
  return copy
}
