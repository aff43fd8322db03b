import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidArgumentError } from '#src/index.js'
import { refuseUnlimited } from '#src/models/containers/sandbox/engine-limits.js'
import {
  planSandbox,
  refuseWeak,
  type SandboxOptions,
  sandboxBody,
  sandboxExec,
} from '#src/models/containers/sandbox/sandbox-options.js'

const DOCKER = { takesTmpfsOwner: true }

/** The request for a sandbox with these options. */
function requestOf(options: SandboxOptions) {
  return planSandbox('busybox', options).request.body
}

/** What weakens a sandbox, and is refused by this name. */
const WEAK: Readonly<Record<string, readonly unknown[]>> = {
  network: ['bridge', 'host', 'container:a', null],
  networks: [{ web: {} }],
  readOnly: [false, null],
  user: [
    ...['root', 0, '0', '0:0', '00', 'root:root', 'root:', ':', ':5', '', null],
    // The Engine reads a number as Go's strconv.Atoi does.
    ...['+0', '-0', '+00', '0x0', '0b0', '+0:5', '00:5'],
    ...['65534:0', '65534:+0', '65534:-0', '65534:00', '65534:root', 'me:0', 'me:root'],
  ],
  groupAdd: [['0'], [0], ['+0'], ['root'], ['5'], ['docker']],
  capAdd: [['NET_ADMIN']],
  capDrop: [[], ['CHOWN'], null],
  securityOpt: [
    ['seccomp=unconfined'],
    ['apparmor=unconfined'],
    ['label=disable'],
    ['disable'],
    ['label=type:spc_t'],
    ['apparmor=mine'],
    ['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'],
    ['systempaths=unconfined'],
    ['writable-cgroups=true'],
    ['unmask=ALL'],
    // The Engine reads the value as Go's strconv.ParseBool does.
    ...['false', 'False', 'FALSE', 'f', 'F', '0', '', ' false', 'TRUE:false'].flatMap((value) => [
      [`no-new-privileges=${value}`],
      [`no-new-privileges:${value}`],
      ['no-new-privileges', `no-new-privileges:${value}`],
    ]),
  ],
  memory: [0, '0', '0m', '0b', '0e0', '.0g', '+0', '0.4', '1e-9k', null],
  memorySwap: [-1, '-1', 0, '0', '0m', '0e0', '0.1b', null],
  oomKillDisable: [true],
  oomScoreAdj: [-1, -1000],
  cpus: [0, -0, -1, 1e-12, 1e-9, 9.999e-6, null],
  pidsLimit: [0, -0, -1, null],
  volumes: [{ '/home': '/home' }, ['/data']],
  mounts: [[{ type: 'bind', source: '/a', target: '/b' }]],
  volumesFrom: ['other'],
  devices: [['/dev/kvm']],
  deviceRequests: [[{ count: -1 }]],
  deviceCgroupRules: [['c 1:3 mr']],
  gpus: ['all'],
  pid: ['host', 'container:a'],
  ipc: ['host', 'shareable', 'container:a'],
  uts: ['host'],
  userns: ['host'],
  cgroupns: ['host'],
  config: [{ User: 'root', Hostname: 'web' }],
  hostConfig: [{ ShmSize: 1 }],
}

/** The usual paths of an Engine's socket, the folders that it is in, and the same in other words. */
const SOCKET_SOURCES = [
  ...['/var/run/docker.sock', '/run/user/1000/podman.sock', '/run/docker.sock/', '/run/docker.sock/.'],
  ...['/', '/run', '/var', '/var/run/', '/var//run', '/var/run/.', '/run/.', '/etc/..', '//run', '/a/../run'],
  ...[
    '/run/podman',
    '/run/docker',
    '/run/containerd',
    '/run/user',
    '/run/user/1000',
    '/var/run/user/0/podman/',
  ],
]

describe('the options of a sandbox', () => {
  for (const [name, values] of Object.entries(WEAK)) {
    it(`refuse what weakens it by ${name}, unless it is allowed`, () => {
      for (const value of values) {
        const options = { [name]: value } as SandboxOptions
        const shown = `${name}: ${JSON.stringify(value)}`
        const refusal = {
          name: InvalidArgumentError.name,
          message: new RegExp(`^${name}\\b.* gives the sandbox .* \\(allow: \\['${name}'\\] permits it\\)$`),
        }
        assert.throws(() => requestOf(options), refusal, shown)
        const allowed = requestOf({ ...options, allow: [name] } as SandboxOptions)
        assert.notDeepEqual(allowed, requestOf({}), `${shown} is passed on`)
      }
    })
  }

  it('accept what adds nothing', () => {
    const none = {
      networks: {},
      capAdd: [],
      groupAdd: null,
      volumes: {},
      mounts: [],
      config: {},
      hostConfig: {},
    }
    assert.deepEqual(requestOf({ ...none, gpus: null, pid: '', oomScoreAdj: 5 }).User, '65534:65534')
  })

  it('accept the least that is a limit, and numbers of users other than 0', () => {
    const { User, HostConfig } = requestOf({ memory: '1b', cpus: 1e-5, pidsLimit: 1, user: '+5:007' })
    const { Memory, MemorySwap, NanoCpus, PidsLimit } = HostConfig ?? {}
    assert.deepEqual(
      { User, Memory, MemorySwap, NanoCpus, PidsLimit },
      {
        ...{ User: '+5:007', Memory: 1, MemorySwap: 1, NanoCpus: 10_000, PidsLimit: 1 },
      },
    )
  })

  it('give a number its own group, because the Engine would give it the group root', () => {
    for (const user of [1000, '1000', '1000:']) assert.equal(requestOf({ user }).User, '1000:1000')
    for (const user of ['me', 'me:staff', '5:6']) assert.equal(requestOf({ user }).User, user)
  })

  it('accept only what is true for no-new-privileges, and add it to what is allowed', () => {
    for (const each of ['no-new-privileges', 'no-new-privileges:true', 'no-new-privileges=true'])
      assert.deepEqual(requestOf({ securityOpt: [each] }).HostConfig?.SecurityOpt, [each])
    const allowed = requestOf({ securityOpt: ['apparmor=mine'], allow: ['securityOpt'] })
    assert.deepEqual(allowed.HostConfig?.SecurityOpt, ['no-new-privileges', 'apparmor=mine'])
  })

  it('refuse privileged in the HostConfig as well, whatever is allowed', () => {
    const hostConfig = { Privileged: true }
    assert.throws(() => requestOf({ hostConfig, allow: ['hostConfig'] }), {
      message: /^privileged is not for a sandbox, which decides on it itself/,
    })
  })

  it('pull a missing image by its name, and not by its id', () => {
    assert.equal(planSandbox('busybox', {}).pull, 'missing')
    assert.equal(planSandbox(`sha256:${'a'.repeat(64)}`, {}).pull, 'never')
  })

  it('refuse what a sandbox decides on itself', () => {
    for (const name of ['privileged', 'remove', 'restart', 'interactive', 'tty', 'entrypoint', 'attachStdin'])
      assert.throws(() => requestOf({ [name]: true } as SandboxOptions), {
        message: `${name} is not for a sandbox, which decides on it itself (containers.create makes a container with any option)`,
      })
  })

  it('refuse a permission that there is none of', () => {
    const options = { allow: ['privileged'] } as unknown as SandboxOptions
    assert.throws(() => requestOf(options), {
      message: /^allow\[0\] must be 'network' or .* not 'privileged'/,
    })
  })

  it('let every limit be changed, and make swap as large as memory', () => {
    const given = { memory: '1g', cpus: 2, pidsLimit: 10, user: 'me', workdir: '/home/me', env: ['A=b'] }
    const { User, WorkingDir, Env, HostConfig } = requestOf(given)
    const { Memory, MemorySwap, NanoCpus, PidsLimit } = HostConfig ?? {}
    assert.deepEqual(
      { User, WorkingDir, Env, Memory, MemorySwap, NanoCpus, PidsLimit },
      {
        ...{ User: 'me', WorkingDir: '/home/me', Env: ['HOME=/home/me', 'A=b'] },
        ...{ Memory: 2 ** 30, MemorySwap: 2 ** 30, NanoCpus: 2e9, PidsLimit: 10 },
      },
    )
  })
})

describe('an exec in a sandbox', () => {
  const weak = {
    user: /^user: '.*' gives the sandbox the user or the group root \(allow: \['user'\] permits it\)$/,
  }

  it('is never privileged', () => {
    const message = /^privileged is not for a sandbox, which decides on it itself/
    assert.throws(() => sandboxExec({ Privileged: true }, ['user', 'capAdd']), { message })
    assert.deepEqual(sandboxExec({ Privileged: false }, []), { Privileged: false })
  })

  it('runs as root only where that is allowed', () => {
    for (const User of ['root', '0', '+0', '-0', '00', '5:0', 'me:root', ':5']) {
      assert.throws(() => sandboxExec({ User }, []), { message: weak.user }, User)
      sandboxExec({ User }, ['user'])
    }
  })

  it('gives a number its own group, and leaves all else as it is', () => {
    assert.deepEqual(sandboxExec({ User: '5', Tty: true }, []), { User: '5:5', Tty: true })
    for (const User of ['me', '5:6', '']) assert.deepEqual(sandboxExec({ User }, []), { User })
    assert.deepEqual(sandboxExec({}, []), {})
  })
})

describe('an update of a sandbox', () => {
  it('is held to the same rules, for the options that it names', () => {
    const HostConfig = { PidsLimit: -1 }
    assert.throws(() => refuseWeak({ HostConfig }, { pidsLimit: -1 }, []), {
      message: "pidsLimit: -1 gives the sandbox processes without a limit (allow: ['pidsLimit'] permits it)",
    })
    refuseWeak({ HostConfig }, { pidsLimit: -1 }, ['pidsLimit'])
    refuseWeak({ HostConfig: { PidsLimit: 5 } }, { pidsLimit: 5 }, [])
  })
})

describe('the request of a sandbox', () => {
  it('puts the folders that it writes to into memory, with the volumes of the image', () => {
    const body = { WorkingDir: '/work', User: '5:6', HostConfig: { Tmpfs: { '/tmp': 'size=1m' } } }
    const { Volumes, HostConfig } = sandboxBody(body, ['/data'], DOCKER)
    assert.deepEqual(Volumes, { '/.dockline': {} })
    assert.deepEqual(HostConfig?.Tmpfs, {
      '/data': 'noexec,nosuid,nodev,mode=1777,size=64m,uid=5,gid=6',
      '/tmp': 'noexec,nosuid,nodev,mode=1777,uid=5,gid=6,size=1m',
      '/work': 'exec,nosuid,nodev,mode=1777,size=256m,uid=5,gid=6',
    })
  })

  it('lets the user write to a folder that was asked for, whatever else was said of it', () => {
    const Tmpfs = { '/work': 'noexec,size=1m', '/cache': '', '/own': 'mode=0700,uid=7' }
    const { HostConfig } = sandboxBody({ WorkingDir: '/work', User: '5', HostConfig: { Tmpfs } }, [], DOCKER)
    assert.equal(HostConfig?.Tmpfs?.['/work'], 'nosuid,nodev,mode=1777,uid=5,gid=5,noexec,size=1m')
    assert.equal(HostConfig?.Tmpfs?.['/cache'], 'noexec,nosuid,nodev,mode=1777,uid=5,gid=5')
    assert.equal(HostConfig?.Tmpfs?.['/own'], 'noexec,nosuid,nodev,gid=5,mode=0700,uid=7')
  })

  it('leaves half of the memory to the commands, however small it is', () => {
    const HostConfig = { Memory: 200 * 1024 * 1024 }
    const { Tmpfs } = sandboxBody({ WorkingDir: '/work', HostConfig }, [], DOCKER).HostConfig ?? {}
    assert.match(Tmpfs?.['/work'] ?? '', /,size=100m$/)
    assert.match(Tmpfs?.['/tmp'] ?? '', /,size=25m$/)
  })

  it('leaves a folder alone where something else is mounted', () => {
    const body = { WorkingDir: '/work', HostConfig: { Binds: ['/src:/work:ro'] } }
    assert.deepEqual(Object.keys(sandboxBody(body, [], DOCKER).HostConfig?.Tmpfs ?? {}), ['/tmp'])
  })

  it('never has the socket of the Engine, whatever is allowed', () => {
    for (const source of SOCKET_SOURCES) {
      const message = /without the socket of the Engine/
      assert.throws(() => sandboxBody({ HostConfig: { Binds: [`${source}:/a`] } }, [], DOCKER), { message })
      const Mounts = [{ Type: 'bind', Source: source, Target: '/a' }] as const
      assert.throws(() => sandboxBody({ HostConfig: { Mounts: [...Mounts] } }, [], DOCKER), { message })
      const VolumeOptions = { DriverConfig: { Options: { type: 'none', o: 'bind', device: source } } }
      const volumes = [{ Type: 'volume', Source: 'v', Target: '/a', VolumeOptions }] as const
      assert.throws(() => sandboxBody({ HostConfig: { Mounts: [...volumes] } }, [], DOCKER), { message })
    }
    const others = ['/home/me/../you', '/var/lib', '/run/mine', 'run', 'var', '/var/run/user/me', '/a.sock/b']
    const Binds = others.map((source) => `${source}:/a`)
    assert.deepEqual(sandboxBody({ HostConfig: { Binds } }, [], DOCKER).HostConfig?.Binds, Binds)
  })
})

describe('the limits of a sandbox', () => {
  const body = { HostConfig: { Memory: 1, NanoCpus: 1, PidsLimit: 1 } }
  const incapable = { MemoryLimit: false, CpuCfsQuota: false, PidsLimit: false }

  it('are refused by name where the Engine would ignore them', () => {
    assert.throws(() => refuseUnlimited(incapable, body), {
      code: 'ERR_DOCKER_INVALID_ARGUMENT',
      message:
        /^the Engine cannot limit memory, cpus, pidsLimit of a sandbox \(.* memory: 0, .* allow: \['memory', /,
    })
    const message = /cannot limit cpus of a sandbox/
    assert.throws(() => refuseUnlimited({ ...incapable, MemoryLimit: true, PidsLimit: true }, body), {
      message,
    })
  })

  it('are not missed where none was asked for, or where the Engine reports nothing of them', () => {
    refuseUnlimited(incapable, { HostConfig: { Memory: 0, NanoCpus: 0, PidsLimit: 0 } })
    refuseUnlimited({}, body)
  })
})
