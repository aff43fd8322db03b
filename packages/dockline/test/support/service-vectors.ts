import type { ServiceOptions } from '#src/models/swarm/service-spec.js'

/** Options of a service, and the spec that an Engine is to be sent for them. */
export interface ServiceVector {
  readonly options: ServiceOptions
  readonly spec: object
}

type Row = readonly [ServiceOptions, object]

/** Options, and what they are in the task's container. */
const containerRows: readonly Row[] = [
  [{ image: 'nginx' }, { Image: 'nginx' }],
  [{ command: 'sh -c "a b"' }, { Command: ['sh', '-c', 'a b'] }],
  [{ args: ['x', ''] }, { Args: ['x', ''] }],
  [
    { capAdd: ['NET_ADMIN'], capDrop: ['ALL'] },
    { CapabilityAdd: ['NET_ADMIN'], CapabilityDrop: ['ALL'] },
  ],
  [{ containerLabels: { a: 1 } }, { Labels: { a: '1' } }],
  [{ env: { A: '1', B: '', C: null } }, { Env: ['A=1', 'B=', 'C'] }],
  [{ env: ['A=1'] }, { Env: ['A=1'] }],
  [{ env: [] }, { Env: [] }],
  [{ env: null }, { Env: null }],
  [{ groupAdd: ['docker', 1000] }, { Groups: ['docker', '1000'] }],
  [{ hostname: '{{.Node.Hostname}}' }, { Hostname: '{{.Node.Hostname}}' }],
  [{ extraHosts: { db: '10.0.0.2' } }, { Hosts: ['10.0.0.2 db'] }],
  [
    { extraHosts: ['db:10.0.0.2', '10.0.0.3 web www', 'six:::1'] },
    { Hosts: ['10.0.0.2 db', '10.0.0.3 web www', '::1 six'] },
  ],
  [{ init: false }, { Init: false }],
  [{ isolation: 'process' }, { Isolation: 'process' }],
  [{ oomScoreAdj: 0 }, { OomScoreAdj: 0 }],
  [
    { interactive: true, tty: true, readOnly: true },
    { OpenStdin: true, TTY: true, ReadOnly: true },
  ],
  [
    { stopTimeout: '1m', stopSignal: 'SIGINT' },
    { StopGracePeriod: 60e9, StopSignal: 'SIGINT' },
  ],
  [{ stopTimeout: 0 }, { StopGracePeriod: 0 }],
  [{ sysctls: { 'net.core.somaxconn': 1024 } }, { Sysctls: { 'net.core.somaxconn': '1024' } }],
  [{ ulimits: ['nofile=1:2'] }, { Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }] }],
  [
    { user: 0, workdir: '/app' },
    { User: '0', Dir: '/app' },
  ],
  [
    { healthcheck: { test: 'true', interval: '10s', retries: 0 } },
    { HealthCheck: { Test: ['CMD-SHELL', 'true'], Interval: 10e9, Retries: 0 } },
  ],
  [{ healthcheck: { Test: ['NONE'] } }, { HealthCheck: { Test: ['NONE'] } }],
  [
    { dnsConfig: { nameservers: ['1.1.1.1'], search: ['lan'], options: ['ndots:2'] } },
    { DNSConfig: { Nameservers: ['1.1.1.1'], Search: ['lan'], Options: ['ndots:2'] } },
  ],
  [
    { dns: ['1.1.1.1'], dnsSearch: ['lan'], dnsOption: [] },
    { DNSConfig: { Nameservers: ['1.1.1.1'], Search: ['lan'], Options: [] } },
  ],
  [
    { mounts: ['data:/data', '/src:/app:ro', '/anonymous', 'type=tmpfs,dst=/run,tmpfs-size=1m'] },
    {
      Mounts: [
        { Type: 'volume', Source: 'data', Target: '/data' },
        { Type: 'bind', Source: '/src', Target: '/app', ReadOnly: true },
        { Type: 'volume', Target: '/anonymous' },
        { Type: 'tmpfs', Target: '/run', TmpfsOptions: { SizeBytes: 1048576 } },
      ],
    },
  ],
  [
    { mounts: [{ Type: 'bind', Source: '/a', Target: '/b' }] },
    { Mounts: [{ Type: 'bind', Source: '/a', Target: '/b' }] },
  ],
  [
    {
      privileges: {
        credentialspecFile: 'a.json',
        selinuxUser: 'u',
        selinuxDisable: false,
        noNewPrivileges: true,
      },
    },
    {
      Privileges: {
        CredentialSpec: { File: 'a.json' },
        SELinuxContext: { User: 'u', Disable: false },
        NoNewPrivileges: true,
      },
    },
  ],
  [
    { privileges: { Seccomp: { Mode: 'unconfined' }, appArmorMode: 'disabled' } },
    { Privileges: { Seccomp: { Mode: 'unconfined' }, AppArmor: { Mode: 'disabled' } } },
  ],
]

/** Options, and what they are in the task. */
const taskRows: readonly Row[] = [
  [
    { networks: ['web', { target: 'db', aliases: ['x'] }, { Target: 'id', DriverOpts: { a: 'b' } }] },
    {
      Networks: [
        { Target: 'web' },
        { Target: 'db', Aliases: ['x'] },
        { Target: 'id', DriverOpts: { a: 'b' } },
      ],
    },
  ],
  [
    { resources: { cpus: 0.5, memory: '64m', pidsLimit: 10, cpusReservation: 0.1, memoryReservation: 0 } },
    {
      Resources: {
        Limits: { NanoCPUs: 5e8, MemoryBytes: 67108864, Pids: 10 },
        Reservations: { NanoCPUs: 1e8, MemoryBytes: 0 },
      },
    },
  ],
  [
    { resources: { Limits: { NanoCPUs: 1 }, memory: 2, swap: -1, memorySwappiness: 0 } },
    { Resources: { Limits: { NanoCPUs: 1, MemoryBytes: 2 }, SwapBytes: -1, MemorySwappiness: 0 } },
  ],
  [
    { resources: { genericResources: { gpu: 2, ssd: 'nvme0' } } },
    {
      Resources: {
        Reservations: {
          GenericResources: [
            { DiscreteResourceSpec: { Kind: 'gpu', Value: 2 } },
            { NamedResourceSpec: { Kind: 'ssd', Value: 'nvme0' } },
          ],
        },
      },
    },
  ],
  [{ resources: {} }, { Resources: {} }],
  [{ restart: 'none' }, { RestartPolicy: { Condition: 'none' } }],
  [
    { restart: { condition: 'on-failure', delay: '5s', maxAttempts: 0, window: '1m' } },
    { RestartPolicy: { Condition: 'on-failure', Delay: 5e9, MaxAttempts: 0, Window: 60e9 } },
  ],
  [{ constraints: ['node.role==worker'] }, { Placement: { Constraints: ['node.role==worker'] } }],
  [
    {
      preferences: ['node.labels.a', 'spread=node.labels.b', ['spread', 'c'], { spread: 'd' }],
      maxReplicas: 0,
    },
    {
      Placement: {
        Preferences: ['node.labels.a', 'node.labels.b', 'c', 'd'].map((SpreadDescriptor) => ({
          Spread: { SpreadDescriptor },
        })),
        MaxReplicas: 0,
      },
    },
  ],
  [
    { platforms: ['linux/arm64/v8', 'linux/arm/v7', 'linux'] },
    {
      Placement: {
        Platforms: [
          { OS: 'linux', Architecture: 'arm64' },
          { OS: 'linux', Architecture: 'armv7l' },
          { OS: 'linux' },
        ],
      },
    },
  ],
  [
    { platforms: ['linux/amd64', ['arm64', 'linux'], { architecture: 's390x' }, { OS: 'windows' }] },
    {
      Placement: {
        Platforms: [
          { OS: 'linux', Architecture: 'amd64' },
          { OS: 'linux', Architecture: 'arm64' },
          { Architecture: 's390x' },
          { OS: 'windows' },
        ],
      },
    },
  ],
  [{ logDriver: 'local' }, { LogDriver: { Name: 'local' } }],
  [
    { logDriver: 'json-file', logOpt: { 'max-file': 3 } },
    { LogDriver: { Name: 'json-file', Options: { 'max-file': '3' } } },
  ],
  [{ logDriver: { Name: 'none' } }, { LogDriver: { Name: 'none' } }],
]

/** Options, and what they are beside the task. */
const serviceRows: readonly Row[] = [
  [
    { name: 'web', labels: { a: '1' } },
    { Name: 'web', Labels: { a: '1' } },
  ],
  [
    { spec: { Name: 'a', TaskTemplate: { Runtime: 'container' } } },
    { Name: 'a', TaskTemplate: { Runtime: 'container' } },
  ],
  [{ replicas: 0 }, { Mode: { Replicated: { Replicas: 0 } } }],
  [{ mode: 'replicated' }, { Mode: { Replicated: {} } }],
  [{ mode: 'replicated', replicas: 2 }, { Mode: { Replicated: { Replicas: 2 } } }],
  [{ mode: { mode: 'replicated', replicas: 2 } }, { Mode: { Replicated: { Replicas: 2 } } }],
  [{ mode: 'global' }, { Mode: { Global: {} } }],
  [{ mode: 'global-job' }, { Mode: { GlobalJob: {} } }],
  [
    { mode: { mode: 'replicated-job', replicas: 6, concurrency: 2 } },
    { Mode: { ReplicatedJob: { TotalCompletions: 6, MaxConcurrent: 2 } } },
  ],
  [{ mode: { Replicated: { Replicas: 3 } } }, { Mode: { Replicated: { Replicas: 3 } } }],
  [
    {
      updateConfig: {
        parallelism: 0,
        delay: '1s',
        failureAction: 'rollback',
        monitor: 5000,
        maxFailureRatio: 0.5,
        order: 'start-first',
      },
    },
    {
      UpdateConfig: {
        Parallelism: 0,
        Delay: 1e9,
        FailureAction: 'rollback',
        Monitor: 5e9,
        MaxFailureRatio: 0.5,
        Order: 'start-first',
      },
    },
  ],
  [
    { rollbackConfig: { Parallelism: 1, failureAction: 'pause' } },
    { RollbackConfig: { Parallelism: 1, FailureAction: 'pause' } },
  ],
  [
    { updateConfig: { order: 'start-first' }, rollbackConfig: {} },
    { UpdateConfig: { Order: 'start-first', Parallelism: 1 }, RollbackConfig: { Parallelism: 1 } },
  ],
  [{ updateConfig: null }, { UpdateConfig: null }],
  [{ endpointSpec: { mode: 'dnsrr' } }, { EndpointSpec: { Mode: 'dnsrr' } }],
  [
    { endpointSpec: { mode: 'vip', ports: ['8080:80'] } },
    { EndpointSpec: { Mode: 'vip', Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080 }] } },
  ],
  [
    { ports: ['53:53/udp', 80, '8000-8001:90-91', 'published=443,target=8443,mode=host,protocol=tcp'] },
    {
      EndpointSpec: {
        Ports: [
          { Protocol: 'udp', TargetPort: 53, PublishedPort: 53 },
          { Protocol: 'tcp', TargetPort: 80 },
          { Protocol: 'tcp', TargetPort: 90, PublishedPort: 8000 },
          { Protocol: 'tcp', TargetPort: 91, PublishedPort: 8001 },
          { PublishedPort: 443, TargetPort: 8443, PublishMode: 'host', Protocol: 'tcp' },
        ],
      },
    },
  ],
  [
    { ports: [{ targetPort: 80, publishedPort: 0, publishMode: 'ingress' }, { TargetPort: 81 }] },
    {
      EndpointSpec: {
        Ports: [{ TargetPort: 80, PublishedPort: 0, PublishMode: 'ingress' }, { TargetPort: 81 }],
      },
    },
  ],
]

/** Every option but for secrets and configs, which are looked up. */
export const serviceVectors: readonly ServiceVector[] = [
  ...containerRows.map(([options, ContainerSpec]) => ({
    options,
    spec: { TaskTemplate: { ContainerSpec } },
  })),
  ...taskRows.map(([options, TaskTemplate]) => ({ options, spec: { TaskTemplate } })),
  ...serviceRows.map(([options, spec]) => ({ options, spec: { TaskTemplate: {}, ...spec } })),
]
