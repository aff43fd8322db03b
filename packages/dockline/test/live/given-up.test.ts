import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { DockerClient, TimeoutError } from '#src/index.js'
import { aRunningContainer, IMAGE, LABEL, onEveryEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { timesOf } from '../support/times.js'

/** Milliseconds after which a call is given up: from before it is sent to after it is answered. */
const MOMENTS = [...Array(timesOf(8)).keys()].map(
  (index, _, { length }) => 1 + Math.round((index * 48) / length),
)

onEveryEngine(({ host }) => {
  describe('what is given up at any moment', { concurrency: true }, () => {
    for (const remove of [true, false]) {
      it(`leaves no container of a run${remove ? ' that is to be removed' : ' that had not started'}`, async () => {
        await using client = new DockerClient({ host })
        const label = `${LABEL}-${randomUUID()}`
        await atEveryMoment((signal) =>
          remove
            ? client.containers.run(IMAGE, ['sleep', '60'], {
                remove,
                signal,
                labels: { [label]: '' },
                network: 'host',
              })
            : client.containers.create(IMAGE, ['sleep', '60'], { signal, labels: { [label]: '' } }),
        )
        await client.api.http.undone()
        assert.deepEqual(await client.containers.list({ all: true, filters: { label } }), [])
      })
    }

    it('leaves no network', async () => {
      await using client = new DockerClient({ host })
      const label = `${LABEL}-${randomUUID()}`
      const labels = { [label]: '' }
      await atEveryMoment(
        (signal, index) => client.networks.create(`${label}-${index}`, { signal, labels, internal: true }),
        MOMENTS.slice(0, 6),
      )
      await client.api.http.undone()
      assert.deepEqual(await client.networks.list({ filters: { label } }), [])
    })

    it('leaves no volume, with or without a name, but those that were there', async (test) => {
      await using client = new DockerClient({ host })
      const label = `${LABEL}-${randomUUID()}`
      const labels = { [label]: '' }
      const kept = await client.volumes.create(`${label}-kept`, { labels })
      test.after(() => new DockerClient({ host }).api.volumes.delete(kept.name, { force: true }))
      await atEveryMoment((signal, index) => {
        const named = [`${label}-${index}`, undefined, kept.name][index % 3]
        const making = client.volumes.create({ name: named, labels, signal })
        return making.then((volume) => (volume.name === kept.name ? undefined : volume))
      })
      await client.api.http.undone()
      const left = await client.volumes.list({ filters: { label } })
      assert.deepEqual(
        left.map(({ name }) => name),
        [kept.name],
      )
    })

    it('leaves no image of a container', async (test) => {
      await using client = new DockerClient({ host })
      const container = await aRunningContainer(test, { host, client: new DockerClient({ host }) })
      const { id } = container
      const repository = `${LABEL}-${randomUUID()}`
      await atEveryMoment(
        (signal, index) =>
          client.containers
            .get(id)
            .then((found) => found.commit({ repository, tag: `t${index}`, pause: false, signal })),
        MOMENTS.slice(0, 6),
      )
      await client.api.http.undone()
      assert.deepEqual(await client.images.list({ filters: { reference: repository } }), [])
    })

    it('leaves no container when all of a run takes too long', async () => {
      await using client = new DockerClient({ host })
      const labels = { [`${LABEL}-${randomUUID()}`]: '' }
      const filters = { label: Object.keys(labels) }
      const running = MOMENTS.filter((_moment, index) => index % 2 === 0).map(async (moment) => {
        const run = client.containers.run(IMAGE, ['sleep', '60'], {
          remove: true,
          timeout: moment,
          labels,
          network: 'host',
        })
        assert.ok((await failureOf(run)) instanceof TimeoutError)
      })
      await Promise.all(running)
      assert.deepEqual(await client.containers.list({ all: true, filters }), [], 'gone when they reject')
    })
  })
})

/** Gives a call up at every moment; what comes before it is removed as well. */
async function atEveryMoment(
  make: (signal: AbortSignal, index: number) => Promise<unknown>,
  moments: readonly number[] = MOMENTS,
): Promise<void> {
  for (const [index, moment] of moments.entries()) {
    const signal = AbortSignal.timeout(moment)
    const made = await make(signal, index).catch((error: unknown) => {
      assert.equal(error, signal.reason)
    })
    await (made as { remove?: () => Promise<void> } | undefined)?.remove?.()
  }
}
