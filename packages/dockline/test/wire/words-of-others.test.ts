import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DockerClient } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { FakeEngine } from '../support/fake-engine.js'

type Call = (client: DockerClient, options: object) => PromiseLike<unknown>

/** The arguments of docker-py 7 for what these methods do. */
const DOCKER_PY: Readonly<Record<string, readonly [Call, words: string]>> = {
  'containers.run': [
    ({ containers }, options) => containers.run('i', ['x'], options),
    `auto_remove binds blkio_weight blkio_weight_device cap_add cap_drop cgroup_parent cgroupns command
    cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpuset_cpus
    cpuset_mems detach device_cgroup_rules device_read_bps device_read_iops device_requests
    device_write_bps device_write_iops devices dns dns_opt dns_search domainname entrypoint
    environment extra_hosts group_add healthcheck hostname image init init_path ipc_mode isolation
    kernel_memory labels links log_config lxc_conf mac_address mem_limit mem_reservation
    mem_swappiness memswap_limit mounts name nano_cpus network network_disabled network_mode
    networking_config oom_kill_disable oom_score_adj pid_mode pids_limit platform port_bindings ports
    privileged publish_all_ports read_only remove restart_policy runtime security_opt shm_size stderr
    stdin_open stdout stop_signal storage_opt stream sysctls tmpfs tty ulimits use_config_proxy user
    userns_mode uts_mode version volume_driver volumes volumes_from working_dir`,
  ],
  'containers.create': [
    ({ containers }, options) => containers.create('i', ['x'], options),
    `auto_remove binds blkio_weight blkio_weight_device cap_add cap_drop cgroup_parent cgroupns command
    cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpuset_cpus
    cpuset_mems device_cgroup_rules device_read_bps device_read_iops device_requests device_write_bps
    device_write_iops devices dns dns_opt dns_search domainname entrypoint environment extra_hosts
    group_add healthcheck hostname image init init_path ipc_mode isolation kernel_memory labels links
    log_config lxc_conf mac_address mem_limit mem_reservation mem_swappiness memswap_limit mounts name
    nano_cpus network network_disabled network_mode networking_config oom_kill_disable oom_score_adj
    pid_mode pids_limit platform port_bindings ports privileged publish_all_ports read_only remove
    restart_policy runtime security_opt shm_size stderr stdin_open stdout stop_signal storage_opt
    stream sysctls tmpfs tty ulimits use_config_proxy user userns_mode uts_mode version volume_driver
    volumes volumes_from working_dir`,
  ],
  'container.exec': [
    ({ containers }, options) => containers.ref('c').exec(['x'], options),
    `cmd demux detach detach_keys environment privileged socket stderr stdin stdout stream tty user
    workdir`,
  ],
  'images.build': [
    ({ images }, options) => images.build({ context: '/nowhere', ...options }),
    `buildargs cache_from container_limits custom_context decode dockerfile encoding extra_hosts
    fileobj forcerm gzip isolation labels network_mode nocache path platform pull quiet rm shmsize
    squash tag target timeout use_config_proxy`,
  ],
  'services.create': [
    ({ services }, options) => services.create('i', ['x'], options),
    `args cap_add cap_drop command configs constraints dns_config endpoint_spec env
    groups healthcheck hostname hosts image init isolation labels log_driver maxreplicas
    mode mounts name networks open_stdin placement platforms preferences privileges read_only
    resources restart_policy rollback_config secrets stop_grace_period stop_signal sysctls tty
    update_config user workdir`,
  ],
  'networks.create': [
    ({ networks }, options) => networks.create('n', options),
    `attachable check_duplicate driver enable_ipv6 ingress internal ipam labels name options scope`,
  ],
  'volumes.create': [
    ({ volumes }, options) => volumes.create('v', options),
    `driver driver_opts labels name`,
  ],
}

describe('a word of docker-py', () => {
  for (const [method, [call, words]] of Object.entries(DOCKER_PY)) {
    it(`is an option of ${method}, or is answered with what to use`, async (test) => {
      const engine = await FakeEngine.start(test)
      const client = engine.client(test)
      const unanswered = []
      for (const word of words.split(/\s+/)) {
        const { message } = (await failureOf(call(client, { [word]: null }))) as Error
        const isAnswered = /it is called|argument before|docs\/coming-from|did you mean/.test(message)
        if (message.startsWith('unknown option') && !isAnswered) unanswered.push(message)
      }
      assert.deepEqual(unanswered, [])
    })
  }
})

describe("a word of docker's flags", () => {
  for (const [method, word, ours] of [
    ['containers.run', 'ip', 'networks.NAME.ip'],
    ['containers.run', 'healthInterval', 'healthcheck.interval'],
    ['containers.run', 'annotation', 'hostConfig.Annotations'],
    ['containers.run', 'd', 'detach'],
    ['container.exec', 'i', 'input'],
    ['services.create', 'limitCpu', 'resources.cpus'],
    ['services.create', 'restartCondition', 'restart.condition'],
    ['services.create', 'updateDelay', 'updateConfig.delay'],
    ['networks.create', 'opt', 'options'],
    ['networks.create', 'ipamDriver', 'ipam.driver'],
    ['volumes.create', 'o', 'driverOpt'],
  ] as const) {
    it(`${word} is answered in ${method} with ${ours}`, async (test) => {
      const [call] = DOCKER_PY[method] ?? []
      const engine = await FakeEngine.start(test)
      const failure = await failureOf(call?.(engine.client(test), { [word]: null }) ?? Promise.resolve())
      assert.match(String(failure), new RegExp(`unknown option '${word}': it is called ${ours} here`))
      assert.deepEqual(engine.requests, [])
    })
  }

  it('suggests an option of run for a misspelt one', async (test) => {
    const engine = await FakeEngine.start(test)
    const options: object = { detatch: true }
    const failure = await failureOf(engine.client(test).containers.run('i', ['x'], options))
    assert.match(String(failure), /unknown option 'detatch', did you mean 'detach'\?/)
  })
})
