import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { ConflictError, DockerError, InvalidArgumentError, NotFoundError, TimeoutError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import {
  chunked,
  chunkedHead,
  empty,
  FakeEngine,
  json,
  type Script,
  type Scripts,
} from '../support/fake-engine.js'

const UNDER_WAY = json({ message: 'removal of container c is already in progress' }, 409)
const TAKEN = json({ message: 'the name is in use' }, 409)
const CONNECTED = json({ message: 'error while removing network: network x has active endpoints' }, 403)
const ENOUGH = new Error('enough')
const MISSING = json({ message: 'no such thing' }, 404)

describe('remove', () => {
  it('waits for the removal of a container that is under way', async (test) => {
    const { engine, client } = await start(test, {
      'DELETE /containers/c': UNDER_WAY,
      'POST /containers/c/wait': chunked('application/json', '{"StatusCode":0}'),
    })
    await client.containers.ref('c').remove()
    assert.deepEqual(engine.calls.slice(0, 2), [
      'DELETE /v1.47/containers/c',
      'POST /v1.47/containers/c/wait?condition=removed',
    ])
  })

  it('takes a container that is gone by then for removed', async (test) => {
    const { client } = await start(test, { 'DELETE /containers/c': UNDER_WAY, '*': MISSING })
    await client.containers.ref('c').remove()
  })

  it('rejects when that removal fails, and when it takes too long', async (test) => {
    const failed = chunked('application/json', '{"StatusCode":0,"Error":{"Message":"device busy"}}')
    const { client } = await start(test, {
      'DELETE /containers/c': UNDER_WAY,
      'POST /containers/c/wait': failed,
    })
    const error = await failureOf(client.containers.ref('c').remove())
    assert.ok(error instanceof DockerError)
    assert.match(error.message, /device busy/)
    const { client: patient } = await start(test, {
      'DELETE /containers/c': UNDER_WAY,
      'POST /containers/c/wait': (call) => call.takeOver().write(chunkedHead('application/json')),
    })
    assert.ok((await failureOf(patient.containers.ref('c').remove({ timeout: 100 }))) instanceof TimeoutError)
  })

  it('rejects with any other conflict, and when there is no such container', async (test) => {
    const { engine, client } = await start(test, {
      'DELETE /containers/c': TAKEN,
      'DELETE /containers/d': MISSING,
    })
    assert.match(String(await failureOf(client.containers.ref('c').remove())), /the name is in use/)
    assert.ok((await failureOf(client.containers.ref('d').remove())) instanceof NotFoundError)
    assert.equal(engine.calls.length, 2)
  })

  for (const [kind, path, filter, used] of [
    ['volumes', '/volumes/x', 'volume', TAKEN],
    ['networks', '/networks/x', 'network', CONNECTED],
    ['images', '/images/x', 'ancestor', TAKEN],
  ] as const) {
    it(`of ${kind} waits for the containers that are being removed, and for no others`, async (test) => {
      const answers: Script[] = [used, kind === 'images' ? json([]) : empty()]
      const { engine, client } = await start(test, {
        [`DELETE ${path}`]: (call) => (answers.shift() ?? used)(call),
        'GET /containers/json': json([{ Id: 'c' }]),
        'POST /containers/c/wait': chunked('application/json', '{"StatusCode":0}'),
      })
      await client[kind].ref('x').remove()
      const filters = encodeURIComponent(
        JSON.stringify({ [filter]: { x: true }, status: { removing: true } }),
      )
      assert.equal(engine.calls[1], `GET /v1.47/containers/json?all=1&filters=${filters}`)
      assert.equal(engine.calls.length, 5)
      const { client: other } = await start(test, {
        [`DELETE ${path}`]: used,
        'GET /containers/json': json([]),
      })
      assert.ok((await failureOf(other[kind].ref('x').remove())) instanceof ConflictError)
    })
  }
})

describe('getOrCreate', () => {
  it('refuses wrong options before anything is sent', async (test) => {
    const { engine, client } = await start(test, {})
    const wrong = { prot: 1 } as object
    for (const call of [
      () => client.containers.getOrCreate('x', 'busybox', [], wrong),
      () => client.networks.getOrCreate('x', wrong),
      () => client.networks.getOrCreate(''),
      () => client.volumes.getOrCreate('x', wrong),
      () => client.volumes.getOrCreate(5 as unknown as string),
    ]) {
      const error = await failureOf(call())
      assert.ok(error instanceof InvalidArgumentError, String(error))
    }
    assert.deepEqual(engine.calls, [])
  })

  it('looks again when another has taken the name before it, however long that is not shown', async (test) => {
    const looks: Script[] = [MISSING, MISSING, json({ Id: 'c', Name: '/x', Config: { Image: 'busybox' } })]
    const { client } = await start(test, {
      'GET /containers/x/json': (call) => (looks.shift() ?? MISSING)(call),
      'POST /containers/create': TAKEN,
    })
    assert.equal((await client.containers.getOrCreate('x', 'busybox:latest')).id, 'c')
  })

  it('takes a new network away when it is given up while twins are looked for', async (test) => {
    const stop = new AbortController()
    const lists: Script[] = [json([])]
    const { engine, client } = await start(
      test,
      {
        'GET /networks': async (call) => {
          const isSecond = lists.length === 0
          await (lists.shift() ?? json([{ Id: 'n', Name: 'x' }]))(call)
          if (isSecond) setImmediate(() => stop.abort(ENOUGH))
        },
        'POST /networks/create': json({ Id: 'n' }, 201),
        'GET /networks/n': json({ Id: 'n', Name: 'x' }),
        'DELETE /networks/n': empty(),
      },
      '1.43',
    )
    assert.equal(await failureOf(client.networks.getOrCreate('x', { signal: stop.signal })), ENOUGH)
    await client.close()
    assert.ok(engine.calls.includes('DELETE /v1.43/networks/n'), String(engine.calls))
  })

  it('gives up a name that is taken and never shown', async (test) => {
    const { client } = await start(test, { 'POST /containers/create': TAKEN, '*': MISSING })
    assert.ok((await failureOf(client.containers.getOrCreate('x', 'busybox'))) instanceof ConflictError)
  })

  it('waits for a container of the name that is being removed, and does not take an id for a name', async (test) => {
    const looks: Script[] = [
      json({ Id: 'xyz', Name: '/other' }),
      json({ Id: 'c', Name: '/x', State: { Status: 'removing' } }),
    ]
    const creations: Script[] = [TAKEN, json({ Id: 'd' }, 201)]
    const { client } = await start(test, {
      'GET /containers/x/json': (call) => (looks.shift() ?? MISSING)(call),
      'POST /containers/c/wait': chunked('application/json', '{"StatusCode":0}'),
      'POST /containers/create': (call) => (creations.shift() ?? TAKEN)(call),
      'GET /containers/d/json': json({ Id: 'd', Name: '/x' }),
    })
    assert.equal((await client.containers.getOrCreate('x', 'busybox')).id, 'd')
  })

  it('does not compare what the Engine sets itself, and names what nobody asked for', async (test) => {
    const attrs = {
      Id: 'c',
      Name: '/x',
      Image: 'sha256:1',
      Config: { Image: 'busybox', Cmd: ['sh'], Env: ['PATH=/bin'], Hostname: 'c' },
      HostConfig: {
        NetworkMode: 'bridge',
        ShmSize: 67108864,
        Runtime: 'runc',
        ConsoleSize: [0, 0],
        Binds: null,
      },
    }
    const image = { Id: 'sha256:1', Config: { Cmd: ['sh'], Env: ['PATH=/bin'] } }
    const scripts = { 'GET /images/sha256%3A1/json': json(image), 'GET /containers/x/json': json(attrs) }
    const { client } = await start(test, scripts)
    assert.equal(
      (await client.containers.getOrCreate('x', 'busybox', undefined, { network: 'default' })).id,
      'c',
    )
    const HostConfig = { ...attrs.HostConfig, Privileged: true, Binds: ['/:/host'] }
    const changed = { ...attrs, Config: { ...attrs.Config, Cmd: ['rm'] }, HostConfig }
    const { client: other } = await start(test, { ...scripts, 'GET /containers/x/json': json(changed) })
    const error = await failureOf(other.containers.getOrCreate('x', 'busybox'))
    const words = /: volumes is not asked; privileged is true, which is not asked; command differs \(/
    assert.match(String(error), words)
  })

  it('refuses a volume and a network with another configuration, without a word of what may be secret', async (test) => {
    const { client } = await start(test, {
      'POST /volumes/create': json({
        Name: 'v',
        Driver: 'local',
        Labels: { a: '1' },
        Options: { type: 'tmpfs' },
      }),
      'GET /networks': json([{ Id: 'n', Name: 'net' }]),
      'GET /networks/n': json({
        Id: 'n',
        Name: 'net',
        Driver: 'overlay',
        Labels: { token: 'old' },
        Attachable: true,
      }),
    })
    const volume = await failureOf(client.volumes.getOrCreate('v', { labels: { a: '2' } }))
    assert.match(String(volume), /the volume 'v' is there .*: driverOpt differs; labels differs in a \(/)
    const network = await failureOf(client.networks.getOrCreate('net', { labels: { token: 'secret' } }))
    assert.match(
      String(network),
      /: driver is 'overlay', not 'bridge'; attachable is true, not false; labels differs in token/,
    )
    assert.doesNotMatch(String(network), /secret|old/)
  })

  it('leaves the oldest of the networks that an old Engine made at the same moment', async (test) => {
    const old = { Id: 'a', Name: 'net', Driver: 'bridge', Created: '2026-01-01T00:00:00.1Z' }
    const own = { Id: 'b', Name: 'net', Driver: 'bridge', Created: '2026-01-01T00:00:00.2Z' }
    const lists: readonly object[][] = [[], [own], [own, old], [old]]
    let asked = 0
    const { engine, client } = await start(
      test,
      {
        'GET /networks': (call) => json(lists[asked++] ?? [old])(call),
        'POST /networks/create': json({ Id: 'b' }, 201),
        'GET /networks/b': json(own),
        'GET /networks/a': json(old),
        'DELETE /networks/b': empty(),
      },
      '1.41',
    )
    assert.equal((await client.networks.getOrCreate('net')).id, 'a')
    assert.ok(engine.calls.includes('DELETE /v1.41/networks/b'))
  })
})

async function start(test: TestContext, scripts: Scripts, apiVersion = '1.47') {
  const engine = await FakeEngine.start(test, scripts)
  return { engine, client: engine.client(test, { apiVersion }) }
}
