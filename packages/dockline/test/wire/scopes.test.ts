import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  type BuildOptions,
  type DockerClient,
  InvalidArgumentError,
  type Scope,
  ScopeError,
  type ScopeOptions,
  TimeoutError,
} from '#src/index.js'
import { temporaryFolder } from '../support/archives.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  type Call,
  chunk,
  chunked,
  chunkedHead,
  empty,
  FakeEngine,
  json,
  RAW,
  type Script,
  type Scripts,
} from '../support/fake-engine.js'
import { outOfFiles } from '../support/out-of-files.js'
import { PATIENT } from '../support/patience.js'
import { writeProgram } from '../support/write-program.js'

const PROGRAM = fileURLToPath(new URL('../support/client-program.js', import.meta.url))
const EMPTY: Scripts = {
  'GET /containers/json': json([]),
  'GET /networks': json([]),
  'GET /volumes': json({ Volumes: [] }),
  'GET /images/json': json([]),
}
const LISTS = ['/containers/json?all=1&', '/networks?', '/volumes?', '/images/json?']

describe('what is made through a scope', () => {
  it(
    'has the labels of the scope, and those of the call before them',
    inScope(
      {
        'POST /networks/create': json({ Id: 'n' }, 201),
        'GET /networks/n': json({ Id: 'n' }),
        'POST /volumes/create': json({ Name: 'v' }, 201),
        'POST /containers/create': json({ Id: 'c' }, 201),
        'GET /containers/c/json': json({ Id: 'c' }),
      },
      async ({ engine, scope }) => {
        const labels = { tier: 'web', 'dockline.scope': 'another' }
        const expected = { suite: 'a', tier: 'web', 'dockline.scope': 's' }
        await scope.networks.create('n', { labels })
        await scope.volumes.create('v', { labels })
        await scope.containers.create('busybox', 'true', { labels })
        for (const path of ['/networks/create', '/volumes/create'])
          assert.deepEqual(bodiesOf(engine, path)[0].Labels, expected)
        const { 'dockline.scope.mark': mark, ...ofContainer } = bodiesOf(engine, '/containers/create')[0]
          .Labels
        assert.deepEqual(ofContainer, expected)
        assert.match(mark, /^[0-9a-f]{16}$/)
      },
    ),
  )

  it(
    'has volumes with these labels, where a container makes them by their name',
    inScope(
      {
        'POST /volumes/create': json({ Name: 'v' }, 201),
        'POST /containers/create': json({ Id: 'c' }, 201),
        'GET /containers/c/json': json({ Id: 'c' }),
      },
      async ({ engine, scope }) => {
        await scope.containers.create('busybox', 'true', {
          volumes: { data: '/data', '/host': '/host', 'C:\\host': '/windows' },
          mounts: [
            { type: 'volume', source: 'm', target: '/m' },
            { type: 'tmpfs', target: '/t' },
          ],
        })
        const Labels = { suite: 'a', 'dockline.scope': 's' }
        assert.deepEqual(bodiesOf(engine, '/volumes/create'), [{ Name: 'data', Labels }])
        assert.deepEqual(bodiesOf(engine, '/containers/create')[0].HostConfig.Mounts, [
          { Type: 'volume', Source: 'm', Target: '/m', VolumeOptions: { Labels } },
          { Type: 'tmpfs', Target: '/t' },
        ])
      },
    ),
  )

  it(
    'has another label as an image, and not the label of its container',
    inScope(
      {
        'POST /commit': json({ Id: 'i' }, 201),
        'GET /images/i/json': json({ Id: 'i' }),
        'GET /images/r%3Alatest/json': json({ Id: 'i' }),
        'POST /build': chunked('application/json', '{"aux":{"ID":"i"}}'),
        'POST /images/create': chunked('application/json', '{"status":"i"}'),
      },
      async ({ engine, scope }) => {
        await scope.containers.ref('c').commit({ repository: 'r' })
        assert.deepEqual(bodiesOf(engine, '/commit')[0].Labels, {
          suite: 'a',
          'dockline.scope.image': 's',
          'dockline.scope': '',
        })
        await scope.images.build({ builder: 'classic', remote: 'http://a', labels: ['tier=web'] })
        const { searchParams } = new URL(
          engine.calls.find((call) => call.includes('/build'))?.slice(5) ?? '',
          'a://a',
        )
        assert.deepEqual(JSON.parse(searchParams.get('labels') ?? ''), {
          suite: 'a',
          tier: 'web',
          'dockline.scope.image': 's',
        })
        await scope.images.import(Buffer.from('tar'), { repository: 'r' })
        assert.ok(
          engine.calls.at(-2)?.includes(`changes=${encodeURIComponent('LABEL "dockline.scope.image"="s"')}`),
        )
      },
    ),
  )

  it(
    'is all that its lists and prunes see',
    inScope(
      {
        'POST /containers/prune': json({}),
        'POST /networks/prune': json({}),
        'POST /volumes/prune': json({}),
        'POST /images/prune': json({}),
      },
      async ({ engine, scope }) => {
        const filters = { label: 'a=b' }
        const { containers, networks, volumes, images } = scope
        await Promise.all([containers, networks, volumes, images].map((part) => part.prune({ filters })))
        await containers.list({ filters })
        await networks.list({ filters })
        await volumes.list({ filters })
        await images.list({ filters })
        const found = engine.calls.map((call) =>
          new URL(call.split(' ')[1] ?? '', 'a://a').searchParams.get('filters'),
        )
        // The prune of containers lists them first.
        assert.equal(found.length, 9)
        const labels = found.map((text) => Object.keys(JSON.parse(text ?? '').label).join())
        assert.equal(labels.filter((label) => label === 'a=b,dockline.scope=s').length, 6)
        assert.equal(labels.filter((label) => label === 'a=b,dockline.scope.image=s').length, 2)
      },
    ),
  )
})

describe('a container that has the labels of a scope from its image', () => {
  const labels = (mark: string) => ({ 'dockline.scope': 's', 'dockline.scope.mark': mark })
  const container = (Id: string, mark: string) => ({ Id, ImageID: 'sha256:i', Labels: labels(mark) })
  const scripts: Scripts = {
    'GET /containers/json': json([container('outside', 'a'), container('inside', 'b')]),
    'GET /images/sha256%3Ai/json': json({ Id: 'sha256:i', Config: { Labels: labels('a') } }),
    'POST /containers/prune': json({}),
  }

  it('is not in the list of the scope, and its image is asked for once', async (test) => {
    const { engine, scope } = await start(test, scripts)
    assert.deepEqual(
      (await scope.containers.list()).map(({ id }) => id),
      ['inside'],
    )
    assert.equal(engine.calls.filter((call) => call.includes('/images/')).length, 1)
  })

  it('is spared by the prune of the scope', async (test) => {
    const { engine, scope } = await start(test, scripts)
    await scope.containers.prune({ filters: { until: '1h', 'label!': 'keep' } })
    const prune = engine.calls.find((call) => call.startsWith('POST')) ?? ''
    assert.deepEqual(
      JSON.parse(new URL(prune.split(' ')[1] ?? '', 'a://a').searchParams.get('filters') ?? ''),
      {
        label: { 'dockline.scope=s': true },
        until: { '1h': true },
        'label!': { keep: true, 'dockline.scope.mark=a': true },
      },
    )
  })
})

describe('scope.down', () => {
  it('removes containers, networks, volumes and images, in this order, and looks again', async (test) => {
    const { engine, scope } = await start(test, {
      'GET /containers/json': firstOnly([{ Id: 'c1' }, { Id: 'c2' }]),
      'GET /networks': firstOnly([{ Id: 'n' }]),
      'GET /volumes': onceThen({ Volumes: [{ Name: 'v' }] }, { Volumes: null }),
      'GET /images/json': firstOnly([{ Id: 'sha256:i' }]),
      'DELETE /containers/c1': empty(),
      'DELETE /containers/c2': empty(404),
      'DELETE /networks/n': empty(),
      'DELETE /volumes/v': empty(),
      'DELETE /images/sha256%3Ai': json([]),
    })
    await scope.down()
    const order = engine.calls.map((call) => call.replace('/v1.56', '').replace(/filters=.*/, ''))
    const [containers = '', networks = '', volumes = '', images = ''] = LISTS.map((list) => `GET ${list}`)
    assert.deepEqual(order, [
      containers,
      'DELETE /containers/c1?force=1&v=1',
      'DELETE /containers/c2?force=1&v=1',
      networks,
      'DELETE /networks/n',
      volumes,
      'DELETE /volumes/v',
      images,
      'DELETE /images/sha256%3Ai?force=1',
      ...[containers, networks, volumes, images],
    ])
  })

  it('leaves a container alone that has its labels from an image, and removes another of that image', async (test) => {
    const container = (Id: string, mark: string | undefined) => ({
      Id,
      ImageID: 'sha256:i',
      Labels: { 'dockline.scope': 's', 'dockline.scope.mark': mark },
    })
    const [outside, inside] = [container('outside', 'a'), container('inside', 'b')]
    const { engine, scope } = await start(test, {
      'GET /containers/json': onceThen([outside, inside], [outside]),
      'GET /images/sha256%3Ai/json': json({ Id: 'sha256:i', Config: { Labels: outside.Labels } }),
      'DELETE /containers/inside': empty(),
    })
    await scope.down()
    const removals = engine.calls.filter((call) => call.startsWith('DELETE'))
    assert.deepEqual(removals, ['DELETE /v1.56/containers/inside?force=1&v=1'])
  })

  it('waits for a removal that is under way', async (test) => {
    const removal = onceThen({ message: 'removal of container c is already in progress' }, {}, 409, 204)
    const { scope } = await start(test, {
      'GET /containers/json': thrice([{ Id: 'c' }]),
      'DELETE /containers/c': removal,
    })
    await scope.down()
  })

  it('rejects with ScopeError when something stays, and says why', async (test) => {
    test.mock.timers.enable({ apis: ['Date'] })
    const { scope } = await start(test, {
      'GET /networks': json([{ Id: 'n1' }, { Id: 'n2' }]),
      'DELETE /networks/n1': json({ message: 'n1 has active endpoints' }, 403),
      'DELETE /networks/n2': async (call) => {
        test.mock.timers.tick(11_000)
        await json({ message: 'n2 has active endpoints' }, 403)(call)
      },
    })
    const error = await failureOf(scope.down())
    assert.ok(error instanceof ScopeError)
    assert.match(
      error.message,
      /^the scope s is not gone, network n1 and 1 more stays: .*n1 has active endpoints/,
    )
    const left = error.left.map(({ kind, id, error: { message } }) => `${kind} ${id} ${message}`)
    assert.equal(left.length, 2)
    assert.match(left[1] ?? '', /^network n2 .*n2 has active endpoints/)
  })

  it('waits for what is being made, and refuses to make more', async (test) => {
    const [asked, release] = [deferred<void>(), deferred<void>()]
    const { engine, scope } = await start(test, {
      'POST /volumes/create': async (call) => {
        asked.resolve()
        await release.promise
        await json({ Name: 'v' }, 201)(call)
      },
    })
    const making = scope.volumes.create('v')
    await asked.promise
    const down = scope.down()
    await assert.rejects(scope.volumes.create('w'), {
      code: 'ERR_DOCKER_INVALID_ARGUMENT',
      message: 'the scope s has ended: nothing can be made in it',
    })
    assert.deepEqual(engine.calls, ['POST /v1.56/volumes/create'])
    release.resolve()
    await Promise.all([making, down])
    assert.equal(engine.calls.length, 5)
  })

  for (const [name, path, begin] of [
    ['a build', 'POST /build', ({ images }: Scope) => images.build(CLASSIC)],
    ['an import', 'POST /images/create', ({ images }: Scope) => images.import(Buffer.from('tar'))],
  ] as const) {
    it(`waits for ${name} that is under way`, async (test) => {
      const [answer, asked] = anAnswer()
      const { engine, scope } = await start(test, { [path]: answer })
      const making = failureOf(begin(scope))
      const call = await asked
      const down = scope.down()
      await removalBegins(engine)
      assert.equal(engine.calls.length, 1, 'nothing was listed before the image was there')
      await call.write(chunk('{"errorDetail":{"message":"it failed"}}'))
      assert.match(String(await making), /it failed/)
      await down
      assert.equal(engine.calls.length, 5)
    })

    it(`waits for ${name} whose progress is read until the reader leaves`, async (test) => {
      const [answer, asked] = anAnswer()
      const { engine, scope } = await start(test, { [path]: answer })
      const progress = begin(scope).progress()
      const first = progress.next()
      await (await asked).write(chunk('{"status":"one"}'))
      assert.equal((await first).done, false)
      const down = scope.down()
      await removalBegins(engine)
      assert.equal(engine.calls.length, 1, 'nothing was listed before the reader left')
      await progress.return()
      await down
      assert.equal(engine.calls.length, 5)
    })

    it(`does not wait for ${name} that nobody has begun`, async (test) => {
      const { scope } = await start(test)
      const making = begin(scope)
      const progress = begin(scope).progress()
      await scope.down()
      await assert.rejects(making, /the scope s has ended/)
      await assert.rejects(progress.next(), /the scope s has ended/)
    })
  }

  it('can be given up', async (test) => {
    const { scope } = await start(test, { 'GET /containers/json': (call) => call.takeOver().closed })
    await assert.rejects(scope.down({ timeout: 50 }), { code: 'ERR_DOCKER_TIMEOUT' })
    const stop = new AbortController()
    const down = scope.down({ signal: stop.signal })
    stop.abort(new Error('enough'))
    await assert.rejects(down, { message: 'enough' })
  })

  it('rejects with TimeoutError when its time is over before the scope is empty', async (test) => {
    const { scope } = await start(test, {
      'GET /networks': json([{ Id: 'n' }]),
      'DELETE /networks/n': json({ message: 'it has active endpoints' }, 403),
    })
    const error = await failureOf(scope.down({ timeout: 300 }))
    assert.ok(error instanceof TimeoutError, String(error))
  })

  it('asks nobody at the end of a block in which nothing was made', async (test) => {
    const { engine, client } = await start(test)
    {
      await using _scope = client.scope()
    }
    assert.deepEqual(engine.calls, [])
  })
})

describe('a scope', () => {
  it('takes its listeners away when it is gone', async (test) => {
    const { scope } = await start(test, { 'POST /volumes/create': json({ Name: 'v' }, 201) })
    const count = () => process.listenerCount('SIGINT') + process.listenerCount('exit')
    const before = count()
    await scope.volumes.create('v')
    assert.equal(count(), before + 2)
    await scope.down()
    assert.equal(count(), before)
  })

  it('is removed on a signal without waiting for a build, which ends with the process', async (test) => {
    const [answer, asked] = anAnswer()
    const engine = await FakeEngine.start(test, { ...EMPTY, 'POST /build': answer })
    const program = spawn(process.execPath, [PROGRAM, 'building', engine.host], PATIENT)
    const exit = once(program, 'exit')
    await asked
    program.kill('SIGINT')
    assert.deepEqual(await exit, [null, 'SIGINT'])
    assert.equal(engine.calls.length, 5)
  })

  it('is removed on a signal while a terminal is raw, which is restored before the process ends', async (test) => {
    const engine = await FakeEngine.start(test, {
      ...EMPTY,
      'POST /volumes/create': json({ Name: 'v' }, 201),
      'GET /exec/e/json': json({ ProcessConfig: { tty: true }, OpenStdin: true, Running: true }),
      'POST /exec/e/start': (call) => void call.upgrade(RAW),
    })
    const program = spawn(process.execPath, [PROGRAM, 'raw', engine.host], PATIENT)
    const exit = once(program, 'exit')
    const said = text(program.stdout)
    program.stdout.once('data', () => program.kill('SIGTERM'))
    assert.deepEqual(await exit, [null, 'SIGTERM'])
    assert.equal(await said, 'raw\nrestored\n')
    assert.ok(
      engine.calls.some((call) => call.includes('GET /v1.56/volumes?')),
      'the scope was removed',
    )
  })

  it('refuses options that cannot be right', async (test) => {
    const { client } = await start(test)
    const wrong = [
      { id: '' },
      { id: 'a b' },
      { id: 1 },
      { labels: 1 },
      { reaper: 'yes' },
      { name: 'a' },
      null,
    ]
    for (const options of wrong)
      assert.throws(
        () => client.scope(options as ScopeOptions),
        InvalidArgumentError,
        JSON.stringify(options),
      )
  })

  it('listens for SIGINT and SIGTERM while there is something to remove, and leaves SIGHUP as it is', async (test) => {
    const counts = () => ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => process.listenerCount(signal))
    const before = counts()
    const { scope } = await start(test, { 'POST /volumes/create': json({ Name: 'v' }, 201) })
    await scope.volumes.create('v')
    const during = counts()
    await scope.down()
    assert.deepEqual(
      during.map((count, index) => count - (before[index] ?? 0)),
      [1, 1, 0],
    )
    assert.deepEqual(counts(), before)
  })

  it('refuses to make anything where another program runs in the place of the reaper', async (test) => {
    const { engine, client } = await start(test)
    const program = join(await temporaryFolder(), 'program')
    writeProgram(program, '#!/bin/sh\necho hello\nexec cat\n')
    const { execPath } = process
    process.execPath = program
    try {
      const scope = client.scope()
      const error = await failureOf(scope.volumes.create('v'))
      assert.ok(error instanceof ScopeError, String(error))
      assert.match(error.message, /^the reaper of the scope .* failed: it says "hello" \(reaper: false/)
      await scope.down()
    } finally {
      process.execPath = execPath
    }
    assert.ok(!engine.calls.some((call) => call.startsWith('POST')))
  })

  it('refuses to make anything where no reaper can be started for want of open files', async (test) => {
    const { engine, client } = await start(test)
    outOfFiles(test)
    const scope = client.scope()
    const error = await failureOf(scope.volumes.create('v'))
    assert.ok(error instanceof ScopeError, String(error))
    assert.match(error.message, /^the reaper of the scope .* failed: spawn .* EMFILE/)
    await scope.down()
    assert.ok(!engine.calls.some((call) => call.startsWith('POST')))
  })

  it('refuses a reaper where the client connects by a function', async (test) => {
    const { engine } = await start(test)
    const { createConnection } = await import('node:net')
    const dial = async () => createConnection(engine.host.slice('unix://'.length))
    await assert.rejects(engine.client(test, { host: undefined, dial }).scope().volumes.create('v'), {
      code: 'ERR_DOCKER_INVALID_ARGUMENT',
      message: /^dial is a function, which the reaper of a scope cannot call \(with reaper: false /,
    })
    assert.deepEqual(engine.calls, [])
  })
})

const CLASSIC: BuildOptions = { builder: 'classic', remote: 'http://a' }

/** An answer of messages that the test writes, and the call once the answer has begun. */
function anAnswer(): readonly [Script, Promise<Call>] {
  const { promise, resolve } = deferred<Call>()
  const answer: Script = async (call) => {
    await call.body()
    call.takeOver()
    await call.write(chunkedHead('application/json'))
    resolve(call)
  }
  return [answer, promise]
}

/** Resolves when a removal that waits for nothing would have asked for its first list. */
async function removalBegins(engine: FakeEngine): Promise<void> {
  const before = engine.calls.length
  for (let turn = 0; turn < 100 && engine.calls.length === before; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

interface Started {
  readonly engine: FakeEngine
  readonly client: DockerClient
  readonly scope: Scope
}

async function start(test: TestContext, scripts: Scripts = {}): Promise<Started> {
  const engine = await FakeEngine.start(test, { ...EMPTY, ...scripts })
  const client = engine.client(test)
  const scope = client.scope({ id: 's', labels: { suite: 'a' }, reaper: false })
  return { engine, client, scope }
}

type Body = (started: Started) => Promise<void>

/** A test in which something is made, so that listeners of the process are there until the scope is gone. */
function inScope(scripts: Scripts, body: Body): (test: TestContext) => Promise<void> {
  return async (test) => {
    const started = await start(test, scripts)
    try {
      await body(started)
    } finally {
      await started.scope.down()
    }
  }
}

function bodiesOf(engine: FakeEngine, path: string) {
  return engine.requests
    .filter((request) => request.path === path)
    .map(({ body }) => JSON.parse(body.toString()))
}

function firstOnly(list: readonly unknown[]): Script {
  return onceThen(list, [])
}

function thrice(list: readonly unknown[]): Script {
  let count = 0
  return (call) => json(count++ < 3 ? list : [])(call)
}

function onceThen(first: unknown, then: unknown, status = 200, nextStatus = 200): Script {
  let isFirst = true
  return (call) => {
    const reply = isFirst ? json(first, status) : json(then, nextStatus)
    isFirst = false
    return reply(call)
  }
}
