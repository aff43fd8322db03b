import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidArgumentError } from '#src/index.js'
import { refuseUnlimited } from '#src/models/containers/sandbox/engine-limits.js'
import {
  type SandboxOptions,
  sandboxBody,
  sandboxOptions,
} from '#src/models/containers/sandbox/sandbox-options.js'

const DOCKER = { takesTmpfsOwner: true }

/** What weakens a sandbox, and is refused by this name. */
const WEAK: Readonly<Record<string, readonly unknown[]>> = {
  network: ['bridge', 'host', 'container:a', null],
  networks: [{ web: {} }],
  readOnly: [false, null],
  user: ['root', 0, '0', '0:0', '00', 'root:root', '', null],
  capAdd: [['NET_ADMIN']],
  capDrop: [[], ['CHOWN'], null],
  securityOpt: [
    ['seccomp=unconfined'],
    ['apparmor=unconfined'],
    ['label=disable'],
    ['no-new-privileges=false'],
  ],
  memory: [0, '0', -1, null],
  memorySwap: [-1, '-1', 0, null],
  oomKillDisable: [true],
  cpus: [0, null],
  pidsLimit: [0, -1, null],
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
  config: [{ User: 'root' }],
  hostConfig: [{ Privileged: true }],
}

describe('the options of a sandbox', () => {
  for (const [name, values] of Object.entries(WEAK)) {
    it(`refuse what weakens it by ${name}, unless it is allowed`, () => {
      for (const value of values) {
        const options = { [name]: value } as SandboxOptions
        assert.throws(() => sandboxOptions(options), {
          name: InvalidArgumentError.name,
          message: new RegExp(`^${name}\\b.* gives the sandbox .* \\(allow: \\['${name}'\\] permits it\\)$`),
        })
        const allowed = sandboxOptions({ ...options, allow: [name] } as SandboxOptions)
        const given = allowed[name as keyof typeof allowed]
        assert.ok(JSON.stringify(given)?.includes(JSON.stringify(value).slice(1, -1)), `${name} is passed on`)
      }
    })
  }

  it('refuse what a sandbox decides on itself', () => {
    for (const name of ['privileged', 'remove', 'restart', 'interactive', 'tty', 'entrypoint', 'attachStdin'])
      assert.throws(() => sandboxOptions({ [name]: true } as SandboxOptions), {
        message: `${name} is not for a sandbox, which decides on it itself (containers.create makes a container with any option)`,
      })
  })

  it('refuse a permission that there is none of', () => {
    const options = { allow: ['privileged'] } as unknown as SandboxOptions
    assert.throws(() => sandboxOptions(options), {
      message: /^allow\[0\] must be 'network' or .* not 'privileged'/,
    })
  })

  it('let every limit be changed, and make swap as large as memory', () => {
    const given = { memory: '1g', cpus: 2, pidsLimit: 10, user: 'me', workdir: '/home/me', env: ['A=b'] }
    const { memory, memorySwap, cpus, pidsLimit, user, workdir, env } = sandboxOptions(given)
    assert.deepEqual(
      { memory, memorySwap, cpus, pidsLimit, user, workdir, env },
      { ...given, memorySwap: '1g', env: ['HOME=/home/me', 'A=b'] },
    )
  })

  it('keep no-new-privileges beside other security options', () => {
    const { securityOpt } = sandboxOptions({ securityOpt: ['apparmor=mine'] })
    assert.deepEqual(securityOpt, ['no-new-privileges', 'apparmor=mine'])
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
    for (const source of ['/var/run/docker.sock', '/run', '/var/run/', '/', '/run/user/1000/podman.sock']) {
      const message = /without the socket of the Engine/
      assert.throws(() => sandboxBody({ HostConfig: { Binds: [`${source}:/a`] } }, [], DOCKER), { message })
      const Mounts = [{ Type: 'bind', Source: source, Target: '/a' }] as const
      assert.throws(() => sandboxBody({ HostConfig: { Mounts: [...Mounts] } }, [], DOCKER), { message })
    }
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
