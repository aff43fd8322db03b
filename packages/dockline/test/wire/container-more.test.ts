import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import type { ContainerInspectResponse } from '#src/doors/api.js'
import { Container, InvalidArgumentError, NotFoundError, TimeoutError, UnhealthyError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { answer, empty, FakeEngine, json, type Scripts } from '../support/fake-engine.js'

describe('a container', () => {
  it('is paused, resumed and renamed', async (test) => {
    const { engine, container } = await start(test, { '*': empty() })
    await container.pause()
    await container.unpause()
    await container.rename('new name')
    assert.deepEqual(engine.calls, [
      'POST /v1.51/containers/c/pause',
      'POST /v1.51/containers/c/unpause',
      'POST /v1.51/containers/c/rename?name=new%20name',
    ])
    assert.ok((await failureOf(container.rename(''))) instanceof InvalidArgumentError)
  })

  it('is updated with what was given, 0 too, and nothing else', async (test) => {
    const { engine, container } = await start(test, {
      'POST /containers/c/update': json({ Warnings: null }),
    })
    const options = Object.freeze({
      cpuShares: 0,
      pidsLimit: 0,
      memory: '64m',
      memorySwap: -1,
      cpus: undefined,
      restart: 'on-failure:3',
    })
    assert.deepEqual(await container.update(options), { Warnings: null })
    assert.deepEqual(JSON.parse(engine.last.body.toString()), {
      CpuShares: 0,
      PidsLimit: 0,
      Memory: 67_108_864,
      MemorySwap: -1,
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
    })
    await assert.rejects(container.update({ memoryLimit: 1 } as object), /unknown option 'memoryLimit'/)
    await assert.rejects(container.update({ cpuShares: '1' } as object), /cpuShares must be a whole number/)
    assert.equal(engine.calls.length, 1)
  })

  it('is refused an update of what Docker leaves as it is, and Podman is not', async (test) => {
    const { engine, container } = await start(test, {})
    for (const name of ['ulimits', 'devices', 'deviceRequests', 'deviceCgroupRules', 'gpus', 'init'])
      await assert.rejects(container.update({ [name]: null }), new RegExp(`Docker cannot change ${name} of`))
    const error = await failureOf(container.update({ memory: '1g', oomKillDisable: true }))
    assert.ok(error instanceof InvalidArgumentError)
    assert.deepEqual(engine.calls, [])
    const podman = await start(test, {
      'HEAD /_ping': answer(200, { 'Api-Version': '1.44', 'Libpod-API-Version': '5.8.6' }),
      'POST /containers/c/update': json({}),
    })
    await podman.container.update({ ulimits: ['nofile=1'] })
    assert.match(podman.engine.last.body.toString(), /Ulimits/)
  })

  it('is updated with the limits of single devices from API 1.55 on', async (test) => {
    const scripts = { 'POST /containers/c/update': json({}) }
    const deviceReadBps = [{ path: '/dev/sda', rate: '1m' }]
    const { engine, container } = await start(test, scripts, '1.54')
    await assert.rejects(container.update({ deviceReadBps }), /deviceReadBps of update needs API 1\.55/)
    assert.deepEqual(engine.calls, [])
    const newer = await start(test, scripts, '1.55')
    await newer.container.update({ deviceReadBps })
    assert.match(newer.engine.last.body.toString(), /BlkioDeviceReadBps/)
  })

  it('differs from its image in nothing where the Engine says null', async (test) => {
    const { container } = await start(test, { 'GET /containers/c/changes': json(null) })
    assert.deepEqual(await container.diff(), [])
  })

  it('is exported as a stream of bytes', async (test) => {
    const { engine, container } = await start(test, {
      'GET /containers/c/export': answer(200, { 'Content-Type': 'application/x-tar' }, 'tar'),
    })
    assert.equal((await buffer(await container.export())).toString(), 'tar')
    assert.deepEqual(engine.calls, ['GET /v1.51/containers/c/export'])
  })

  it('is committed with every option, and the image is asked for', async (test) => {
    const { engine, container } = await start(test, {
      'POST /commit': json({ Id: 'sha256:i' }, 201),
      'GET /images/sha256%3Ai/json': json({ Id: 'sha256:i' }),
    })
    const options = Object.freeze({
      repository: 'me/app:v1',
      message: 'why',
      author: 'Jane',
      pause: false,
      changes: ['CMD ["a"]', 'USER 1'],
      config: Object.freeze({ Labels: { a: 'b' } }),
    })
    assert.equal((await container.commit(options)).id, 'sha256:i')
    assert.deepEqual(JSON.parse(engine.requests.at(-2)?.body.toString() ?? ''), { Labels: { a: 'b' } })
    assert.equal((await container.commit()).id, 'sha256:i')
    const changes = 'changes=CMD%20%5B%22a%22%5D&changes=USER%201'
    const commits = engine.calls.filter((call) => call.startsWith('POST'))
    assert.equal(engine.requests.at(-2)?.body.toString(), '{}')
    assert.deepEqual(
      new Set(commits[0]?.split(/[?&]/)),
      new Set(
        `POST /v1.51/commit?container=c&repo=me%2Fapp&tag=v1&comment=why&author=Jane&pause=0&${changes}`.split(
          /[?&]/,
        ),
      ),
    )
    assert.equal(commits[1], 'POST /v1.51/commit?container=c')
    const digest = `app@sha256:${'a'.repeat(64)}`
    await assert.rejects(
      container.commit({ repository: digest }),
      /^InvalidArgumentError: repository: .* has a digest/,
    )
    const twice = await failureOf(container.commit({ repository: 'a:1', tag: '2' }))
    assert.match(String(twice), /tag must be left out when repository has one \('a:1'\), not '2'/)
  })

  it('knows from inspect what belongs to it', async (test) => {
    const attrs: ContainerInspectResponse = {
      Id: 'c',
      Image: 'sha256:i',
      Config: { Image: 'busybox' },
      State: { Health: { Status: 'starting' } },
      NetworkSettings: { Ports: { '80/tcp': null }, Networks: { web: { IPAddress: '10.0.0.2' } } },
    }
    const { client } = await start(test, { 'GET /containers/c/json': json(attrs) })
    const { image, imageId, health, ports, networks, attrs: typed } = await client.containers.get('c')
    assert.deepEqual([image, imageId, health, ports], ['busybox', 'sha256:i', 'starting', { '80/tcp': null }])
    assert.equal(networks.web?.IPAddress, '10.0.0.2')
    assert.equal(typed.Config?.Image, 'busybox')
  })

  it('knows from the list what belongs to it', async (test) => {
    const summary = {
      Id: 'c',
      Names: ['/other/alias', '/own'],
      Image: 'busybox',
      ImageID: 'sha256:i',
      Status: 'Up 3 minutes (health: starting)',
      Ports: [
        { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        { PrivatePort: 53, Type: 'udp' },
      ],
      NetworkSettings: { Networks: { web: {} } },
    }
    const { client } = await start(test, { 'GET /containers/json': json([summary]) })
    const [found] = await client.containers.list()
    assert.deepEqual(
      [found?.name, found?.image, found?.imageId, found?.health, Object.keys(found?.networks ?? {})],
      ['own', 'busybox', 'sha256:i', 'starting', ['web']],
    )
    assert.equal(found?.summary.Id, 'c')
    assert.deepEqual(found?.ports, {
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '8080' },
        { HostIp: '::', HostPort: '8080' },
      ],
      '53/udp': null,
    })
  })

  for (const [words, health] of [
    ['Up 3 minutes (healthy)', 'healthy'],
    ['Up 3 minutes (unhealthy)', 'unhealthy'],
    ['Up 3 minutes', 'none'],
  ] as const) {
    it(`is ${health} when the list says '${words}'`, async (test) => {
      const { client } = await start(test, {})
      assert.equal(new Container(client.api, { id: 'c', summary: { Status: words } }).health, health)
    })
  }

  it('knows nothing of its health before it is asked for', async (test) => {
    const { container } = await start(test, {})
    assert.deepEqual([container.health, container.ports, container.image], [undefined, undefined, undefined])
  })

  it('gives the image it was created from, and asks which one that is only when it is not known', async (test) => {
    const engine = await FakeEngine.start(test, {
      'GET /containers/json': json([{ Id: 'c1', Image: 'app:1', ImageID: 'sha256:abc' }]),
      'GET /containers/c1/json': json({ Id: 'c1', Image: 'sha256:abc' }),
      'GET /images/sha256%3Aabc/json': json({ Id: 'sha256:abc', RepoTags: ['app:2'] }),
    })
    const client = engine.client(test)
    const [listed] = await client.containers.list()
    const image = await listed?.getImage()
    assert.deepEqual([image?.id, image?.tags], ['sha256:abc', ['app:2']])
    assert.equal((await new Container(client.api, { id: 'c1' }).getImage()).id, 'sha256:abc')
    assert.deepEqual(
      engine.calls.map((call) => call.replace(/^GET \/v[\d.]+/, '')),
      ['/containers/json', '/images/sha256%3Aabc/json', '/containers/c1/json', '/images/sha256%3Aabc/json'],
    )
  })
})

describe('container.waitHealthy', () => {
  it('asks until it is healthy, also through a restart', async (test) => {
    const { engine, container } = await inspecting(test, [
      state({ Running: true, Health: { Status: 'starting' } }),
      state({ Running: true, Restarting: true, Health: { Status: 'unhealthy' } }),
      state({ Running: true, Health: { Status: 'healthy' } }),
    ])
    await container.waitHealthy()
    assert.equal(container.health, 'healthy')
    assert.equal(engine.calls.length, 3)
  })

  it('rejects at once when it is unhealthy, with what the check said', async (test) => {
    const Log = [
      { ExitCode: 1, Output: 'old' },
      { ExitCode: 1, Output: 'no route\n' },
    ]
    const { engine, container } = await inspecting(test, [
      state({ Running: true, Health: { Status: 'unhealthy', Log } }),
    ])
    const error = await failureOf(container.waitHealthy())
    assert.ok(error instanceof UnhealthyError)
    assert.deepEqual(
      [error.message, error.code, error.health, error.log, error.container],
      ['container c is unhealthy: no route', 'ERR_DOCKER_UNHEALTHY', 'unhealthy', Log, 'c'],
    )
    assert.equal(engine.calls.length, 1)
  })

  it('rejects when it does not run any more', async (test) => {
    const { container } = await inspecting(test, [
      state({ Running: true, Health: { Status: 'starting' } }),
      state({ Running: false, Status: 'exited', ExitCode: 3, Health: { Status: 'starting' } }),
    ])
    const error = await failureOf(container.waitHealthy())
    assert.ok(error instanceof UnhealthyError)
    assert.match(error.message, /cannot become healthy: it is exited with code 3/)
  })

  it('rejects when it is gone', async (test) => {
    const { container } = await start(test, { '*': json({ message: 'No such container' }, 404) })
    assert.ok((await failureOf(container.waitHealthy())) instanceof NotFoundError)
  })

  it('rejects when there is no health check', async (test) => {
    for (const Test of [undefined, [], ['NONE']]) {
      const attrs = { Id: 'c', State: { Running: true }, Config: { Healthcheck: { Test } } }
      const { container } = await start(test, { '*': json(attrs) })
      const error = await failureOf(container.waitHealthy())
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, /has no health check/)
    }
  })

  it('waits no longer than the timeout, nor past an abort', async (test) => {
    const { container } = await inspecting(test, [state({ Running: true, Health: { Status: 'starting' } })])
    assert.ok((await failureOf(container.waitHealthy({ timeout: 20 }))) instanceof TimeoutError)
    const reason = new Error('enough')
    const controller = new AbortController()
    const waiting = failureOf(container.waitHealthy({ signal: controller.signal }))
    controller.abort(reason)
    assert.equal(await waiting, reason)
  })
})

describe('containers.create with several networks', () => {
  const networks = { a: { aliases: ['x'], ip: '10.0.0.9' }, b: { aliases: ['y'] } }
  const creating = {
    'POST /containers/create': json({ Id: 'c' }),
    'POST /networks/a/connect': empty(200),
    'POST /networks/b/connect': empty(200),
    'GET /containers/c/json': json({ Id: 'c' }),
  }
  const A = { Aliases: ['x'], IPAMConfig: { IPv4Address: '10.0.0.9' } }

  it('is one request from API 1.44 on', async (test) => {
    const { engine, client } = await start(test, creating)
    await client.containers.create('busybox', undefined, { network: 'b', networks })
    assert.equal(engine.calls.length, 2)
    const { NetworkingConfig } = JSON.parse(engine.requests.at(-2)?.body.toString() ?? '')
    assert.deepEqual(NetworkingConfig.EndpointsConfig, { a: A, b: { Aliases: ['y'] } })
  })

  it('connects to the others before the start where the Engine takes only one', async (test) => {
    const { engine, client } = await start(test, creating, '1.41')
    await client.containers.create('busybox', undefined, { network: 'b', networks })
    const [create, connect] = engine.requests.filter(({ method }) => method === 'POST')
    const body = JSON.parse(create?.body.toString() ?? '')
    assert.deepEqual(body.NetworkingConfig.EndpointsConfig, { b: { Aliases: ['y'] } })
    assert.equal(connect?.path, '/networks/a/connect')
    assert.deepEqual(JSON.parse(connect?.body.toString() ?? ''), { Container: 'c', EndpointConfig: A })
    assert.deepEqual(Object.keys(networks), ['a', 'b'])
  })

  it('leaves no container behind that could not be connected', async (test) => {
    const refused = { ...creating, 'POST /networks/b/connect': json({ message: 'no such network' }, 404) }
    const { engine, client } = await start(test, { ...refused, 'DELETE /containers/c': empty() }, '1.41')
    const error = await failureOf(client.containers.create('busybox', undefined, { networks }))
    assert.match(String(error), /no such network/)
    assert.equal(engine.calls.at(-1), 'DELETE /v1.41/containers/c?force=1&v=1')
  })
})

describe('a client', () => {
  it('asks what takes up the disk', async (test) => {
    const { engine, client } = await start(test, { 'GET /system/df': json({ LayersSize: 5 }) })
    assert.equal((await client.df()).LayersSize, 5)
    await client.df({ type: ['volume', 'image'] })
    assert.deepEqual(engine.calls, ['GET /v1.51/system/df', 'GET /v1.51/system/df?type=volume&type=image'])
  })

  it('has the Engine ask a registry about a user', async (test) => {
    const { engine, client } = await start(test, { 'POST /auth': json({ Status: 'Login Succeeded' }) })
    const login = Object.freeze({ username: 'me', password: '', serveraddress: 'ghcr.io' })
    assert.deepEqual(await client.login({ ...login, timeout: 60_000 }), { Status: 'Login Succeeded' })
    assert.deepEqual(JSON.parse(engine.last.body.toString()), login)
    const misspelt = { user: 'me' } as object
    assert.match(String(await failureOf(client.login(misspelt))), /unknown option 'user'/)
    assert.equal(engine.calls.length, 1)
  })
})

function state(State: NonNullable<ContainerInspectResponse['State']>): ContainerInspectResponse {
  return { Id: 'c', State, Config: { Healthcheck: { Test: ['CMD', 'true'] } } }
}

/** Answers one after the other, the last one again and again. */
async function inspecting(test: TestContext, answers: readonly ContainerInspectResponse[]) {
  let asked = 0
  return start(test, {
    'GET /containers/c/json': (call) => json(answers[Math.min(asked++, answers.length - 1)])(call),
  })
}

async function start(test: TestContext, scripts: Scripts, apiVersion = '1.51') {
  const engine = await FakeEngine.start(test, scripts)
  const client = engine.client(test, { apiVersion })
  return { engine, client, container: new Container(client.api, { id: 'c' }) }
}
