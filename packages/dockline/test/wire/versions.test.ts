import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { OPERATIONS, type Operation } from '#src/api/since.gen.js'
import { MAX_API_VERSION, path } from '#src/doors/api.js'
import { InvalidVersionError } from '#src/index.js'
import { answer, FakeEngine } from '../support/fake-engine.js'
import { callMethod, type Given, type Method, OPERATION_METHODS, YES } from '../support/operations.js'

const CALLS = fileURLToPath(new URL('../support/calls-program.js', import.meta.url))
/** The oldest version that is spoken at all. */
const OLDEST = 24
/** What says nothing: the one is not sent, the other is Go's word for it. */
const NOTHING = [undefined, null]
/** What says something, little as it looks. */
const SOMETHING = [false, 0, '', 'x']

/** An option and a request that has it. */
interface Gate {
  readonly option: string
  readonly since: string
  readonly given: (value: unknown) => Given
}

describe('an API version', () => {
  for (const method of OPERATION_METHODS) {
    const operation = OPERATIONS[method.operation] as Operation
    const gates = gatesOf(operation)
    if (operation.since !== undefined && operation.path !== '/_ping')
      refusesMethod(method, operation, operation.since)
    if (gates.length > 0) refusesOptions(method, operation, gates)
  }

  it('leaves names alone that are the user’s own', async (test) => {
    const { engine, client } = await start(test, '1.41')
    const names = { Annotations: 'x', signal: 'y' }
    await client.api.containers.create({}, { Image: 'a', Labels: names, HostConfig: { Sysctls: names } })
    await client.api.containers.list({ filters: { label: ['Annotations'] } })
    assert.equal(engine.calls.length, 2)
  })

  it('counts for any path, however it is called', async (test) => {
    const { engine, client } = await start(test, '1.41')
    const request = { path: path`/containers/create`, json: { HostConfig: { Annotations: {} } } }
    await assert.rejects(client.api.http.json({ method: 'POST', ...request }), InvalidVersionError)
    await assert.rejects(
      client.api.http.bytes({ method: 'PUT', path: path`/volumes/v` }),
      InvalidVersionError,
    )
    assert.deepEqual(engine.calls, [])
    await client.api.http.json({ method: 'POST', path: path`/not/known`, json: { Annotations: 1 } })
    assert.deepEqual(engine.calls, ['POST /v1.41/not/known'])
  })

  it('is told with the option and the Engine when it is too old', async (test) => {
    const { engine, client } = await start(test, '1.42')
    const Mounts = [{ Type: 'bind' }, { Type: 'volume', VolumeOptions: { Subpath: 'a' } }] as const
    await assert.rejects(
      client.api.containers.create({}, { Image: 'a', HostConfig: { Mounts: [...Mounts] } }),
      ({ code, message }: InvalidVersionError) => {
        assert.equal(code, 'ERR_DOCKER_INVALID_VERSION')
        const option = 'the option HostConfig.Mounts[].VolumeOptions.Subpath of POST /containers/create'
        const versions = `needs API 1.45, and the Engine at ${engine.host} is spoken to in 1.42`
        assert.equal(message, `${option} ${versions}`)
        return true
      },
    )
  })

  it('counts as well when it was agreed on', async (test) => {
    const ping = answer(200, { 'Api-Version': '1.41' })
    const engine = await FakeEngine.start(test, { 'HEAD /_ping': ping, '*': YES })
    const { containers } = engine.client(test).api
    await assert.rejects(containers.stop('x', { signal: 'SIGINT' }), InvalidVersionError)
    await containers.stop('x', { signal: undefined, t: 1 })
    assert.deepEqual(engine.calls, ['POST /v1.41/containers/x/stop?t=1'])
  })

  it('refuses nothing when it is newer than all that is known', async (test) => {
    const { engine, client } = await start(test, '1.99')
    await client.api.containers.stop('x', { signal: 'SIGINT' })
    assert.equal(engine.calls.length, 1)
  })

  it('costs no look at the table while nothing can be refused', async (test) => {
    const { engine } = await start(test, '1.41')
    assert.equal(await loadsTable(test, ['common', engine.host, '1.41']), false)
    assert.equal(await loadsTable(test, ['gated', engine.host, MAX_API_VERSION]), false)
    assert.equal(await loadsTable(test, ['gated', engine.host, '1.42']), true)
  })
})

function refusesMethod(method: Method, operation: Operation, since: string): void {
  it(`below ${since} has no ${method.name}`, async (test) => {
    const old = await start(test, before(since))
    await assert.rejects(
      callMethod(old.client.api, method, operation, bare(operation)),
      tells([since, before(since)]),
    )
    assert.deepEqual(old.engine.calls, [])
    const young = await start(test, since)
    await callMethod(young.client.api, method, operation, bare(operation))
    assert.equal(young.engine.calls.length, 1)
  })
}

function refusesOptions(method: Method, operation: Operation, gates: readonly Gate[]): void {
  it(`refuses what it lacks of ${gates.map(({ option }) => option).join(', ')} in ${method.name}`, async (test) => {
    const engine = await FakeEngine.start(test, { '*': YES })
    for (const { option, since, given } of gates) {
      const old = engine.client(test, { apiVersion: before(since) }).api
      const young = engine.client(test, { apiVersion: since }).api
      const sent = engine.calls.length
      const words = [`option ${option} of`, `API ${since}`, `in ${before(since)}`]
      for (const value of SOMETHING) {
        await assert.rejects(callMethod(old, method, operation, given(value)), tells(words))
      }
      assert.equal(engine.calls.length, sent, `${option} was sent`)
      for (const value of NOTHING) await callMethod(old, method, operation, given(value))
      await callMethod(young, method, operation, given('x'))
      assert.equal(engine.calls.length, sent + NOTHING.length + 1)
    }
  })
}

/** What a version can be too old for that still has the endpoint. */
function gatesOf(operation: Operation): Gate[] {
  const { json } = bare(operation)
  const query = Object.entries(operation.query ?? {}).map(([option, since]) => ({
    option,
    since,
    given: (value: unknown) => ({ query: { [option]: value }, json }),
  }))
  const fields = Object.entries(operation.fields ?? {}).flatMap(([since, options]) =>
    options.split(' ').map((option) => ({
      option,
      since,
      given: (value: unknown) => ({ query: {}, json: placed(option, value) }),
    })),
  )
  return [...query, ...fields].filter(
    (gate): gate is Gate => gate.since !== null && minor(gate.since) > OLDEST,
  )
}

/** `placed('a[].b.*.c', 1)` is `{ a: [{ b: { any: { c: 1 } } }] }`. */
function placed(option: string, value: unknown): unknown {
  return option
    .replaceAll('[]', '.[]')
    .split('.')
    .reduceRight<unknown>((inner, step) => {
      if (step === '[]') return [{}, inner]
      return { [step === '*' ? 'any' : step]: inner }
    }, value)
}

function bare({ body }: Operation): Given {
  return { query: {}, json: body === 'json' ? {} : undefined }
}

function minor(version: string): number {
  return Number(version.split('.')[1])
}

function before(version: string): string {
  return `1.${minor(version) - 1}`
}

function tells(words: readonly string[]) {
  return (error: unknown) => {
    assert.ok(error instanceof InvalidVersionError, `${error}`)
    for (const word of words) assert.ok(error.message.includes(word), `'${word}' is not in: ${error.message}`)
    return true
  }
}

async function start(test: TestContext, apiVersion: string) {
  const engine = await FakeEngine.start(test, { '*': YES })
  return { engine, client: engine.client(test, { apiVersion }) }
}

/** Which of the generated modules a program has loaded by its end. */
/** Whether the calls load the table of versions, which is in a file of its own. */
async function loadsTable(test: TestContext, args: readonly string[]): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'dl-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  await promisify(execFile)(process.execPath, [CALLS, ...args], {
    env: { ...process.env, NODE_V8_COVERAGE: folder },
  })
  const reports = await Promise.all(
    (await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')),
  )
  return reports.some((report) => report.includes('/since.gen'))
}
