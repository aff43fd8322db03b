import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { BIN, docker, dockline, docklineKept } from '../support/dockline.js'
import { NOWHERE } from '../support/nowhere.js'
import { aFolder, aRecordingEngine } from '../support/scripted-engine.js'
import { meaningful, withoutDocker } from '../support/tools.js'

const API = '1.47'

it('a DNS server of the loopback is warned of, and only the first', async (test) => {
  const { host } = await aRecordingEngine(test, '1.51')
  const words = ['create', '--dns', '8.8.8.8', '--dns', '127.0.0.2', '--dns', '::1', 'busybox']
  const { stdout, stderr } = await dockline(host, words)
  assert.deepEqual(
    [stdout, stderr],
    ['abc\n', 'WARNING: Localhost DNS (127.0.0.2) may fail in containers.\n'],
  )
})

describe('run asks the Engine for the same container as docker', {
  skip: withoutDocker,
  concurrency: 4,
}, () => {
  const rows: string[][] = [
    [],
    ['-it'],
    ['-i', '--init', '--privileged', '--read-only', '-P', '--rm'],
    ['-e', 'A=1', '-eB=', '-e', 'DOCKLINE_FROM_HERE', '-e', 'DOCKLINE_UNSET'],
    ['-l', 'a=1', '--label', 'b', '--annotation', 'c=d'],
    ['-h', 'box', '--domainname', 'example.com', '-u', '1000:1000', '-w', '/srv', '--name', 'web'],
    ['--entrypoint', '/bin/ls'],
    ['--entrypoint', ''],
    ['--stop-signal', 'SIGINT', '--stop-timeout', '5', '--restart', 'on-failure:3'],
    [
      '-p',
      '8080:80',
      '-p',
      '127.0.0.1:53:53/udp',
      '-p',
      '9000-9001:9000-9001',
      '-p',
      '70',
      '--expose',
      '6000-6002',
    ],
    [
      '-v',
      '/host:/data:ro',
      '-v',
      'cache:/cache',
      '-v',
      '/anonymous',
      '-v',
      './here:/here',
      '--volumes-from',
      'db:ro',
    ],
    [
      '--mount',
      'type=bind,src=/a,dst=/b,readonly',
      '--mount',
      'type=tmpfs,dst=/t,tmpfs-size=64m',
      '--tmpfs',
      '/run:size=1m',
    ],
    ['--mount', 'type=volume,src=v,dst=/v,volume-nocopy,volume-label=a=b', '--volume-driver', 'local'],
    [
      '-m',
      '64m',
      '--memory-swap',
      '-1',
      '--memory-reservation',
      '32m',
      '--memory-swappiness',
      '10',
      '--shm-size',
      '1g',
    ],
    ['--cpus', '1.5', '-c', '512', '--cpu-period', '100000', '--cpuset-cpus', '0-1', '--cpuset-mems', '0'],
    ['--cpu-quota', '5000', '--cpu-rt-period', '1000', '--cpu-rt-runtime', '500', '--pids-limit', '99'],
    ['--blkio-weight', '300', '--blkio-weight-device', '/dev/sda:200', '--device-read-bps', '/dev/sda:1mb'],
    [
      '--device-write-bps',
      '/dev/sda:2mb',
      '--device-read-iops',
      '/dev/sda:10',
      '--device-write-iops',
      '/dev/sda:20',
    ],
    ['--device', '/dev/zero:/dev/nought:r', '--device', '/dev/null', '--device-cgroup-rule', 'c 1:3 mr'],
    ['--device', 'vendor.com/gpu=0'],
    ['--gpus', 'all'],
    ['--gpus', '"device=0,1"'],
    [
      '--cap-add',
      'CAP_NET_ADMIN',
      '--cap-drop',
      'ALL',
      '--security-opt',
      'no-new-privileges',
      '--group-add',
      '1000',
    ],
    ['--security-opt', 'systempaths=unconfined', '--security-opt', 'seccomp=unconfined'],
    [
      '--dns',
      '1.1.1.1',
      '--dns-option',
      'ndots:2',
      '--dns-search',
      'example.com',
      '--add-host',
      'db:10.0.0.2',
    ],
    ['--network', 'web', '--network-alias', 'a', '--ip', '10.0.0.9', '--link', 'db:database'],
    ['--network', 'name=web,alias=a,ip=10.0.0.9', '--network', 'other'],
    ['--network', ' Name=Web , ALIAS= A ,driver-opt=Com.X=Y'],
    [
      '--net',
      'host',
      '--ipc',
      'host',
      '--pid',
      'host',
      '--uts',
      'host',
      '--userns',
      'host',
      '--cgroupns',
      'private',
    ],
    ['--mac-address', '92:d0:c6:0a:29:33'],
    [
      '--health-cmd',
      'true',
      '--health-interval',
      '1m30s',
      '--health-retries',
      '2',
      '--health-timeout',
      '500ms',
    ],
    ['--health-start-period', '10s', '--health-start-interval', '1s'],
    ['--no-healthcheck'],
    ['--log-driver', 'local', '--log-opt', 'max-size=10m'],
    ['--ulimit', 'nofile=1024:2048', '--ulimit', 'nproc=10', '--sysctl', 'net.core.somaxconn=1024'],
    ['--oom-kill-disable', '--oom-score-adj', '-500', '--cgroup-parent', '/parent', '--runtime', 'runc'],
    ['--storage-opt', 'size=10G', '--platform', 'linux/amd64', '--isolation', 'default'],
    ['--sig-proxy=false', '--privileged=true', '--init=false'],
    ['-p', ':80', '-p', 'published=8080,target=90', '-p', '127.0.0.1::70'],
    ['--restart', 'on-failure:', '--pull', ''],
    ['--health-cmd', ''],
    ['--health-cmd', '', '--health-interval', '0s', '--health-retries', '0'],
    ['--add-host', 'a=[::1]', '--add-host', 'b:host-gateway'],
    ['--cpus', '1/2', '--cpu-shares', '0x10', '--pids-limit', '010'],
    ['--cpus', '1.25e-1'],
    ['-e', 'A=1', '-e', 'B=1', '-e', 'A=2'],
    ['--ulimit', 'nofile=1', '--ulimit', 'nofile=2'],
    ['--cap-add', 'net_admin', '--cap-add', 'CAP_CHOWN', '--cap-add', 'NET_ADMIN', '--cap-drop', 'all'],
    ['--dns', ' 1.1.1.1 ', '--dns-search', 'example.com.', '--dns-search', '.'],
    ['--security-opt', 'label:disable'],
    ['--network', 'name='],
    ['--mac-address', '92:d0:c6:0a:29:33', '--network', 'web'],
    ['--platform', ''],
    [
      '--device-read-bps',
      '/dev/a:1.5k',
      '--device-read-bps',
      '/dev/b:1kib',
      '--device-write-bps',
      '/dev/c:0.5mb',
    ],
    ['--gpus', 'device=0', '--device', 'vendor.com/gpu=0', '--gpus', '2', '--gpus', '2'],
    ['-v', '/a:/b', '-v', './here:/here', '-v', '/a:/b', '-v', './here:/here', '-v', '/x', '-v', '/x'],
  ]
  for (const flags of rows) {
    it(`with ${flags.join(' ') || 'no flags'}`, (test) => sameRequest(test, flags))
  }

  it('with variables and labels of files', async (test) => {
    const folder = await aFolder(test)
    const variables = join(folder, 'variables')
    const labels = join(folder, 'labels')
    await writeFile(variables, '# of the app\nA=1\n\n  B=two words\nDOCKLINE_FROM_HERE\nDOCKLINE_UNSET\n')
    await writeFile(labels, 'a=1\nb=\n')
    await sameRequest(test, ['--env-file', variables, '-e', 'A=2', '--label-file', labels, '-l', 'a=2'])
  })

  it('with a seccomp profile, which is sent and not its name', async (test) => {
    const profile = join(await aFolder(test), 'profile.json')
    await writeFile(profile, '{\n  "defaultAction": "SCMP_ACT_ALLOW"\n}\n')
    await sameRequest(test, ['--security-opt', `seccomp=${profile}`])
  })

  it('with the platform that is the default here', async (test) => {
    await sameRequest(test, [], { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' })
    await sameRequest(test, ['--platform', ''], { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' })
  })

  it('with a file for the id', async (test) => {
    const file = join(await aFolder(test), 'cid')
    await sameRequest(test, ['--cidfile', file], {}, () => rm(file))
  })
})

it('run never leaves out the variables of a pipe, which Node 20 has read before', async (test) => {
  const { host, creates } = await aRecordingEngine(test, API)
  // A shell makes a pipe, which can be opened by its name. Node makes a socket.
  const line = 'echo A=1 | "$0" "$1" run -d --env-file /dev/stdin busybox'
  const command = spawn('sh', ['-c', line, process.execPath, BIN], {
    env: { ...process.env, DOCKER_HOST: host },
  })
  const [stderr, [exitCode]] = await Promise.all([text(command.stderr), once(command, 'close')])
  if (process.version.startsWith('v20.')) {
    assert.equal(exitCode, 125)
    assert.match(stderr, /cannot read \/dev\/stdin: Node 20 has read it before/)
    assert.deepEqual(creates, [])
  } else assert.deepEqual((creates[0]?.body as Body).Env, ['A=1'])
})

async function sameRequest(
  test: TestContext,
  flags: readonly string[],
  variables: NodeJS.ProcessEnv = {},
  after = async () => {},
): Promise<void> {
  const { host, creates } = await aRecordingEngine(test, API)
  const args = ['run', '-d', ...flags, 'busybox', 'ls', '-l']
  const env = { DOCKLINE_FROM_HERE: 'here', DOCKER_CONFIG: NOWHERE, ...variables }
  for (const run of [docker, docklineKept]) {
    const { exitCode, stdout, stderr } = await run(host, args, { env })
    assert.deepEqual({ exitCode, stdout }, { exitCode: 0, stdout: 'abc\n' }, stderr)
    await after()
  }
  const [theirs, ours] = creates.map(({ path, body }) => ({ query: queryOf(path), body: comparable(body) }))
  assert.deepEqual(ours, theirs)
}

function queryOf(path: string): object {
  return Object.fromEntries(new URL(path, 'http://engine').searchParams)
}

interface Body {
  readonly Env?: readonly string[]
  readonly HostConfig?: Record<string, unknown>
  readonly NetworkingConfig?: { readonly EndpointsConfig?: Record<string, unknown> }
}

/** Without the defaults that docker spells out, and that mean what saying nothing means. */
function comparable(body: unknown): unknown {
  const { HostConfig = {}, NetworkingConfig: networks, Env = [], ...config } = meaningful(body) as Body
  const {
    NetworkMode = 'default',
    MemorySwappiness = -1,
    RestartPolicy = { Name: 'no' },
    ...rest
  } = HostConfig
  // docker goes over a map, in whatever order that has.
  const binds = [...((rest.Binds as string[] | undefined) ?? [])].sort()
  const all = Object.keys((body as Body).NetworkingConfig?.EndpointsConfig ?? {})
  // docker lists the network it joins in any case.
  const further = all.filter((name) => name !== NetworkMode)
  return {
    config,
    env: [...Env].sort(),
    host: { ...rest, Binds: binds, NetworkMode, MemorySwappiness, RestartPolicy },
    networks,
    further,
  }
}
