import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { ApiError, type DockerClient, type Node } from '#src/index.js'
import { canStartEngines, IMAGE } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { waitFor } from '../support/patience.js'
import { all, aService, gone, LIMIT, type TwoNodes, twoNodes } from '../support/swarm.js'

const skip = canStartEngines ? false : 'the throwaway Engines need Linux and root'

it('a swarm of two nodes', { skip }, async (test) => {
  const nodes = await twoNodes(test)
  const { client } = nodes.manager
  await test.test('does not answer before there is one, and says what helps', () => refusesOutside(client))
  await test.test('comes of init and join, and both nodes get ready', () => formsSwarm(nodes))
  await test.test('is changed by update, where what is not given stays', () => updatesSwarm(client))
  await test.test('knows its nodes and their labels', () => labelsNodes(nodes))
  await test.test('runs a service on both nodes', (each) => spreadsService(each, nodes))
  await test.test('tells which replica wrote a line, however long', (each) => tellsReplicas(each, nodes))
  await test.test('runs a global service, which cannot be scaled', (each) => runsGlobal(each, nodes))
  await test.test('moves tasks away from a node that is drained', (each) => drains(each, nodes))
  await test.test('ends when its nodes leave', () => leaves(nodes))
})

async function refusesOutside({ services, swarm, nodes }: DockerClient): Promise<void> {
  const calls = [services.list(), nodes.list(), swarm.joinTokens(), services.create(IMAGE)]
  for (const error of await Promise.all(calls.map((call) => failureOf(call)))) {
    assert.ok(error instanceof ApiError && error.status === 503, inspect(error))
    assert.match(error.hint ?? '', /swarm\.init\(\), or connect to one/)
  }
  await swarm.leave({ force: true })
  assert.equal(((await failureOf(swarm.leave())) as ApiError).status, 503)
}

/** A node that has left is believed to be down sooner when more signs of life are expected. */
const SPEC = { taskHistoryRetentionLimit: 3, dispatcherHeartbeatPeriod: '1s' } as const

async function formsSwarm({ manager, worker }: TwoNodes): Promise<void> {
  const { swarm, nodes } = manager.client
  const id = await swarm.init({ advertiseAddr: manager.address, ...SPEC })
  const tokens = await swarm.joinTokens()
  await worker.client.swarm.join({
    remoteAddrs: `${manager.address}:2377`,
    joinToken: tokens.worker,
    advertiseAddr: worker.address,
    availability: 'pause',
  })
  const both = await waitFor(async () => {
    const found = await nodes.list()
    return found.length === 2 && found.every(({ state }) => state === 'ready') ? found : undefined
  })
  const facts = ({ hostname, role, availability, address, isLeader }: Node) => [
    hostname,
    role,
    availability,
    address,
    isLeader,
  ]
  const sorted = both.map(facts).sort()
  assert.deepEqual(sorted, [
    [manager.name, 'manager', 'active', manager.address, true],
    [worker.name, 'worker', 'pause', worker.address, false],
  ])
  assert.equal((await nodes.get('self')).id, id)
  assert.equal((await manager.client.info()).Swarm?.LocalNodeState, 'active')
  const error = await failureOf(worker.client.services.list())
  assert.match(String(error), /not a swarm manager.*connect to one/s)
}

async function updatesSwarm({ swarm }: DockerClient): Promise<void> {
  const before = await swarm.joinTokens()
  await swarm.update({ labels: { team: 'a' }, rotateWorkerToken: true })
  await swarm.reload()
  const { Spec } = swarm.attrs ?? {}
  assert.deepEqual(Spec?.Labels, { team: 'a' })
  assert.equal(Spec?.Orchestration?.TaskHistoryRetentionLimit, 3)
  const after = await swarm.joinTokens()
  assert.notEqual(after.worker, before.worker)
  assert.equal(after.manager, before.manager)
  assert.doesNotMatch(inspect(swarm), /SWMTKN/)

  assert.equal(await swarm.unlockKey(), undefined)
  await swarm.update({ autolockManagers: true })
  const key = await swarm.unlockKey()
  assert.match(key ?? '', /^SWMKEY-/)
  await swarm.update({ rotateManagerUnlockKey: true })
  assert.notEqual(await swarm.unlockKey(), key)
  assert.match(String(await failureOf(swarm.unlock(key ?? ''))), /answered 4\d\d|answered 5\d\d/)
  await swarm.update({ autolockManagers: false })
}

async function labelsNodes({ manager, worker }: TwoNodes): Promise<void> {
  const node = await manager.client.nodes.get(worker.name)
  await node.update({ labels: { disk: 'ssd' } })
  await node.update({ availability: 'drain' })
  await node.reload()
  assert.deepEqual([node.labels, node.availability, node.role], [{ disk: 'ssd' }, 'drain', 'worker'])
  await node.update({ Availability: 'active' })
  const found = await manager.client.nodes.list({ filters: { 'node.label': 'disk=ssd' } })
  assert.deepEqual(
    found.map(({ id }) => id),
    [node.id],
  )
}

async function spreadsService(test: TestContext, { manager, worker }: TwoNodes): Promise<void> {
  const { services, nodes } = manager.client
  const service = await aService(test, manager.client, 'sleep 600', {
    replicas: 4,
    labels: { tier: 'web' },
    preferences: ['node.id'],
  })
  assert.deepEqual([service.replicas, service.labels], [4, { tier: 'web' }])
  const { running, desired, phase } = await service.waitConverged(LIMIT)
  assert.deepEqual([running, desired, phase], [4, 4, 'converged'])
  const tasks = await service.tasks({ filters: { 'desired-state': 'running' } })
  assert.deepEqual(tasks.map(({ slot }) => slot).sort(), [1, 2, 3, 4])
  const onWorker = await nodes.get(worker.name)
  assert.deepEqual(new Set(tasks.map(({ nodeId }) => nodeId)).size, 2)
  const mine = tasks.filter(({ nodeId }) => nodeId === onWorker.id)
  assert.equal((await onWorker.tasks({ filters: { service: service.name } })).length, mine.length)
  const containers = await worker.client.containers.list()
  for (const { containerId } of mine) assert.ok(containers.some(({ id }) => id === containerId))

  const [listed] = await services.list({ status: true, filters: { name: service.name } })
  assert.deepEqual(listed?.attrs.ServiceStatus, { RunningTasks: 4, DesiredTasks: 4, CompletedTasks: 0 })
  assert.equal((await services.get(service.name)).id, service.id)
  assert.ok((await failureOf(services.create(IMAGE, 'true', { name: service.name }))) instanceof ApiError)
}

async function tellsReplicas(test: TestContext, { manager, worker }: TwoNodes): Promise<void> {
  const script = 'echo one; echo two >&2; head -c 40000 /dev/zero | tr "\\0" x; echo; exec sleep 600'
  const service = await aService(test, manager.client, ['sh', '-c', script], {
    replicas: 2,
    preferences: ['node.id'],
  })
  await service.waitConverged(LIMIT)
  const lines = await waitFor(async () => {
    const found = await all(service.logs({ timestamps: true }))
    return found.length === 6 ? found : undefined
  })
  for (const task of await service.tasks()) {
    const own = lines.filter((line) => line.task === task.id)
    assert.deepEqual(new Set(own.map(({ replica }) => replica)), new Set([`${service.name}.${task.slot}`]))
    assert.deepEqual(own.map(({ source, line }) => `${source} ${line}`).sort(), [
      'stderr two',
      'stdout one',
      `stdout ${'x'.repeat(40_000)}`,
    ])
    const text = await task.logs({ raw: true, stderr: false, tail: 'all' }).text()
    assert.equal(text, `one\n${'x'.repeat(40_000)}\n`)
    const again = await all(task.logs({ stdout: false }))
    assert.deepEqual(
      again.map(({ replica, line }) => [replica, line]),
      [[`${service.name}.${task.slot}`, 'two']],
    )
  }
  assert.deepEqual([...new Set(lines.map(({ node }) => node))].sort(), [manager.name, worker.name])
  for (const { timestamp } of lines) assert.match(timestamp ?? '', /^\d{4}-\d\d-\d\dT[\d:]+\.\d{9}Z$/)
}

async function runsGlobal(test: TestContext, { manager }: TwoNodes): Promise<void> {
  const service = await aService(test, manager.client, 'sleep 600', { mode: 'global' })
  assert.equal((await service.waitConverged(LIMIT)).running, 2)
  assert.match(String(await failureOf(service.scale(3))), /InvalidArgumentError.*global/)
  assert.equal(service.replicas, undefined)
}

async function drains(test: TestContext, { manager, worker }: TwoNodes): Promise<void> {
  const service = await aService(test, manager.client, 'sleep 600', { replicas: 2, preferences: ['node.id'] })
  await service.waitConverged(LIMIT)
  const node = await manager.client.nodes.get(worker.name)
  await node.update({ availability: 'drain' })
  const left = await waitFor(async () => {
    const tasks = await service.tasks({ filters: { 'desired-state': 'running' } })
    const there = tasks.length === 2 && tasks.every(({ state }) => state === 'running')
    return there && tasks.every(({ nodeId }) => nodeId !== node.id) ? tasks : undefined
  })
  assert.equal(left.length, 2)
  await service.remove()
  await gone(manager.client, service)
}

async function leaves({ manager, worker }: TwoNodes): Promise<void> {
  const { swarm, nodes } = manager.client
  await worker.client.swarm.leave()
  const node = await nodes.get(worker.name)
  await waitFor(async () => ((await node.reload()).state === 'down' ? true : undefined))
  await node.remove()
  assert.equal((await nodes.list()).length, 1)
  assert.ok((await failureOf(swarm.leave())) instanceof ApiError)
  await swarm.leave({ force: true })
  assert.equal((await manager.client.info()).Swarm?.LocalNodeState, 'inactive')
}
