import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import {
  ApiError,
  ConnectionError,
  ContainerError,
  DockerError,
  ImageNotFoundError,
  InvalidArgumentError,
  RegistryError,
  type RunOptions,
  StreamError,
  TimeoutError,
} from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  type Call,
  chunk,
  chunked,
  chunkedHead,
  empty,
  FakeEngine,
  frame,
  json,
  MULTIPLEXED,
  RAW,
  type Script,
  type Scripts,
} from '../support/fake-engine.js'
import { PATIENT } from '../support/patience.js'

/** What waits for something else than it should would wait for ever. */
const SOON = PATIENT
const CREATE = 'POST /v1.47/containers/create'
const ATTACH = 'POST /v1.47/containers/c1/attach?stream=1&stdin=0&stdout=1&stderr=1&logs=0'
const WAIT = 'POST /v1.47/containers/c1/wait?condition=next-exit'
const START = 'POST /v1.47/containers/c1/start'
const PULL = 'POST /v1.47/images/create?fromImage=alpine&tag=latest'
const REMOVE = 'DELETE /v1.47/containers/c1?force=1&v=1'
const MISSING = json({ message: 'No such image: alpine:latest' }, 404)

describe('run', () => {
  it('attaches, then waits, then starts, and gives what was written', async (test) => {
    const { engine, containers } = await start(test, { output: [frame(1, 'out '), frame(2, 'err')] })
    assert.deepEqual(await containers.run('alpine', 'echo "a b"'), {
      exitCode: 0,
      container: 'c1',
      stdout: 'out ',
      stderr: 'err',
      output: 'out err',
    })
    assert.deepEqual(engine.calls, [CREATE, ATTACH, WAIT, START])
    const [, create] = engine.requests
    assert.deepEqual(bodyOf(create), {
      AttachStdin: false,
      AttachStdout: true,
      AttachStderr: true,
      Cmd: ['echo', 'a b'],
      Image: 'alpine',
      HostConfig: {},
    })
  })

  it('starts only when the Engine has taken note of the wait', async (test) => {
    const waiting = deferred<Call>()
    let started = false
    const process = aProcess([])
    const { containers } = await start(test, {
      attach: process.attach,
      wait: (call) => waiting.resolve(call.takeOver()),
      start: async (call) => {
        started = true
        await process.start(call)
      },
    })
    const running = containers.run('alpine')
    const call = await waiting.promise
    assert.equal(started, false)
    await call.write(chunkedHead('application/json'))
    await process.ended
    await call.write(Buffer.concat([chunk('{"StatusCode":0}'), chunk()]))
    assert.equal((await running).exitCode, 0)
  })

  it('pulls an image that is missing once, and creates again', async (test) => {
    const { engine, containers } = await start(test, { create: [MISSING, json({ Id: 'c1' }, 201)] })
    assert.equal((await containers.run('alpine')).exitCode, 0)
    const [first, pull, inspect, ...rest] = engine.calls
    assert.deepEqual([first, pull, inspect], [CREATE, PULL, 'GET /v1.47/images/alpine%3Alatest/json'])
    assert.deepEqual(rest, [CREATE, ATTACH, WAIT, START])
  })

  it('does not pull a second time', async (test) => {
    const { engine, containers } = await start(test, { create: [MISSING, MISSING, json({ Id: 'c1' }, 201)] })
    assert.ok((await failureOf(containers.run('alpine'))) instanceof ImageNotFoundError)
    assert.equal(engine.calls.filter((call) => call === PULL).length, 1)
  })

  it('pulls the platform that is asked for', async (test) => {
    const { engine, containers } = await start(test, { create: [MISSING, json({ Id: 'c1' }, 201)] })
    await containers.run('alpine', [], { platform: 'linux/arm64' })
    assert.ok(engine.calls.includes(`${PULL}&platform=linux%2Farm64`))
    assert.ok(engine.calls.includes(`${CREATE}?platform=linux%2Farm64`))
  })

  it('pulls always when asked, before it creates', async (test) => {
    const { engine, containers } = await start(test, {})
    await containers.run('alpine', [], { pull: 'always' })
    assert.deepEqual(
      engine.calls.filter((call) => call === PULL || call === CREATE),
      [PULL, CREATE],
    )
  })

  it('pulls never when asked, and create does not unless asked', async (test) => {
    for (const create of [true, false]) {
      const { engine, containers } = await start(test, { create: [MISSING] })
      const call = create ? containers.create('alpine') : containers.run('alpine', [], { pull: 'never' })
      assert.ok((await failureOf(call)) instanceof ImageNotFoundError)
      assert.deepEqual(engine.calls, [CREATE])
    }
  })

  it('does not pull an image by its id, which no registry knows', async (test) => {
    const hex = 'a'.repeat(64)
    for (const image of [hex, 'sha256:0123456789ab', { id: `sha256:${hex}` }]) {
      const { engine, containers } = await start(test, { create: [MISSING] })
      assert.ok((await failureOf(containers.run(image))) instanceof ImageNotFoundError)
      const always = await failureOf(containers.run(image, [], { pull: 'always' }))
      assert.match(String(always), /InvalidArgumentError: pull: 'always' needs the name of an image/)
      assert.deepEqual(engine.calls, [CREATE])
    }
  })

  it('does not pull for any other failure of the create', async (test) => {
    const { engine, containers } = await start(test, {
      create: [json({ message: 'network x not found' }, 404)],
    })
    assert.ok((await failureOf(containers.run('alpine'))) instanceof ApiError)
    assert.deepEqual(engine.calls, [CREATE])
  })

  it('rejects with the error inside the stream of the pull', async (test) => {
    const error = '{"errorDetail":{"message":"toomanyrequests"},"error":"toomanyrequests"}\r\n'
    const pull = chunked('application/json', '{"status":"Pulling"}\r\n', error)
    const { engine, containers } = await start(test, { create: [MISSING], pull })
    const failure = await failureOf(containers.run('alpine'))
    assert.ok(failure instanceof RegistryError && failure instanceof StreamError)
    assert.match(failure.message, /^toomanyrequests/)
    assert.deepEqual(engine.calls, [CREATE, PULL])
  })

  it('rejects when the stream of the pull breaks', async (test) => {
    const pull: Script = async (call) => {
      await call.write(
        Buffer.concat([Buffer.from(chunkedHead('application/json')), chunk('{"status":"Pulling"}')]),
      )
      call.cut()
    }
    const { containers } = await start(test, { create: [MISSING], pull })
    assert.ok((await failureOf(containers.run('alpine'))) instanceof ConnectionError)
  })

  it('rejects an exit code other than 0 with everything that was written', async (test) => {
    const { containers } = await start(test, {
      output: [frame(2, 'no such file\n')],
      result: { StatusCode: 2 },
    })
    const error = await failureOf(containers.run('alpine', ['ls', '/x']))
    assert.ok(error instanceof ContainerError)
    assert.deepEqual(
      [error.exitCode, error.image, error.command, error.stderr, error.container, error.code],
      [2, 'alpine', ['ls', '/x'], 'no such file\n', 'c1', 'ERR_DOCKER_CONTAINER'],
    )
    assert.equal(error.message, "command 'ls /x' in image alpine exited with code 2: no such file")
  })

  it('gives the result of any exit code with reject: false', async (test) => {
    const { containers } = await start(test, { output: [frame(1, 'x')], result: { StatusCode: 137 } })
    const { exitCode, stdout } = await containers.run('alpine', [], { reject: false })
    assert.deepEqual([exitCode, stdout], [137, 'x'])
  })

  it('gives bytes when asked', async (test) => {
    const { containers } = await start(test, { output: [frame(1, Buffer.from([0xff]))] })
    assert.deepEqual((await containers.run('alpine', [], { encoding: 'buffer' })).stdout, Buffer.from([0xff]))
  })

  it('waits for the removal when the container is to be removed', async (test) => {
    const { engine, containers } = await start(test, {})
    await containers.run('alpine', [], { remove: true })
    const [create, , wait] = [bodyOf(engine.requests[1]), engine.calls[1], engine.calls[2]]
    assert.deepEqual(create.HostConfig, { AutoRemove: true })
    assert.equal(wait, 'POST /v1.47/containers/c1/wait?condition=removed')
    assert.equal(engine.calls.at(-1), START, 'the Engine removes it')
  })

  it('waits for the end of a process that closed its output before', async (test) => {
    const outputEnded = deferred<void>()
    const ended = deferred<void>()
    const process = aProcess([frame(1, 'daemon started')])
    const { engine, containers } = await start(test, {
      ...process,
      wait: async (call) => {
        await call.takeOver().write(chunkedHead('application/json'))
        await process.ended
        outputEnded.resolve()
        await ended.promise
        await call.write(Buffer.concat([chunk('{"StatusCode":3}'), chunk()]))
      },
      inspect: json({ State: { Running: true } }),
      logs: async (call) => {
        await chunked('application/octet-stream')(call)
        ended.resolve()
      },
    })
    const { exitCode, stdout } = await containers.run('alpine', [], { reject: false })
    await outputEnded.promise
    assert.deepEqual([exitCode, stdout], [3, 'daemon started'])
    assert.equal(engine.calls.at(-1), 'GET /v1.47/containers/c1/logs?follow=1&tail=0&stdout=1&stderr=1')
  })

  it('rejects with the exit code when the process wrote on after the connection had ended', async (test) => {
    const lost = deferred<void>()
    const process = aProcess([frame(1, 'one\n')])
    const { containers } = await start(test, {
      ...process,
      wait: async (call) => {
        await call.takeOver().write(chunkedHead('application/json'))
        await lost.promise
        await call.write(Buffer.concat([chunk('{"StatusCode":7}'), chunk()]))
      },
      inspect: json({ State: { Running: true } }),
      logs: async (call) => {
        await call.takeOver().write(chunkedHead('application/octet-stream'))
        await call.write(chunk(frame(1, 'two\n')))
        await call.closed
        lost.resolve()
      },
    })
    const error = await failureOf(containers.run('alpine', [], { reject: false }))
    assert.ok(error instanceof StreamError)
    assert.equal(error.exitCode, 7)
    assert.match(error.message, /^the connection ended before container c1 did/)
  })

  it('has the exit code of a wait that answers long after the end of the output', async (test) => {
    const told = deferred<void>()
    const process = aProcess([frame(1, 'x')])
    const { containers } = await start(test, {
      ...process,
      wait: aWaitUntil(told.promise),
      inspect: async (call) => {
        await json({ State: { Running: false, Status: 'exited', ExitCode: 7 } })(call)
        told.resolve()
      },
    })
    assert.equal((await containers.run('alpine', [], { reject: false })).exitCode, 7)
  })

  it('has the exit code of a wait that an Engine answers while it refuses every other question', async (test) => {
    const asked = deferred<void>()
    const process = aProcess([frame(1, 'x')])
    const { containers } = await start(test, {
      ...process,
      wait: aWaitUntil(asked.promise),
      inspect: async (call) => {
        call.cut()
        asked.resolve()
      },
    })
    const { exitCode, stdout } = await containers.run('alpine', [], { reject: false })
    assert.deepEqual([exitCode, stdout], [7, 'x'])
  })

  for (const [name, input, bytes] of [
    ['a string', 'hello', Buffer.from('hello')],
    ['a Buffer', Buffer.from([0]), Buffer.from([0])],
    ['an empty string', '', Buffer.alloc(0)],
  ] as const) {
    it(`gives ${name} to stdin and then its end`, async (test) => {
      const process = aProcess([frame(1, 'ok')])
      const { engine, containers } = await start(test, process)
      await containers.run('alpine', 'cat', { input })
      assert.deepEqual(await process.heard, bytes)
      const { OpenStdin, StdinOnce, AttachStdin } = bodyOf(engine.requests[1])
      assert.deepEqual([OpenStdin, StdinOnce, AttachStdin], [true, true, true])
      assert.match(engine.calls[1] ?? '', /stdin=1/)
    })
  }

  it('is over with a container that ended before its input could be written', SOON, async (test) => {
    const started = deferred<void>()
    const left = deferred<void>()
    const { containers } = await start(test, {
      attach: async (call) => {
        await call.upgrade(MULTIPLEXED)
        await started.promise
        call.socket.end()
        await call.closed
        left.resolve()
      },
      wait: async (call) => {
        await call.write(chunkedHead('application/json'))
        await started.promise
        await call.write(Buffer.concat([chunk('{"StatusCode":3}'), chunk()]))
      },
      start: async (call) => {
        started.resolve()
        await left.promise
        await empty()(call)
      },
    })
    const { exitCode } = await containers.run('alpine', 'x', { input: 'unheard', reject: false })
    assert.equal(exitCode, 3)
  })

  it('takes the output of a tty as it comes', async (test) => {
    const process = aProcess([Buffer.from('raw\r\n')], RAW)
    const { containers } = await start(test, process)
    assert.equal((await containers.run('alpine', [], { tty: true })).stdout, 'raw\r\n')
  })

  for (const remove of [true, false]) {
    it(`${remove ? 'removes' : 'leaves'} a container that cannot start${remove ? ' when asked' : ''}`, async (test) => {
      const { engine, containers } = await start(test, { start: json({ message: 'no such binary' }, 400) })
      const error = await failureOf(containers.run('alpine', [], { remove }))
      assert.ok(error instanceof ApiError && error.explanation === 'no such binary')
      assert.equal(engine.calls.includes(REMOVE), remove)
      await engine.closed(1)
    })

    it(`${remove ? 'removes' : 'leaves'} a detached container that cannot start`, async (test) => {
      const { engine, containers } = await start(test, { start: json({ message: 'no such binary' }, 400) })
      const error = await failureOf(containers.run('alpine', [], { remove, detach: true }))
      assert.ok(error instanceof ApiError && error.explanation === 'no such binary')
      const look = 'GET /v1.47/containers/c1/json'
      assert.deepEqual(engine.calls, remove ? [CREATE, look, START, REMOVE] : [CREATE, START])
    })
  }

  it('lets go of the attached connection when the wait is refused', async (test) => {
    const attached = deferred<Call>()
    const { containers } = await start(test, {
      attach: async (call) => attached.resolve(await call.upgrade(MULTIPLEXED)),
      wait: json({ message: 'no waiting' }, 500),
    })
    assert.ok((await failureOf(containers.run('alpine'))) instanceof ApiError)
    await (await attached.promise).closed
  })

  it('survives an abort while the wait is not yet answered', async (test) => {
    const waiting = deferred<Call>()
    const attached = deferred<Call>()
    const { containers } = await start(test, {
      attach: async (call) => attached.resolve(await call.upgrade(MULTIPLEXED)),
      wait: (call) => waiting.resolve(call.takeOver()),
    })
    const abort = new AbortController()
    const failure = failureOf(containers.run('alpine', [], { signal: abort.signal }))
    const [{ closed }, { closed: waitClosed }] = await Promise.all([attached.promise, waiting.promise])
    const reason = new Error('enough')
    abort.abort(reason)
    assert.equal(await failure, reason)
    await Promise.all([closed, waitClosed])
  })

  it('rejects with the reason of its signal and closes its connections', async (test) => {
    const { promise: running, resolve } = deferred<void>()
    const { engine, containers } = await start(test, {
      attach: (call) => void call.upgrade(MULTIPLEXED),
      wait: (call) => call.takeOver().write(chunkedHead('application/json')),
      start: async (call) => {
        await empty()(call)
        resolve()
      },
    })
    const abort = new AbortController()
    const failure = failureOf(containers.run('alpine', [], { signal: abort.signal }))
    await running
    const reason = new Error('enough')
    abort.abort(reason)
    assert.equal(await failure, reason)
    const taken = engine.requests
      .filter(({ path }) => /attach|wait/.test(path))
      .map(({ connection }) => connection)
    await Promise.all(taken.map((connection) => engine.closed(connection)))
    assert.ok(!engine.calls.includes(REMOVE), 'what was not asked to be removed stays')
  })

  it('removes the container behind an abort when asked', async (test) => {
    const removed = deferred<void>()
    const started = deferred<void>()
    const { containers } = await start(test, {
      attach: (call) => void call.upgrade(MULTIPLEXED),
      wait: (call) => call.takeOver().write(chunkedHead('application/json')),
      start: async (call) => {
        await empty()(call)
        started.resolve()
      },
      remove: async (call) => {
        await empty()(call)
        removed.resolve()
      },
    })
    const abort = new AbortController()
    const failure = failureOf(containers.run('alpine', [], { signal: abort.signal, remove: true }))
    await started.promise
    abort.abort('enough')
    assert.equal(await failure, 'enough')
    await removed.promise
  })

  it('rejects with TimeoutError when all of it takes too long', async (test) => {
    const { containers } = await start(test, {
      attach: (call) => void call.upgrade(MULTIPLEXED),
      wait: (call) => call.takeOver().write(chunkedHead('application/json')),
    })
    const error = await failureOf(containers.run('alpine', [], { timeout: '1s' }))
    assert.ok(error instanceof TimeoutError)
    assert.equal(error.message, 'running alpine took longer than 1000 ms (its container is left: c1)')
    assert.equal(error.container, 'c1')
  })

  const hangs: Script = (call) => void call.takeOver()
  const gone = json({ message: 'No such container: c1' }, 404)

  it('leaves no detached container when its start takes too long, or names it', async (test) => {
    for (const [inspect, container] of [
      [gone, undefined],
      [json({ message: 'nobody knows' }, 500), 'c1'],
    ] as const) {
      const { engine, containers } = await start(test, { start: hangs, inspect })
      const error = await failureOf(containers.run('alpine', [], { detach: true, timeout: 100 }))
      assert.ok(error instanceof TimeoutError)
      assert.match(error.message, /^running alpine took longer than 100 ms/)
      assert.deepEqual([error.container, error.stdout], [container, undefined])
      assert.ok(engine.calls.includes(REMOVE))
    }
  })

  it('goes by its own limit, and not by a shorter one of the client, in each of its steps', async (test) => {
    for (const detach of [true, false]) {
      const { containers } = await start(test, { start: hangs, inspect: gone, timeout: 50 })
      const error = await failureOf(containers.run('alpine', [], { detach, timeout: 500 }))
      assert.ok(error instanceof TimeoutError)
      assert.equal(error.timeout, 500)
    }
  })

  for (const [name, wait, type, message] of [
    ['the wait reports an error', { StatusCode: 0, Error: { Message: 'lost it' } }, DockerError, /lost it/],
  ] as const) {
    it(`rejects when ${name}`, async (test) => {
      const { containers } = await start(test, { result: wait })
      const error = await failureOf(containers.run('alpine'))
      assert.ok(error instanceof type)
      assert.match(error.message, message)
    })
  }

  it('rejects when a frame of the output is cut short', async (test) => {
    const { containers } = await start(test, { output: [frame(1, 'abc').subarray(0, 9)] })
    assert.ok((await failureOf(containers.run('alpine'))) instanceof StreamError)
  })

  it('reads only the outputs that the container is attached to', async (test) => {
    const { engine, containers } = await start(test, { output: [frame(2, 'err')] })
    assert.equal((await containers.run('alpine', [], { attachStdout: false })).stderr, 'err')
    const attach = engine.requests.find(({ path }) => path === '/containers/c1/attach')
    assert.match(attach?.target ?? '', /[?&]stdout=0&stderr=1/)
  })

  it('returns a detached container as soon as it runs', async (test) => {
    const { engine, containers } = await start(test, {})
    const container = await containers.run('alpine', ['sleep', '60'], { detach: true, name: 'web' })
    assert.equal(container.id, 'c1')
    assert.deepEqual(container.labels, {}, 'its details are known')
    assert.deepEqual(engine.calls, [`${CREATE}?name=web`, START, 'GET /v1.47/containers/c1/json'])
  })

  it('returns a detached container that has ended and removed itself already', async (test) => {
    let looks = 0
    const { containers } = await start(test, {
      inspect: (call) =>
        (++looks === 1 ? json({ Id: 'c1', Name: '/web' }) : json({ message: 'No such container: c1' }, 404))(
          call,
        ),
    })
    const container = await containers.run('alpine', ['true'], { detach: true, remove: true })
    assert.deepEqual([container.id, container.name], ['c1', 'web'])
  })

  it('refuses what it could only ignore, before it sends anything', async (test) => {
    const { engine, containers } = await start(test, {})
    const misspelt = { nmae: 'web' } as Record<string, string>
    assert.ok((await failureOf(containers.run('alpine', [], misspelt))) instanceof InvalidArgumentError)
    const unheard = { detach: true, input: 'x' } as const
    assert.ok((await failureOf(containers.run('alpine', [], unheard))) instanceof InvalidArgumentError)
    for (const wrong of [{ input: null }, { input: 5 }, { encoding: 'hex' }] as unknown as RunOptions[]) {
      assert.ok((await failureOf(containers.run('alpine', [], wrong))) instanceof InvalidArgumentError)
    }
    assert.deepEqual(engine.calls, [])
  })
})

interface Setup {
  /** Answered one after the other. */
  readonly create?: readonly Script[]
  readonly pull?: Script
  readonly attach?: Script
  readonly wait?: Script
  readonly start?: Script
  readonly inspect?: Script
  readonly logs?: Script
  readonly remove?: Script
  /** What the process writes. */
  readonly output?: readonly Buffer[]
  /** What the wait ends with. */
  readonly result?: object
  /** The limit of the client. */
  readonly timeout?: number
}

async function start(test: TestContext, setup: Setup) {
  const { output = [], result = { StatusCode: 0 }, create = [json({ Id: 'c1' }, 201)] } = setup
  const process = aProcess(output)
  const creates = [...create]
  const scripts: Scripts = {
    'POST /containers/create': (call) => (creates.shift() ?? json({ message: 'enough' }, 500))(call),
    'POST /images/create': setup.pull ?? chunked('application/json', '{"status":"Pulling"}\r\n'),
    'GET /images/alpine%3Alatest/json': json({ Id: 'i1' }),
    'POST /containers/c1/attach': setup.attach ?? process.attach,
    'POST /containers/c1/wait':
      setup.wait ??
      (async (call) => {
        await call.write(chunkedHead('application/json'))
        await (setup.attach === undefined ? process.ended : undefined)
        await call.write(Buffer.concat([chunk(JSON.stringify(result)), chunk()]))
      }),
    'POST /containers/c1/start': setup.start ?? (setup.attach === undefined ? process.start : empty()),
    'GET /containers/c1/json': setup.inspect ?? json({ Id: 'c1' }),
    'GET /containers/c1/logs': setup.logs ?? json({ message: 'no logs' }, 501),
    'DELETE /containers/c1': setup.remove ?? empty(),
  }
  const engine = await FakeEngine.start(test, scripts, { apiVersion: '1.47' })
  const { timeout } = setup
  return { engine, containers: engine.client(test, { timeout }).containers }
}

/** A process that writes this when it is started, hears its stdin out if it has one, and ends. */
function aProcess(output: readonly Buffer[], contentType = MULTIPLEXED) {
  const started = deferred<void>()
  const ended = deferred<void>()
  const heard = deferred<Buffer>()
  return {
    ended: ended.promise,
    heard: heard.promise,
    attach: async (call: Call) => {
      await call.upgrade(contentType)
      await started.promise
      if (call.request.target.includes('stdin=1')) heard.resolve(await call.rest())
      await call.write(Buffer.concat(output))
      call.socket.end()
      ended.resolve()
    },
    start: async (call: Call) => {
      await empty()(call)
      started.resolve()
    },
  }
}

/** A wait that reports the exit code 7 from this moment on. */
function aWaitUntil(moment: Promise<void>): Script {
  return async (call) => {
    await call.takeOver().write(chunkedHead('application/json'))
    await moment
    await call.write(Buffer.concat([chunk('{"StatusCode":7}'), chunk()]))
  }
}

function bodyOf(request: { readonly body: Buffer } | undefined): Record<string, unknown> {
  return JSON.parse(request?.body.toString() ?? '') as Record<string, unknown>
}
