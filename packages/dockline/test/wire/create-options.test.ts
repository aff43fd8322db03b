import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { CallOptions, CreateOptions, DockerClient, RunOptions } from '#src/index.js'
import { type ContainerCreateOptions, createOptionNames } from '#src/models/options/index.js'
import { temporaryFolder, writeFiles } from '../support/archives.js'
import { createVectors } from '../support/create-vectors.js'
import { chunked, FakeEngine, json } from '../support/fake-engine.js'
import { aRun } from '../support/scripted-run.js'

/** What the Engine is sent for a call, whatever else it is asked. */
interface Vector<Options> {
  readonly options: Options
  readonly query?: Readonly<Record<string, string>>
  readonly body: object
}

/** The options that are not about the container itself: without a row for each, this does not compile. */
type Own<Options> = Readonly<
  Record<Exclude<keyof Options, keyof ContainerCreateOptions | keyof CallOptions>, Row<Options>>
>
/** Options, and the body besides the image. */
type Row<Options> = readonly [Options, object]

const PROXIES = { proxies: { default: { noProxy: 'localhost' } } }
const ENV = ['NO_PROXY=localhost', 'no_proxy=localhost']
/** What run adds, because it reads what the container writes. */
const ATTACHED = { AttachStdin: false, AttachStdout: true, AttachStderr: true }
const HEARD = { ...ATTACHED, AttachStdin: true, OpenStdin: true, StdinOnce: true }

const AUTH = { username: 'me', password: 'pw' }

const ofCreate: Own<CreateOptions> = {
  auth: [
    { auth: AUTH, pull: 'missing' },
    { Env: ENV, HostConfig: {} },
  ],
  pull: [{ pull: 'always' }, { Env: ENV, HostConfig: {} }],
  useConfigProxy: [{ useConfigProxy: false }, { HostConfig: {} }],
}

const ofRun: Own<RunOptions> = {
  auth: [{ auth: AUTH }, { ...ATTACHED, Env: ENV, HostConfig: {} }],
  pull: [{ pull: 'always' }, { ...ATTACHED, Env: ENV, HostConfig: {} }],
  useConfigProxy: [{ useConfigProxy: false }, { ...ATTACHED, HostConfig: {} }],
  detach: [{ detach: true }, { Env: ENV, HostConfig: {} }],
  input: [{ input: '' }, { ...HEARD, Env: ENV, HostConfig: {} }],
  kill: [{ kill: true }, { ...ATTACHED, Env: ENV, HostConfig: {} }],
  encoding: [{ encoding: 'buffer' }, { ...ATTACHED, Env: ENV, HostConfig: {} }],
  maxOutput: [{ maxOutput: 1024 }, { ...ATTACHED, Env: ENV, HostConfig: {} }],
  reject: [{ reject: false }, { ...ATTACHED, Env: ENV, HostConfig: {} }],
}

describe('create sends', () => {
  for (const vector of createVectors) {
    it(`${JSON.stringify(vector.options)} as it is to be`, async (test) => {
      const { engine, client } = await start(test)
      await client.containers.create('alpine', undefined, vector.options)
      // The stdin of who attaches is the container's: its end is the end of that.
      const once = vector.options.interactive === true ? { StdinOnce: true } : {}
      assertSent(engine, { ...vector, body: { ...vector.body, ...once } })
    })
  }

  for (const [options, body] of Object.values(ofCreate)) {
    it(`the same body for ${JSON.stringify(options)}, and the proxies where they are wanted`, async (test) => {
      const { engine, client } = await start(test, PROXIES)
      await client.containers.create('alpine', undefined, options)
      assertSent(engine, { options, body })
    })
  }
})

describe('run sends', () => {
  for (const vector of createVectors.filter(({ options }) => options.remove === undefined)) {
    it(`${JSON.stringify(vector.options)} as it is to be, and that it reads along`, async (test) => {
      const { engine, client } = await start(test)
      await client.containers.run('alpine', undefined, vector.options)
      // A stdin that is open is ended.
      const attached = vector.options.interactive === true ? HEARD : ATTACHED
      assertSent(engine, { ...vector, body: { ...attached, ...vector.body } })
    })
  }

  for (const vector of createVectors) {
    it(`${JSON.stringify(vector.options)} and nothing else when it is detached`, async (test) => {
      const { engine, client } = await start(test)
      await client.containers.run('alpine', undefined, { ...vector.options, detach: true })
      assertSent(engine, vector)
    })
  }

  for (const [options, body] of Object.values(ofRun)) {
    it(`what ${JSON.stringify(options)} needs`, async (test) => {
      const { engine, client } = await start(test, PROXIES)
      await client.containers.run('alpine', undefined, options)
      assertSent(engine, { options, body })
    })
  }
})

describe('the command', () => {
  const calls: Readonly<
    Record<string, (containers: DockerClient['containers'], command: string | string[]) => unknown>
  > = {
    create: (containers, command) => containers.create('alpine', command),
    run: (containers, command) => containers.run('alpine', command),
  }
  for (const [name, call] of Object.entries(calls)) {
    it(`of ${name} is split when it is a string, and else sent word for word`, async (test) => {
      for (const command of ['sh -c "echo hi"', ['sh', '-c', 'echo hi']]) {
        const { engine, client } = await start(test)
        await call(client.containers, command)
        assert.deepEqual(created(engine).body.Cmd, ['sh', '-c', 'echo hi'])
      }
    })
  }
})

it('every option has a vector', () => {
  const tried = new Set(createVectors.flatMap(({ options }) => Object.keys(options)))
  assert.deepEqual([...tried].sort(), [...createOptionNames].sort())
})

function assertSent(engine: FakeEngine, { query = {}, body }: Vector<unknown>): void {
  const sent = created(engine)
  assert.deepEqual(sent.query, query)
  // From API 1.44 on, a MAC address is that of the network alone.
  const { MacAddress, ...wanted } = body as Readonly<Record<string, unknown>>
  assert.deepEqual(sent.body, { Image: 'alpine', ...wanted })
}

function created(engine: FakeEngine) {
  const [create, ...others] = engine.requests.filter(({ path }) => path === '/containers/create')
  assert.deepEqual(others, [])
  const { searchParams } = new URL(create?.target ?? '', 'http://engine')
  const body = JSON.parse(create?.body.toString() ?? '') as Readonly<Record<string, unknown>>
  return { query: Object.fromEntries(searchParams), body }
}

/** An Engine that has every image, beside a config.json. */
async function start(test: TestContext, config: object = {}) {
  const engine = await FakeEngine.start(test, {
    ...aRun(0),
    'POST /images/create': chunked('application/json', '{"status":"Pulling"}\n'),
    'GET /images/alpine%3Alatest/json': json({ Id: 'i1' }),
  })
  const folder = await temporaryFolder()
  await writeFiles(folder, { 'config.json': JSON.stringify(config) })
  return { engine, client: engine.client(test, { env: { DOCKER_CONFIG: folder } }) }
}
