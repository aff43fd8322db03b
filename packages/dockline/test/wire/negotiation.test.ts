import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { compareVersions, MAX_API_VERSION } from '#src/doors/api.js'
import { ApiError, ConnectionError, InvalidVersionError, TimeoutError } from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import { answer, type Call, FakeEngine, json, type Script, type Scripts } from '../support/fake-engine.js'

const INFO: Scripts = { 'GET /info': json({ ID: 'x' }) }

describe('the API version', () => {
  for (const [name, apiVersion, used] of [
    ['that of an older Engine', '1.41', '1.41'],
    ['that of an Engine much older than that', '1.30', '1.30'],
    ['our newest with an Engine of the same', MAX_API_VERSION, MAX_API_VERSION],
    ['our newest with a newer Engine', '1.99', MAX_API_VERSION],
    ['our newest with an Engine of the next generation', '2.0', MAX_API_VERSION],
  ] as const) {
    it(`is ${name}`, async (test) => {
      const engine = await FakeEngine.start(test, INFO, { apiVersion })
      const client = engine.client(test)
      await client.info()
      await client.info()
      assert.equal(await client.api.version(), used)
      assert.deepEqual(
        engine.requests.map(({ method, target }) => `${method} ${target}`),
        ['HEAD /_ping', `GET /v${used}/info`, `GET /v${used}/info`],
      )
    })
  }

  it('is our newest when the answer does not name one', async (test) => {
    const engine = await FakeEngine.start(test, { ...INFO, 'HEAD /_ping': answer(200, {}) })
    await engine.client(test).info()
    assert.deepEqual(engine.calls, [`GET /v${MAX_API_VERSION}/info`])
  })

  it('is asked with GET where HEAD is not let through', async (test) => {
    const scripts = {
      ...INFO,
      'HEAD /_ping': answer(405, {}),
      'GET /_ping': answer(200, { 'Api-Version': '1.44' }, 'OK'),
    }
    const engine = await FakeEngine.start(test, scripts)
    await engine.client(test).info()
    assert.deepEqual(
      engine.requests.map(({ method, target }) => `${method} ${target}`),
      ['HEAD /_ping', 'GET /_ping', 'GET /v1.44/info'],
    )
  })

  for (const [apiVersion, message] of [
    ['1.23', /speaks API 1\.23, and at least 1\.24 is needed/],
    ['0.9', /speaks API 0\.9/],
    ['nonsense', /speaks API nonsense/],
  ] as const) {
    it(`cannot be ${apiVersion}`, async (test) => {
      const engine = await FakeEngine.start(test, INFO, { apiVersion })
      const error = await failureOf(engine.client(test).info())
      assert.ok(error instanceof InvalidVersionError)
      assert.match(error.message, message)
      assert.deepEqual(engine.calls, [])
    })
  }

  it('is not asked for when the variable pins it, or else the option, with or without a v', async (test) => {
    const engine = await FakeEngine.start(test, INFO)
    await engine.client(test, { apiVersion: '1.43' }).info()
    await engine.client(test, { apiVersion: 'v1.42' }).info()
    await engine.client(test, { apiVersion: '1.43', env: { DOCKER_API_VERSION: '1.41' } }).info()
    await engine.client(test, { env: { DOCKER_API_VERSION: '1.41' } }).info()
    assert.deepEqual(
      engine.requests.map(({ target }) => target),
      ['/v1.43/info', '/v1.42/info', '/v1.41/info', '/v1.41/info'],
    )
  })

  it('cannot be pinned to what is none', async (test) => {
    const engine = await FakeEngine.start(test)
    for (const apiVersion of ['1', '1.x', 'latest', '1.41/../x']) {
      assert.throws(() => engine.client(test, { apiVersion }), {
        name: 'InvalidArgumentError',
        message: `apiVersion must be a version such as '1.41', not '${apiVersion}'`,
      })
    }
    assert.throws(() => engine.client(test, { apiVersion: '1.23' }), InvalidVersionError)
  })

  it('is asked for once by twenty calls at once', async (test) => {
    const engine = await FakeEngine.start(test, INFO)
    const client = engine.client(test)
    await Promise.all(Array.from({ length: 20 }, () => client.info()))
    assert.equal(engine.calls.length, 20)
    assert.equal(engine.requests.length, 21)
  })

  it('is asked for again after a failure', async (test) => {
    let asked = 0
    const ping = (call: Call) => {
      asked += 1
      return asked === 1 ? call.cut() : answer(200, { 'Api-Version': '1.45' })(call)
    }
    const engine = await FakeEngine.start(test, { ...INFO, 'HEAD /_ping': ping })
    const client = engine.client(test)
    assert.ok((await failureOf(client.info())) instanceof ConnectionError)
    await client.info()
    assert.deepEqual(engine.calls, ['GET /v1.45/info'])
  })

  it('fails every call that waits for it', async (test) => {
    const engine = await FakeEngine.start(test, { '*': json({ message: 'out of order' }, 500) })
    const client = engine.client(test)
    const errors = await Promise.all(Array.from({ length: 5 }, () => failureOf(client.info())))
    for (const error of errors) assert.ok(error instanceof ApiError && error.status === 500)
    assert.deepEqual(engine.calls, [])
  })

  it('is still asked for when one of its callers gives up', async (test) => {
    const asked = deferred<Call>()
    const engine = await FakeEngine.start(test, {
      ...INFO,
      'HEAD /_ping': (call) => asked.resolve(call.takeOver()),
    })
    const client = engine.client(test)
    const leaver = new AbortController()
    const leaving = failureOf(client.info({ signal: leaver.signal }))
    const staying = client.info()
    const call = await asked.promise
    const reason = new Error('changed my mind')
    leaver.abort(reason)
    assert.equal(await leaving, reason)
    await call.write('HTTP/1.1 200 OK\r\nApi-Version: 1.44\r\nConnection: close\r\n\r\n')
    assert.deepEqual(await staying, { ID: 'x' })
    assert.deepEqual(engine.calls, ['GET /v1.44/info'])
  })

  it('is no longer asked for when the last caller has given up', async (test) => {
    const asked = deferred<Call>()
    const engine = await FakeEngine.start(test, { 'HEAD /_ping': (call) => asked.resolve(call.takeOver()) })
    const client = engine.client(test)
    const callers = [new AbortController(), new AbortController()]
    const failures = callers.map(({ signal }) => failureOf(client.info({ signal })))
    const { closed } = await asked.promise
    for (const [index, caller] of callers.entries()) caller.abort(index)
    assert.deepEqual(await Promise.all(failures), [0, 1])
    await closed
    assert.equal(engine.requests.length, 1)
  })

  it('is waited for no longer than the timeout of a call', async (test) => {
    const engine = await FakeEngine.start(test, { 'HEAD /_ping': (call) => void call.takeOver() })
    const error = await failureOf(engine.client(test).info({ timeout: 50 }))
    assert.ok(error instanceof TimeoutError)
    assert.equal(error.message, 'GET /info took longer than 50 ms')
    await engine.allClosed()
  })
})

describe('an Engine that another takes the place of', () => {
  /** As an Engine of that version answers, from 20.10 on. */
  function engineOf(state: { version: string; minimum?: string; says?: boolean }): Script {
    return (call) => {
      const { version, minimum = '1.24', says = true } = state
      const header: Record<string, string> = says ? { 'Api-Version': version } : {}
      if (call.request.path === '/_ping') return answer(200, header)(call)
      const [, asked = ''] = /^\/v([\d.]+)\//.exec(call.request.target) ?? []
      const refuse = (message: string) => answer(400, header, JSON.stringify({ message }))(call)
      if (compareVersions(asked, version) > 0) {
        return refuse(`client version ${asked} is too new. Maximum supported API version is ${version}`)
      }
      if (compareVersions(asked, minimum) < 0) {
        return refuse(
          `client version ${asked} is too old. Minimum supported API version is ${minimum}, please upgrade your client to a newer version`,
        )
      }
      return answer(200, header, '{}')(call)
    }
  }

  for (const [name, then] of [
    ['an older one', { version: '1.41' }],
    ['one that does not speak the version any more', { version: '1.53', minimum: '1.52' }],
  ] as const) {
    it(`is agreed with anew: ${name}`, async (test) => {
      const state = { version: '1.51' }
      const engine = await FakeEngine.start(test, { '*': (call) => engineOf(state)(call) })
      const client = engine.client(test)
      await client.info()
      Object.assign(state, then)
      await Promise.all([client.info(), client.api.containers.prune()])
      assert.equal(await client.api.version(), then.version)
      const calls = engine.calls.length
      await client.info()
      assert.equal(engine.calls.at(-1), `GET /v${then.version}/info`)
      assert.equal(engine.calls.length, calls + 1)
    })
  }

  it('is told what it lacks, where that was asked for', async (test) => {
    const state = { version: '1.51' }
    const engine = await FakeEngine.start(test, { '*': (call) => engineOf(state)(call) })
    const client = engine.client(test)
    await client.info()
    state.version = '1.41'
    await client.api.containers.start('c', {})
    const lacking = await failureOf(client.api.system.df({ type: ['image'] }))
    assert.ok(lacking instanceof InvalidVersionError, String(lacking))
  })

  it('is agreed with anew when it tells of a newer version', async (test) => {
    const state = { version: '1.41' }
    const engine = await FakeEngine.start(test, { '*': (call) => engineOf(state)(call) })
    const client = engine.client(test)
    await client.info()
    state.version = '1.51'
    await client.info()
    await client.info()
    assert.deepEqual(engine.calls, ['GET /v1.41/info', 'GET /v1.41/info', 'GET /v1.51/info'])
  })

  it('is sent no stream twice, but the next call fits it', async (test) => {
    const state = { version: '1.51' }
    const engine = await FakeEngine.start(test, { '*': (call) => engineOf(state)(call) })
    const client = engine.client(test)
    await client.info()
    state.version = '1.41'
    const body = Readable.from([Buffer.from('tar')])
    const error = await failureOf(client.api.containers.putArchive('c', { path: '/' }, body))
    assert.ok(error instanceof ApiError && /too new/.test(error.message))
    await client.api.containers.putArchive('c', { path: '/' }, Buffer.from('tar'))
    assert.equal(engine.calls.at(-1), 'PUT /v1.41/containers/c/archive?path=%2F')
  })

  it('is not agreed with where the version is pinned', async (test) => {
    const engine = await FakeEngine.start(test, { '*': engineOf({ version: '1.41' }) })
    const client = engine.client(test, { apiVersion: '1.51' })
    assert.match(String(await failureOf(client.info())), /too new/)
    assert.deepEqual(engine.calls, ['GET /v1.51/info'])
  })

  it('is believed what it says behind a proxy that lets no ping through, or drops the header', async (test) => {
    for (const ping of [json({ message: 'forbidden' }, 403), answer(200, {})]) {
      const script = engineOf({ version: '1.47', says: false })
      const engine = await FakeEngine.start(test, {
        '*': (call) => (call.request.path === '/_ping' ? ping : script)(call),
      })
      const client = engine.client(test)
      await client.info()
      await client.info()
      assert.deepEqual(engine.calls, ['GET /v1.56/info', 'GET /v1.47/info', 'GET /v1.47/info'])
    }
  })
})
