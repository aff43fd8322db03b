import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DockerClient, type EngineEvent, eventName, isEvent } from '#src/index.js'
import { aContainer, IMAGE, LABEL, onEveryEngine } from '../support/engines.js'
import { PATIENCE_MS } from '../support/patience.js'
import { aProxy } from '../support/proxy.js'

onEveryEngine((engine) => {
  describe('client.events', () => {
    it('tells of the past between since and until, and of what was asked for', async (test) => {
      const { SystemTime: since } = await engine.client.info()
      const container = await aContainer(test, engine, ['true'])
      await container.start()
      await container.wait()
      const filters = { type: 'container', container: container.id, event: ['create', 'start', 'die'] }
      const { SystemTime = '' } = await engine.client.info()
      // The Engine tells of an end a moment after it has answered the wait for it.
      const until = new Date(Date.parse(SystemTime) + 1000)
      const seen: EngineEvent[] = []
      for await (const event of engine.client.events({ since, until, filters })) seen.push(event)
      assert.deepEqual(seen.map(eventName), ['create', 'start', 'die'])
      const [, , die] = seen
      assert.ok(die && isEvent(die, 'container', 'die'))
      assert.equal(die.Actor.Attributes?.exitCode, '0')
    })

    it('misses and doubles nothing over connections that are cut', async (test) => {
      const proxy = await aProxy(test, engine.host)
      const client = new DockerClient({ host: proxy.host, env: {} })
      test.after(() => client.close())
      const label = `${LABEL}-events-${process.pid}`
      const names = Array.from({ length: 9 }, (_, n) => `${label}-${n}`)
      const create = (name: string) =>
        engine.client.containers.create(IMAGE, ['true'], { name, labels: [LABEL, label] })
      const filters = { label, event: ['create'] }
      const signal = AbortSignal.timeout(PATIENCE_MS)
      // An Engine has nothing that shows when it listens. By this time it tells of what came before.
      const { SystemTime: since } = await engine.client.info()
      const events = client.events({ resume: true, since, filters, signal })
      const first = events.next()
      await proxy.asked(/\/events/)
      const made = [await create(names[0] as string)]
      test.after(() => Promise.all(made.map((container) => container.remove({ force: true }))))
      const seen = [(await first).value]
      for (const name of names.slice(1)) {
        // Some happen while there is no connection, some are told just before it is cut.
        if (Number(name.at(-1)) % 2 === 1) proxy.cut()
        made.push(await create(name))
        if (Number(name.at(-1)) % 3 === 0) seen.push((await events.next()).value)
      }
      while (seen.length < names.length) seen.push((await events.next()).value)
      const told = seen.map((event) => event?.Actor.Attributes?.name)
      assert.deepEqual(told, names)
      assert.ok(proxy.requests.filter((request) => request.includes('/events')).length > 2)
      await events.return()
    })
  })
})
