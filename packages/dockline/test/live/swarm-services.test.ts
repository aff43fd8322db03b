import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import type { ConvergenceProgress } from '#src/doors/types.js'
import { ApiError, type DockerClient, type Service, type Task } from '#src/index.js'
import { anOwnEngine, canStartEngines } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { RUNS_OUT_MS, waitFor } from '../support/patience.js'
import { runRecipe } from '../support/recipe.js'
import { aService, gone, LIMIT } from '../support/swarm.js'

const skip = canStartEngines ? false : 'the throwaway Engines need Linux and root'

for (const suite of ['machine', 'sid']) {
  it(`a service in a swarm of one node, with the Engine of ${suite}`, { skip }, async (test) => {
    const { client, host } = await anOwnEngine(test, suite)
    test.after(() => client.close())
    await client.swarm.init({ advertiseAddr: 'eth0' })
    await test.test('scales, and tells how far it has come', (each) => scales(each, client))
    await test.test('changes only what is given, and goes back', (each) => updatesService(each, client))
    await test.test('can be changed by several at once', (each) => outrunsOthers(each, client))
    await test.test('is followed in its log until the loop is left', (each) => followsLog(each, client))
    await test.test('with a tty has a log that is only read raw', (each) => readsRaw(each, client))
    await test.test('gets secrets and configs', (each) => handsSecrets(each, client))
    await test.test('that is a job runs to its end', (each) => runsJobs(each, client))
    await test.test('that does not converge says why', (each) => explainsTrouble(each, client))
    await test.test('rolls back by itself, and waiting for it fails', (each) => rollsBack(each, client))
    await test.test('is deployed by the recipe of the Swarm deployer', (each) =>
      deploysByRecipe(each, client, host),
    )
  })
}

async function deploysByRecipe(test: TestContext, client: DockerClient, host: string): Promise<void> {
  test.after(() => client.services.ref('web').remove())
  const deploy = (WEB_CONFIG: string) => runRecipe(test, 'swarm-deployer', { DOCKER_HOST: host, WEB_CONFIG })
  assert.match(await deploy('first'), /2 of 2 tasks run\n.*web is deployed\n$/s)
  assert.match(await deploy('second'), /web is deployed\n$/)
  const configs = (await client.configs.list()).filter(({ name }) => name?.startsWith('web-config-'))
  assert.deepEqual(configs.map(({ data }) => data?.toString()).sort(), ['first', 'second'])
}

async function scales(test: TestContext, client: DockerClient): Promise<void> {
  const service = await aService(test, client, 'sleep 600', { replicas: 1 })
  await service.waitConverged(LIMIT)
  await service.scale(3)
  const seen: ConvergenceProgress[] = []
  const last = await service.waitConverged({ ...LIMIT, onProgress: (progress) => seen.push(progress) })
  assert.deepEqual([last.running, last.desired], [3, 3])
  assert.equal(seen.at(-1), last)
  assert.deepEqual([...new Set(seen.map(({ phase }) => phase))], ['progressing', 'verifying', 'converged'])
  await service.scale(0)
  assert.equal((await service.waitConverged(LIMIT)).running, 0)
}

async function updatesService(test: TestContext, client: DockerClient): Promise<void> {
  const command = ['sh', '-c', 'echo "mode $MODE"; exec sleep 600']
  const service = await aService(test, client, command, {
    replicas: 2,
    env: { MODE: 'first' },
    labels: { keep: 'me' },
    healthcheck: { test: ['NONE'] },
    constraints: ['node.platform.os==linux'],
    extraHosts: { db: '10.0.0.9' },
    logDriver: { name: 'json-file', options: { 'max-size': '1m' } },
  })
  await service.waitConverged(LIMIT)
  const before = (await service.inspect()).Spec
  assert.deepEqual(await service.update({ env: { MODE: 'second' } }), { warnings: [] })
  await service.waitConverged(LIMIT)
  assert.deepEqual(await modes(service), ['second', 'second'])
  const after = (await service.inspect()).Spec
  const container = { ...before?.TaskTemplate?.ContainerSpec, Env: ['MODE=second'] }
  assert.deepEqual(after, { ...before, TaskTemplate: { ...before?.TaskTemplate, ContainerSpec: container } })

  await service.rollback()
  await service.waitConverged(LIMIT)
  assert.deepEqual(await modes(service), ['first', 'first'])
  await service.update({ extraHosts: [], constraints: null, logOpt: { 'max-size': '2m' } })
  const { TaskTemplate } = (await service.inspect()).Spec ?? {}
  assert.equal(TaskTemplate?.ContainerSpec?.Hosts, undefined)
  assert.deepEqual(TaskTemplate?.Placement?.Constraints ?? [], [])
  assert.deepEqual(TaskTemplate?.LogDriver, { Name: 'json-file', Options: { 'max-size': '2m' } })
  await service.forceUpdate()
  assert.equal((await service.inspect()).Spec?.TaskTemplate?.ForceUpdate, 1)
}

async function outrunsOthers(test: TestContext, client: DockerClient): Promise<void> {
  const service = await aService(test, client, 'sleep 600', { replicas: 1 })
  const keys = ['a', 'b', 'c', 'd', 'e', 'f']
  await Promise.all(keys.map((key) => service.update({ containerLabels: { [key]: '1' } })))
  await service.reload()
  assert.equal(service.version !== undefined && service.version > 0, true)
}

async function followsLog(test: TestContext, client: DockerClient): Promise<void> {
  const service = await aService(test, client, ['sh', '-c', 'while :; do echo tick; sleep 0.2; done'], {
    replicas: 1,
  })
  await service.waitConverged(LIMIT)
  let count = 0
  for await (const { line, replica } of service.logs({ follow: true, tail: 0 })) {
    assert.deepEqual([line, replica], ['tick', `${service.name}.1`])
    count += 1
    if (count === 3) break
  }
  assert.equal(count, 3)
}

async function readsRaw(test: TestContext, client: DockerClient): Promise<void> {
  const service = await aService(test, client, ['sh', '-c', 'tty; exec sleep 600'], {
    replicas: 1,
    tty: true,
  })
  await service.waitConverged(LIMIT)
  await assert.rejects(service.logs()[Symbol.asyncIterator]().next(), /have a tty.*raw: true/s)
  assert.equal(
    await waitFor(async () => (await service.logs({ raw: true }).text()) || undefined),
    '/dev/pts/0\r\n',
  )
}

async function handsSecrets(test: TestContext, client: DockerClient): Promise<void> {
  const { secrets, configs } = client
  const secret = await secrets.create(`secret-${test.name.length}`, 'p4ss wörd', { labels: { a: '1' } })
  test.after(() => secret.remove().catch(() => {}))
  const config = await configs.create(`config-${test.name.length}`, Buffer.from([0, 255, 10]))
  test.after(() => config.remove().catch(() => {}))
  const script = `cat /run/secrets/${secret.name}; echo; ls -l /run/secrets/other; od -An -tx1 /etc/app.bin; exec sleep 600`
  const service = await aService(test, client, ['sh', '-c', script], {
    replicas: 1,
    secrets: [secret, { secret: secret.name, filename: 'other', mode: 0o400 }],
    configs: [{ config: config.name, filename: '/etc/app.bin' }],
  })
  await service.waitConverged(LIMIT)
  const text = await waitFor(async () => {
    const log = await service.logs({ raw: true }).text()
    return log.includes(' ff ') ? log : undefined
  })
  assert.match(
    text,
    /^p4ss wörd\n-r--------.* 0 +0 .*\/run\/secrets\/other\n 00 ff 0a\n$|^p4ss wörd\n-r--------/,
  )
  const fresh = await secrets.get(secret.name)
  assert.deepEqual([fresh.id, fresh.labels, fresh.attrs.Spec?.Data], [secret.id, { a: '1' }, undefined])
  await fresh.update({ labels: { b: '2' } })
  assert.deepEqual((await fresh.reload()).labels, { b: '2' })
  assert.deepEqual((await configs.get(config.id)).data, Buffer.from([0, 255, 10]))
  await config.update({ labels: ['c'] })
  const [listed] = await configs.list({ filters: { label: 'c' } })
  assert.deepEqual([listed?.id, listed?.labels], [config.id, { c: '' }])
  assert.match(String(await failureOf(secret.remove())), /in use/)
  assert.ok((await failureOf(secrets.create(secret.name, 'x'))) instanceof ApiError)

  await service.remove()
  await gone(client, service)
  await secret.remove()
  await config.remove()
}

async function runsJobs(test: TestContext, client: DockerClient): Promise<void> {
  const job = await aService(test, client, ['sh', '-c', 'echo done'], {
    mode: { mode: 'replicated-job', replicas: 3, concurrency: 2 },
    restart: 'none',
    updateConfig: undefined,
  })
  const { running, desired } = await job.waitConverged(LIMIT)
  assert.deepEqual([running, desired], [3, 3])
  const everywhere = await aService(test, client, ['true'], {
    mode: 'global-job',
    restart: 'on-failure',
    updateConfig: undefined,
  })
  assert.equal((await everywhere.waitConverged(LIMIT)).running, 1)
  const [task] = await everywhere.tasks()
  assert.deepEqual([task?.state, task?.exitCode], ['complete', 0])
}

async function explainsTrouble(test: TestContext, client: DockerClient): Promise<void> {
  const service = await aService(test, client, 'sleep 600', { constraints: ['node.labels.moon==full'] })
  const error = await failureOf(service.waitConverged({ timeout: 2 * RUNS_OUT_MS }))
  assert.match(String(error), /TimeoutError.*0 of 1 tasks.*no suitable node/s)
  const aborted = AbortSignal.timeout(100)
  assert.equal(await failureOf(service.waitConverged({ signal: aborted })), aborted.reason)
}

async function rollsBack(test: TestContext, client: DockerClient): Promise<void> {
  const service = await aService(test, client, 'sleep 600', {
    replicas: 1,
    updateConfig: { failureAction: 'rollback', monitor: '2s' },
    rollbackConfig: { monitor: '500ms' },
    restart: { condition: 'any', delay: '100ms' },
  })
  await service.waitConverged(LIMIT)
  await service.update({ command: ['false'] })
  const error = await failureOf(service.waitConverged(LIMIT))
  assert.match(String(error), /ServiceError: service .* was rolled back: /)
  await service.waitConverged(LIMIT)
  assert.deepEqual((await service.inspect()).Spec?.TaskTemplate?.ContainerSpec?.Command, ['sleep', '600'])
}

async function modes(service: Service): Promise<string[]> {
  const tasks = await service.tasks({ filters: { 'desired-state': 'running' } })
  const texts = await Promise.all(
    tasks.map((task: Task) => waitFor(async () => (await task.logs({ raw: true }).text()) || undefined)),
  )
  return texts.map((text) => text.trim().replace('mode ', ''))
}
