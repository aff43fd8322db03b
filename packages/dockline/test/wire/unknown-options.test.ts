import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import {
  type Container,
  DockerClient,
  InvalidArgumentError,
  NotFoundError,
  type OutputStream,
} from '#src/index.js'
import { empty, FakeEngine, json } from '../support/fake-engine.js'

/** As an untyped program calls it: with a name that does not exist here, though it may elsewhere. */
type Untyped = Record<string, (...args: unknown[]) => unknown>

const CALLS: Readonly<Record<string, (container: Untyped) => unknown>> = {
  start: (container) => container.start?.({ detachKeys: 'a' }),
  stop: (container) => container.stop?.({ time: 10 }),
  restart: (container) => container.restart?.({ t: 10 }),
  remove: (container) => container.remove?.({ v: true }),
  wait: (container) => container.wait?.({ until: 'removed' }),
  exec: (container) => container.exec?.('true', { environment: { A: 1 } }),
  spawn: (container) => container.spawn?.('true', { workingDir: '/' }),
  createExec: (container) => container.createExec?.('true', { cwd: '/' }),
  attach: (container) => container.attach?.({ stream: true }),
  logs: (container) => (container.logs?.({ stream: true }) as OutputStream).text(),
}

describe('an option that does not exist', () => {
  for (const [method, call] of Object.entries(CALLS)) {
    it(`is refused by ${method} before anything is sent`, async (test) => {
      const { container, engine } = await aContainer(test)
      await assert.rejects(Promise.resolve(call(container as unknown as Untyped)), (error) => {
        assert.ok(error instanceof InvalidArgumentError, String(error))
        assert.match(error.message, /unknown option '\w+'/)
        return true
      })
      assert.deepEqual(engine.calls, [])
    })
  }

  it('is refused by the client itself, so that nothing is connected to in the clear by mistake', () => {
    const options: object = { host: 'tcp://127.0.0.1:2376', useTls: true }
    assert.throws(() => new DockerClient(options), /unknown option 'useTls'/)
  })
})

describe('a word of another client', () => {
  for (const [name, value, ours] of [
    ['socketPath', '/var/run/docker.sock', 'host'],
    ['base_url', 'tcp://127.0.0.1:2375', 'host'],
    ['port', 2375, 'host'],
    ['ca', 'pem', 'tls'],
    ['version', '1.41', 'apiVersion'],
  ] as const) {
    it(`${name} is answered with ${ours} when a client is made`, () => {
      const options: object = { [name]: value }
      assert.throws(() => new DockerClient(options), {
        message: `unknown option '${name}': it is called ${ours} here`,
      })
    })
  }

  it('subnet is answered with the place of the pools', async (test) => {
    const { client, engine } = await anEngine(test)
    await assert.rejects(client.networks.create('x', { subnet: '10.0.0.0/24' } as object), {
      message: "unknown option 'subnet': it is called ipam.pools here",
    })
    assert.deepEqual(engine.calls, [])
  })
})

describe('an unknown name inside an option', () => {
  for (const [options, message] of [
    [
      { outputs: { type: 'image', compression: 'zstd' } },
      "'compression' of outputs: it is called attrs.compression here",
    ],
    [{ outputs: [{ type: 'local', dst: 'out' }] }, "'dst' of outputs[0], did you mean 'dest'?"],
    [{ check: { skp: [] } }, "'skp' of check, did you mean 'skip'?"],
    [{ secrets: { a: { file: '/etc/hosts', mode: 0o400 } } }, "'mode' of secrets.a"],
    [{ files: { a: { data: 'x', mod: 0o755 } } }, "'mod' of files['a'], did you mean 'mode'?"],
    [{ files: { a: { content: 'x' } } }, "'content' of files['a']: it is called data here"],
  ] as const) {
    it(`is refused in ${JSON.stringify(options)} of a build`, async (test) => {
      const { client, engine } = await anEngine(test)
      const build = client.images.build({
        dockerfileContent: 'FROM a',
        builder: 'buildkit',
        ...(options as object),
      })
      await assert.rejects(Promise.resolve(build), {
        name: 'InvalidArgumentError',
        message: `unknown option ${message}`,
      })
      assert.deepEqual(engine.calls, [])
    })
  }

  it('is refused in a size, which a terminal of this process is taken for as well', async (test) => {
    const { container, engine } = await aContainer(test)
    await assert.rejects(container.resize({ cols: 80, rows: 24 } as never), {
      message: "unknown option 'cols' of size: it is called columns here",
    })
    await assert.rejects(
      container.resize(Object.assign(new PassThrough(), { columns: 80, rows: 24 })),
      NotFoundError,
    )
    assert.deepEqual(engine.calls, ['POST /v1.56/containers/c1/resize?h=24&w=80'])
  })

  it('is refused in what a container is created with, where a word of elsewhere has ours', async (test) => {
    const { client } = await anEngine(test)
    const ipam = client.networks.create('n', { ipam: { subnet: '10.0.0.0/8' } as object })
    await assert.rejects(ipam, { message: "unknown option 'subnet' of ipam: it is called pools here" })
    const build = client.images.build({ dockerfileContent: 'FROM a', dst: 'b' } as object)
    await assert.rejects(Promise.resolve(build), { message: "unknown option 'dst'" })
    const commit = client.containers.ref('c').commit({ repo: 'a' } as object)
    await assert.rejects(commit, { message: "unknown option 'repo': it is called repository here" })
  })
})

describe('a value that no call can take', () => {
  for (const [option, value, message] of [
    ['pull', 'sometimes', "pull must be 'missing' or 'always' or 'never', not 'sometimes'"],
    ['ports', '8080:80', "ports must be an object, or an array such as ['8080:80'], not '8080:80'"],
  ] as const) {
    it(`is refused as ${option}`, async (test) => {
      const { client, engine } = await anEngine(test)
      const run = client.containers.run('busybox', [], { [option]: value } as object)
      await assert.rejects(run, { name: 'InvalidArgumentError', message })
      assert.deepEqual(engine.calls, [])
    })
  }

  it('is refused as a command, where options stand in its place', async (test) => {
    const { client } = await anEngine(test)
    const run = client.containers.run as (...args: unknown[]) => Promise<unknown>
    await assert.rejects(run.call(client.containers, 'busybox', { remove: true }), {
      message: /not an object \(options come after the command; \[\] is the command of the image\)$/,
    })
  })
})

describe('a container', () => {
  it('is created of an image given as an object', async (test) => {
    const engine = await FakeEngine.start(test, {
      'POST /containers/create': json({ Id: 'c1' }, 201),
      'GET /containers/c1/json': json({ Id: 'c1' }),
    })
    await engine.client(test).containers.create({ id: 'sha256:abc' }, ['true'])
    const create = engine.requests.find(({ path }) => path === '/containers/create')
    assert.equal(JSON.parse(create?.body.toString() ?? '{}').Image, 'sha256:abc')
  })

  it('is killed by the name or the number of a signal', async (test) => {
    const { container, engine } = await aContainer(test)
    await container.kill(9)
    await container.kill('SIGINT')
    assert.deepEqual(engine.calls, [
      'POST /v1.56/containers/c1/kill?signal=9',
      'POST /v1.56/containers/c1/kill?signal=SIGINT',
    ])
  })
})

async function anEngine(test: TestContext): Promise<{ client: DockerClient; engine: FakeEngine }> {
  const engine = await FakeEngine.start(test, {})
  return { client: engine.client(test), engine }
}

async function aContainer(test: TestContext): Promise<{ container: Container; engine: FakeEngine }> {
  const engine = await FakeEngine.start(test, {
    'GET /containers/json': json([{ Id: 'c1' }]),
    'POST /containers/c1/kill': empty(),
  })
  const [container] = await engine.client(test).containers.list()
  assert.ok(container)
  engine.requests.length = 0
  return { container, engine }
}
