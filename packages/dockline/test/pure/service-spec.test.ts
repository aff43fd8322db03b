import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidArgumentError } from '#src/errors.js'
import { type ServiceOptions, serviceOptionNames, serviceSpec } from '#src/models/swarm/service-spec.js'

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
  return value
}

const containerRows: readonly (readonly [ServiceOptions, object])[] = [
  [{ image: 'nginx' }, { Image: 'nginx' }],
  [{ command: 'sh -c "a b"' }, { Command: ['sh', '-c', 'a b'] }],
  [{ args: ['x', ''] }, { Args: ['x', ''] }],
  [{ capAdd: ['NET_ADMIN'], capDrop: ['ALL'] }, { CapabilityAdd: ['NET_ADMIN'], CapabilityDrop: ['ALL'] }],
  [{ containerLabels: { a: 1 } }, { Labels: { a: '1' } }],
  [{ env: { A: '1', B: '', C: null } }, { Env: ['A=1', 'B=', 'C'] }],
  [{ env: ['A=1'] }, { Env: ['A=1'] }],
  [{ env: [] }, { Env: [] }],
  [{ env: null }, { Env: null }],
  [{ groups: ['docker', 1000] }, { Groups: ['docker', '1000'] }],
  [{ hostname: '{{.Node.Hostname}}' }, { Hostname: '{{.Node.Hostname}}' }],
  [{ hosts: { db: '10.0.0.2' } }, { Hosts: ['10.0.0.2 db'] }],
  [{ hosts: ['db:10.0.0.2', '10.0.0.3 web www', 'six:::1'] }, { Hosts: ['10.0.0.2 db', '10.0.0.3 web www', '::1 six'] }],
  [{ init: false }, { Init: false }],
  [{ isolation: 'process' }, { Isolation: 'process' }],
  [{ oomScoreAdj: 0 }, { OomScoreAdj: 0 }],
  [{ openStdin: true, tty: true, readOnly: true }, { OpenStdin: true, TTY: true, ReadOnly: true }],
  [{ stopGracePeriod: '1m', stopSignal: 'SIGINT' }, { StopGracePeriod: 60e9, StopSignal: 'SIGINT' }],
  [{ stopGracePeriod: 0 }, { StopGracePeriod: 0 }],
  [{ sysctls: { 'net.core.somaxconn': 1024 } }, { Sysctls: { 'net.core.somaxconn': '1024' } }],
  [{ ulimits: ['nofile=1:2'] }, { Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }] }],
  [{ user: 0, workdir: '/app' }, { User: '0', Dir: '/app' }],
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
    { dns: ['1.1.1.1'], dnsSearch: ['lan'], dnsOpt: [] },
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
  [{ mounts: [{ Type: 'bind', Source: '/a', Target: '/b' }] }, { Mounts: [{ Type: 'bind', Source: '/a', Target: '/b' }] }],
  [
    { privileges: { credentialspecFile: 'a.json', selinuxUser: 'u', selinuxDisable: false, noNewPrivileges: true } },
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

const taskRows: readonly (readonly [ServiceOptions, object])[] = [
  [
    { networks: ['web', { target: 'db', aliases: ['x'] }, { Target: 'id', DriverOpts: { a: 'b' } }] },
    { Networks: [{ Target: 'web' }, { Target: 'db', Aliases: ['x'] }, { Target: 'id', DriverOpts: { a: 'b' } }] },
  ],
  [
    { resources: { cpuLimit: 5e8, memLimit: '64m', pidsLimit: 10, cpuReservation: 1e8, memReservation: 0 } },
    {
      Resources: {
        Limits: { NanoCPUs: 5e8, MemoryBytes: 67108864, Pids: 10 },
        Reservations: { NanoCPUs: 1e8, MemoryBytes: 0 },
      },
    },
  ],
  [
    { resources: { Limits: { NanoCPUs: 1 }, memLimit: 2, swapLimit: -1, memSwappiness: 0 } },
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
  [{ restartPolicy: 'none' }, { RestartPolicy: { Condition: 'none' } }],
  [
    { restartPolicy: { condition: 'on-failure', delay: '5s', maxAttempts: 0, window: '1m' } },
    { RestartPolicy: { Condition: 'on-failure', Delay: 5e9, MaxAttempts: 0, Window: 60e9 } },
  ],
  [{ constraints: ['node.role==worker'] }, { Placement: { Constraints: ['node.role==worker'] } }],
  [
    { preferences: ['node.labels.a', 'spread=node.labels.b', ['spread', 'c'], { spread: 'd' }], maxReplicas: 0 },
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
    { logDriver: 'json-file', logDriverOptions: { 'max-file': 3 } },
    { LogDriver: { Name: 'json-file', Options: { 'max-file': '3' } } },
  ],
  [{ logDriver: { Name: 'none' } }, { LogDriver: { Name: 'none' } }],
]

const serviceRows: readonly (readonly [ServiceOptions, object])[] = [
  [{ name: 'web', labels: { a: '1' } }, { Name: 'web', Labels: { a: '1' } }],
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
        monitor: 5e9,
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
  [{ rollbackConfig: { Parallelism: 1, failureAction: 'pause' } }, { RollbackConfig: { Parallelism: 1, FailureAction: 'pause' } }],
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
    { EndpointSpec: { Ports: [{ TargetPort: 80, PublishedPort: 0, PublishMode: 'ingress' }, { TargetPort: 81 }] } },
  ],
]

describe('options of a service become the spec', () => {
  const containers = containerRows.map(([options, spec]) => [options, { TaskTemplate: { ContainerSpec: spec } }])
  const tasks = taskRows.map(([options, spec]) => [options, { TaskTemplate: spec }])
  const services = serviceRows.map(([options, spec]) => [options, { ...spec, TaskTemplate: {} }])
  for (const [options, spec] of [...containers, ...tasks, ...services] as [ServiceOptions, object][]) {
    test(JSON.stringify(options), () => assert.deepEqual(serviceSpec({}, freeze(options)), spec))
  }

  test('undefined is as good as not given', () => {
    const options = Object.fromEntries(serviceOptionNames.map((name) => [name, undefined]))
    assert.deepEqual(serviceSpec({}, options), { TaskTemplate: {} })
  })

  test('secrets and configs are taken as they were looked up', () => {
    const references = { secrets: [{ SecretID: 's' }], configs: [{ ConfigID: 'c' }] }
    const { TaskTemplate } = serviceSpec({}, {}, references)
    assert.deepEqual(TaskTemplate, { ContainerSpec: { Secrets: [{ SecretID: 's' }], Configs: [{ ConfigID: 'c' }] } })
  })
})

describe('a spec that is changed', () => {
  const base = freeze({
    Name: 'web',
    Labels: { a: '1' },
    Mode: { Replicated: { Replicas: 3 } },
    Networks: [{ Target: 'old' }],
    EndpointSpec: { Mode: 'vip', Ports: [{ TargetPort: 80 }] },
    TaskTemplate: {
      ContainerSpec: {
        Image: 'nginx',
        Env: ['A=1'],
        DNSConfig: { Search: ['lan'] },
        Healthcheck: { Test: ['NONE'] },
      },
      Placement: { Constraints: ['node.role==worker'], MaxReplicas: 1 },
      LogDriver: { Name: 'local', Options: { a: 'b' } },
      RestartPolicy: { Condition: 'any', Delay: 1 },
      ForceUpdate: 2,
      Runtime: 'container',
    },
  } as const) as object

  const changed = (options: ServiceOptions) => serviceSpec(base, options)

  test('keeps everything when nothing is given, but for one name of the health check', () => {
    const { TaskTemplate, ...service } = changed({})
    const { TaskTemplate: before, ...others } = structuredClone(base) as typeof base & { TaskTemplate: object }
    assert.deepEqual(service, others)
    const { ContainerSpec, ...task } = before as { ContainerSpec: { Healthcheck?: object } }
    const { Healthcheck, ...container } = ContainerSpec
    assert.deepEqual(TaskTemplate, { ...task, ContainerSpec: { ...container, HealthCheck: Healthcheck } })
  })

  test('has one health check, the new one', () => {
    const { ContainerSpec } = changed({ healthcheck: { test: 'true' } }).TaskTemplate ?? {}
    assert.deepEqual(ContainerSpec?.HealthCheck, { Test: ['CMD-SHELL', 'true'] })
    assert.ok(!('Healthcheck' in (ContainerSpec ?? {})))
  })

  test('keeps the rest of the container, of the placement and of the resolver', () => {
    const { TaskTemplate } = changed({ env: ['B=2'], maxReplicas: 2, dns: ['1.1.1.1'] })
    assert.deepEqual(TaskTemplate?.ContainerSpec?.Image, 'nginx')
    assert.deepEqual(TaskTemplate?.ContainerSpec?.Env, ['B=2'])
    assert.deepEqual(TaskTemplate?.ContainerSpec?.DNSConfig, { Search: ['lan'], Nameservers: ['1.1.1.1'] })
    assert.deepEqual(TaskTemplate?.Placement, { Constraints: ['node.role==worker'], MaxReplicas: 2 })
    assert.equal(TaskTemplate?.ForceUpdate, 2)
  })

  test('has its policies and drivers replaced as wholes', () => {
    const { TaskTemplate } = changed({ restartPolicy: 'none', logDriver: 'json-file' })
    assert.deepEqual(TaskTemplate?.RestartPolicy, { Condition: 'none' })
    assert.deepEqual(TaskTemplate?.LogDriver, { Name: 'json-file' })
    assert.deepEqual(changed({ logDriverOptions: {} }).TaskTemplate?.LogDriver, { Name: 'local', Options: {} })
  })

  test('loses what is null', () => {
    const spec = changed({ constraints: null, logDriver: null, endpointSpec: null, env: null })
    assert.deepEqual(spec.TaskTemplate?.Placement, { Constraints: null, MaxReplicas: 1 })
    assert.deepEqual([spec.TaskTemplate?.LogDriver, spec.EndpointSpec], [undefined, undefined])
    assert.equal(spec.TaskTemplate?.ContainerSpec?.Env, null)
  })

  test('keeps its kind of mode when only the replicas change', () => {
    assert.deepEqual(changed({ replicas: 0 }).Mode, { Replicated: { Replicas: 0 } })
    const job = { Mode: { ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 4 } } }
    assert.deepEqual(serviceSpec(job, { replicas: 9 }).Mode, { ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 9 } })
  })

  test('keeps the mode of its endpoint when only the ports change', () => {
    assert.deepEqual(changed({ ports: [] }).EndpointSpec, { Mode: 'vip', Ports: [] })
  })

  test('does not join the networks of before as well', () => {
    const spec = changed({ networks: ['new'] })
    assert.deepEqual([spec.Networks, spec.TaskTemplate?.Networks], [undefined, [{ Target: 'new' }]])
  })
})

describe('a bad option of a service is refused by name', () => {
  const rows: readonly (readonly [object, string | RegExp])[] = [
    [{ replica: 3 }, "unknown option 'replica', did you mean 'replicas'?"],
    [{ environment: {} }, /^unknown option 'environment'/],
    [{ replicas: -1 }, 'replicas must be a whole number from 0 on, not -1'],
    [{ replicas: 1.5 }, 'replicas must be a whole number from 0 on, not 1.5'],
    [{ mode: 'globall' }, /^mode must be 'replicated' or 'global' or/],
    [{ mode: 'global', replicas: 1 }, /^replicas cannot be given for a global service/],
    [{ mode: { mode: 'global', replicas: 1 } }, /^mode\.replicas cannot be given for a global service/],
    [{ mode: { mode: 'replicated', concurrency: 1 } }, 'mode.concurrency is for the mode replicated-job, not replicated'],
    [{ mode: {} }, /^mode must name one mode/],
    [{ mode: { replicas: 3 } }, /^mode must name one mode/],
    [{ stopGracePeriod: 'soon' }, /^stopGracePeriod must be/],
    [{ updateConfig: { maxFailureRatio: 2 } }, 'updateConfig.maxFailureRatio must be a number from 0 to 1, not 2'],
    [{ updateConfig: { order: 'any' } }, /^updateConfig\.order must be 'stop-first' or 'start-first'/],
    [{ rollbackConfig: { failureAction: 'rollback' } }, /^rollbackConfig\.failureAction must be 'pause' or 'continue'/],
    [{ restartPolicy: 'always' }, /^restartPolicy\.condition must be/],
    [{ resources: { memLimt: 1 } }, "unknown option 'memLimt' of resources, did you mean 'memLimit'?"],
    [{ resources: { cpuLimit: 0.5 } }, 'resources.cpuLimit must be a whole number, not 0.5'],
    [{ preferences: [['binpack', 'x']] }, "preferences[0][0] must be 'spread', not 'binpack'"],
    [{ networks: [{ aliases: [] }] }, 'networks[0].target must be the name of a network, not undefined'],
    [{ networks: 'web' }, "networks must be an array, not 'web'"],
    [{ ports: { 80: 80 } }, /^ports must be an array such as \['8080:80'\]/],
    [{ ports: ['127.0.0.1:8080:80'] }, /^ports\[0\] must be without an address/],
    [{ ports: ['8000-8010:80'] }, /^ports\[0\] must be with as many ports on either side/],
    [{ ports: ['published=80'] }, /^ports\[0\] must be with a target=PORT/],
    [{ ports: ['host=80,target=1'] }, /^ports\[0\]: a field must be target, published, protocol, mode/],
    [{ ports: [{ publishedPort: 80 }] }, 'ports[0].targetPort must be a port, not undefined'],
    [{ ports: [{ targetPort: 70000 }] }, 'ports[0].targetPort must be a port from 0 to 65535, not 70000'],
    [{ endpointSpec: { mode: 'lvs' } }, /^endpointSpec\.mode must be 'vip' or 'dnsrr'/],
    [{ hosts: ['db'] }, "hosts[0] must be like 'db:10.0.0.2', not 'db'"],
    [{ mounts: ['a:b:c:d'] }, /^mounts\[0\] must be like/],
    [{ privileges: { credentialspecFile: 'a', credentialspecRegistry: 'b' } }, /^privileges takes one credential spec/],
    [{ privileges: { seLinux: 1 } }, /^unknown option 'seLinux' of privileges/],
    [{ env: [3] }, 'env[0] must be a string, not 3'],
    [{ tty: 'yes' }, "tty must be true or false, not 'yes'"],
  ]
  for (const [options, message] of rows) {
    test(JSON.stringify(options), () => {
      assert.throws(
        () => serviceSpec({}, options),
        (error) => {
          assert.ok(error instanceof InvalidArgumentError, String(error))
          if (typeof message === 'string') assert.equal(error.message, message)
          else assert.match(error.message, message)
          return true
        },
      )
    })
  }
})
