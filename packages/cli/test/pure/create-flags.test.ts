// What the flags of run and create say of a container. test/wire/create.test.ts compares the same with docker.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { HostConfig } from 'dockline/api'
import type { CreateRequest } from 'dockline/syntax'
import { containerRequest, createFlags, streamsOf } from '../../dist/flags/create/index.js'
import { parseFlags } from '../../dist/flags/parse.js'
import { wordsOf } from '../support/asked-engine.js'

/** The flags, and what the request has besides the image. */
const ROWS: readonly (readonly [flags: string, container: object])[] = [
  [
    '-i --init --privileged --read-only -P --rm',
    {
      OpenStdin: true,
      HostConfig: {
        AutoRemove: true,
        Privileged: true,
        PublishAllPorts: true,
        ReadonlyRootfs: true,
        Init: true,
      },
    },
  ],
  ['-e A=1 -eB= -e A=2', { Env: ['A=2', 'B='] }],
  [
    '-l a=1 --label b --annotation c=d',
    { Labels: { a: '1', b: '' }, HostConfig: { Annotations: { c: 'd' } } },
  ],
  [
    '-h box --domainname example.com -u 1000:1000 -w /srv',
    { Domainname: 'example.com', Hostname: 'box', User: '1000:1000', WorkingDir: '/srv' },
  ],
  ['--entrypoint /bin/ls', { Entrypoint: ['/bin/ls'] }],
  ["--entrypoint ''", { Entrypoint: [''] }],
  [
    '--stop-signal SIGINT --stop-timeout 5 --restart on-failure:3',
    {
      StopSignal: 'SIGINT',
      StopTimeout: 5,
      HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } },
    },
  ],
  ['--stop-timeout 31536000', { StopTimeout: 31536000 }],
  ['--stop-timeout 9007199254740991', { StopTimeout: 9007199254740991 }],
  ['--stop-timeout -5', { StopTimeout: -5 }],
  [
    '--restart unless-stopped',
    { HostConfig: { RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 } } },
  ],
  [
    '-p 8080:80 -p 127.0.0.1:53:53/udp -p 70',
    {
      ExposedPorts: { '80/tcp': {}, '53/udp': {}, '70/tcp': {} },
      HostConfig: {
        PortBindings: {
          '80/tcp': [{ HostIp: '', HostPort: '8080' }],
          '53/udp': [{ HostIp: '127.0.0.1', HostPort: '53' }],
          '70/tcp': [{ HostIp: '', HostPort: '' }],
        },
      },
    },
  ],
  [
    '-p 9000-9001:9000-9001 --expose 6000-6001',
    {
      ExposedPorts: { '6000/tcp': {}, '6001/tcp': {}, '9000/tcp': {}, '9001/tcp': {} },
      HostConfig: {
        PortBindings: {
          '9000/tcp': [{ HostIp: '', HostPort: '9000' }],
          '9001/tcp': [{ HostIp: '', HostPort: '9001' }],
        },
      },
    },
  ],
  [
    '-p published=8080,target=90,protocol=udp',
    {
      ExposedPorts: { '90/udp': {} },
      HostConfig: { PortBindings: { '90/udp': [{ HostIp: '', HostPort: '8080' }] } },
    },
  ],
  [
    '-p :80',
    {
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '' }] } },
    },
  ],
  [
    '-p [::1]:80:80',
    {
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '::1', HostPort: '80' }] } },
    },
  ],
  [
    '-v /host:/data:ro -v cache:/cache -v /anonymous --volumes-from db:ro',
    {
      Volumes: { '/anonymous': {} },
      HostConfig: { VolumesFrom: ['db:ro'], Binds: ['/host:/data:ro', 'cache:/cache'] },
    },
  ],
  [
    '-v /host:/data -v cache:/cache -v /host:/data -v /anonymous -v /anonymous',
    { Volumes: { '/anonymous': {} }, HostConfig: { Binds: ['/host:/data', 'cache:/cache'] } },
  ],
  [
    '--mount type=bind,src=/a,dst=/b,readonly --mount type=tmpfs,dst=/t,tmpfs-size=64m,tmpfs-mode=1770',
    {
      HostConfig: {
        Mounts: [
          { Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true },
          { Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 67108864, Mode: 1016 } },
        ],
      },
    },
  ],
  [
    '--mount type=volume,src=v,dst=/v,volume-nocopy,volume-label=a=b,volume-opt=o=addr',
    {
      HostConfig: {
        Mounts: [
          {
            Type: 'volume',
            Source: 'v',
            Target: '/v',
            VolumeOptions: { NoCopy: true, Labels: { a: 'b' }, DriverConfig: { Options: { o: 'addr' } } },
          },
        ],
      },
    },
  ],
  [
    '--mount type=volume,dst=/x,volume-nocopy',
    {
      HostConfig: {
        Mounts: [{ Type: 'volume', Target: '/x', VolumeOptions: { NoCopy: true, DriverConfig: {} } }],
      },
    },
  ],
  ['-v /x', { Volumes: { '/x': {} } }],
  [
    '--mount type=bind,src=/a,dst=/b,bind-propagation=rslave,bind-nonrecursive',
    {
      HostConfig: {
        Mounts: [
          {
            Type: 'bind',
            Source: '/a',
            Target: '/b',
            BindOptions: { Propagation: 'rslave', NonRecursive: true },
          },
        ],
      },
    },
  ],
  [
    '--mount type=bind,src=/a,dst=/b,readonly,bind-recursive=writable',
    {
      HostConfig: {
        Mounts: [
          {
            Type: 'bind',
            Source: '/a',
            Target: '/b',
            ReadOnly: true,
            BindOptions: { ReadOnlyNonRecursive: true },
          },
        ],
      },
    },
  ],
  [
    '--tmpfs /run:size=1m --volume-driver local',
    { HostConfig: { Tmpfs: { '/run': 'size=1m' }, VolumeDriver: 'local' } },
  ],
  [
    '-m 64m --memory-swap -1 --memory-reservation 32m --memory-swappiness 10 --shm-size 1g',
    {
      HostConfig: {
        ShmSize: 1073741824,
        Memory: 67108864,
        MemoryReservation: 33554432,
        MemorySwappiness: 10,
        MemorySwap: -1,
      },
    },
  ],
  [
    '--cpus 1.5 -c 512 --cpu-period 100000 --cpuset-cpus 0-1 --cpuset-mems 0',
    {
      HostConfig: {
        CpuPeriod: 100000,
        CpuShares: 512,
        CpusetCpus: '0-1',
        CpusetMems: '0',
        NanoCpus: 1500000000,
      },
    },
  ],
  [
    '--cpu-quota 5000 --cpu-rt-period 1000 --cpu-rt-runtime 500 --pids-limit 99',
    { HostConfig: { CpuQuota: 5000, CpuRealtimePeriod: 1000, CpuRealtimeRuntime: 500, PidsLimit: 99 } },
  ],
  [
    '--blkio-weight 300 --blkio-weight-device /dev/sda:200 --device-read-bps /dev/sda:1mb',
    {
      HostConfig: {
        BlkioWeight: 300,
        BlkioWeightDevice: [{ Path: '/dev/sda', Weight: 200 }],
        BlkioDeviceReadBps: [{ Path: '/dev/sda', Rate: 1048576 }],
      },
    },
  ],
  [
    "--device-read-bps /dev/a:1.5k --device-read-bps /dev/b:1MiB --device-read-bps '/dev/c:1 mb'",
    {
      HostConfig: {
        BlkioDeviceReadBps: [
          { Path: '/dev/a', Rate: 1536 },
          { Path: '/dev/b', Rate: 1048576 },
          { Path: '/dev/c', Rate: 1048576 },
        ],
      },
    },
  ],
  [
    '--device-write-bps /dev/sda:2mb --device-read-iops /dev/sda:10 --device-write-iops /dev/sda:20',
    {
      HostConfig: {
        BlkioDeviceReadIOps: [{ Path: '/dev/sda', Rate: 10 }],
        BlkioDeviceWriteBps: [{ Path: '/dev/sda', Rate: 2097152 }],
        BlkioDeviceWriteIOps: [{ Path: '/dev/sda', Rate: 20 }],
      },
    },
  ],
  [
    "--device /dev/zero:/dev/nought:r --device /dev/null --device-cgroup-rule 'c 1:3 mr'",
    {
      HostConfig: {
        DeviceCgroupRules: ['c 1:3 mr'],
        Devices: [
          { PathOnHost: '/dev/zero', PathInContainer: '/dev/nought', CgroupPermissions: 'r' },
          { PathOnHost: '/dev/null', PathInContainer: '/dev/null', CgroupPermissions: 'rwm' },
        ],
      },
    },
  ],
  [
    '--device vendor.com/gpu=0',
    { HostConfig: { DeviceRequests: [{ Driver: 'cdi', DeviceIDs: ['vendor.com/gpu=0'] }] } },
  ],
  ['--gpus all', { HostConfig: { DeviceRequests: [{ Count: -1, Capabilities: [['gpu']], Options: {} }] } }],
  [
    '--gpus device=0 --device vendor.com/gpu=0 --gpus 2',
    {
      HostConfig: {
        DeviceRequests: [
          { Capabilities: [['gpu']], DeviceIDs: ['0'], Options: {} },
          { Count: 2, Capabilities: [['gpu']], Options: {} },
          { Driver: 'cdi', DeviceIDs: ['vendor.com/gpu=0'] },
        ],
      },
    },
  ],
  [
    '--gpus \'"device=0,1"\'',
    { HostConfig: { DeviceRequests: [{ Capabilities: [['gpu']], DeviceIDs: ['0', '1'], Options: {} }] } },
  ],
  [
    '--cap-add CAP_NET_ADMIN --cap-add net_admin --cap-drop all --group-add 1000',
    { HostConfig: { CapAdd: ['CAP_NET_ADMIN'], CapDrop: ['ALL'], GroupAdd: ['1000'] } },
  ],
  [
    '--security-opt no-new-privileges --security-opt systempaths=unconfined',
    { HostConfig: { MaskedPaths: [], ReadonlyPaths: [], SecurityOpt: ['no-new-privileges'] } },
  ],
  [
    '--security-opt systempaths=unconfined',
    { HostConfig: { MaskedPaths: [], ReadonlyPaths: [], SecurityOpt: [] } },
  ],
  ['--security-opt label:disable', { HostConfig: { SecurityOpt: ['label:disable'] } }],
  [
    "--dns ' 1.1.1.1 ' --dns-option ndots:2 --dns-opt rotate --dns-search example.com.",
    { HostConfig: { Dns: ['1.1.1.1'], DnsOptions: ['ndots:2', 'rotate'], DnsSearch: ['example.com'] } },
  ],
  [
    '--add-host db:10.0.0.2 --add-host a=[::1] --add-host b:host-gateway',
    { HostConfig: { ExtraHosts: ['db:10.0.0.2', 'a:::1', 'b:host-gateway'] } },
  ],
  [
    '--network web --network-alias a --ip 10.0.0.9 --link db:database',
    {
      HostConfig: { Links: ['db:database'], NetworkMode: 'web' },
      NetworkingConfig: {
        EndpointsConfig: {
          web: { Links: ['db:database'], IPAMConfig: { IPv4Address: '10.0.0.9' }, Aliases: ['a'] },
        },
      },
    },
  ],
  [
    "--network ' Name=Web , ALIAS= A '",
    {
      HostConfig: { NetworkMode: 'web' },
      NetworkingConfig: { EndpointsConfig: { web: { Aliases: ['a'] } } },
    },
  ],
  [
    '--network name=web,alias=a,ip=10.0.0.9 --network other',
    {
      HostConfig: { NetworkMode: 'web' },
      NetworkingConfig: {
        EndpointsConfig: { web: { IPAMConfig: { IPv4Address: '10.0.0.9' }, Aliases: ['a'] }, other: {} },
      },
    },
  ],
  [
    '--network name=web,gw-priority=-7',
    {
      HostConfig: { NetworkMode: 'web' },
      NetworkingConfig: { EndpointsConfig: { web: { GwPriority: -7 } } },
    },
  ],
  [
    '--net host --ipc host --pid host --uts host --userns host --cgroupns private',
    {
      HostConfig: {
        CgroupnsMode: 'private',
        IpcMode: 'host',
        PidMode: 'host',
        UsernsMode: 'host',
        UTSMode: 'host',
        NetworkMode: 'host',
      },
    },
  ],
  [
    '--mac-address 92:d0:c6:0a:29:33',
    {
      MacAddress: '92:d0:c6:0a:29:33',
      NetworkingConfig: { EndpointsConfig: { default: { MacAddress: '92:d0:c6:0a:29:33' } } },
    },
  ],
  [
    '--health-cmd true --health-interval 1m30s --health-retries 2 --health-timeout 500ms',
    { Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 90000000000, Timeout: 500000000, Retries: 2 } },
  ],
  [
    '--health-start-period 10s --health-start-interval 1s',
    { Healthcheck: { StartPeriod: 10000000000, StartInterval: 1000000000 } },
  ],
  ['--no-healthcheck', { Healthcheck: { Test: ['NONE'] } }],
  [
    '--log-driver local --log-opt max-size=10m',
    { HostConfig: { LogConfig: { Type: 'local', Config: { 'max-size': '10m' } } } },
  ],
  [
    '--ulimit nofile=1024:2048 --ulimit nproc=10 --ulimit nproc=20 --sysctl net.core.somaxconn=1024',
    {
      HostConfig: {
        Sysctls: { 'net.core.somaxconn': '1024' },
        Ulimits: [
          { Name: 'nofile', Soft: 1024, Hard: 2048 },
          { Name: 'nproc', Soft: 20, Hard: 20 },
        ],
      },
    },
  ],
  [
    '--oom-kill-disable --oom-score-adj -500 --cgroup-parent /parent --runtime runc',
    { HostConfig: { OomScoreAdj: -500, Runtime: 'runc', CgroupParent: '/parent', OomKillDisable: true } },
  ],
  [
    '--storage-opt size=10G --isolation default',
    { HostConfig: { Isolation: 'default', StorageOpt: { size: '10G' } } },
  ],
  ['--init=false', { HostConfig: { Init: false } }],
  ['--cpu-shares 0x10 --pids-limit 010', { HostConfig: { CpuShares: 16, PidsLimit: 8 } }],
]

const DETACHED = {
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  OpenStdin: false,
  StdinOnce: false,
  Tty: false,
  Image: 'app',
}

function parsed(flags: string) {
  return parseFlags(createFlags, [...wordsOf(flags), 'app'], true)
}

async function requestOf(flags: string, host?: HostConfig): Promise<CreateRequest> {
  return containerRequest(parsed(flags), host)
}

/** docker sends these empty: an Engine keeps them as they come. */
const SENT_EMPTY = {
  ...{
    PortBindings: {},
    Dns: [],
    DnsOptions: [],
    DnsSearch: [],
    BlkioWeightDevice: [],
    BlkioDeviceReadBps: [],
  },
  ...{ BlkioDeviceWriteBps: [], BlkioDeviceReadIOps: [], BlkioDeviceWriteIOps: [], Devices: [], Ulimits: [] },
}

describe('the flags of a container', () => {
  for (const [flags, expected] of ROWS) {
    it(`become a request: ${flags}`, async () => {
      const { body } = await requestOf(`-d ${flags}`)
      const HostConfig = { ...SENT_EMPTY, ...(expected as { HostConfig?: object }).HostConfig }
      assert.deepEqual(plain(body), { ...DETACHED, ...expected, HostConfig })
    })
  }
  it('name the container, and its platform', async () => {
    const { query } = await requestOf('--name web --platform linux/arm64')
    assert.deepEqual(query, { name: 'web', platform: 'linux/arm64' })
  })
  it('leave room for what the terminal says', async () => {
    const { body } = await requestOf('-t', { ConsoleSize: [24, 80] })
    assert.deepEqual(body.HostConfig?.ConsoleSize, [24, 80])
  })
  it('take what stands behind the image for the command', async () => {
    const { body } = await containerRequest(parseFlags(createFlags, ['app', 'ls', '-l'], true))
    assert.deepEqual(body.Cmd, ['ls', '-l'])
  })
})

describe('the streams of a container', () => {
  const rows: readonly (readonly [flags: string, streams: readonly string[]])[] = [
    ['', ['stdout', 'stderr']],
    ['-i', ['stdin', 'stdout', 'stderr']],
    ['-it', ['stdin', 'stdout', 'stderr']],
    ['-a stdout', ['stdout']],
    ['-a STDIN -a STDERR', ['stdin', 'stderr']],
    ['-a stdout -i', ['stdin', 'stdout']],
    ['-d -i', []],
  ]
  for (const [flags, streams] of rows) {
    it(`are ${streams.join(', ') || 'none'} with ${flags || 'no flags'}`, () => {
      const attached = Object.entries(streamsOf(parsed(flags).flags)).filter(([, is]) => is)
      assert.deepEqual(
        attached.map(([name]) => name),
        streams,
      )
    })
  }
})

/** As JSON has it, without what is undefined. */
function plain(body: object): unknown {
  return JSON.parse(JSON.stringify(body))
}
