import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ConflictError, type CreateOptions, DockerClient } from '#src/index.js'
import { IMAGE, LABEL, onEveryEngine, onEveryPodman } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { timesOf } from '../support/times.js'

/** How often each race is run. */
const RACES = timesOf(1)
const MAKERS = 6
const labels = { [LABEL]: '' }

onEveryEngine(({ host, client }) => {
  const name = `${LABEL}-same-${process.pid}`
  const makers = Array.from({ length: MAKERS }, () => new DockerClient({ host }))

  it('makes one network, volume and container, however many make it at the same moment', async (test) => {
    test.after(() => Promise.all(makers.map((maker) => maker.close())))
    const create: CreateOptions = { labels, network: 'none' }
    for (let race = 0; race < RACES; race++) {
      const makings: readonly ((maker: DockerClient) => Promise<Made>)[] = [
        (maker) => maker.networks.getOrCreate(name, { labels, internal: true }),
        (maker) => maker.volumes.getOrCreate(name, { labels }),
        (maker) => maker.containers.getOrCreate(name, IMAGE, ['sleep', '600'], create),
      ]
      for (const make of makings) {
        const made = await Promise.all(makers.map(make))
        assert.deepEqual(new Set(made.map(({ id }) => id)).size, 1)
        await made[0]?.remove()
      }
      const left = await client.networks.list({ names: [name] })
      assert.deepEqual(left, [])
    }
  })

  it('gives a container that runs with many options for the same one, and names each option that differs', async (test) => {
    const options: CreateOptions = {
      ...{
        labels,
        env: { A: '1', SECRET: 'hunter2' },
        memory: '64m',
        cpus: 0.5,
        capAdd: ['NET_ADMIN'],
        init: true,
      },
      ...{
        hostname: 'same',
        user: 1000,
        workdir: '/tmp',
        restart: 'on-failure:3',
        tmpfs: { '/x': 'size=1m' },
      },
      ...{
        logDriver: 'json-file',
        logOpt: { 'max-size': '1m' },
        ulimits: ['nofile=100:200'],
        extraHosts: { a: '1.2.3.4' },
      },
      ...{
        healthcheck: { test: 'true', interval: '1m' },
        network: name,
        networkAliases: ['other'],
        ports: ['80/tcp'],
      },
    }
    const network = await client.networks.getOrCreate(name, { labels })
    const get = (more: CreateOptions = {}) =>
      client.containers.getOrCreate(name, IMAGE, ['sleep', '600'], { ...options, ...more })
    const container = await get()
    test.after(async () => {
      await container.remove({ force: true }).catch(() => {})
      await network.remove()
    })
    await container.start()
    assert.equal((await get()).id, container.id)
    const error = await failureOf(get({ memory: '128m', env: { SECRET: 'swordfish' }, capAdd: undefined }))
    assert.ok(error instanceof ConflictError)
    const words =
      'memory is 67108864, not 134217728; capAdd is not asked (POST /containers/create answered 409)'
    assert.equal(
      error.message,
      `the container '${name}' is there with another configuration: env differs; ${words}`,
    )
    await Promise.all([1, 2, 3].map(() => container.remove({ force: true })))
    const next = await client.containers.create(IMAGE, ['true'], { name, labels, network: 'none' })
    await next.remove()
  })

  it('removes a volume once the container that used it is gone', async () => {
    const volumes = [`${name}:/data`]
    const container = await client.containers.create(IMAGE, ['true'], { labels, volumes, network: 'none' })
    await Promise.all([container.remove(), client.volumes.ref(name).remove().catch(isInUse)])
    await client.volumes.ref(name).remove({ force: true })
  })
})

onEveryPodman(({ client }) => {
  it('compares a container on Podman, which reports settings in words of its own', async (test) => {
    const name = `${LABEL}-same-${process.pid}`
    const options: CreateOptions = {
      ...{
        labels,
        network: 'none',
        volumes: ['/data'],
        tmpfs: ['/x'],
        stopSignal: 'SIGINT',
        restart: 'on-failure:3',
      },
      ...{ logDriver: 'json-file', env: ['A=1'], memory: '64m' },
    }
    const get = (more: CreateOptions = {}) =>
      client.containers.getOrCreate(name, IMAGE, ['sleep', '600'], { ...options, ...more })
    const container = await get()
    test.after(() => container.remove({ force: true, volumes: true }))
    assert.equal((await get()).id, container.id)
    const error = await failureOf(get({ tmpfs: ['/y'], memory: undefined, tty: true }))
    assert.ok(error instanceof ConflictError)
    assert.match(error.message, /: tmpfs differs; memory is not asked; tty differs \(/)
  })
})

interface Made {
  readonly id: string
  remove(): Promise<void>
}

/** The container may not be on its way out yet. */
function isInUse(error: unknown): void {
  assert.ok(error instanceof ConflictError)
}
