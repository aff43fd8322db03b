import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidArgumentError } from '#src/errors.js'
import { type ServiceOptions, serviceSpec } from '#src/models/swarm/service-spec.js'

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
  return value
}

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
    const { TaskTemplate: before, ...others } = structuredClone(base) as typeof base & {
      TaskTemplate: object
    }
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
    const { TaskTemplate } = changed({ restart: 'none', logDriver: 'json-file' })
    assert.deepEqual(TaskTemplate?.RestartPolicy, { Condition: 'none' })
    assert.deepEqual(TaskTemplate?.LogDriver, { Name: 'json-file' })
    assert.deepEqual(changed({ logOpt: {} }).TaskTemplate?.LogDriver, {
      Name: 'local',
      Options: {},
    })
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
    assert.deepEqual(serviceSpec(job, { replicas: 9 }).Mode, {
      ReplicatedJob: { MaxConcurrent: 2, TotalCompletions: 9 },
    })
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
    [
      { mode: { mode: 'replicated', concurrency: 1 } },
      'mode.concurrency is for the mode replicated-job, not replicated',
    ],
    [{ mode: {} }, /^mode must name one mode/],
    [{ mode: { replicas: 3 } }, /^mode must name one mode/],
    [{ stopTimeout: 'soon' }, /^stopTimeout must be/],
    [
      { updateConfig: { maxFailureRatio: 2 } },
      'updateConfig.maxFailureRatio must be a number from 0 to 1, not 2',
    ],
    [{ updateConfig: { order: 'any' } }, /^updateConfig\.order must be 'stop-first' or 'start-first'/],
    [
      { rollbackConfig: { failureAction: 'rollback' } },
      /^rollbackConfig\.failureAction must be 'pause' or 'continue'/,
    ],
    [{ restart: 'always' }, /^restart\.condition must be/],
    [{ resources: { memoyr: 1 } }, "unknown option 'memoyr' of resources, did you mean 'memory'?"],
    [{ resources: { cpus: 1e9 } }, 'resources.cpus must be a number of CPUs such as 1.5, not 1000000000'],
    [{ preferences: [['binpack', 'x']] }, "preferences[0][0] must be 'spread', not 'binpack'"],
    [{ networks: [{ aliases: [] }] }, 'networks[0].target must be the name of a network, not undefined'],
    [{ networks: 'web' }, 'networks must be an array, not a string'],
    [{ spec: '{}' }, 'spec must be an object, not a string'],
    [{ ports: { 80: 80 } }, /^ports must be an array such as \['8080:80'\]/],
    [{ ports: ['127.0.0.1:8080:80'] }, /^ports\[0\] must be without an address/],
    [{ ports: ['8000-8010:80'] }, /^ports\[0\] must be with as many ports on either side/],
    [{ ports: ['published=80'] }, /^ports\[0\] must be with a target=PORT/],
    [{ ports: ['host=80,target=1'] }, /^ports\[0\]: a field must be target, published, protocol, mode/],
    [{ ports: [{ publishedPort: 80 }] }, 'ports[0].targetPort must be a port, not undefined'],
    [{ ports: [{ targetPort: 70000 }] }, 'ports[0].targetPort must be a port from 0 to 65535, not 70000'],
    [{ endpointSpec: { mode: 'lvs' } }, /^endpointSpec\.mode must be 'vip' or 'dnsrr'/],
    [{ extraHosts: ['db'] }, "extraHosts[0] must be like 'db:10.0.0.2', not 'db'"],
    [{ mounts: ['a:b:c:d'] }, /^mounts\[0\] must be like/],
    [
      { privileges: { credentialspecFile: 'a', credentialspecRegistry: 'b' } },
      /^privileges takes one credential spec/,
    ],
    [{ privileges: { seLinux: 1 } }, /^unknown option 'seLinux' of privileges/],
    [{ env: [3] }, "env[0] must be a string such as 'NAME=value', not a number"],
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
