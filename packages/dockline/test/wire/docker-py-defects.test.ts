import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { open, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import type { Plugin as PluginAttrs } from '#src/doors/api.js'
import { parseEnvFile } from '#src/doors/syntax.js'
import {
  ApiError,
  Container,
  ContextStore,
  DockerClient,
  DockerError,
  ImageNotFoundError,
  InvalidArgumentError,
  Network,
  Plugin,
  Service,
  StreamError,
  Volume,
} from '#src/index.js'
import { listTar, temporaryFolder, writeFiles } from '../support/archives.js'
import { aConfig, aProgram } from '../support/credentials.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  answer,
  chunk,
  chunked,
  chunkedHead,
  empty,
  FakeEngine,
  frame,
  json,
  MULTIPLEXED,
  type Script,
  type Scripts,
} from '../support/fake-engine.js'
import { PATIENT } from '../support/patience.js'
import { aRun } from '../support/scripted-run.js'

const ID = 'a'.repeat(64)
const CREATE: Scripts = {
  'POST /containers/create': json({ Id: 'c1' }, 201),
  'POST /containers/c1/start': empty(),
  'GET /containers/c1/json': json({ Id: 'c1' }),
}
const PLUGIN = {
  Id: ID,
  Name: 'me/plugin:latest',
  Enabled: true,
  PluginReference: 'docker.io/me/plugin:latest',
  Settings: {},
} as unknown as PluginAttrs

/** Where the defect would show as a wait without end. */
const SOON = PATIENT

/**
 * The defects that docker-py has in 2026, none of which may come along. Those of ssh (D30, D34) are in live/ssh.test.ts, and those
 * of TLS (D29, D33) are in tls-choice.test.ts as well.
 */
describe('what docker-py gets wrong', () => {
  it('D1: removing a volume with force sends force', async (test) => {
    const { engine, client } = await start(test, { 'DELETE /volumes/v': empty() })
    const volume = new Volume(client.api, {
      Name: 'v',
      Driver: 'local',
      Mountpoint: '/',
      Labels: {},
      Scope: 'local',
      Options: {},
    })
    await volume.remove({ force: true })
    assert.deepEqual(engine.calls, ['DELETE /v1.51/volumes/v?force=1'])
  })

  it('D2: pushing a plugin asks for a push, not for a pull', async (test) => {
    const { engine, client } = await start(test, {
      'POST /plugins/me/plugin%3Alatest/push': chunked('application/json', '{"status":"Pushed"}'),
    })
    await new Plugin(client.api, PLUGIN).push()
    assert.deepEqual(engine.calls, ['POST /v1.51/plugins/me/plugin%3Alatest/push'])
  })

  it('D3: upgrading a plugin that is enabled rejects with the words of the Engine', async (test) => {
    const { client } = await start(test, {
      'GET /plugins/privileges': json([]),
      'POST /plugins/me/plugin%3Alatest/upgrade': json({ message: 'plugin must be disabled' }, 500),
    })
    const error = await failureOf(new Plugin(client.api, PLUGIN).upgrade())
    assert.ok(error instanceof ApiError)
    assert.equal(error.explanation, 'plugin must be disabled')
  })

  it('D4: run and create take a stop timeout', async (test) => {
    const { engine, client } = await start(test, CREATE)
    await client.containers.create('alpine', [], { stopTimeout: 3000 })
    await client.containers.run('alpine', [], { stopTimeout: 0, detach: true })
    assert.deepEqual(
      bodiesOf(engine, '/containers/create').map(({ StopTimeout }) => StopTimeout),
      [3, 0],
    )
  })

  for (const [whose, script, explanation] of [
    ['Podman', json({ errorDetail: { message: 'denied' } }, 500), 'denied'],
    ['Podman, in other words', json({ cause: 'no such thing', response: 500 }, 500), 'no such thing'],
    ['nobody', json({ code: 7 }, 500), '{"code":7}'],
    [
      'a proxy',
      answer(502, { 'Content-Type': 'text/html' }, '<html><title>Bad Gateway</title></html>'),
      'Bad Gateway',
    ],
  ] as const) {
    it(`D6: an error without a message, as of ${whose}, is an ApiError with what it says`, async (test) => {
      const { client } = await start(test, { 'GET /info': script })
      const error = await failureOf(client.info())
      assert.ok(error instanceof ApiError)
      assert.equal(error.explanation, explanation)
    })
  }

  it('D5: the variables for credential helpers are an option that works', async (test) => {
    const place = await aConfig(test, { credsStore: 'env' })
    await aProgram(place, 'env', "console.log(JSON.stringify({ Username: 'me', Secret: process.env.VAULT }))")
    const said = chunked('application/json', '{"status":"1: digest: sha256:a size: 1"}')
    const engine = await FakeEngine.start(test, { '*': said })
    const client = engine.client(test, {
      env: place.env,
      credentialEnv: { VAULT: 'blue' },
      apiVersion: '1.51',
    })
    await client.images.push('r.io/a:1')
    const header = Buffer.from(engine.last.headers['x-registry-auth'] ?? '', 'base64url').toString()
    assert.deepEqual(JSON.parse(header), { serveraddress: 'r.io', username: 'me', password: 'blue' })
  })

  it('D7: the health of a container can be asked for whatever is known of it', async (test) => {
    const { engine, client } = await start(test, {
      'GET /containers/json': json([{ Id: ID, State: 'running', Status: 'Up 2 minutes' }]),
      'GET /containers/c1/json': json({ Id: 'c1', State: { Status: 'running', Health: null } }),
    })
    const [listed] = await client.containers.list()
    assert.equal(listed?.health, 'none')
    assert.equal((await client.containers.get('c1')).health, 'none')
    assert.equal(new Container(client.api, { id: 'c2' }).health, undefined)
    assert.equal(engine.calls.length, 2)
  })

  it('D8: a host name is not taken for a scheme, and a path keeps its capitals', async (test) => {
    const tcp = await FakeEngine.start(test, {}, { tcp: true })
    const local = new DockerClient({ host: tcp.host.replace('tcp://127.0.0.1', 'localhost'), env: {} })
    test.after(() => local.close())
    assert.equal((await local.ping()).apiVersion, '1.56')

    const unix = await FakeEngine.start(test)
    const link = join(await temporaryFolder(), 'Sock')
    await symlink(dirname(unix.host.replace('unix://', '')), link)
    const upper = new DockerClient({ host: `unix://${link}/s`, env: {} })
    test.after(() => upper.close())
    assert.equal((await upper.ping()).apiVersion, '1.56')
    const relative = new DockerClient({ host: 'unix://Sock/Path', env: {} })
    test.after(() => relative.close())
    assert.equal(relative.address, 'unix://Sock/Path')
  })

  it('D9: no number of connections holds calls back, and each is used again', SOON, async (test) => {
    const calls = 40
    const all = deferred<void>()
    const { engine, client } = await start(test, {
      'GET /info': async (call) => {
        if (engine.requests.length === calls) all.resolve()
        await all.promise
        await json({})(call)
      },
    })
    await Promise.all(Array.from({ length: calls }, () => client.info()))
    assert.equal(engine.connectionCount, calls)
    await client.info()
    assert.equal(engine.connectionCount, calls)
  })

  it('D10: a mode behind a volume is not taken for a path', async (test) => {
    const { engine, client } = await start(test, CREATE)
    await client.containers.create('alpine', [], { volumes: ['/a:/b:ro,z', 'v:/b:z', '/data'] })
    const [body] = bodiesOf(engine, '/containers/create')
    assert.deepEqual(body?.HostConfig, { Binds: ['/a:/b:ro,z', 'v:/b:z'] })
    assert.deepEqual(body?.Volumes, { '/data': {} })
  })

  it('D11: filters say true as the Engine does, and nothing for what is not given', async (test) => {
    const { engine, client } = await start(test, { 'GET /images/json': json([]) })
    const given = { dangling: [true], label: undefined, before: null } as unknown as { dangling: boolean[] }
    await client.images.list({ filters: given })
    const sent = new URL(engine.last.target, 'http://engine').searchParams.get('filters')
    assert.deepEqual(JSON.parse(sent ?? ''), { dangling: { true: true } })
  })

  it('D12: a limit of 0 is sent, at a creation and at an update', async (test) => {
    const { engine, client } = await start(test, { ...CREATE, 'POST /containers/c1/update': json({}) })
    const none = { cpuShares: 0, pidsLimit: 0, blkioWeight: 0 }
    const container = await client.containers.create('alpine', [], none)
    await container.update(none)
    const sent = { CpuShares: 0, PidsLimit: 0, BlkioWeight: 0 }
    assert.deepEqual(bodiesOf(engine, '/containers/create')[0]?.HostConfig, sent)
    assert.deepEqual(bodiesOf(engine, '/containers/c1/update'), [sent])
  })

  it('D13: contexts are those of the home folder, also without a config.json', async (test) => {
    const { engine } = await start(test, {})
    const home = await temporaryFolder()
    const folder = createHash('sha256').update('staging').digest('hex')
    await writeFiles(home, {
      [`.docker/contexts/meta/${folder}/meta.json`]: JSON.stringify({
        Endpoints: { docker: { Host: engine.host } },
      }),
    })
    const client = DockerClient.fromContext('staging', { env: { HOME: home } })
    test.after(() => client.close())
    assert.equal((await client.ping()).apiVersion, '1.56')
  })

  it('D15: .dockerignore tells capitals from small letters', async (test) => {
    const { engine, client } = await start(test, BUILD)
    const context = await temporaryFolder()
    await writeFiles(context, { Dockerfile: 'FROM x', '.dockerignore': '*.py', 'a.py': '', 'A.PY': '' })
    await client.images.build({ context })
    const sent = engine.requests.find(({ path }) => path === '/build')?.body ?? Buffer.alloc(0)
    const names = (await listTar(Readable.from([sent]))).map(({ name }) => name)
    assert.deepEqual(names.sort(), ['.dockerignore', 'A.PY', 'Dockerfile'])
  })

  it('D16: the start interval of a health check is sent', async (test) => {
    const { engine, client } = await start(test, CREATE)
    await client.containers.create('alpine', [], { healthcheck: { test: 'true', startInterval: '5s' } })
    const [body] = bodiesOf(engine, '/containers/create')
    assert.deepEqual(body?.Healthcheck, { Test: ['CMD-SHELL', 'true'], StartInterval: 5e9 })
  })

  for (const [option, value] of [
    ['healthcheck', { tests: 'true' }],
    ['ulimits', [{ name: 'nofile', soft: 1, hrd: 2 }]],
    ['deviceRequests', [{ driver: 'nvidia', capabilties: [['gpu']] }]],
  ] as const) {
    it(`D16: a misspelt name in ${option} is refused, not dropped`, async (test) => {
      const { engine, client } = await start(test, CREATE)
      const error = await failureOf(client.containers.create('alpine', [], { [option]: value }))
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, new RegExp(`unknown option '\\w+' of ${option}.*, did you mean '\\w+'`))
      assert.deepEqual(engine.calls, [])
    })
  }

  it('D17: an indented comment of an env file is none of its variables, and a name has no blanks', async (test) => {
    const { engine, client } = await start(test, CREATE)
    const env = parseEnvFile('A=1\n  #x=2\nB= 3 \n')
    await client.containers.create('alpine', [], { env })
    assert.deepEqual(bodiesOf(engine, '/containers/create')[0]?.Env, ['A=1', 'B= 3 '])
    assert.throws(() => parseEnvFile('A=1\nC = 3\n'), /line 2 has whitespace in the name 'C '/)
  })

  it('D14: a context keeps the scheme that its host was given with', async () => {
    const folder = await temporaryFolder()
    const store = new ContextStore({ folder, env: {} })
    await store.create('staging', { host: 'tcp://1.2.3.4:2376', tls: { ca: '-----BEGIN CERTIFICATE-----' } })
    assert.equal((await store.inspect('staging')).host, 'tcp://1.2.3.4:2376')
    const client = DockerClient.fromContext('staging', { env: { DOCKER_CONFIG: folder } })
    assert.equal(client.describe().tls, 'verified')
  })

  it('D18: a rollback can be configured without an order, before API 1.29 too', async (test) => {
    const scripts = {
      'POST /services/create': json({ ID: 's1' }, 201),
      'GET /services/s1': json({ ID: 's1' }),
    }
    const { engine, client } = await start(test, scripts, '1.28')
    await client.services.create('alpine', 'top', { rollbackConfig: { parallelism: 0 } })
    const [body] = bodiesOf(engine, '/services/create')
    assert.deepEqual([body?.RollbackConfig, body?.UpdateConfig], [{ Parallelism: 0 }, undefined])
  })

  it('D19: a limit of a build that does not exist is refused by its name', async (test) => {
    const { engine, client } = await start(test, BUILD)
    const misspelt = { dockerfileContent: 'FROM x', cpuShare: 2 }
    const build = async () => client.images.build(misspelt)
    assert.match(String(await failureOf(build())), /unknown option 'cpuShare', did you mean 'cpuShares'/)
    assert.deepEqual(engine.calls, [])
  })

  it('D20: filters are left as they were given', async (test) => {
    const { engine, client } = await start(test, { '*': json([]) })
    const filters = { label: ['a'] }
    const service = new Service(client.api, { ID: 's1' })
    await client.images.list({ name: 'busybox', filters })
    await client.networks.list({ names: ['n'], ids: ['i'], filters })
    await service.tasks({ filters })
    assert.deepEqual(filters, { label: ['a'] })
    const sent = engine.requests.map(({ target }) =>
      new URL(target, 'http://engine').searchParams.get('filters'),
    )
    assert.deepEqual(
      sent.map((one) => Object.keys(JSON.parse(one ?? '{}')).sort()),
      [
        ['label', 'reference'],
        ['id', 'label', 'name'],
        ['label', 'service'],
      ],
    )
  })

  it('D21: an error in the middle of a pull or a push rejects', async (test) => {
    const failing = chunked(
      'application/json',
      '{"status":"Preparing","id":"a"}\n{"errorDetail":{"message":"no space"},"error":"no space"}\n',
    )
    const { client } = await start(test, {
      'POST /images/create': failing,
      'POST /images/alpine/push': failing,
      'GET /images/alpine%3Alatest/json': json({ Id: ID }),
    })
    for (const transfer of [client.images.pull('alpine'), client.images.push('alpine')]) {
      const error = await failureOf(transfer)
      assert.ok(error instanceof StreamError)
      assert.match(error.message, /no space/)
    }
  })

  it('D22: a context is read while it is sent', async (test) => {
    const context = await temporaryFolder()
    await writeFiles(context, { Dockerfile: 'FROM x', 'z.txt': 'before '.repeat(20_000) })
    const large = await open(join(context, 'large.bin'), 'w')
    await large.truncate(16 * 1024 * 1024)
    await large.close()
    const { engine, client } = await start(test, {
      ...BUILD,
      'POST /build': async (call) => {
        // The beginning is here: nothing more is taken until the last file has changed.
        call.socket.pause()
        await writeFile(join(context, 'z.txt'), 'behind '.repeat(20_000))
        call.socket.resume()
        await BUILT(call)
      },
    })
    await client.images.build({ context })
    const sent = engine.requests.find(({ path }) => path === '/build')?.body ?? Buffer.alloc(0)
    assert.deepEqual([sent.includes('behind behind'), sent.includes('before before')], [true, false])
  })

  it('D23: a detached exec is not asked for the exit code that it cannot have', async (test) => {
    const { engine, client } = await start(test, {
      'POST /containers/c1/exec': json({ Id: 'e1' }, 201),
      'POST /exec/e1/start': empty(200),
    })
    const container = new Container(client.api, { id: 'c1' })
    assert.deepEqual(await container.exec(['sleep', '60'], { detach: true }), { id: 'e1' })
    assert.deepEqual(engine.calls, ['POST /v1.51/containers/c1/exec', 'POST /v1.51/exec/e1/start'])
  })

  it('D23: an exec whose output ends before it does has its exit code, and is not taken for complete', async (test) => {
    const told = [
      { Running: true, ExitCode: null },
      { Running: false, ExitCode: 7 },
    ]
    const { client } = await start(test, {
      'POST /containers/c1/exec': json({ Id: 'e1' }, 201),
      'POST /exec/e1/start': async (call) => void (await call.upgrade(MULTIPLEXED)).socket.end(),
      'GET /exec/e1/json': (call) => json(told.shift())(call),
    })
    // No Engine ends the output of an exec that runs: the connection was cut.
    const error = await failureOf(new Container(client.api, { id: 'c1' }).exec(['true']))
    assert.ok(error instanceof StreamError)
    assert.deepEqual([error.exitCode, told], [7, []])
  })

  it('D24: what a container writes can be read while it runs', SOON, async (test) => {
    const ended = deferred<void>()
    const { client } = await start(test, {
      ...CREATE,
      'GET /containers/c1/logs': async (call) => {
        await call.write(Buffer.concat([Buffer.from(chunkedHead(MULTIPLEXED)), chunk(frame(1, 'one\n'))]))
        await ended.promise
        await call.write(Buffer.concat([chunk(frame(2, 'two\n')), chunk()]))
      },
    })
    const container = await client.containers.run('alpine', 'work', { detach: true })
    const lines: string[] = []
    for await (const { line } of container.logs({ follow: true }).lines()) {
      lines.push(line)
      ended.resolve()
    }
    assert.deepEqual(lines, ['one', 'two'])
  })

  for (const call of ['attach', 'wait', 'start'] as const) {
    it(`D25: run with remove leaves no container behind when the ${call} fails`, async (test) => {
      const { engine, client } = await start(test, {
        ...aRun(0),
        [`POST /containers/c1/${call}`]: json({ message: 'out of order' }, 500),
      })
      assert.match(
        String(await failureOf(client.containers.run('alpine', [], { remove: true }))),
        /out of order/,
      )
      assert.equal(engine.calls.at(-1), 'DELETE /v1.51/containers/c1?force=1&v=1')
    })
  }

  it('D26: the exit code is waited for before the start, and until the container is removed', async (test) => {
    const { engine, client } = await start(test, aRun(3))
    const { exitCode } = await client.containers.run('alpine', [], { remove: true, reject: false })
    assert.equal(exitCode, 3)
    assert.deepEqual(
      engine.calls.map((call) => call.replace(/.*\/containers\//, '')),
      [
        'create',
        'c1/attach?stream=1&stdin=0&stdout=1&stderr=1&logs=0',
        'c1/wait?condition=removed',
        'c1/start',
      ],
    )
  })

  it('D27: a stream holds no connection before it is read or after it is left', SOON, async (test) => {
    const { engine, client } = await start(test, {
      'GET /containers/c1/logs': endless(MULTIPLEXED, frame(1, 'one\n')),
      'GET /containers/c1/stats': endless('application/json', '{}\n'),
      'GET /events': endless('application/json', '{"Type":"container"}\n'),
    })
    const container = new Container(client.api, { id: 'c1' })
    const streams = [container.logs({ follow: true }), container.stats(), client.events()]
    assert.equal(engine.connectionCount, 0)
    for (const [connection, stream] of streams.entries()) {
      for await (const _ of stream) break
      await engine.closed(connection)
    }
    assert.equal(engine.connectionCount, streams.length)
  })

  it('D28: the image of a container is known though it was deleted', async (test) => {
    const image = `sha256:${ID}`
    const { engine, client } = await start(test, {
      'GET /containers/json': json([{ Id: ID, Image: image, ImageID: image }]),
      'GET /containers/c1/json': json({ Id: 'c1', Image: image, Config: { Image: 'app:1' } }),
      [`GET /images/sha256%3A${ID}/json`]: json({ message: `No such image: ${image}` }, 404),
    })
    const [listed] = await client.containers.list()
    const inspected = await client.containers.get('c1')
    assert.deepEqual([listed?.image, listed?.imageId], [image, image])
    assert.deepEqual([inspected.image, inspected.imageId], ['app:1', image])
    assert.equal(engine.calls.length, 2)
    assert.ok((await failureOf(inspected.getImage())) instanceof ImageNotFoundError)
  })

  it('D31: a list is one request, whatever it finds', async (test) => {
    const found = [ID, 'b'.repeat(64)].map((Id) => ({ Id, RepoTags: [] }))
    const { engine, client } = await start(test, {
      'GET /containers/json': json(found),
      'GET /images/json': json(found),
      [`GET /networks/${ID}`]: json({ Id: ID, Containers: { c1: { Name: 'web' }, c2: { Name: 'db' } } }),
    })
    assert.equal((await client.containers.list()).length, 2)
    assert.equal((await client.images.list()).length, 2)
    const containers = await new Network(client.api, { Id: ID }).containers()
    assert.deepEqual(
      containers.map(({ id, name }) => [id, name]),
      [
        ['c1', 'web'],
        ['c2', 'db'],
      ],
    )
    assert.equal(engine.calls.length, 3)
  })

  it('D31: a container that vanishes between a list and its details is left out', async (test) => {
    const { client } = await start(test, {
      'GET /containers/json': json([{ Id: 'c1' }, { Id: 'c2' }]),
      'GET /containers/c1/json': json({ message: 'No such container: c1' }, 404),
      'GET /containers/c2/json': json({ Id: 'c2' }),
    })
    const found = await client.containers.list({ inspect: true })
    assert.deepEqual(
      found.map(({ id }) => id),
      ['c2'],
    )
  })

  it('D32: a plugin gets no privileges that nobody agreed to', async (test) => {
    const { engine, client } = await start(test, {
      'GET /plugins/privileges': json([{ Name: 'network', Description: '', Value: ['host'] }]),
    })
    const refused = [
      await failureOf(client.plugins.install('me/plugin')),
      await failureOf(client.plugins.install('me/plugin', { privileges: () => false })),
    ]
    for (const error of refused) {
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, /network \["host"\]/)
    }
    const asked = 'GET /v1.51/plugins/privileges?remote=me%2Fplugin'
    assert.deepEqual(engine.calls, [asked, asked])
  })

  for (const name of ['DOCKER_TLS', 'DOCKER_TLS_VERIFY'] as const) {
    it(`D33: with ${name} nothing is sent in the clear`, async (test) => {
      const engine = await FakeEngine.start(test, {}, { tcp: true })
      const ping = async () => {
        await using client = new DockerClient({
          env: { DOCKER_HOST: engine.host, [name]: '1' },
          timeout: 1000,
        })
        await client.ping()
      }
      assert.ok((await failureOf(ping())) instanceof DockerError)
      assert.deepEqual(engine.requests, [])
    })
  }
})

const BUILT = chunked('application/json', `{"aux":{"ID":"sha256:${ID}"}}\n`)
const BUILD: Scripts = {
  'POST /build': (call) => BUILT(call),
  [`GET /images/sha256%3A${ID}/json`]: json({ Id: `sha256:${ID}` }),
}

/** Begins and does not end. */
function endless(contentType: string, first: string | Buffer): Script {
  return async (call) => {
    await call.takeOver().write(Buffer.concat([Buffer.from(chunkedHead(contentType)), chunk(first)]))
  }
}

function bodiesOf(engine: FakeEngine, path: string): Record<string, unknown>[] {
  const found = engine.requests.filter((request) => request.path === path)
  return found.map(({ body }) => JSON.parse(body.toString()) as Record<string, unknown>)
}

async function start(test: TestContext, scripts: Scripts, apiVersion = '1.51') {
  const engine = await FakeEngine.start(test, scripts)
  return { engine, client: engine.client(test, { apiVersion }) }
}
