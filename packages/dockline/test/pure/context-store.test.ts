import assert from 'node:assert/strict'
import { lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import type { CreateContextOptions } from '#src/doors/types.js'
import {
  ContextError,
  ContextNotFoundError,
  ContextStore,
  DockerClient,
  InvalidArgumentError,
} from '#src/index.js'
import { listTar, tarOf, temporaryFolder, writeFiles } from '../support/archives.js'
import { contextId, metaFile, writeContexts } from '../support/contexts.js'
import { failureOf } from '../support/failure.js'

const CA = '-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n'
const CERT = '-----BEGIN CERTIFICATE-----\ncert\n-----END CERTIFICATE-----\n'
const KEY = '-----BEGIN PRIVATE KEY-----\nkey\n-----END PRIVATE KEY-----\n'
const TLS = { ca: CA, cert: CERT, key: KEY }
const windows = process.platform === 'win32' ? 'Windows has no modes' : false

describe('a context that is made', () => {
  it('lies in the files of docker, byte for byte', async () => {
    const { store, folder } = await aStore()
    await store.create('prod', { host: 'tcp://box:2376', description: 'a <b>', tls: TLS })
    assert.equal(
      await readFile(join(folder, metaFile('prod')), 'utf8'),
      '{"Name":"prod","Metadata":{"Description":"a \\u003cb\\u003e"},"Endpoints":{"docker":{"Host":"tcp://box:2376","SkipTLSVerify":false}}}',
    )
    const tls = join(folder, 'contexts/tls', contextId('prod'), 'docker')
    assert.deepEqual((await readdir(tls)).sort(), ['ca.pem', 'cert.pem', 'key.pem'])
    assert.equal(await readFile(join(tls, 'key.pem'), 'utf8'), KEY)
  })

  it('keeps its key to itself', { skip: windows }, async () => {
    const { store, folder } = await aStore()
    const before = process.umask(0)
    try {
      await store.create('prod', { host: 'tcp://box:2376', tls: TLS })
    } finally {
      process.umask(before)
    }
    const modeOf = async (path: string) => ((await stat(join(folder, path))).mode & 0o777).toString(8)
    const tls = `contexts/tls/${contextId('prod')}`
    assert.deepEqual(
      await Promise.all(
        ['contexts/tls', tls, `${tls}/docker`, `${tls}/docker/key.pem`, metaFile('prod')].map(modeOf),
      ),
      ['700', '700', '700', '600', '644'],
    )
  })

  it('takes certificates as paths, texts and Buffers', async () => {
    const { store, folder } = await aStore()
    await writeFiles(folder, { 'my-ca.pem': CA })
    await store.create('prod', {
      host: 'tcp://box:2376',
      tls: { ca: join(folder, 'my-ca.pem'), cert: Buffer.from(CERT), key: KEY },
    })
    const read = (file: string) =>
      readFile(join(folder, 'contexts/tls', contextId('prod'), 'docker', file), 'utf8')
    assert.deepEqual(await Promise.all([read('ca.pem'), read('cert.pem')]), [CA, CERT])
  })

  for (const host of [
    'tcp://1.2.3.4:2376',
    'ssh://me@box',
    'unix:///x',
    'https://box',
    'npipe:////./pipe/x',
  ]) {
    it(`has the host ${host} as it was given`, async () => {
      const { store } = await aStore()
      await store.create('other', { host })
      assert.equal((await store.inspect('other')).host, host)
    })
  }

  it('has a host that docker can read where the scheme was left out', async () => {
    const { store } = await aStore()
    await store.create('other', { host: 'localhost:2375' })
    assert.equal((await store.inspect('other')).host, 'tcp://localhost:2375')
  })

  it('can be a copy of another, with its certificates and what is noted with it', async () => {
    const { store, folder } = await aStore()
    await store.create('one', { host: 'tcp://one:1', tls: TLS, skipTlsVerify: true, description: 'first' })
    await store.create('two', { from: 'one' })
    await store.create('three', { from: 'one', description: 'third' })
    await store.create('four', { endpointFrom: 'one' })
    for (const [name, description] of [
      ['two', 'first'],
      ['three', 'third'],
      ['four', ''],
    ] as const) {
      const copy = await store.inspect(name)
      assert.deepEqual(
        [copy.host, copy.skipTlsVerify, copy.description, copy.tlsFiles],
        ['tcp://one:1', true, description, { docker: ['ca.pem', 'cert.pem', 'key.pem'] }],
      )
      await readFile(join(folder, 'contexts/tls', contextId(name), 'docker/key.pem'))
    }
  })

  it('can be a copy of what the environment says', async () => {
    const { folder } = await aStore()
    await writeFiles(folder, { 'ca.pem': CA })
    const env = { DOCKER_CONFIG: folder, DOCKER_HOST: 'tcp://box', DOCKER_TLS_VERIFY: '1' }
    const store = new ContextStore({ env })
    await store.create('kept', { from: 'default' })
    const { host, tlsFiles } = await store.inspect('kept')
    assert.deepEqual([host, tlsFiles], ['tcp://box:2375', { docker: ['ca.pem'] }])
  })

  const refused: Readonly<Record<string, [name: string, options: CreateContextOptions, says: RegExp]>> = {
    'the reserved name': ['default', { host: 'tcp://a' }, /"default" is a reserved context name/],
    'a name of one letter, as docker does': ['a', { host: 'tcp://a' }, /name "a" is invalid.*regexp/],
    'a name that is a path': ['../../x', { host: 'tcp://a' }, /name "\.\.\/\.\.\/x" is invalid/],
    'a name that is taken': ['taken', { host: 'tcp://a' }, /"taken" already exists/],
    'no host': ['new', {}, /host is missing/],
    'a host that cannot be one': ['new', { host: 'ftp://a' }, /invalid host 'ftp:\/\/a'/],
    'an unknown source': ['new', { from: 'gone' }, /"gone": context not found.*default, taken/],
    'a source and a host': ['new', { from: 'taken', host: 'tcp://a' }, /from and host exclude each other/],
    'half a certificate': ['new', { host: 'tcp://a', tls: { cert: CERT } }, /tls\.cert was given without/],
    'unknown options': ['new', { host: 'tcp://a', skipTLSVerify: true } as object, /'skipTlsVerify'\?/],
    'unknown options of tls': [
      'new',
      { host: 'tcp://a', tls: { verify: true } as object },
      /'verify' of tls/,
    ],
  }
  for (const [what, [name, options, says]] of Object.entries(refused)) {
    it(`is not made of ${what}`, async () => {
      const { store, folder } = await aStore()
      await writeContexts(folder, { taken: { host: 'tcp://taken:1' } })
      const error = await failureOf(store.create(name, options))
      assert.ok(error instanceof ContextError || error instanceof InvalidArgumentError, String(error))
      assert.match(error.message, says)
      assert.deepEqual(
        (await store.list()).map((context) => context.name),
        ['default', 'taken'],
      )
    })
  }
})

describe('a context that is changed', () => {
  it('keeps what is not named, also what nobody here knows', async () => {
    const { store, folder } = await aStore()
    const meta = {
      name: 'old',
      METADATA: { Description: 'before', StackOrchestrator: 'swarm' },
      endpoints: { docker: { host: 'tcp://old:1', DefaultNamespace: 'x' }, kubernetes: { Host: 'k' } },
      Other: [1],
    }
    await writeFiles(folder, { [metaFile('old')]: JSON.stringify(meta) })
    await store.update('old', { description: 'after' })
    assert.deepEqual(JSON.parse(await readFile(join(folder, metaFile('old')), 'utf8')), {
      Name: 'old',
      Metadata: { Description: 'after', StackOrchestrator: 'swarm' },
      Endpoints: {
        docker: { Host: 'tcp://old:1', SkipTLSVerify: false, DefaultNamespace: 'x' },
        kubernetes: { Host: 'k' },
      },
      Other: [1],
    })
  })

  it('keeps its certificates with a new host, and loses them when it is told to', async () => {
    const { store, folder } = await aStore()
    await store.create('prod', { host: 'tcp://a:1', tls: TLS })
    await store.update('prod', { host: 'tcp://b:1' })
    assert.deepEqual((await store.inspect('prod')).tlsFiles.docker, ['ca.pem', 'cert.pem', 'key.pem'])
    await store.update('prod', { tls: { ca: CA } })
    assert.deepEqual((await store.inspect('prod')).tlsFiles.docker, ['ca.pem'])
    await store.update('prod', { tls: false })
    assert.deepEqual((await store.inspect('prod')).tlsFiles, {})
    await assert.rejects(stat(join(folder, 'contexts/tls', contextId('prod'))))
  })

  it('is one that exists, and not the default', async () => {
    const { store } = await aStore()
    assert.ok((await failureOf(store.update('gone', {}))) instanceof ContextNotFoundError)
    assert.match(String(await failureOf(store.update('default', {}))), /reserved/)
  })
})

describe('the context in use', () => {
  it('is written into config.json, where everything else stays', async () => {
    const { store, folder } = await aStore()
    await writeFiles(folder, { 'config.json': '{"auths":{"x":{}},"unknown":1}' })
    await store.create('prod', { host: 'tcp://a:1' })
    await store.use('prod')
    assert.equal(
      await readFile(join(folder, 'config.json'), 'utf8'),
      '{\n\t"auths": {\n\t\t"x": {}\n\t},\n\t"unknown": 1,\n\t"currentContext": "prod"\n}',
    )
    assert.equal(await store.current(), 'prod')
    assert.equal(new DockerClient({ env: { DOCKER_CONFIG: folder } }).address, 'tcp://a:1')
    await store.use('default')
    assert.deepEqual(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')), {
      auths: { x: {} },
      unknown: 1,
    })
  })

  it('is written through a link', { skip: windows }, async () => {
    const { store, folder } = await aStore()
    await store.create('prod', { host: 'tcp://a:1' })
    await writeFile(join(folder, 'real.json'), '{}')
    await symlink('real.json', join(folder, 'config.json'))
    await store.use('prod')
    assert.equal(await readlink(join(folder, 'config.json')), 'real.json')
    assert.match(await readFile(join(folder, 'real.json'), 'utf8'), /prod/)
  })

  it('must be there', async () => {
    const { store, folder } = await aStore()
    assert.ok((await failureOf(store.use('gone'))) instanceof ContextNotFoundError)
    assert.deepEqual(await readdir(folder), [])
  })

  it('is not removed, unless by force: then it is the default', async () => {
    const { store, folder } = await aStore()
    await store.create('prod', { host: 'tcp://a:1', tls: TLS })
    await store.use('prod')
    assert.match(String(await failureOf(store.remove('prod'))), /"prod" is in use.*force/)
    await store.remove('prod', { force: true })
    assert.equal(await store.current(), 'default')
    assert.deepEqual(
      (await store.list()).map(({ name }) => name),
      ['default'],
    )
    assert.deepEqual(await readdir(join(folder, 'contexts/tls')), [])
  })

  it('is default when DOCKER_HOST is set, and that of DOCKER_CONTEXT before that of config.json', async () => {
    const { folder } = await aStore()
    await writeContexts(folder, { one: { host: 'tcp://one:1' } }, 'one')
    const current = (env: object) => new ContextStore({ env: { ...env, DOCKER_CONFIG: folder } }).current()
    assert.deepEqual(
      await Promise.all([{}, { DOCKER_HOST: 'tcp://x' }, { DOCKER_CONTEXT: 'two' }].map(current)),
      ['one', 'default', 'two'],
    )
  })
})

describe('a context that is removed', () => {
  it('has to be there, unless by force', async () => {
    const { store } = await aStore()
    assert.ok((await failureOf(store.remove('gone'))) instanceof ContextNotFoundError)
    await store.remove('gone', { force: true })
    assert.match(String(await failureOf(store.remove('default', { force: true }))), /cannot be removed/)
  })
})

describe('the list of contexts', () => {
  it('is sorted as docker sorts it, with the default as what the environment says', async () => {
    const { folder } = await aStore()
    const hosts = ['nn10', 'nn2', 'AA', 'zz'].map((name) => [name, { host: `tcp://${name}` }] as const)
    await writeContexts(folder, Object.fromEntries(hosts), 'zz')
    const list = await new ContextStore({ folder, env: { DOCKER_HOST: 'tcp://env' } }).list()
    assert.deepEqual(
      list.map(({ name, host, current }) => [name, host, current]),
      [
        ['AA', 'tcp://AA', false],
        ['default', 'tcp://env:2375', true],
        ['nn2', 'tcp://nn2', false],
        ['nn10', 'tcp://nn10', false],
        ['zz', 'tcp://zz', false],
      ],
    )
  })

  it('has the others also when one is broken, and says which file it is', async () => {
    const { store, folder } = await aStore()
    await writeContexts(folder, { good: { host: 'tcp://a:1' } })
    await writeFiles(folder, { [metaFile('broken')]: 'garbage', [metaFile('list')]: '[]' })
    await mkdir(join(folder, 'contexts/meta/empty'))
    const list = await store.list()
    assert.deepEqual(
      list.map(({ name, error }) => [name, error === undefined]).sort(),
      [
        [contextId('broken'), false],
        [contextId('list'), false],
        ['default', true],
        ['good', true],
      ].sort(),
    )
    for (const { error } of list) if (error !== undefined) assert.match(error.message, /meta\.json/)
  })

  it('has the default also when its certificates are missing', async () => {
    const { folder } = await aStore()
    const env = { DOCKER_HOST: 'tcp://a', DOCKER_TLS_VERIFY: '1', DOCKER_CONFIG: folder }
    const [only] = await new ContextStore({ env }).list()
    assert.equal(only?.name, 'default')
    assert.match(only?.error?.message ?? '', /ca\.pem/)
  })

  it('is empty but for the default where there is no folder, and makes none', async () => {
    const folder = join(await temporaryFolder(), 'none')
    assert.equal((await new ContextStore({ folder, env: {} }).list()).length, 1)
    await assert.rejects(lstat(folder))
  })
})

describe('an archive of a context', () => {
  it('has the layout of docker', async () => {
    const { store } = await aStore()
    await store.create('prod', { host: 'tcp://a:1', tls: TLS })
    const entries = await listTar(Readable.from([await store.export('prod')]))
    assert.deepEqual(
      entries.map(({ name, mode }) => [name, mode?.toString(8)]),
      [
        ['meta.json', '644'],
        ['tls/', '700'],
        ['tls/docker/', '700'],
        ['tls/docker/ca.pem', '600'],
        ['tls/docker/cert.pem', '600'],
        ['tls/docker/key.pem', '600'],
      ],
    )
  })

  it('becomes a context again, under any name', async () => {
    const { store } = await aStore()
    await store.create('prod', { host: 'tcp://a:1', tls: TLS, skipTlsVerify: true, description: 'd' })
    const archive = await store.export('prod')
    await store.import('copy', archive)
    await store.import('streamed', streamOf(archive))
    for (const name of ['copy', 'streamed']) {
      const { name: _, folders: _folders, ...copy } = await store.inspect(name)
      const { name: _name, folders: _place, ...original } = await store.inspect('prod')
      assert.deepEqual(copy, original)
    }
  })

  it('may end without the end of a tar, as those of docker do, and not before that', async () => {
    const { store } = await aStore()
    await store.create('prod', { host: 'tcp://a:1', tls: TLS })
    const archive = await store.export('prod')
    const end = archive.lastIndexOf(KEY) + KEY.length
    await store.import('whole', archive.subarray(0, end))
    for (const cut of [end - 1, end - KEY.length, 600, 100, 0]) {
      const error = await failureOf(store.import('part', archive.subarray(0, cut)))
      assert.ok(error instanceof ContextError, `cut at ${cut}: ${error}`)
    }
    assert.deepEqual(
      (await store.list()).map(({ name }) => name),
      ['default', 'prod', 'whole'],
    )
  })

  const META = '{"Name":"x","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://a"}}}'
  const file = (name: string, body: string) => ({ name, body })
  const bad = {
    'a name that climbs out': [file('meta.json', META), file('tls/../../x', 'x')],
    'an absolute name': [file('meta.json', META), file('/tls/docker/ca.pem', 'x')],
    'a name that is too deep': [file('meta.json', META), file('tls/docker/a/b', 'x')],
    'a name that does not belong there': [file('meta.json', META), file('config.json', '{}')],
    'no meta.json': [file('tls/docker/ca.pem', 'x')],
    'a meta.json that is broken': [file('meta.json', '{')],
    'a link': [
      file('meta.json', META),
      { name: 'tls/docker/ca.pem', type: 'symlink' as const, linkname: '/etc/passwd' },
    ],
    'more than 10 MiB': [file('meta.json', META), file('tls/docker/ca.pem', 'x'.repeat(10 * 1024 * 1024))],
  }
  for (const [what, entries] of Object.entries(bad)) {
    it(`is refused with ${what}`, async () => {
      const { store, folder } = await aStore()
      const error = await failureOf(store.import('evil', await tarOf(entries)))
      assert.ok(error instanceof ContextError, String(error))
      assert.match(error.message, /"evil"/)
      assert.deepEqual(await readdir(folder), [])
    })
  }

  it('is refused as nothing of the kind', async () => {
    const { store } = await aStore()
    const error = await failureOf(store.import('text', Buffer.from(CA.repeat(20))))
    assert.match(String(error), /not a tar archive/)
  })

  it('is refused when it is no bytes', async () => {
    const { store, folder } = await aStore()
    for (const archive of [undefined, null, 5, 'tar', {}]) {
      const error = await failureOf(store.import('text', archive as never))
      assert.match(String(error), /InvalidArgumentError: archive must be bytes, or a stream of them/)
    }
    const error = await failureOf(store.import('text', Readable.from(['tar'])))
    assert.match(String(error), /InvalidArgumentError: a piece of archive must be bytes, not a string/)
    assert.deepEqual(await readdir(folder), [])
  })

  it('is refused for a name that is taken or cannot be', async () => {
    const { store } = await aStore()
    await store.create('prod', { host: 'tcp://a:1' })
    const archive = await store.export('prod')
    assert.match(String(await failureOf(store.import('prod', archive))), /already exists/)
    assert.match(String(await failureOf(store.import('default', archive))), /reserved/)
  })
})

describe('a store', () => {
  it('refuses options that do not exist', () => {
    assert.throws(() => new ContextStore({ dir: '/x' } as object), /unknown option 'dir'/)
  })

  for (const [options, message] of [
    [null, /^options must be an object, not null$/],
    [{ env: null }, /^env must be an object, not null$/],
    [{ folder: 5 }, /^folder must be the path of a folder, not 5$/],
    [{ folder: '' }, /^folder must be the path of a folder, not ''$/],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      assert.throws(() => new ContextStore(options as object), { name: 'InvalidArgumentError', message })
    })
  }

  it('makes and changes no context with what is no option of one', async () => {
    const { store, folder } = await aStore()
    const host = 'tcp://a:1'
    for (const [options, message] of [
      [undefined, /options must be an object, not undefined/],
      [null, /options must be an object, not null/],
      [{ host: 5 }, /host must be a string, not 5/],
      [{ host, description: 5 }, /description must be a string, not 5/],
      [{ host, tls: null }, /tls must be false or an object, not null/],
      [{ host, tls: '-----BEGIN' }, /tls must be false or an object, not a string/],
    ] as const) {
      assert.match(String(await failureOf(store.create('prod', options as never))), message)
    }
    assert.deepEqual(await readdir(folder), [])
    await store.create('prod', { host })
    assert.match(String(await failureOf(store.update('prod', null as never))), /options must be an object/)
    assert.match(String(await failureOf(store.remove('prod', 5 as never))), /options must be an object/)
    assert.equal((await store.inspect('prod')).host, host)
  })
})

async function aStore(): Promise<{ store: ContextStore; folder: string }> {
  const folder = await temporaryFolder()
  return { folder, store: new ContextStore({ folder, env: {} }) }
}

async function* streamOf(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100)
}
