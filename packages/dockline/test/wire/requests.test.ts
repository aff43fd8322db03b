import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { path } from '#src/doors/api.js'
import { type DockerClient, VERSION } from '#src/index.js'
import { chunked, empty, FakeEngine, json, type Script, type Scripts } from '../support/fake-engine.js'

const MANIFEST = new URL('../../package.json', import.meta.url)

/** One endpoint: how it is called, what is sent, what is answered and what comes of it. */
interface Row {
  readonly call: (client: DockerClient) => Promise<unknown>
  /** Method and target, after the version. */
  readonly sent: string
  /** The JSON that is sent; undefined for no body. */
  readonly body?: unknown
  readonly reply?: Script
  readonly gives?: unknown
}

const ROWS: readonly Row[] = [
  {
    call: ({ api }) => api.system.version(),
    sent: 'GET /version',
    reply: json({ Version: '1' }),
    gives: { Version: '1' },
  },
  { call: ({ api }) => api.system.info(), sent: 'GET /info', reply: json({ ID: 'x' }), gives: { ID: 'x' } },
  {
    call: ({ api }) => all(api.system.events({ since: '1.000000001', filters: { type: ['container'] } })),
    sent: 'GET /events?since=1.000000001&filters=%7B%22type%22%3A%7B%22container%22%3Atrue%7D%7D',
    reply: chunked('application/json', '{"Action":"start"}\n{"Act', 'ion":"die"}\n'),
    gives: [{ Action: 'start' }, { Action: 'die' }],
  },
  { call: ({ api }) => api.containers.list(), sent: 'GET /containers/json', reply: json([]), gives: [] },
  {
    call: ({ api }) => api.containers.list({ all: true, limit: 3, size: false, filters: { label: ['a=b'] } }),
    sent: 'GET /containers/json?all=1&limit=3&size=0&filters=%7B%22label%22%3A%7B%22a%3Db%22%3Atrue%7D%7D',
    reply: json([]),
  },
  {
    call: ({ api }) =>
      api.containers.create({ name: 'web', platform: 'linux/amd64' }, { Image: 'alpine', Cmd: ['a'] }),
    sent: 'POST /containers/create?name=web&platform=linux%2Famd64',
    body: { Image: 'alpine', Cmd: ['a'] },
    reply: json({ Id: 'x', Warnings: [] }, 201),
    gives: { Id: 'x', Warnings: [] },
  },
  {
    call: ({ api }) => api.containers.inspect('a/b'),
    sent: 'GET /containers/a%2Fb/json',
    reply: json({ Id: 'x' }),
  },
  {
    call: ({ api }) => api.containers.inspect('x', { size: true }),
    sent: 'GET /containers/x/json?size=1',
    reply: json({ Id: 'x' }),
    gives: { Id: 'x' },
  },
  {
    call: ({ api }) => api.containers.top('x', { ps_args: '-ef w' }),
    sent: 'GET /containers/x/top?ps_args=-ef%20w',
    reply: json({ Titles: ['PID'] }),
    gives: { Titles: ['PID'] },
  },
  {
    call: async ({ api }) =>
      text((await api.containers.logs('x', { follow: true, stdout: true, tail: '10' })).stream),
    sent: 'GET /containers/x/logs?follow=1&stdout=1&tail=10',
    reply: chunked('application/vnd.docker.raw-stream', 'some', 'thing'),
    gives: 'something',
  },
  { call: ({ api }) => api.containers.start('x'), sent: 'POST /containers/x/start', reply: empty() },
  {
    call: ({ api }) => api.containers.start('x', { detachKeys: 'ctrl-a' }),
    sent: 'POST /containers/x/start?detachKeys=ctrl-a',
  },
  { call: ({ api }) => api.containers.start('x'), sent: 'POST /containers/x/start', reply: empty(304) },
  {
    call: ({ api }) => api.containers.stop('x', { t: 0, signal: 'SIGINT' }),
    sent: 'POST /containers/x/stop?t=0&signal=SIGINT',
  },
  { call: ({ api }) => api.containers.stop('x'), sent: 'POST /containers/x/stop', reply: empty(304) },
  { call: ({ api }) => api.containers.restart('x', { t: -1 }), sent: 'POST /containers/x/restart?t=-1' },
  {
    call: ({ api }) => api.containers.kill('x', { signal: 'USR1' }),
    sent: 'POST /containers/x/kill?signal=USR1',
  },
  {
    call: ({ api }) => api.containers.resize('x', { h: 24, w: 80 }),
    sent: 'POST /containers/x/resize?h=24&w=80',
    reply: empty(200),
  },
  {
    call: ({ api }) => api.containers.wait('x', { condition: 'removed' }),
    sent: 'POST /containers/x/wait?condition=removed',
    reply: chunked('application/json', '{"StatusCode":3}\n'),
    gives: { StatusCode: 3 },
  },
  {
    call: ({ api }) => api.containers.delete('x', { force: true, v: false }),
    sent: 'DELETE /containers/x?force=1&v=0',
  },
  {
    call: ({ api }) => api.containers.prune({ filters: { label: ['x'] } }),
    sent: 'POST /containers/prune?filters=%7B%22label%22%3A%7B%22x%22%3Atrue%7D%7D',
    reply: json({ SpaceReclaimed: 0 }),
    gives: { SpaceReclaimed: 0 },
  },
  {
    call: ({ api }) => api.exec.create('x', { Cmd: ['ls'], Tty: false }),
    sent: 'POST /containers/x/exec',
    body: { Cmd: ['ls'], Tty: false },
    reply: json({ Id: 'e' }, 201),
    gives: { Id: 'e' },
  },
  {
    call: ({ api }) => api.exec.startDetached('e', { Tty: true }),
    sent: 'POST /exec/e/start',
    body: { Tty: true, Detach: true },
    reply: empty(200),
  },
  { call: ({ api }) => api.exec.resize('e', { h: 1, w: 2 }), sent: 'POST /exec/e/resize?h=1&w=2' },
  {
    call: ({ api }) => api.exec.inspect('e'),
    sent: 'GET /exec/e/json',
    reply: json({ ExitCode: null, Running: true }),
    gives: { ExitCode: null, Running: true },
  },
  {
    call: ({ api }) => api.images.list({ all: true }),
    sent: 'GET /images/json?all=1',
    reply: json([]),
    gives: [],
  },
  {
    call: ({ api }) => api.images.inspect('ghcr.io/me/app:1'),
    sent: 'GET /images/ghcr.io/me/app%3A1/json',
    reply: json({ Id: 'i' }),
    gives: { Id: 'i' },
  },
  {
    call: ({ api }) => all(api.images.pull({ fromImage: 'a/b', tag: '1', platform: 'linux/arm64' })),
    sent: 'POST /images/create?fromImage=a%2Fb&tag=1&platform=linux%2Farm64',
    reply: chunked('application/json', '{"status":"done"}\r\n'),
    gives: [{ status: 'done' }],
  },
]

describe('every endpoint', () => {
  for (const { call, sent, body, reply = empty(), gives } of ROWS) {
    it(`sends ${sent}${gives === undefined ? '' : ' and gives what is answered'}`, async (test) => {
      const { engine, client } = await start(test, { '*': reply })
      const given = await call(client)
      const [method = '', target = ''] = sent.split(' ')
      assert.deepEqual(engine.calls, [`${method} /v1.56${target}`])
      assert.deepEqual(given, gives ?? given)
      const { headers, body: bytes } = engine.last
      assert.equal(headers['transfer-encoding'], undefined)
      if (body !== undefined) {
        assert.deepEqual(JSON.parse(bytes.toString()), body)
        assert.equal(headers['content-type'], 'application/json')
        assert.equal(headers['content-length'], String(bytes.length))
      } else {
        assert.equal(bytes.length, 0)
        assert.equal(headers['content-type'], undefined)
        assert.equal(headers['content-length'], method === 'POST' ? '0' : undefined)
      }
    })
  }

  it('says who is asking, and whom', async (test) => {
    const { engine, client } = await start(test, { '*': json({}) })
    await client.info()
    const { headers } = engine.last
    assert.equal(headers.host, 'localhost')
    assert.equal(headers['user-agent'], `dockline/${VERSION}`)
    assert.equal(headers.connection, 'keep-alive')
    assert.equal(VERSION, (JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string }).version)
  })

  it('sends GET and HEAD /_ping without a version', async (test) => {
    const { engine, client } = await start(test)
    assert.equal(await client.api.system.ping(), 'OK')
    const { apiVersion, osType, swarm, experimental } = await client.ping()
    assert.deepEqual([apiVersion, osType, swarm, experimental], ['1.56', 'linux', undefined, false])
    assert.deepEqual(
      engine.requests.map(({ method, target }) => `${method} ${target}`),
      ['GET /_ping', 'HEAD /_ping'],
    )
  })

  it('sends registry credentials with a pull', async (test) => {
    const { engine, client } = await start(test, { '*': chunked('application/json', '{}') })
    await all(client.api.images.pull({ fromImage: 'a' }, { registryAuth: 'e30=' }))
    assert.equal(engine.last.headers['x-registry-auth'], 'e30=')
  })

  it('sends the tar of an import as it comes', async (test) => {
    const { engine, client } = await start(test, {
      '*': chunked('application/json', '{"status":"sha256:1"}'),
    })
    const tar = Readable.from([Buffer.from('a tar'), Buffer.from('ball')])
    await all(client.api.images.import({ fromSrc: '-', repo: 'r', changes: ['CMD ["sh"]', 'ENV A=b'] }, tar))
    assert.equal(
      engine.last.target,
      '/v1.56/images/create?fromSrc=-&repo=r&changes=CMD%20%5B%22sh%22%5D&changes=ENV%20A%3Db',
    )
    assert.equal(engine.last.headers['transfer-encoding'], 'chunked')
    assert.equal(engine.last.body.toString(), 'a tarball')
  })

  it('sends a tar that is a Buffer with its length', async (test) => {
    const { engine, client } = await start(test, { '*': chunked('application/json', '{}') })
    await all(client.api.images.import({ fromSrc: '-' }, Buffer.from('tar')))
    assert.equal(engine.last.headers['content-length'], '3')
    assert.equal(engine.last.body.toString(), 'tar')
  })

  it('sends the headers of the client, but for those that the protocol needs', async (test) => {
    const { engine, client } = await start(
      test,
      { '*': json({ Id: 'x' }) },
      {
        'X-Trace': '7',
        'User-Agent': 'mine/1',
        HOST: 'elsewhere',
        'Content-Type': 'text/plain',
        'Content-Length': '1',
        'Transfer-Encoding': 'chunked',
        Connection: 'close',
      },
    )
    await client.api.containers.create({}, { Image: 'alpine' })
    const { headers, body } = engine.last
    assert.deepEqual(headers, {
      'user-agent': 'mine/1',
      'x-trace': '7',
      host: 'localhost',
      'content-type': 'application/json',
      'content-length': String(body.length),
      connection: 'keep-alive',
    })
  })

  it('puts the base path of a tcp host before every path, and names host and port', async (test) => {
    const engine = await FakeEngine.start(test, { '*': json({}) }, { tcp: true })
    const client = engine.client(test, { host: `${engine.host}/docker/1/`, apiVersion: '1.56' })
    await client.info()
    await client.api.http.json({ method: 'GET', path: path`/_ping`, versioned: false })
    assert.deepEqual(
      engine.requests.map(({ target }) => target),
      ['/docker/1/v1.56/info', '/docker/1/_ping'],
    )
    assert.equal(engine.last.headers.host, engine.host.slice('tcp://'.length))
  })
})

async function start(test: TestContext, scripts: Scripts = {}, headers?: Record<string, string>) {
  const engine = await FakeEngine.start(test, scripts)
  return { engine, client: engine.client(test, { apiVersion: '1.56', headers }) }
}

async function all(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const list: unknown[] = []
  for await (const value of values) list.push(value)
  return list
}
