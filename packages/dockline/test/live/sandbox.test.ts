import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DockerClient } from '#src/index.js'
import { IMAGE, LABEL, onEveryEngine, onEveryPodman, onNewestEngine } from '../support/engines.js'
import { PATIENCE_MS } from '../support/patience.js'
import { aProxy } from '../support/proxy.js'

const PROGRAM = fileURLToPath(new URL('../support/sandbox-program.js', import.meta.url))
const labels = { [LABEL]: '' }

onEveryEngine(({ client, host }) => {
  it('a sandbox has no network, no rights, no root, and writes only to memory', async () => {
    await using sandbox = await client.containers.sandbox(IMAGE, { labels })
    const { stdout } = await sandbox.exec(['sh', '-c', LOOK])
    assert.deepEqual(stdout.trim().split('\n'), [
      'user 65534:65534',
      'home /work in /work',
      'networks lo',
      ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((set) => `${set}: 0000000000000000`),
      'NoNewPrivs: 1',
      'Seccomp: 2',
      'cannot write to /x',
      'cannot write to /.dockline/keeper',
      'runs from /work',
      'does not run from /tmp',
    ])
    await sandbox.writeFiles('/work', { 'a.txt': 'written' })
    assert.equal(await sandbox.readFile('/work/a.txt', { encoding: 'utf8' }), 'written')
    await assert.rejects(sandbox.exec(['sleep', '600'], { timeout: 300, kill: true }), {
      code: 'ERR_DOCKER_TIMEOUT',
    })
    assert.equal((await sandbox.top()).Processes?.length, 1)
    const { Memory, MemorySwap, NanoCpus, PidsLimit } = sandbox.attrs.HostConfig ?? {}
    assert.deepEqual({ Memory, MemorySwap, NanoCpus, PidsLimit }, LIMITS)
  })

  it('a sandbox that is closed is gone, with its volume, and may be closed again', async () => {
    const sandbox = await client.containers.sandbox(IMAGE, { labels })
    const volume = sandbox.attrs.Mounts?.find(({ Destination }) => Destination === '/.dockline')?.Name ?? ''
    await sandbox.close()
    await sandbox.close()
    await assert.rejects(sandbox.inspect(), { code: 'ERR_DOCKER_NOT_FOUND' })
    await assert.rejects(client.volumes.get(volume), { code: 'ERR_DOCKER_NOT_FOUND' })
  })

  it('a sandbox ends when it is closed, also where the Engine refuses to remove it', async (test) => {
    const proxy = await aProxy(test, host, (request) => (request.startsWith('DELETE') ? 'refuse' : 'pass'))
    await using behind = new DockerClient({ host: proxy.host })
    const sandbox = await behind.containers.sandbox(IMAGE, { labels })
    await assert.rejects(sandbox.close(), { code: 'ERR_DOCKER_API' })
    const there = client.containers.ref(sandbox.id)
    await there
      .wait({ condition: 'removed' })
      .catch((error) => assert.equal(error.code, 'ERR_DOCKER_NOT_FOUND'))
  })

  it('the sandboxes of a process that is killed are gone', () => endsWithItsProcess(client, host))
})

onEveryPodman(({ client, host }) => {
  it('the sandboxes of a process that is killed are gone', () => endsWithItsProcess(client, host))
})

onNewestEngine(({ client, host }) => {
  it('sandboxes do not keep a process alive, and end with it', async () => {
    const label = `${LABEL}-${Math.random()}`
    const child = spawn(process.execPath, [PROGRAM, host, '1', label, 'idle'], { stdio: 'ignore' })
    assert.deepEqual(await once(child, 'exit'), [0, null])
    await untilGone(client, label)
  })

  it('the end of the client ends its sandboxes', async () => {
    const label = `${LABEL}-${Math.random()}`
    const other = new DockerClient({ host })
    await other.containers.sandbox(IMAGE, { labels: { [label]: '' } })
    assert.equal(await countOf(client, label), 1)
    await other.close()
    await untilGone(client, label)
  })

  it('an image that has nothing in it runs in a sandbox, with its volumes in memory', async (test) => {
    const scope = client.scope({ labels })
    test.after(() => scope.down())
    const dockerfileContent = 'FROM scratch\nVOLUME /data\nUSER root\nENTRYPOINT ["/none"]\nCOPY a /\n'
    const { image } = await scope.images.build({ dockerfileContent, files: { a: '' } })
    await using sandbox = await scope.containers.sandbox(image?.id ?? '')
    const { exitCode } = await sandbox.exec(['/.dockline/keeper', 'leash'], { input: '' })
    assert.equal(exitCode, 0)
    const mounted = sandbox.attrs.Mounts?.map(({ Destination }) => Destination)
    assert.deepEqual(mounted, ['/.dockline'])
    assert.match(sandbox.attrs.HostConfig?.Tmpfs?.['/data'] ?? '', /size=64m/)
  })

  it('a sandbox may be given what is allowed by name', async (test) => {
    const scope = client.scope({ labels })
    test.after(() => scope.down())
    await scope.networks.create(scope.id)
    const options = { network: scope.id, memory: '64m', tmpfs: { '/work': 'size=1m' } }
    await assert.rejects(scope.containers.sandbox(IMAGE, options), {
      code: 'ERR_DOCKER_INVALID_ARGUMENT',
      message: `network: '${scope.id}' gives the sandbox a network (allow: ['network'] permits it)`,
    })
    await using sandbox = await scope.containers.sandbox(IMAGE, { ...options, allow: ['network'] })
    const look = 'ls /sys/class/net; df -m /work | tail -1; touch /work/a'
    const { stdout, exitCode } = await sandbox.exec(['sh', '-c', look])
    assert.equal(exitCode, 0)
    assert.match(stdout, /^eth0\nlo\ntmpfs +1 /)
    assert.equal(sandbox.attrs.HostConfig?.MemorySwap, 64 * 1024 * 1024)
  })
})

onNewestEngine(({ client }) => {
  it('no command in a sandbox, and no update, has more rights than the sandbox', async (test) => {
    const create = test.mock.method(client.api.exec, 'create')
    await using sandbox = await client.containers.sandbox(IMAGE, { labels })
    const privileged = { privileged: true }
    for (const call of [
      sandbox.exec(['id'], privileged),
      sandbox.exec(['id'], { ...privileged, detach: true }),
      sandbox.spawn(['id'], privileged),
      sandbox.createExec(['id'], privileged),
    ])
      await assert.rejects(call, { message: /^privileged is not for a sandbox/ })
    const weak = /gives the sandbox the user or the group root \(allow: \['user'\] permits it\)$/
    await assert.rejects(sandbox.exec(['id'], { user: '+0' }), { message: weak })
    await assert.rejects(sandbox.writeFiles('/work', { a: '' }, { user: 'root' }), { message: weak })
    await assert.rejects(sandbox.update({ pidsLimit: -1 }), { message: /^pidsLimit: -1 gives the sandbox/ })
    assert.equal(create.mock.callCount(), 0)
    await sandbox.update({ pidsLimit: 100 })
    const { stdout } = await sandbox.exec(['id'], { user: 1234 })
    assert.equal(stdout, 'uid=1234 gid=1234 groups=1234\n')
  })

  it('a sandbox that may be root may have root in its commands, without capabilities', async () => {
    await using sandbox = await client.containers.sandbox(IMAGE, { labels, allow: ['user'] })
    const { stdout } = await sandbox.exec(['sh', '-c', 'id -u; grep CapEff /proc/self/status'], { user: 0 })
    assert.equal(stdout, '0\nCapEff:\t0000000000000000\n')
  })

  it('the least processor that a sandbox accepts is a limit for the Engine, and less is none', async () => {
    const quotas: string[] = []
    for (const nanoCpus of [9_999, 2e7]) {
      const options = { labels, cpus: nanoCpus / 1e9, allow: ['cpus'] } as const
      await using sandbox = await client.containers.sandbox(IMAGE, options)
      quotas.push((await sandbox.exec(['sh', '-c', QUOTA])).stdout.split(/\s/)[0] ?? '')
    }
    assert.match(quotas[0] ?? '', /^(max|-1)$/)
    assert.equal(quotas[1], '2000')
  })
})

/** Microseconds in 100 ms, in the words of cgroups version 2 or 1. */
const QUOTA = 'cd /sys/fs/cgroup; cat cpu.max 2>/dev/null || cat cpu/cpu.cfs_quota_us'

const LIMITS = { Memory: 512 * 1024 * 1024, MemorySwap: 512 * 1024 * 1024, NanoCpus: 1e9, PidsLimit: 256 }

/** Looks at a sandbox from inside. */
const LOOK = `
echo user $(id -u):$(id -g)
echo home $HOME in $PWD
echo networks $(ls /sys/class/net)
grep -E '^(Cap...|NoNewPrivs|Seccomp):' /proc/self/status | tr '\\t' ' '
for path in /x /.dockline/keeper; do (echo a > $path) 2>/dev/null || echo cannot write to $path; done
for path in /work /tmp; do
  printf '#!/bin/sh\\necho runs from %s\\n' $path > $path/program && chmod +x $path/program
  ($path/program) 2>/dev/null || echo does not run from $path
done
`

async function endsWithItsProcess(client: DockerClient, host: string): Promise<void> {
  const label = `${LABEL}-${Math.random()}`
  const child = spawn(process.execPath, [PROGRAM, host, '2', label], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  assert.equal(await countOf(client, label), 2)
  child.kill('SIGKILL')
  await untilGone(client, label)
}

async function countOf(client: DockerClient, label: string): Promise<number> {
  return (await client.containers.list({ all: true, filters: { label } })).length
}

async function untilGone(client: DockerClient, label: string): Promise<void> {
  const limit = AbortSignal.timeout(PATIENCE_MS)
  while ((await countOf(client, label)) > 0) await pause(100, undefined, { signal: limit })
}
