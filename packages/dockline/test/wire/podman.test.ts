// What Podman answers in a way of its own, as Podman 4.3 and 5.8 were seen to.
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { computeStats } from '#src/doors/syntax.js'
import {
  ApiError,
  BuildError,
  ConflictError,
  Container,
  DockerError,
  eventName,
  NotFoundError,
  StreamError,
  TimeoutError,
} from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  answer,
  type Call,
  chunk,
  chunked,
  chunkedHead,
  empty,
  FakeEngine,
  frame,
  json,
  RAW,
  type Scripts,
} from '../support/fake-engine.js'
import { type KeptMessage, keptLog, out } from '../support/fake-log.js'

const OF_C1: Scripts = {
  'GET /containers/c1/json': json({ Id: 'c1', Config: { Tty: false }, State: { Status: 'exited' } }),
}

const PODMAN: Scripts = {
  'HEAD /_ping': answer(200, { 'Api-Version': '1.41', 'Libpod-API-Version': '4.3.1' }),
}

describe('Podman', () => {
  it('is known by its answer to the ping', async (test) => {
    const { client } = await start(test)
    assert.equal(client.api.http.podman, undefined)
    assert.equal((await client.ping()).podman, '4.3.1')
    assert.equal(client.api.http.podman, '4.3.1')
  })

  it('is known by any answer where the version is pinned', async (test) => {
    const scripts = { 'GET /info': answer(200, { 'Libpod-API-Version': '5.8.6' }, '{}') }
    const engine = await FakeEngine.start(test, scripts)
    const client = engine.client(test, { apiVersion: '1.41' })
    await client.info()
    assert.equal(client.api.http.podman, '5.8.6')
  })

  it('is not what answers without its header', async (test) => {
    const engine = await FakeEngine.start(test)
    assert.equal((await engine.client(test).ping()).podman, undefined)
  })

  for (const [name, status, type, body] of [
    ['a path it does not know', 404, 'text/plain', 'Not Found\n'],
    ['one it knows and has not', 404, 'application/json', '{"message":"Path /v1.41/x is not supported"}'],
    ['a Swarm', 503, 'application/json', '{"message":"Podman does not support service: /v1.41/x"}'],
    ['a method it does not know', 405, 'text/plain', 'Method Not Allowed\n'],
  ] as const) {
    it(`says of ${name} that it does not have it, which is no NotFoundError`, async (test) => {
      const { client } = await start(test, {
        'GET /services': answer(status, { 'Content-Type': type }, body),
      })
      const failure = await failureOf(client.services.list())
      assert.ok(failure instanceof ApiError && !(failure instanceof NotFoundError), String(failure))
      assert.equal(failure.status, status)
      assert.equal(failure.hint, "Podman 4.3.1 does not have this part of Docker's API")
    })
  }

  it('still has a NotFoundError for what is not there', async (test) => {
    const gone = json({ cause: 'no such container', message: 'no such container', response: 404 }, 404)
    const { client } = await start(test, {
      'GET /containers/x/json': gone,
      'HEAD /containers/x/archive': gone,
    })
    assert.ok((await failureOf(client.containers.get('x'))) instanceof NotFoundError)
    const bodiless = failureOf(client.api.containers.statArchive('x', { path: '/' }))
    assert.ok((await bodiless) instanceof NotFoundError)
  })

  for (const message of [
    'creating storage: that name is already in use',
    'network already exists',
    '"n" has associated containers with it: network is being used',
  ]) {
    it(`has a conflict where it says 500 and '${message}'`, async (test) => {
      const { client } = await start(test, { 'POST /networks/create': json({ message, response: 500 }, 500) })
      const failure = await failureOf(client.networks.create('n'))
      assert.ok(failure instanceof ConflictError)
      assert.equal(failure.status, 500)
    })
  }
})

describe('the exit code of a run on Podman', () => {
  it('is that of the container when the wait has not come', async (test) => {
    const { client } = await start(test, running({ inspect: () => state('exited', 3) }))
    const { exitCode } = await client.containers.run('busybox', 'x', { reject: false })
    assert.equal(exitCode, 3)
  })

  it('is that of the wait while the container is not yet said to have ended', async (test) => {
    const { client } = await start(test, running({ waited: 3, inspect: () => state('stopped', 0) }))
    const { exitCode } = await client.containers.run('busybox', 'x', { reject: false })
    assert.equal(exitCode, 3)
  })

  it('is not the -1 of a wait that came to nothing', async (test) => {
    const { client } = await start(test, running({ waited: -1, inspect: () => state('exited', 4) }))
    const { exitCode } = await client.containers.run('busybox', 'x', { reject: false })
    assert.equal(exitCode, 4)
  })

  it('is what was told of a container that was removed before it was looked at', async (test) => {
    const { engine, client } = await start(test, {
      ...running({ inspect: () => json({ message: 'no such container' }, 404) }),
      'GET /events': events(
        podmanEvent('container', 'died', { exitCode: '5' }),
        podmanEvent('container', 'remove'),
      ),
    })
    const { exitCode } = await client.containers.run('busybox', 'x', { reject: false, remove: true })
    assert.equal(exitCode, 5)
    assert.ok(
      engine.calls.includes('POST /v1.41/containers/c1/wait?condition=next-exit'),
      engine.calls.join(),
    )
  })

  it('is waited for through the moment of a removal, which Podman answers with 500', async (test) => {
    const looks = [json({ message: 'container is being removed' }, 500), state('exited', 6)]
    const { client } = await start(test, running({ inspect: () => looks.shift() ?? state('exited', 6) }))
    const { exitCode } = await client.containers.run('busybox', 'x', { reject: false })
    assert.equal(exitCode, 6)
  })

  it('is an error when nobody can tell it', async (test) => {
    const { client } = await start(test, {
      ...running({ inspect: () => json({ message: 'no such container' }, 404) }),
      'GET /events': events(),
    })
    const failure = await failureOf(client.containers.run('busybox', 'x', { remove: true }))
    assert.ok(failure instanceof DockerError)
    assert.match(failure.message, /c1 was removed, and the Engine does not report how it ended/)
  })

  it('comes when the container is gone, where it is to be removed', async (test) => {
    const looks = [state('exited', 0), state('exited', 0), state('exited', 0)]
    const { client } = await start(
      test,
      running({ inspect: () => looks.shift() ?? json({ message: 'no such container' }, 404) }),
    )
    await client.containers.run('busybox', 'x', { remove: true })
    assert.equal(looks.length, 0)
  })
})

describe('a container that Podman is removing', () => {
  const isLeaving = json({ message: 'container is being removed' }, 500)
  const isGone = json({ message: 'no such container' }, 404)

  it('is waited for until it is gone', async (test) => {
    const looks = [state('running', 0), isLeaving]
    const { client } = await start(test, {
      'GET /containers/c1/json': (call) => (looks.shift() ?? isGone)(call),
      'GET /containers/c1/logs': chunked(RAW),
      'GET /events': events(podmanEvent('container', 'died', { exitCode: '4' })),
    })
    const { exitCode } = await client.containers.ref('c1').waitFor({ exit: 4 })
    assert.equal(exitCode, 4)
  })

  it('is that of a detached run that has ended already', async (test) => {
    const looks = [state('created', 0)]
    const { client } = await start(test, running({ inspect: () => looks.shift() ?? isLeaving }))
    const container = await client.containers.run('busybox', 'true', { detach: true, remove: true })
    assert.deepEqual([container.id, container.status], ['c1', 'created'])
  })

  it('is not left by a run that takes too long', async (test) => {
    const looks = [isLeaving]
    const { client } = await start(test, {
      ...running({ inspect: () => looks.shift() ?? isGone }),
      'POST /containers/c1/attach': async (call) => void (await call.upgrade(RAW)),
    })
    const failure = await failureOf(client.containers.run('busybox', 'x', { remove: true, timeout: '1s' }))
    assert.ok(failure instanceof TimeoutError)
    assert.equal(failure.container, undefined)
    assert.equal(looks.length, 0)
  })
})

describe('container.wait on Podman', () => {
  it('looks at the container where the answer is -1', async (test) => {
    const { client } = await start(test, {
      'POST /containers/c1/wait': json({ StatusCode: -1 }),
      'GET /containers/c1/json': state('exited', 9),
    })
    assert.deepEqual(await new Container(client.api, { id: 'c1' }).wait(), { exitCode: 9 })
  })

  it('does not believe the 0 of a container that was removed', async (test) => {
    const { client } = await start(test, {
      'POST /containers/c1/wait': json({ StatusCode: 0 }),
      'GET /containers/c1/json': json({ message: 'no such container' }, 404),
      'GET /events': events(podmanEvent('container', 'die', { exitCode: '8' })),
    })
    const container = new Container(client.api, { id: 'c1' })
    assert.deepEqual(await container.wait({ condition: 'removed' }), { exitCode: 8 })
  })

  it('has the exit code of the last container that had the name', async (test) => {
    const of = (ID: string, name: string, Action: string, exitCode?: string) => ({
      ...podmanEvent('container', Action),
      Actor: { ID, Attributes: { name, exitCode } },
    })
    const { client } = await start(test, {
      'POST /containers/cafe/wait': json({ StatusCode: 0 }),
      'GET /containers/cafe/json': json({ message: 'no such container' }, 404),
      'GET /events': events(
        of('1f', 'cafe', 'died', '1'),
        of('1f', 'cafe', 'remove'),
        { ...of('cafe', 'cafe', 'destroy'), Type: 'volume' },
        of('2f', 'cafe', 'died', '2'),
        of('2f', 'cafe', 'remove'),
        // The Engine takes these for it, too.
        of('3f', 'cafeteria', 'died', '3'),
        of('cafe4f', 'other', 'died', '4'),
      ),
    })
    const container = client.containers.ref('cafe')
    assert.deepEqual(await container.wait({ condition: 'removed' }), { exitCode: 2 })
  })
})

describe('an exec on Podman', () => {
  const scripts: Scripts = {
    'POST /containers/c1/exec': json({ Id: 'e1' }, 201),
    'POST /exec/e1/resize': empty(201),
    'POST /exec/e1/start': async (call) => {
      await call.upgrade(RAW, Buffer.from('out'))
      call.socket.end()
    },
  }

  it('has an exit code only once it does not run', async (test) => {
    const looks = [true, true, false].map((Running) => json({ Running, ExitCode: Running ? 0 : 2 }))
    const { client } = await start(test, {
      ...scripts,
      'GET /exec/e1/json': (call) => (looks.shift() ?? empty(404))(call),
    })
    const container = new Container(client.api, { id: 'c1' })
    const { exitCode, stdout } = await container.exec('x', { tty: true })
    assert.deepEqual([exitCode, stdout], [2, 'out'])
  })

  it('is given its size by a call of its own, whatever the version', async (test) => {
    const { engine, client } = await start(test, {
      ...scripts,
      'HEAD /_ping': answer(200, { 'Api-Version': '1.44', 'Libpod-API-Version': '5.8.6' }),
      'GET /exec/e1/json': json({ Running: false, ExitCode: 0 }),
    })
    const container = new Container(client.api, { id: 'c1' })
    const session = await container.spawn('x', { tty: true, size: { columns: 80, rows: 24 } })
    await session.exit
    assert.ok(engine.calls.includes('POST /v1.44/exec/e1/resize?h=24&w=80'), engine.calls.join())
  })
})

describe('logs of Podman', () => {
  it('without a content type are frames or not by the tty of the container', async (test) => {
    for (const Tty of [true, false]) {
      const bytes = Tty ? Buffer.from('out') : frame(1, 'out')
      const { client } = await start(test, {
        'GET /containers/c1/logs': answer(200, {}, bytes),
        'GET /containers/c1/json': json({ Id: 'c1', Config: { Tty } }),
      })
      assert.equal(await new Container(client.api, { id: 'c1' }).logs().text(), 'out')
    }
  })

  it('are not followed when the container has ended: Podman would cut them short', async (test) => {
    for (const [status, follow] of [
      ['exited', 0],
      ['running', 1],
    ] as const) {
      const { engine, client } = await start(test, {
        'GET /containers/c1/logs': answer(200, {}, frame(1, 'out')),
        'GET /containers/c1/json': json({ Id: 'c1', Config: { Tty: false }, State: { Status: status } }),
      })
      await (await client.containers.get('c1')).logs({ follow: true }).text()
      const asked = engine.calls.filter((each) => each.includes('/logs'))
      assert.deepEqual(asked, [`GET /v1.41/containers/c1/logs?follow=${follow}&stdout=1&stderr=1`])
    }
  })

  describe('that cannot be read, which Podman says with the status 200,', () => {
    const report = { cause: 'no such process', message: 'failed to obtain logs', response: 500 }

    it('reject with what Podman says', async (test) => {
      const { client } = await start(test, { 'GET /containers/c1/logs': json(report), ...OF_C1 })
      const failure = await failureOf(new Container(client.api, { id: 'c1' }).logs().text())
      assert.ok(failure instanceof StreamError)
      assert.match(failure.message, /failed to obtain logs/)
    })

    it('are read again with resume', async (test) => {
      let count = 0
      const log = keptLog(
        () => [out(1, 'line\n')],
        () => 'ends',
      )
      const { client } = await start(test, {
        'GET /containers/c1/logs': (call) => (count++ === 0 ? json(report) : log)(call),
        ...OF_C1,
      })
      const logs = new Container(client.api, { id: 'c1' }).logs({ resume: true })
      assert.equal(await logs.text(), 'line\n')
    })

    it('are read again and again while Podman removes the container', async (test) => {
      let count = 0
      const log = keptLog(
        () => [out(1, 'line\n')],
        () => 'ends',
      )
      const missing = json({ message: 'no such container' }, 404)
      const { client } = await start(test, {
        'GET /containers/c1/logs': (call) => {
          count += 1
          return (count === 1 ? log : count < 6 ? json({ message: 'removing' }, 500) : missing)(call)
        },
        'GET /containers/c1/json': json({ Id: 'c1', Config: { Tty: false }, State: { Running: true } }),
      })
      const logs = new Container(client.api, { id: 'c1' }).logs({ follow: true, resume: true })
      assert.equal(await logs.text(), 'line\n')
    })

    it('are not taken for a short log that has a length', async (test) => {
      const { client } = await start(test, {
        'GET /containers/c1/logs': answer(200, {}, frame(1, '{"a":1}')),
        ...OF_C1,
      })
      assert.equal(await new Container(client.api, { id: 'c1' }).logs().text(), '{"a":1}')
    })
  })

  describe('that are read while a message is being written, with resume', () => {
    const [cut, whole] = [out(2, 'hal'), out(2, 'half a line\n')]

    it('are whole, whether the container goes on or ends', async (test) => {
      for (const ended of [undefined, '2026-01-02T04:00:00Z']) {
        const looks = [
          [out(1, 'first\n'), cut],
          [out(1, 'first\n'), whole],
          [out(1, 'first\n'), whole, out(3, 'last\n')],
        ]
        const { container } = await growing(test, looks, ended)
        const lines: string[] = []
        for await (const { line } of container.logs({ follow: true, resume: true }).lines()) {
          lines.push(line)
          if (line.endsWith('last')) break
        }
        assert.deepEqual(lines, ['first', 'half a line', 'last'])
      }
    })

    it('give the last line before anything comes behind it', async (test) => {
      const { container } = await growing(test, [[cut], [whole]])
      for await (const { line } of container.logs({ follow: true, resume: true }).lines()) {
        assert.equal(line, 'half a line')
        break
      }
    })

    it('are whole up to the moment at which they shall end', async (test) => {
      const until = new Date(Date.now() + 50)
      const { container } = await growing(test, [[whole]])
      assert.equal(await container.logs({ follow: true, resume: true, until }).text(), 'half a line\n')
    })

    it('are asked for from the last line on that has come, when only the last were wanted', async (test) => {
      const { engine, container } = await growing(test, [[cut], [whole, out(3, 'last\n')]])
      for await (const { line } of container.logs({ follow: true, resume: true, tail: 1 }).lines())
        if (line === 'half a line') break
      const asked = engine.calls.filter((each) => each.includes('/logs'))
      assert.match(asked[0] ?? '', /tail=1/)
      assert.match(asked[1] ?? '', /since=1767323045\.000000001(?!.*tail)/)
    })

    it('are given as they are where they are not followed', async (test) => {
      const { container } = await growing(test, [[cut]])
      assert.equal(await container.logs({ resume: true }).text(), 'hal')
    })
  })
})

/** A container whose log is found as it is in each of these looks, one after the other, and then as in the last. */
async function growing(test: TestContext, looks: readonly (readonly KeptMessage[])[], ended?: string) {
  let count = 0
  const isOver = () => ended !== undefined && count >= looks.length
  const { engine, client } = await start(test, {
    'GET /containers/c1/logs': keptLog(
      () => looks[count++] ?? looks.at(-1) ?? [],
      () => 'ends',
    ),
    'GET /containers/c1/json': (call) =>
      json({ State: { Running: !isOver(), FinishedAt: isOver() ? ended : undefined } })(call),
  })
  return { engine, container: new Container(client.api, { id: 'c1' }) }
}

describe('stats of Podman', () => {
  const sample = (read: string, total: number) => ({
    read,
    // What it calls the system's is not what the clock says.
    cpu_stats: { cpu_usage: { total_usage: total }, system_cpu_usage: total * 2, online_cpus: 2, cpu: 0 },
    precpu_stats: { cpu_usage: { total_usage: 0 }, cpu: 0 },
  })

  it('are of one CPU by the clock', () => {
    const first = sample('2026-01-02T03:04:05Z', 1e9)
    const second = sample('2026-01-02T03:04:07Z', 2e9)
    assert.equal(computeStats(second, first).cpuPercent, 50)
    assert.equal(computeStats(first).cpuPercent, 0)
  })

  it('are asked for twice where one measurement is wanted, and the CPU in it', async (test) => {
    const samples = [sample('2026-01-02T03:04:05Z', 1e9), sample('2026-01-02T03:04:06Z', 2e9)]
    const { engine, client } = await start(test, {
      'GET /containers/c1/stats': (call) => answer(200, {}, JSON.stringify(samples.shift()))(call),
    })
    const { cpuPercent } = await new Container(client.api, { id: 'c1' }).stats({ stream: false })
    assert.equal(cpuPercent, 100)
    assert.equal(engine.calls.length, 2)
  })

  it('are all zeros where it has nothing to say of a container', async (test) => {
    const { client } = await start(test, { 'GET /containers/c1/stats': answer(200, {}) })
    const { cpuPercent, pids } = await new Container(client.api, { id: 'c1' }).stats({ stream: false })
    assert.deepEqual([cpuPercent, pids], [0, 0])
  })
})

describe('events of Podman', () => {
  it('come in the words of Docker', async (test) => {
    const told = [
      podmanEvent('container', 'died', { exitCode: '0' }),
      podmanEvent('container', 'remove'),
      podmanEvent('container', 'exec_died'),
      podmanEvent('container', 'health_status', { health_status: 'healthy' }),
      { ...podmanEvent('container', 'health_status'), HealthStatus: 'unhealthy' },
      podmanEvent('image', 'remove'),
      podmanEvent('volume', 'remove'),
      podmanEvent('container', 'init'),
    ]
    const { client } = await start(test, { 'GET /events': events(...told) })
    const seen: string[] = []
    for await (const { Action, status } of client.events() as AsyncIterable<{
      Action: string
      status?: string
    }>) {
      assert.equal(status, Action)
      seen.push(Action)
    }
    assert.deepEqual(seen, [
      'die',
      'destroy',
      'exec_die',
      'health_status: healthy',
      'health_status: unhealthy',
      'delete',
      'destroy',
      'init',
    ])
  })

  it('are asked for in both words, and are those that were asked for', async (test) => {
    const { engine, client } = await start(test, {
      'GET /events': events(podmanEvent('container', 'died'), podmanEvent('network', 'remove')),
    })
    const seen: string[] = []
    for await (const event of client.events({ filters: { event: ['die'] } })) seen.push(eventName(event))
    assert.deepEqual(seen, ['die'])
    const query = new URL(engine.calls[0]?.split(' ')[1] ?? '', 'http://docker').searchParams
    assert.deepEqual(JSON.parse(query.get('filters') ?? ''), { event: { die: true, died: true } })
  })

  it('of the past are asked for on the way to a moment that has not come', async (test) => {
    const at = 1_700_000_000
    const { engine, client } = await start(test, {
      'GET /events': events(
        { ...podmanEvent('container', 'start'), time: at, timeNano: at * 1e9 },
        { ...podmanEvent('container', 'died'), time: at + 9, timeNano: (at + 9) * 1e9 },
      ),
    })
    const seen: string[] = []
    for await (const event of client.events({ since: new Date(1000), until: (at + 5) * 1000 }))
      seen.push(eventName(event))
    assert.deepEqual(seen, ['start'])
    const query = new URL(engine.calls[0]?.split(' ')[1] ?? '', 'http://docker').searchParams
    assert.ok(Number(query.get('until')) > Date.now() / 1000 - 5, query.get('until') ?? '')
  })
})

describe('images on Podman', () => {
  it('are loaded under all the names that it tells in one line', async (test) => {
    const { engine, client } = await start(test, {
      'POST /images/load': chunked('application/json', JSON.stringify({ stream: 'Loaded image: a:1,b:2\n' })),
      'GET /images/a%3A1/json': json({ Id: 'sha256:a' }),
      'GET /images/b%3A2/json': json({ Id: 'sha256:a' }),
    })
    const images = await client.images.load(Buffer.from('tar'))
    assert.deepEqual(
      images.map(({ id }) => id),
      ['sha256:a'],
    )
    assert.equal(engine.calls.length, 3)
  })

  it('are built with hosts and limits as Podman reads them', async (test) => {
    const built = JSON.stringify({ stream: 'Successfully built 0123456789ab\n' })
    const { engine, client } = await start(test, {
      'POST /build': chunked('application/json', built),
      'GET /images/0123456789ab/json': json({ Id: 'sha256:0123456789ab' }),
    })
    await client.images.build({
      dockerfileContent: 'FROM busybox',
      extraHosts: ['a.host:10.1.2.3'],
      ulimits: [{ name: 'nofile', soft: 10, hard: 20 }],
    })
    const query = new URL(engine.calls[0]?.split(' ')[1] ?? '', 'http://docker').searchParams
    assert.deepEqual(JSON.parse(query.get('extrahosts') ?? ''), ['a.host:10.1.2.3'])
    assert.deepEqual(JSON.parse(query.get('ulimits') ?? ''), ['nofile=10:20'])
    assert.equal(query.has('cachefrom'), false)
  })

  it('are builds whose exit code is in the words', async (test) => {
    const error = 'building at STEP "RUN x": while running runtime: exit status 3\n'
    const { client } = await start(test, {
      'POST /build': chunked('application/json', JSON.stringify({ errorDetail: { message: error }, error })),
    })
    const failure = await failureOf(client.images.build({ dockerfileContent: 'FROM busybox' }))
    assert.ok(failure instanceof BuildError)
    assert.equal(failure.exitCode, 3)
  })
})

async function start(test: TestContext, scripts: Scripts = {}) {
  const engine = await FakeEngine.start(test, { ...PODMAN, ...scripts })
  return { engine, client: engine.client(test) }
}

/** A container c1 that runs without a word. Its wait answers when it has ended, or never. */
function running({ waited, inspect }: { waited?: number; inspect: () => Scripts[string] }): Scripts {
  const started = deferred<void>()
  return {
    'POST /containers/create': json({ Id: 'c1' }, 201),
    'GET /containers/c1/json': (call) => inspect()(call),
    'DELETE /containers/c1': empty(),
    'POST /containers/c1/attach': async (call: Call) => {
      await call.upgrade(RAW)
      await started.promise
      call.socket.end()
    },
    'POST /containers/c1/wait': async (call: Call) => {
      await call.write(chunkedHead('application/json'))
      await started.promise
      if (waited === undefined) return
      await call.write(Buffer.concat([chunk(JSON.stringify({ StatusCode: waited })), chunk()]))
    },
    'POST /containers/c1/start': async (call: Call) => {
      await empty()(call)
      started.resolve()
    },
  }
}

function state(Status: string, ExitCode: number) {
  return json({ Id: 'c1', State: { Status, ExitCode, Running: Status === 'running' } })
}

function podmanEvent(Type: string, Action: string, Attributes: Readonly<Record<string, string>> = {}) {
  return { status: Action, Type, Action, Actor: { ID: 'c1', Attributes }, time: 1, timeNano: 1e9 }
}

function events(...told: readonly object[]) {
  return chunked('application/json', ...told.map((event) => `${JSON.stringify(event)}\n`))
}
