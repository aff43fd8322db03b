import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import type { Filters } from '#src/doors/api.js'
import { type DockerClient, InvalidArgumentError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { FakeEngine, json } from '../support/fake-engine.js'

type Call = (client: DockerClient, filters: Filters) => Promise<unknown>

/** Everything that takes filters. */
const CALLS: Readonly<Record<string, Call>> = {
  'containers.list': ({ containers }, filters) => containers.list({ filters }),
  'containers.prune': ({ containers }, filters) => containers.prune({ filters }),
  'images.list': ({ images }, filters) => images.list({ filters }),
  'images.list with a name': ({ images }, filters) => images.list({ name: 'a', filters }),
  'images.search': ({ images }, filters) => images.search('a', { filters }),
  'images.prune': ({ images }, filters) => images.prune({ filters }),
  'images.prune of all': ({ images }, filters) => images.prune({ all: true, filters }),
  'images.pruneBuilds': ({ images }, filters) => images.pruneBuilds({ filters }),
  'networks.list': ({ networks }, filters) => networks.list({ filters }),
  'networks.list with names': ({ networks }, filters) => networks.list({ names: ['a'], filters }),
  'networks.prune': ({ networks }, filters) => networks.prune({ filters }),
  'volumes.list': ({ volumes }, filters) => volumes.list({ filters }),
  'volumes.prune': ({ volumes }, filters) => volumes.prune({ filters }),
  'volumes.prune of all': ({ volumes }, filters) => volumes.prune({ all: true, filters }),
  'plugins.list': ({ plugins }, filters) => plugins.list({ filters }),
  'nodes.list': ({ nodes }, filters) => nodes.list({ filters }),
  'node.tasks': async ({ nodes }, filters) => (await nodes.list())[0]?.tasks({ filters }),
  'services.list': ({ services }, filters) => services.list({ filters }),
  'service.tasks': async ({ services }, filters) => (await services.list())[0]?.tasks({ filters }),
  'tasks.list': ({ tasks }, filters) => tasks.list({ filters }),
  'secrets.list': ({ secrets }, filters) => secrets.list({ filters }),
  'configs.list': ({ configs }, filters) => configs.list({ filters }),
  events: async (client, filters) => client.events({ filters }).next(),
  'events that are resumed': async (client, filters) => client.events({ filters, resume: true }).next(),
  'the low level': ({ api }, filters) => api.images.prune({ filters }),
}

class Labelled {
  readonly label = 'a'
}

describe('filters that are no plain object', () => {
  for (const [what, call] of Object.entries(CALLS)) {
    for (const filters of [new Map([['label', 'a']]), new Labelled(), ['label=a'], 'label=a']) {
      it(`are refused by ${what}, which would take everything: ${inspect(filters)}`, async (test) => {
        const engine = await FakeEngine.start(test, {
          'GET /nodes': json([{ ID: 'n1' }]),
          'GET /services': json([{ ID: 's1' }]),
        })
        const error = await failureOf(call(engine.client(test), filters as unknown as Filters))
        assert.ok(error instanceof InvalidArgumentError, inspect(error))
        assert.match(
          error.message,
          /^filters must be an object such as .*, not (a Map|a Labelled|an array|')/,
        )
        const asked = engine.calls.filter((sent) => !/GET \S+\/(nodes|services)$/.test(sent))
        assert.deepEqual(asked, [])
      })
    }
  }

  it('are refused with the name of the one that is wrong', async (test) => {
    const engine = await FakeEngine.start(test)
    const client = engine.client(test)
    for (const call of Object.values(CALLS).slice(0, 3)) {
      const error = await failureOf(call(client, { label: { a: 'b' } } as unknown as Filters))
      assert.match(String(error), /InvalidArgumentError: filters\.label must be a string.*, not \{ a \}$/)
    }
    assert.deepEqual(engine.calls, [])
  })
})

describe('networks.list', () => {
  it('refuses names and ids that are no lists', async (test) => {
    const { networks } = (await FakeEngine.start(test)).client(test)
    const names = new Set(['web']) as unknown as string[]
    assert.match(
      String(await failureOf(networks.list({ names }))),
      /names must be an array of strings, not a Set/,
    )
    const ids = 'abc' as unknown as string[]
    assert.match(String(await failureOf(networks.list({ ids }))), /ids must be an array of strings/)
  })
})
