// How a command is ended with its children: what is asked of the Engine, and what becomes of each answer.
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import {
  ApiError,
  Container,
  ContainerError,
  InvalidArgumentError,
  KillError,
  type KillOption,
  StreamError,
  TimeoutError,
} from '#src/index.js'
import { execCommand } from '#src/terminal/index.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  answer,
  type Call,
  chunk,
  chunkedHead,
  empty,
  FakeEngine,
  frame,
  json,
  MULTIPLEXED,
  type Script,
  type Scripts,
} from '../support/fake-engine.js'

const RUNNING = { Running: true, Paused: false, StartedAt: '2020-01-01T00:00:01Z' }
const LINUX = { Os: 'linux', Arch: 'amd64' }
const MARK = /^DOCKLINE_EXEC=[0-9a-f-]{36}$/

const REASON = new Error('enough')
/** How long a container may take to end by SIGKILL. */
const KILL_LIMIT_MS = 30_000

describe('exec with kill', () => {
  it('marks the command, and ends it from a container beside it before it rejects', async (test) => {
    const { engine, container, begun } = await start(test)
    test.mock.timers.enable({ apis: ['setTimeout'] })
    const failure = failureOf(container.exec(['sleep', '9'], { timeout: '9s', kill: true, env: { A: 'b' } }))
    await begun
    test.mock.timers.tick(9000)
    test.mock.timers.reset()
    assert.ok((await failure) instanceof TimeoutError)
    const [given, mark = ''] = bodyOf(engine, 'POST /containers/c/exec').Env as string[]
    assert.equal(given, 'A=b')
    assert.match(mark, MARK)
    const { Image, Entrypoint, Cmd, User, Healthcheck, Labels, HostConfig } = bodyOf(
      engine,
      'POST /containers/create',
    )
    assert.deepEqual(
      { Image, Entrypoint, Cmd, User, Healthcheck, Labels },
      {
        Image: 'sha256:1',
        Entrypoint: ['/.dockline-keeper'],
        Cmd: ['end', mark, '9', '0', '10000'],
        User: '0:0',
        Healthcheck: { Test: ['NONE'] },
        Labels: { 'dockline.keeper': 'c' },
      },
    )
    assert.deepEqual(HostConfig, {
      AutoRemove: true,
      NetworkMode: 'none',
      PidMode: 'container:c',
      CapDrop: ['ALL'],
      CapAdd: ['DAC_OVERRIDE', 'SYS_PTRACE', 'KILL'],
      Init: false,
      LogConfig: { Type: 'none' },
      Mounts: [],
    })
    assert.deepEqual(helperCalls(engine), ['create', 'archive', 'attach', 'wait', 'start'])
  })

  it('keeps to the surroundings of the container', async (test) => {
    const HostConfig = {
      PidMode: 'host',
      UsernsMode: 'host',
      Runtime: 'crun',
      SecurityOpt: ['apparmor=mine', 'seccomp={}', 'label=disable'],
    }
    const Config = { Volumes: { '/data': {} } }
    const { engine, container, begun } = await start(test, { attrs: { HostConfig, Config } })
    await giveUp(container, begun)
    const sent = bodyOf(engine, 'POST /containers/create').HostConfig as Record<string, unknown>
    const { PidMode, UsernsMode, Runtime, SecurityOpt, Mounts } = sent
    assert.deepEqual(
      { PidMode, UsernsMode, Runtime, SecurityOpt, Mounts },
      {
        PidMode: 'host',
        UsernsMode: 'host',
        Runtime: 'crun',
        SecurityOpt: ['apparmor=mine', 'label=disable'],
        Mounts: [{ Type: 'tmpfs', Target: '/data' }],
      },
    )
  })

  for (const [kill, words] of [
    ['SIGTERM', ['15', '10000', '10000']],
    ['int', ['2', '10000', '10000']],
    [1, ['1', '10000', '10000']],
    [{}, ['15', '10000', '10000']],
    [{ signal: 'SIGQUIT', after: '1.5s' }, ['3', '1500', '10000']],
    [{ after: 0 }, ['15', '0', '10000']],
  ] as readonly (readonly [KillOption, string[]])[]) {
    it(`sends ${JSON.stringify(kill)} as it is asked`, async (test) => {
      const { engine, container, begun } = await start(test)
      await giveUp(container, begun, kill)
      assert.deepEqual((bodyOf(engine, 'POST /containers/create').Cmd as string[]).slice(2), words)
    })
  }

  for (const [kill, message] of [
    ['SIGFOO', /^kill must be true, a signal such as 'SIGTERM' or \{ signal, after \}, not 'SIGFOO'$/],
    [0, /^kill must be true, a signal/],
    [65, /^kill must be true, a signal/],
    [null, /^kill must be true, a signal/],
    [['SIGTERM'], /^kill must be true, a signal/],
    [{ signal: 'FOO' }, /^kill\.signal must be a signal/],
    [{ after: -1 }, /^kill\.after must be up to 24 h/],
    [{ after: 'soon' }, /^kill\.after must be up to 24 h/],
    [{ grace: 1 }, /unknown option 'grace'/],
  ] as const) {
    it(`refuses ${JSON.stringify(kill)} before anything is sent`, async (test) => {
      const { engine, container } = await start(test)
      const error = await failureOf(container.exec('x', { kill: kill as unknown as KillOption }))
      assert.ok(error instanceof InvalidArgumentError, String(error))
      assert.match(error.message, message)
      assert.deepEqual(engine.calls, [])
    })
  }

  for (const [setup, message] of [
    [{ version: { Os: 'windows', Arch: 'amd64' } }, /^kill is not there for containers of windows/],
    [{ version: { Os: 'linux', Arch: 'riscv64' } }, /^kill is not there for the architecture riscv64/],
    [{ attrs: { HostConfig: { Runtime: 'runsc' } } }, /^kill is not there for the runtime runsc/],
  ] as readonly (readonly [Setup, RegExp])[]) {
    it(`is refused before the command starts: ${message.source.slice(22)}`, async (test) => {
      const { engine, container } = await start(test, setup)
      const error = await failureOf(container.exec('x', { kill: true }))
      assert.ok(error instanceof InvalidArgumentError, String(error))
      assert.match(error.message, message)
      assert.deepEqual(engine.calls.sort(), ['GET /v1.47/containers/c/json', 'GET /v1.47/version'])
    })
  }

  it('is refused with detach, and for an exec that another call starts', async (test) => {
    const { engine, container } = await start(test)
    for (const call of [
      container.exec('x', { kill: true, detach: true }),
      container.createExec('x', { kill: true } as object),
    ]) {
      assert.ok((await failureOf(call)) instanceof InvalidArgumentError)
    }
    assert.deepEqual(engine.calls, [])
  })

  it('rejects with the reason of an abort, whatever it is', async (test) => {
    const { engine, container, begun } = await start(test)
    const controller = new AbortController()
    const rejected = container.exec('x', { kill: true, signal: controller.signal }).then(
      () => 'resolved',
      (reason: unknown) => reason,
    )
    await begun
    controller.abort('a reason')
    assert.equal(await rejected, 'a reason')
    assert.equal(helperCalls(engine).length, 5)
  })

  it('makes no container for a command that has ended, well or not', async (test) => {
    const { engine, container } = await start(test, { run: ends, execs: [{ Running: false, ExitCode: 3 }] })
    assert.equal((await container.exec('x', { kill: true })).exitCode, 3)
    assert.ok((await failureOf(container.exec('x', { kill: true, reject: true }))) instanceof ContainerError)
    assert.deepEqual(helperCalls(engine), [])
  })

  it('makes no container for a command that the Engine has refused', async (test) => {
    const { engine, container } = await start(test, { run: json({ message: 'paused' }, 409) })
    assert.ok((await failureOf(container.exec('x', { kill: true }))) instanceof ApiError)
    assert.deepEqual(helperCalls(engine), [])
  })

  it('ends a command whose input fails', async (test) => {
    const { engine, container } = await start(test)
    const broken = (async function* () {
      yield 'x'
      throw new Error('disk on fire')
    })()
    assert.match(String(await failureOf(container.exec('x', { kill: true, input: broken }))), /disk on fire/)
    assert.equal(helperCalls(engine).length, 5)
  })

  it('rejects with KillError, the reason in it, when the Engine makes no container', async (test) => {
    const { container, begun } = await start(test, { create: json({ message: 'no space left' }, 500) })
    const error = await giveUp(container, begun)
    assert.ok(error instanceof KillError, String(error))
    assert.equal(error.container, 'c')
    assert.equal(error.reason, REASON)
    assert.match(String(error.cause), /no space left/)
    assert.equal(error.message, 'enough, and the command in container c could not be ended')
  })

  it('rejects with KillError and the processes that are left', async (test) => {
    const { container, begun } = await start(test, { exitCode: 1, output: '17 sh\n18 a (b) c\n' })
    const error = await giveUp(container, begun)
    assert.ok(error instanceof KillError, String(error))
    assert.deepEqual(error.left, [
      { pid: 17, name: 'sh' },
      { pid: 18, name: 'a (b) c' },
    ])
    assert.match(error.message, /left are 17 \(sh\), 18 \(a \(b\) c\)$/)
  })

  it('searches again while the command runs and is not found, and then gives up', async (test) => {
    const { engine, container, begun } = await start(test, {
      exitCode: 2,
      execs: [{ Running: true, ExitCode: null }],
    })
    const error = await giveUp(container, begun)
    assert.ok(error instanceof KillError, String(error))
    assert.match(error.message, /cannot be found: have they cleared their environment/)
    assert.equal(helperCalls(engine).filter((call) => call === 'start').length, 4)
  })

  it('believes in the end of a command when the Engine has noted it', async (test) => {
    const runs = { Running: true, ExitCode: null }
    const ended = { Running: false, ExitCode: 137 }
    const { engine, container, begun } = await start(test, { execs: [runs, runs, ended] })
    assert.equal(await giveUp(container, begun), REASON)
    assert.equal(engine.calls.filter((call) => call.includes('/exec/e/json')).length, 3)
  })

  it('gives up when all that was found has ended, and the command runs on', async (test) => {
    const { container, begun } = await start(test, { exitCodes: [0, 2], execs: [{ Running: true }] })
    const error = await giveUp(container, begun)
    assert.ok(error instanceof KillError, String(error))
  })

  it('ends a command whose connection is lost before it ends by itself', async (test) => {
    const execs = [{ Running: true }, { Running: false, ExitCode: 137 }]
    const { engine, container } = await start(test, { run: ends, execs })
    const error = await failureOf(container.exec('x', { kill: true }))
    assert.ok(error instanceof StreamError, String(error))
    const looks = engine.calls.map((call) => /exec\/e\/json|containers\/create/.exec(call)?.[0])
    assert.deepEqual(
      looks.filter((look) => look !== undefined),
      ['exec/e/json', 'containers/create', 'exec/e/json'],
    )
  })

  it('is content with a command that has ended meanwhile', async (test) => {
    const { container, begun } = await start(test, { exitCode: 2, execs: [{ Running: false, ExitCode: 0 }] })
    assert.equal(await giveUp(container, begun), REASON)
  })

  for (const [name, later] of [
    ['has ended', { ...RUNNING, Running: false }],
    ['was started anew', { ...RUNNING, StartedAt: '2020-01-01T00:00:09Z' }],
    ['is gone', undefined],
  ] as const) {
    it(`is content with a container that ${name}`, async (test) => {
      const { engine, container, begun } = await start(test, { later: { State: later } })
      assert.equal(await giveUp(container, begun), REASON)
      assert.deepEqual(helperCalls(engine), [])
    })
  }

  it('is content with a container that Podman is removing, which it says with 500', async (test) => {
    const isLeaving = answer(500, { 'Libpod-API-Version': '5.8.6' }, '{"message":"is being removed"}')
    const { container, begun } = await start(test, { later: { State: undefined }, leaving: [isLeaving] })
    assert.equal(await giveUp(container, begun), REASON)
  })

  it('rejects with KillError for a container that is paused', async (test) => {
    const { container, begun } = await start(test, { later: { State: { ...RUNNING, Paused: true } } })
    const error = await giveUp(container, begun)
    assert.ok(error instanceof KillError && /is paused/.test(error.message), String(error))
  })
})

describe('session.kill', () => {
  it('sends a signal to the command and its children', async (test) => {
    const { engine, container } = await start(test)
    const session = await container.spawn('x', { kill: true })
    await session.kill('HUP')
    const [command, mark = '', ...rest] = bodyOf(engine, 'POST /containers/create').Cmd as string[]
    assert.deepEqual([command, ...rest], ['signal', '1'])
    assert.match(mark, MARK)
    session.close()
  })

  it('refuses what is no signal, and a command that was started without kill', async (test) => {
    const { engine, container } = await start(test)
    const session = await container.spawn('x', { kill: true })
    assert.ok((await failureOf(session.kill('FOO'))) instanceof InvalidArgumentError)
    session.close()
    await using other = await container.spawn('x')
    assert.match(String(await failureOf(other.kill())), /needs a command that was started with kill: true/)
    assert.deepEqual(helperCalls(engine), [])
  })

  it('rejects with TimeoutError when its own time is over', async (test) => {
    const { container } = await start(test, { create: (call) => void call.takeOver() })
    const session = await container.spawn('x', { kill: true })
    assert.ok((await failureOf(session.kill('HUP', { timeout: 50 }))) instanceof TimeoutError)
    session.close()
  })

  it('rejects with its reason when it is given up while the Engine has not noted the end', async (test) => {
    const stop = new AbortController()
    const { container } = await start(test, { execs: [{ Running: true, Pid: 7 }] })
    const session = await container.spawn('x', { kill: true })
    const failure = failureOf(session.kill('SIGKILL', { signal: stop.signal }))
    // In the pause between two looks, or in a look.
    setTimeout(() => stop.abort(REASON), 75)
    assert.equal(await failure, REASON)
    session.close()
  })

  it('of an attached container is the kill of the container', async (test) => {
    const { engine, container } = await start(test)
    const session = await container.attach()
    await session.kill('SIGINT')
    session.close()
    assert.ok(engine.calls.includes('POST /v1.47/containers/c/kill?signal=SIGINT'))
  })

  it('is called by the end of an await using, once, and not after the end of the command', async (test) => {
    const { engine, container } = await start(test)
    {
      await using _session = await container.spawn('x', { kill: true })
    }
    assert.equal(helperCalls(engine).length, 5)
    const { engine: other, container: ended } = await start(test, {
      run: ends,
      execs: [{ Running: false, ExitCode: 0 }],
    })
    {
      await using session = await ended.spawn('x', { kill: true })
      await session.exit
    }
    assert.deepEqual(helperCalls(other), [])
  })
})

describe('execCommand with kill', () => {
  it('ends the command before an abort rejects', async (test) => {
    const { engine, container, begun } = await start(test)
    const controller = new AbortController()
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const options = { kill: true, signal: controller.signal, interactive: false, stdout, stderr }
    const failure = failureOf(execCommand(container, 'x', options))
    await begun
    controller.abort(REASON)
    assert.equal(await failure, REASON)
    assert.equal(helperCalls(engine).length, 5)
  })
})

describe('run with kill', () => {
  for (const [kill, isDeaf, signals] of [
    [true, true, ['9']],
    ['SIGINT', false, ['2']],
    [{ signal: 'SIGTERM', after: 1 }, true, ['15', '9']],
  ] as const) {
    it(`ends the container with ${signals.join(' and then ')}`, async (test) => {
      const { engine, failure } = await aRunGivenUp(test, kill, isDeaf)
      assert.equal(failure, REASON)
      const kills = engine.calls.filter((call) => call.includes('/kill'))
      assert.deepEqual(
        kills,
        signals.map((signal) => `POST /v1.47/containers/h/kill?signal=${signal}`),
      )
    })
  }

  it('rejects with KillError when the Engine cannot end the container', async (test) => {
    const { failure } = await aRunGivenUp(test, true, true, json({ message: 'no way' }, 500))
    assert.ok(failure instanceof KillError, String(failure))
    assert.equal(failure.container, 'h')
    assert.equal(failure.reason, REASON)
  })

  it('rejects with KillError when the Engine answers no signal', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] })
    const { failure, hasBegun } = await aRunBeingGivenUp(test, true, true, (call) => void call.takeOver())
    await hasBegun
    test.mock.timers.tick(KILL_LIMIT_MS)
    const error = await failure
    assert.ok(error instanceof KillError, String(error))
    assert.equal(error.reason, REASON)
  })

  it('leaves the container its time also where the wait for its end is lost', async (test) => {
    const lost = (call: Call) => call.cut()
    const kill = { signal: 'SIGTERM', after: '9s' } as const
    const { engine, failure } = await aRunGivenUp(test, kill, false, undefined, lost)
    assert.equal(failure, REASON)
    assert.deepEqual(
      engine.calls.filter((call) => call.includes('/kill')).map((call) => call.slice(-9)),
      ['signal=15'],
    )
  })

  it('is refused with detach', async (test) => {
    const engine = await FakeEngine.start(test)
    const { containers } = engine.client(test)
    const failure = await failureOf(containers.run('x', [], { detach: true, kill: true }))
    assert.ok(failure instanceof InvalidArgumentError)
    assert.deepEqual(engine.calls, [])
  })
})

/** Runs a container that ends only by SIGKILL, or by any signal, and aborts that. */
async function aRunGivenUp(
  test: TestContext,
  kill: KillOption,
  isDeaf: boolean,
  refusal?: Script,
  firstWait?: Script,
) {
  const { engine, failure } = await aRunBeingGivenUp(test, kill, isDeaf, refusal, firstWait)
  return { engine, failure: await failure }
}

/** The same, before its call rejects. `hasBegun` resolves when the first signal was sent. */
async function aRunBeingGivenUp(
  test: TestContext,
  kill: KillOption,
  isDeaf: boolean,
  refusal?: Script,
  firstWait?: Script,
) {
  const [started, ended, hasBegun] = [deferred<void>(), deferred<void>(), deferred<void>()]
  let waits = 0
  const engine = await FakeEngine.start(
    test,
    {
      'POST /containers/create': json({ Id: 'h' }, 201),
      'POST /containers/h/attach': async (call) => void (await call.upgrade(MULTIPLEXED)),
      'POST /containers/h/wait': async (call) => {
        await call.body()
        // The first is that of the session.
        if (firstWait !== undefined && waits++ === 1) return firstWait(call)
        await call.write(chunkedHead('application/json'))
        await ended.promise
        await call.write(Buffer.concat([chunk('{"StatusCode":137}'), chunk()]))
      },
      'POST /containers/h/start': async (call) => {
        await empty()(call)
        started.resolve()
      },
      'POST /containers/h/kill': async (call) => {
        hasBegun.resolve()
        await (refusal ?? empty())(call)
        if (!isDeaf || call.request.target.endsWith('signal=9')) ended.resolve()
      },
    },
    { apiVersion: '1.47' },
  )
  const controller = new AbortController()
  const running = engine.client(test).containers.run('x', [], { kill, signal: controller.signal })
  const failure = failureOf(running)
  await started.promise
  controller.abort(REASON)
  return { engine, failure, hasBegun: hasBegun.promise }
}

interface Setup {
  readonly attrs?: object
  /** What is told of the container after the command has started. `State: undefined` for one that is gone. */
  readonly later?: { readonly State: object | undefined }
  /** The first answers to an inspect after the start, before `later` is answered. */
  readonly leaving?: Script[]
  readonly version?: object
  readonly run?: Script
  readonly create?: Script
  /** What the keeper ends with each time, the last one from then on, and what it writes. */
  readonly exitCode?: number
  readonly exitCodes?: readonly number[]
  readonly output?: string
  /** The answers about the exec; the last one stays. */
  readonly execs?: readonly object[]
}

/** An Engine with a container `c`, whose commands run on unless the setup says otherwise. */
async function start(test: TestContext, setup: Setup = {}) {
  const {
    attrs,
    later,
    leaving = [],
    version = LINUX,
    run,
    create,
    exitCode = 0,
    exitCodes = [exitCode],
    output = '',
    execs = [{}],
  } = setup
  const begun = deferred<void>()
  const started = deferred<void>()
  let hasBegun = false
  let looks = 0
  let runs = 0
  const scripts: Scripts = {
    'GET /version': json(version),
    'GET /containers/c/json': (call) => {
      const { State } = later !== undefined && hasBegun ? later : { State: RUNNING }
      const details = { Id: 'c', Image: 'sha256:1', HostConfig: {}, Config: {}, ...attrs, State }
      const look = State === undefined ? json({ message: 'gone' }, 404) : json(details)
      return ((hasBegun && leaving.shift()) || look)(call)
    },
    'POST /containers/c/exec': json({ Id: 'e' }, 201),
    'POST /exec/e/start': async (call) => {
      hasBegun = true
      if (run !== undefined) return run(call)
      await call.upgrade(MULTIPLEXED)
      begun.resolve()
    },
    'GET /exec/e/json': (call) => json(execs[Math.min(looks++, execs.length - 1)])(call),
    'POST /containers/c/attach': async (call) => void (await call.upgrade(MULTIPLEXED)),
    'POST /containers/c/wait': json({ StatusCode: 0 }),
    'POST /containers/c/kill': empty(),
    'POST /containers/create': create ?? json({ Id: 'h' }, 201),
    'PUT /containers/h/archive': empty(200),
    'POST /containers/h/attach': async (call) => {
      await call.upgrade(MULTIPLEXED)
      await started.promise
      if (output !== '') await call.write(frame(1, output))
      call.socket.end()
    },
    'POST /containers/h/wait': async (call) => {
      await call.body()
      await call.write(chunkedHead('application/json'))
      await started.promise
      await call.write(
        Buffer.concat([
          chunk(JSON.stringify({ StatusCode: exitCodes[Math.min(runs++, exitCodes.length - 1)] })),
          chunk(),
        ]),
      )
    },
    'POST /containers/h/start': async (call) => {
      await empty()(call)
      started.resolve()
    },
    'DELETE /containers/h': empty(),
  }
  const engine = await FakeEngine.start(test, scripts, { apiVersion: '1.47' })
  const client = engine.client(test)
  return { engine, container: new Container(client.api, { id: 'c' }), begun: begun.promise }
}

/** Aborts a command once it runs, and returns what its call rejects with. */
async function giveUp(container: Container, begun: Promise<void>, kill: KillOption = true): Promise<unknown> {
  const controller = new AbortController()
  const failure = failureOf(container.exec('x', { kill, signal: controller.signal }))
  await begun
  controller.abort(REASON)
  return failure
}

/** A process that ends at once. */
async function ends(call: Call): Promise<void> {
  await call.upgrade(MULTIPLEXED)
  call.socket.end()
}

/** What was asked about the container of the keeper, in order. */
function helperCalls(engine: FakeEngine): string[] {
  const calls = engine.calls.map(
    (call) => /\/containers\/(?:h\/)?(create|archive|attach|wait|start)\b/.exec(call)?.[1],
  )
  return calls.filter((call) => call !== undefined)
}

function bodyOf(engine: FakeEngine, call: string): Record<string, unknown> {
  const [method, path] = call.split(' ')
  const request = engine.requests.find((each) => each.method === method && each.path === path)
  return JSON.parse(request?.body.toString() ?? 'null') as Record<string, unknown>
}
