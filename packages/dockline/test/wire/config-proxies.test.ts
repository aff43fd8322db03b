import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { ServerCall } from '#src/buildkit/grpc/server.js'
import { decode } from '#src/buildkit/protobuf/message.js'
import { BridgeSolveRequest } from '#src/buildkit/protobuf/session.js'
import type { CreateOptions } from '#src/index.js'
import { start } from '../support/building-engine.js'
import { FakeEngine, json } from '../support/fake-engine.js'

const OF_DEFAULT = [
  'HTTP_PROXY=http://p:1',
  'http_proxy=http://p:1',
  'NO_PROXY=localhost',
  'no_proxy=localhost',
]

/** What is asked, and the environment that the Engine is sent. */
const CASES: Readonly<
  Record<string, { proxies: object | null; options?: CreateOptions; env: string[] | undefined }>
> = {
  'the default entry in upper and lower case': {
    proxies: { default: { httpProxy: 'http://p:1', noProxy: 'localhost' } },
    env: OF_DEFAULT,
  },
  'the entry of this very Engine instead of the default': {
    proxies: { default: { httpProxy: 'http://p:1' }, HOST: { httpsProxy: 'http://own:2' } },
    env: ['HTTPS_PROXY=http://own:2', 'https_proxy=http://own:2'],
  },
  'what the caller has set, and not the proxy of that name': {
    proxies: { default: { httpProxy: 'http://p:1' } },
    options: { env: { HTTP_PROXY: 'mine', A: '1' } },
    env: ['http_proxy=http://p:1', 'HTTP_PROXY=mine', 'A=1'],
  },
  'nothing of it where the caller does not want it': {
    proxies: { default: { httpProxy: 'http://p:1' } },
    options: { useConfigProxy: false },
    env: undefined,
  },
  'nothing where config.json has nothing': { proxies: {}, env: undefined },
  'nothing where config.json has a null': { proxies: null, env: undefined },
}

describe('a container is given the proxies of config.json:', () => {
  for (const [what, { proxies, options, env }] of Object.entries(CASES)) {
    it(what, async (test) => {
      const engine = await FakeEngine.start(test, {
        'POST /containers/create': json({ Id: 'c1', Warnings: [] }, 201),
        'GET /containers/c1/json': json({ Id: 'c1' }),
      })
      const text = JSON.stringify({ proxies }).replace('HOST', engine.host)
      const client = engine.client(test, { env: { DOCKER_CONFIG: await aConfigFolder(test, text) } })
      await client.containers.create('busybox', ['true'], options)
      const create = engine.requests.find(({ path }) => path === '/containers/create')
      assert.deepEqual(JSON.parse(create?.body.toString() ?? '{}').Env, env)
    })
  }
})

describe('a config.json that cannot be read gives no proxies and stops nothing:', () => {
  for (const [what, text] of [
    ['no JSON', '{"proxies":'],
    ['no object', '[]'],
  ] as const) {
    it(what, async (test) => {
      const engine = await FakeEngine.start(test, {
        'POST /containers/create': json({ Id: 'c1', Warnings: [] }, 201),
        'GET /containers/c1/json': json({ Id: 'c1' }),
      })
      const client = engine.client(test, { env: { DOCKER_CONFIG: await aConfigFolder(test, text) } })
      assert.equal((await client.containers.create('busybox', ['true'])).id, 'c1')
    })
  }
})

describe('a build is given the proxies of config.json', () => {
  const BUILT = json({ stream: 'Successfully built 0123456789ab\n' })
  const scripts = { 'POST /build': BUILT, '*': json({ Id: 'sha256:0123456789ab' }) }
  const config = JSON.stringify({ proxies: { default: { httpProxy: 'http://p:1' } } })

  for (const [useConfigProxy, buildArgs] of [
    [undefined, { http_proxy: 'http://p:1', A: '1', HTTP_PROXY: 'mine' }],
    [false, { A: '1', HTTP_PROXY: 'mine' }],
  ] as const) {
    it(`as build arguments, unless useConfigProxy is false (${useConfigProxy})`, async (test) => {
      const engine = await FakeEngine.start(test, scripts)
      const client = engine.client(test, { env: { DOCKER_CONFIG: await aConfigFolder(test, config) } })
      const given = { A: '1', HTTP_PROXY: 'mine' }
      await client.images.build({ dockerfileContent: 'FROM a', buildArgs: given, useConfigProxy })
      const build = engine.requests.find(({ path }) => path === '/build')
      const sent = new URLSearchParams(build?.target.split('?')[1]).get('buildargs')
      assert.deepEqual(JSON.parse(sent ?? '{}'), buildArgs)
    })

    it(`as build arguments, also for a question about it (${useConfigProxy})`, async (test) => {
      const asked: Record<string, string>[] = []
      const answers = async (call: ServerCall) => {
        asked.push(decode(BridgeSolveRequest, await call.request()).frontendOpt)
        await call.send(new Uint8Array())
      }
      const methods = { 'moby.buildkit.v1.frontend.LLBBridge/Solve': answers }
      const { engine } = await start(test, { methods })
      const client = engine.client(test, { env: { DOCKER_CONFIG: await aConfigFolder(test, config) } })
      await client.images.outline({ dockerfileContent: 'FROM a', useConfigProxy })
      assert.deepEqual(
        asked.map(({ 'build-arg:http_proxy': proxy }) => proxy),
        [useConfigProxy === false ? undefined : 'http://p:1'],
      )
    })
  }
})

async function aConfigFolder(test: TestContext, config: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dl-'))
  test.after(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'config.json'), config)
  return folder
}
