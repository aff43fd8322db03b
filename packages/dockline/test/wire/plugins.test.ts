import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import type { Plugin as PluginAttrs } from '#src/doors/api.js'
import { InvalidArgumentError, Plugin, RegistryError, StreamError } from '#src/index.js'
import { listTar, temporaryFolder, writeFiles } from '../support/archives.js'
import { failureOf } from '../support/failure.js'
import { chunked, empty, FakeEngine, json, type Scripts } from '../support/fake-engine.js'
import { NOWHERE } from '../support/nowhere.js'

const FOUND = {
  Id: 'a'.repeat(64),
  Name: 'me/plugin:latest',
  Enabled: true,
  PluginReference: 'docker.io/me/plugin:latest',
  Settings: { Env: ['DEBUG=0'], Args: [], Mounts: [], Devices: [] },
} as unknown as PluginAttrs
const PRIVILEGES = [{ Name: 'network', Description: '', Value: ['host'] }]
const PULLED = chunked('application/json', '{"status":"Downloading"}\n{"status":"Done"}\n')

describe('plugins', () => {
  it('are listed with filters and found by name', async (test) => {
    const { engine, client } = await start(test, {
      'GET /plugins': json([FOUND]),
      'GET /plugins/me/plugin/json': json(FOUND),
    })
    const [plugin] = await client.plugins.list({ filters: { enabled: true } })
    assert.deepEqual([plugin?.name, plugin?.enabled, plugin?.settings.Env], [FOUND.Name, true, ['DEBUG=0']])
    assert.equal((await client.plugins.get('me/plugin')).id, FOUND.Id)
    assert.equal(engine.calls.length, 2)
  })

  it('are installed with what was agreed to', async (test) => {
    const { engine, client } = await start(test, {
      'GET /plugins/privileges': json(PRIVILEGES),
      'POST /plugins/pull': PULLED,
      'GET /plugins/mine/json': json(FOUND),
    })
    const asked: unknown[] = []
    const plugin = await client.plugins.install('me/plugin', {
      localName: 'mine',
      auth: { username: 'me', password: 'pw' },
      privileges: async (...args) => asked.push(args) > 0,
    })
    assert.equal(plugin.name, FOUND.Name)
    assert.deepEqual(asked, [[PRIVILEGES, 'me/plugin']])
    assert.deepEqual(engine.calls, [
      'GET /v1.51/plugins/privileges?remote=me%2Fplugin',
      'POST /v1.51/plugins/pull?remote=me%2Fplugin&name=mine',
      'GET /v1.51/plugins/mine/json',
    ])
    const [first, second] = engine.requests.filter(({ path }) => path !== '/_ping')
    assert.deepEqual(JSON.parse(second?.body.toString() ?? ''), PRIVILEGES)
    assert.equal(first?.headers['x-registry-auth'], second?.headers['x-registry-auth'])
    assert.ok(first?.headers['x-registry-auth'])
  })

  it('are not pulled when what they want was not agreed to', async (test) => {
    const { engine, client } = await start(test, { 'GET /plugins/privileges': json(PRIVILEGES) })
    const refused = await failureOf(client.plugins.install('me/plugin', { privileges: () => false }))
    assert.ok(refused instanceof InvalidArgumentError)
    assert.match(refused.message, /did not agree to what me\/plugin wants: network \["host"\]/)
    assert.match(String(await failureOf(client.plugins.install('me/plugin'))), /privileges: \(\) => true/)
    assert.equal(engine.calls.length, 2)
  })

  it('that want nothing are pulled without asking, and tell how far they are', async (test) => {
    const { client } = await start(test, {
      'GET /plugins/privileges': json([]),
      'POST /plugins/pull': PULLED,
    })
    const seen: unknown[] = []
    for await (const { message } of client.plugins.install('me/plugin').progress()) seen.push(message.status)
    assert.deepEqual(seen, ['Downloading', 'Done'])
  })

  it('reject when the pull fails in the middle', async (test) => {
    const { client } = await start(test, {
      'GET /plugins/privileges': json([]),
      'POST /plugins/pull': chunked('application/json', '{"errorDetail":{"message":"no such plugin"}}'),
    })
    const error = await failureOf(client.plugins.install('me/plugin'))
    assert.ok(error instanceof StreamError)
    assert.match(error.message, /no such plugin/)
  })

  it('are made of a tar', async (test) => {
    const { engine, client } = await start(test, {
      'POST /plugins/create': empty(),
      'GET /plugins/mine/json': json(FOUND),
    })
    await client.plugins.create({ name: 'mine', context: Buffer.from('tar') })
    assert.equal(engine.calls[0], 'POST /v1.51/plugins/create?name=mine')
    assert.equal(engine.requests.at(-2)?.body.toString(), 'tar')
  })

  it('are made of a folder, with what is in it and whose it is', async (test) => {
    const { engine, client } = await start(test, {
      'POST /plugins/create': empty(),
      'GET /plugins/mine/json': json(FOUND),
    })
    const context = await temporaryFolder()
    await writeFiles(context, { 'config.json': '{"entrypoint":["/run"]}', 'rootfs/run': 'program' })
    await client.plugins.create({ name: 'mine', context })
    const { body = Buffer.alloc(0), headers } = engine.requests.at(-2) ?? {}
    assert.equal(headers?.['content-type'], 'application/x-tar')
    const sent = await listTar(Readable.from([body]))
    assert.deepEqual(
      sent.map(({ name, content }) => [name, content]),
      [
        ['./', ''],
        ['./config.json', '{"entrypoint":["/run"]}'],
        ['./rootfs/', ''],
        ['./rootfs/run', 'program'],
      ],
    )
    const { uid, gid } = await stat(join(context, 'rootfs/run'))
    assert.deepEqual([sent.at(-1)?.uid, sent.at(-1)?.gid], [uid, gid])
  })

  const folders: readonly (readonly [Readonly<Record<string, string>>, string, RegExp])[] = [
    [{ 'config.json': '{}' }, 'rootfs', /^context: cannot read .*, the root file system of the plugin$/],
    [{ 'config.json': '{}', rootfs: 'a file' }, 'rootfs', /is not a folder$/],
    [{ 'rootfs/a': '' }, 'config.json', /^context: cannot read /],
    [{ 'rootfs/a': '', 'config.json': '{' }, 'config.json', /is not valid JSON$/],
    [{ 'rootfs/a': '', 'config.json': '[]' }, 'config.json', /must hold a JSON object$/],
  ]
  for (const [files, path, message] of folders) {
    it(`are not made of a folder of ${JSON.stringify(files)}, and the path is named`, async (test) => {
      const { engine, client } = await start(test, {})
      const context = await temporaryFolder()
      await writeFiles(context, files)
      const error = await failureOf(client.plugins.create({ name: 'mine', context }))
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, message)
      assert.ok(error.message.includes(join(context, path)))
      assert.deepEqual(engine.calls, [])
    })
  }

  it('are not made of nothing, or without a name', async (test) => {
    const { engine, client } = await start(test, {})
    for (const [options, message] of [
      [{ name: 'mine', context: NOWHERE }, /cannot read .*dockline-nowhere-\w+, the folder of the plugin/],
      [{ name: 'mine', context: '' }, /^context must be/],
      [{ name: 'mine', context: 5 }, /^context must be/],
      [{ name: '', context: '.' }, /^name must be a name, not ''/],
      [{ name: 'mine', contxt: '.' }, /did you mean 'context'/],
    ] as const) {
      const error = await failureOf(client.plugins.create(options as never))
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, message)
    }
    assert.deepEqual(engine.calls, [])
  })
})

describe('a plugin', () => {
  const NAME = '/plugins/me/plugin%3Alatest'

  it('is configured by names and values, and knows it afterwards', async (test) => {
    const { engine, plugin } = await start(test, {
      [`POST ${NAME}/set`]: empty(),
      [`GET ${NAME}/json`]: json({ ...FOUND, Settings: { Env: ['DEBUG=1'] } }),
    })
    await plugin.configure({ DEBUG: 1, EMPTY: '' })
    assert.deepEqual(JSON.parse(engine.requests.at(-2)?.body.toString() ?? ''), ['DEBUG=1', 'EMPTY='])
    assert.deepEqual(plugin.settings.Env, ['DEBUG=1'])
    await plugin.configure(['data.source=/srv'])
    assert.deepEqual(JSON.parse(engine.requests.at(-2)?.body.toString() ?? ''), ['data.source=/srv'])
  })

  it('is enabled, disabled and removed', async (test) => {
    const { engine, plugin } = await start(test, {
      [`GET ${NAME}/json`]: json({ ...FOUND, Enabled: false }),
      '*': empty(),
    })
    await plugin.disable({ force: true })
    assert.equal(plugin.enabled, false)
    await plugin.enable()
    await plugin.enable({ enableTimeout: '30s' })
    await plugin.remove({ force: false })
    const calls = engine.calls.filter((call) => !call.startsWith('GET'))
    assert.deepEqual(calls, [
      `POST /v1.51${NAME}/disable?force=1`,
      `POST /v1.51${NAME}/enable?timeout=0`,
      `POST /v1.51${NAME}/enable?timeout=30`,
      `DELETE /v1.51${NAME}?force=0`,
    ])
  })

  it('is pushed to push', async (test) => {
    const { engine, plugin } = await start(test, { [`POST ${NAME}/push`]: PULLED })
    await plugin.push({ auth: { username: 'me', password: 'secret' } })
    assert.equal(engine.calls[0], `POST /v1.51${NAME}/push`)
    assert.ok(engine.last.headers['x-registry-auth'])
  })

  it('has all of its push done with the last message, which is the digest', async (test) => {
    const layer = (id: string, status: string) => JSON.stringify({ id, status, progressDetail: {} })
    const { plugin } = await start(test, {
      [`POST ${NAME}/push`]: chunked(
        'application/json',
        layer('a', 'Preparing'),
        layer('b', 'Preparing'),
        layer('a', 'Upload complete'),
        JSON.stringify({ progressDetail: {}, aux: { Tag: 'latest', Digest: 'sha256:1', Size: 1 } }),
      ),
    })
    assert.deepEqual(await fractionsOf(plugin.push()), [0, 0, 0.5, 1])
  })

  it('has all of its pull done at the end, though the download is reported after the extraction', async (test) => {
    const layer = (status: string, current?: number) =>
      JSON.stringify({ id: 'a', status, progressDetail: current ? { current, total: 4 } : {} })
    const { client } = await start(test, {
      'GET /plugins/privileges': json([]),
      'POST /plugins/pull': chunked(
        'application/json',
        layer('Waiting'),
        layer('Extracting', 2),
        layer('Complete'),
        layer('Download complete'),
      ),
    })
    assert.deepEqual(await fractionsOf(client.plugins.install('me/plugin')), [0, 0.75, 1, 1])
  })

  it('has its registry and repository in the errors of a registry', async (test) => {
    const words = 'unauthorized: authentication required'
    const { client, plugin } = await start(test, { '*': json({ message: words }, 500) })
    const digest = `@sha256:${'a'.repeat(64)}`
    for (const [call, registry, repository] of [
      [plugin.push(), 'docker.io', 'me/plugin'],
      [plugin.upgrade({ remote: 'localhost:5000/you/other:v2' }), 'localhost:5000', 'you/other'],
      [client.plugins.install(`localhost:5000/p:v1${digest}`), 'localhost:5000', 'p'],
      [client.plugins.install('r.io/a/b'), 'r.io', 'a/b'],
    ] as const) {
      const error = await failureOf(call)
      assert.ok(error instanceof RegistryError, String(error))
      assert.deepEqual([error.registry, error.repository, error.status], [registry, repository, 401])
    }
  })

  it('is upgraded from where it came, once that is agreed to', async (test) => {
    const { engine, plugin } = await start(test, {
      'GET /plugins/privileges': json(PRIVILEGES),
      [`POST ${NAME}/upgrade`]: PULLED,
      [`GET ${NAME}/json`]: json({ ...FOUND, Enabled: false }),
    })
    assert.equal(await plugin.upgrade({ privileges: () => true }), plugin)
    assert.equal(plugin.enabled, false)
    assert.deepEqual(engine.calls, [
      'GET /v1.51/plugins/privileges?remote=docker.io%2Fme%2Fplugin%3Alatest',
      `POST /v1.51${NAME}/upgrade?remote=docker.io%2Fme%2Fplugin%3Alatest`,
      `GET /v1.51${NAME}/json`,
    ])
  })

  it('refuses what is unknown', async (test) => {
    const { engine, client, plugin } = await start(test, {})
    await assert.rejects(client.plugins.install('x', { grant: true } as object), /unknown option 'grant'/)
    await assert.rejects(plugin.upgrade({ remot: 'x' } as object), /did you mean 'remote'/)
    assert.match(
      String(await failureOf(plugin.enable({ enableTimeout: 500 }))),
      /enableTimeout is 500 ms, which is not whole seconds/,
    )
    assert.deepEqual(engine.calls, [])
  })
})

async function fractionsOf(transfer: {
  progress(): AsyncIterable<{ readonly fraction: number }>
}): Promise<number[]> {
  const fractions: number[] = []
  for await (const { fraction } of transfer.progress()) fractions.push(fraction)
  return fractions
}

async function start(test: TestContext, scripts: Scripts) {
  const engine = await FakeEngine.start(test, scripts)
  const client = engine.client(test, { apiVersion: '1.51' })
  return { engine, client, plugin: new Plugin(client.api, FOUND) }
}
