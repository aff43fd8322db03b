import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { ConflictError, type NetworkCreateOptions, NotFoundError } from '#src/index.js'
import { aRunningContainer, LABEL, onceFree, onEveryEngine, type TestEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'

onEveryEngine((engine) => {
  describe('networks', () => {
    it('are made, found, listed and removed', async (test) => {
      const network = await aNetwork(test, engine, { labels: { [LABEL]: 'x' }, internal: true })
      assert.equal(network.attrs.Internal, true)
      assert.equal((await engine.client.networks.get(network.name)).id, network.id)
      const [found] = await engine.client.networks.list({ ids: [network.id], filters: { label: LABEL } })
      assert.deepEqual([found?.name, found?.labels[LABEL]], [network.name, 'x'])
      await network.remove()
      assert.ok((await failureOf(engine.client.networks.get(network.id))) instanceof NotFoundError)
    })

    it('do not share a name', async (test) => {
      const { name } = await aNetwork(test, engine)
      assert.ok((await failureOf(engine.client.networks.create(name))) instanceof ConflictError)
    })

    it('give out addresses from the pool they were given', async (test) => {
      const prefix = `10.${100 + (process.pid % 100)}.7`
      const pools = [{ subnet: `${prefix}.0/24`, gateway: `${prefix}.1` }]
      const network = await aNetwork(test, engine, { ipam: { pools } })
      const container = await aRunningContainer(test, engine, undefined, {
        network: network.name,
        networks: { [network.name]: { ip: `${prefix}.77` } },
      })
      await container.reload()
      assert.equal(container.networks[network.name]?.IPAddress, `${prefix}.77`)
      const { stdout } = await container.exec(['ip', 'addr'])
      assert.ok(stdout.includes(`inet ${prefix}.77/24`))
    })

    it('resolve the aliases of a container for the others', async (test) => {
      const { name } = await aNetwork(test, engine)
      const options = { network: name, networkAliases: ['database'] }
      const [, other] = await Promise.all([
        aRunningContainer(test, engine, undefined, options),
        aRunningContainer(test, engine, undefined, { network: name }),
      ])
      const ping = await other.exec(['ping', '-c', '1', '-W', '5', 'database'])
      assert.equal(ping.exitCode, 0, ping.output)
    })

    it('are joined several at once, each with names of its own', async (test) => {
      const [front, back] = await Promise.all([aNetwork(test, engine), aNetwork(test, engine)])
      const container = await aRunningContainer(test, engine, undefined, {
        network: front.name,
        networks: { [front.name]: { aliases: ['one'] }, [back.name]: { aliases: ['two'] } },
      })
      await container.reload()
      assert.deepEqual(Object.keys(container.networks).sort(), [front.name, back.name].sort())
      assert.ok(container.networks[back.name]?.Aliases?.includes('two'))
      const { stdout } = await container.exec(['sh', '-c', 'ip addr | grep -c "inet .*eth"'])
      assert.equal(stdout.trim(), '2')
    })

    it('are joined one by name, with the MAC address that was asked for, and no other', async (test) => {
      const { name } = await aNetwork(test, engine)
      const macAddress = '02:42:ac:11:00:99'
      const container = await aRunningContainer(test, engine, undefined, {
        network: undefined,
        networks: { [name]: {} },
        macAddress,
      })
      const { networks } = await container.reload()
      assert.deepEqual(
        Object.entries(networks).map(([joined, { MacAddress }]) => [joined, MacAddress]),
        [[name, macAddress]],
      )
    })

    it('are connected to a container that runs, and disconnected', async (test) => {
      const network = await aNetwork(test, engine)
      const container = await aRunningContainer(test, engine, undefined, { network: 'bridge' })
      await network.connect(container, { aliases: ['late'] })
      const [connected, ...others] = await network.containers()
      await container.reload()
      assert.deepEqual([connected?.id, connected?.name, others], [container.id, container.name, []])
      assert.ok(container.networks[network.name]?.Aliases?.includes('late'))
      await network.disconnect(container)
      assert.deepEqual(await network.containers(), [])
      await network.connect(container.id)
      await network.disconnect(container.id, { force: true })
      assert.deepEqual(await network.containers(), [])
    })

    it('that are in use stay, until the containers are gone that are being removed', async (test) => {
      const network = await aNetwork(test, engine)
      const container = await aRunningContainer(test, engine, undefined, { network: network.name })
      const error = await failureOf(network.remove())
      assert.ok(error instanceof ConflictError, String(error))
      const removal = container.remove({ force: true })
      await Promise.race([leaving(engine, container.id), removal])
      await network.remove()
      await removal
    })

    it('that are internal connect their containers with each other', async (test) => {
      const network = await aNetwork(test, engine, { internal: true })
      const options = { network: network.name }
      const [one, other] = await Promise.all([
        aRunningContainer(test, engine, undefined, options),
        aRunningContainer(test, engine, undefined, options),
      ])
      const ping = await one.exec(['ping', '-c', '1', '-W', '5', other.shortId])
      assert.equal(ping.exitCode, 0, ping.output)
      assert.equal((await network.containers()).length, 2)
    })

    it('are pruned by label', async (test) => {
      const label = `${LABEL}-prune-${process.pid}`
      const unused = await aNetwork(test, engine, { labels: [label] })
      const { NetworksDeleted } = await onceFree(() => engine.client.networks.prune({ filters: { label } }))
      assert.deepEqual(NetworksDeleted, [unused.name])
    })
  })
})

/** Resolves when the removal of a container has begun. */
async function leaving({ client }: TestEngine, id: string): Promise<void> {
  for (;;) {
    const [left] = await client.containers.list({ all: true, filters: { id } })
    if (left === undefined || left.status === 'removing') return
  }
}

let made = 0

/** A network that is gone after the test; containers were removed by then. */
async function aNetwork(test: TestContext, { client }: TestEngine, options: NetworkCreateOptions = {}) {
  const name = `${LABEL}-${process.pid}-${++made}`
  const network = await client.networks.create(name, { labels: { [LABEL]: '' }, ...options })
  test.after(async () => {
    for (const container of await network.containers().catch(() => [])) {
      await container.remove({ force: true }).catch(() => {})
    }
    await network.remove().catch(() => {})
  })
  return network
}
