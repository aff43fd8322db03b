import assert from 'node:assert/strict'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import {
  ConnectionError,
  Container,
  ContainerError,
  type DockerClient,
  type ExecOptions,
  InvalidArgumentError,
  NotFoundError,
  StreamError,
  TimeoutError,
} from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  answer,
  type Call,
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
const MESSAGE = [frame(1, 'out '), frame(2, 'err '), frame(1, 'put')]

describe('exec', () => {
  it('creates, starts and asks for the exit code', async (test) => {
    const { engine, container } = await start(test, { run: says(...MESSAGE), exitCode: 7 })
    assert.deepEqual(await container.exec(['sh', '-c', 'x']), {
      exitCode: 7,
      stdout: 'out put',
      stderr: 'err ',
      output: 'out err put',
    })
    assert.deepEqual(engine.calls, [
      'POST /v1.47/containers/c/exec',
      'POST /v1.47/exec/e/start',
      'GET /v1.47/exec/e/json',
    ])
    const [, create, started] = engine.requests
    assert.deepEqual(bodyOf(create), {
      Cmd: ['sh', '-c', 'x'],
      AttachStdin: false,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
    })
    assert.deepEqual(bodyOf(started), { Tty: false, Detach: false })
  })

  it('sends what is asked of the process', async (test) => {
    const { engine, container } = await start(test, {})
    await container.exec('echo "two words"', {
      env: { A: '1', B: '' },
      workdir: '/tmp',
      user: '1000:1000',
      privileged: true,
      tty: true,
      detachKeys: 'ctrl-x',
      input: '',
    })
    assert.deepEqual(bodyOf(engine.requests[1]), {
      Cmd: ['echo', 'two words'],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: true,
      Env: ['A=1', 'B='],
      WorkingDir: '/tmp',
      User: '1000:1000',
      Privileged: true,
      DetachKeys: 'ctrl-x',
    })
    assert.deepEqual(bodyOf(engine.requests[2]), { Tty: true, Detach: false })
  })

  for (const [apiVersion, inRequests, resizes] of [
    ['1.41', undefined, ['POST /v1.41/exec/e/resize?h=24&w=80']],
    ['1.42', [24, 80], []],
    ['1.47', [24, 80], []],
  ] as const) {
    it(`tells the size ${inRequests ? 'with the start' : 'after the start'} at API ${apiVersion}`, async (test) => {
      const done = deferred<void>()
      const { engine, container } = await start(test, {
        apiVersion,
        run: async (call) => {
          await call.upgrade(RAW)
          if (inRequests === undefined) await done.promise
          call.socket.end()
        },
        resized: done.resolve,
      })
      const session = await container.spawn('sh', { tty: true, size: { columns: 80, rows: 24 } })
      await session.output.text()
      await session.exit
      const [, create, started] = engine.requests
      assert.deepEqual(bodyOf(create).ConsoleSize, inRequests)
      assert.deepEqual(bodyOf(started).ConsoleSize, inRequests)
      assert.deepEqual(
        engine.calls.filter((call) => call.includes('resize')),
        resizes,
      )
    })
  }

  for (const [apiVersion, contentType, tty, framed] of [
    ['1.41', RAW, false, true],
    ['1.41', RAW, true, false],
    ['1.41', undefined, false, true],
    ['1.41', undefined, true, false],
    ['1.42', MULTIPLEXED, false, true],
    ['1.42', RAW, true, false],
    ['1.42', RAW, false, false],
    ['1.47', undefined, false, true],
    ['1.47', 'application/octet-stream', true, false],
  ] as const) {
    const name = `${contentType ?? 'no content type'} at API ${apiVersion} ${tty ? 'with' : 'without'} a tty`
    it(`takes ${name} for ${framed ? 'frames' : 'raw'}`, async (test) => {
      const bytes = framed ? frame(2, 'x') : Buffer.from('x')
      const run: Script = async (call) => {
        await call.upgrade(contentType, bytes)
        call.socket.end()
      }
      const { container } = await start(test, { apiVersion, run })
      const { stdout, stderr } = await container.exec('x', { tty })
      assert.deepEqual([stdout, stderr], framed ? ['', 'x'] : ['x', ''])
    })
  }

  for (const [name, input, bytes] of [
    ['a string', () => 'línea\n', Buffer.from('línea\n')],
    ['a Buffer', () => Buffer.from([0, 0xff]), Buffer.from([0, 0xff])],
    ['a Uint8Array', () => new Uint8Array([1, 2]), Buffer.from([1, 2])],
    ['a stream', () => Readable.from([Buffer.from('a'), Buffer.from('b')]), Buffer.from('ab')],
    ['a web stream', () => new Blob(['ab']).stream(), Buffer.from('ab')],
    ['an array', () => ['a', Buffer.from('b'), new Uint8Array([0xff])], Buffer.from([0x61, 0x62, 0xff])],
    ['a Set', () => new Set(['a', 'b']), Buffer.from('ab')],
    ['an async iterable', () => pieces<string | Buffer>('a', Buffer.from('b')), Buffer.from('ab')],
    ['an empty string', () => '', Buffer.alloc(0)],
    ['a large Buffer', () => Buffer.alloc(5_000_000, 'x'), Buffer.alloc(5_000_000, 'x')],
  ] as const) {
    it(`gives ${name} to the process and then the end, and still hears it`, async (test) => {
      const heard = deferred<Buffer>()
      const run: Script = async (call) => {
        await call.upgrade(MULTIPLEXED)
        heard.resolve(await call.rest())
        await call.write(frame(1, 'thanks'))
        call.socket.end()
      }
      const { container } = await start(test, { run })
      const { stdout } = await container.exec('cat', { input: input() })
      assert.ok((await heard.promise).equals(bytes))
      assert.equal(stdout, 'thanks')
    })
  }

  for (const [name, input, typed] of [
    ['once after a line', 'hi\n', 'hi\n\x04'],
    ['twice in the middle of a line, where the first one only sends it off', 'hi', 'hi\x04\x04'],
    ['twice after the pieces of a line', ['hi\n', 'you', ''], 'hi\nyou\x04\x04'],
    ['once after nothing', '', '\x04'],
  ] as const) {
    it(`types ctrl-d ${name}, and never half-closes a tty`, async (test) => {
      const run: Script = async (call) => {
        await call.upgrade(RAW)
        let heard = ''
        while (!heard.includes('\x04')) heard += (await call.read()) ?? assert.fail('half-closed')
        await call.write(`you typed ${heard}`)
        // The end of the client's half must not come before that of ours.
        const first = await Promise.race([call.closed.then(() => 'client'), nextTurns().then(() => 'nobody')])
        assert.equal(first, 'nobody')
        call.socket.end()
      }
      const { container } = await start(test, { run })
      const { stdout } = await container.exec('cat', { input, tty: true })
      assert.equal(stdout, `you typed ${typed}`)
    })
  }

  it('does not half-close without input', async (test) => {
    const run: Script = async (call) => {
      await call.upgrade(MULTIPLEXED)
      assert.equal(
        await Promise.race([call.closed.then(() => 'client'), nextTurns().then(() => 'nobody')]),
        'nobody',
      )
      call.socket.end()
    }
    const { container } = await start(test, { run })
    await container.exec('true')
  })

  it('succeeds when the process ends without reading its input', async (test) => {
    const run: Script = async (call) => {
      await call.upgrade(MULTIPLEXED)
      await call.read()
      await call.write(frame(1, 'enough'))
      call.socket.end()
    }
    const { container } = await start(test, { run })
    const input = new PassThrough()
    input.write('first')
    assert.equal((await container.exec('head', { input })).stdout, 'enough')
    assert.equal(input.destroyed, true)
  })

  for (const [name, input] of [
    ['a generator', () => pending()],
    ['a stream over a generator', () => Readable.from(pending())],
    ['a web stream', () => new ReadableStream({ pull: () => new Promise(() => {}) })],
  ] as const) {
    it(`does not wait for the next piece of ${name} when the process has ended`, SOON, async (test) => {
      const { container } = await start(test, { run: says(frame(1, 'enough')), exitCode: 3 })
      const { exitCode, stdout } = await container.exec('head', { input: input() })
      assert.deepEqual([exitCode, stdout], [3, 'enough'])
    })

    it(`does not wait for the next piece of ${name} when the time is up`, SOON, async (test) => {
      const { container } = await start(test, { run: (call) => void call.upgrade(MULTIPLEXED) })
      const error = await failureOf(container.exec('cat', { input: input(), timeout: 50 }))
      assert.ok(error instanceof TimeoutError)
    })
  }

  it('lets go of a web stream, whether or not the process came to run', SOON, async (test) => {
    for (const script of [{ run: says() }, { create: json({ message: 'no' }, 500) }]) {
      const { container } = await start(test, script)
      const cancelled = deferred<void>()
      const input = new ReadableStream({ cancel: () => cancelled.resolve() })
      await container.exec('true', { input }).catch(() => {})
      await cancelled.promise
    }
  })

  it('rejects with the error of its input and closes the connection', async (test) => {
    const upgraded = deferred<Call>()
    const { engine, container } = await start(test, {
      run: async (call) => upgraded.resolve(await call.upgrade(MULTIPLEXED)),
    })
    const input = new PassThrough()
    const failure = failureOf(container.exec('cat', { input }))
    await upgraded.promise
    const broken = new Error('file vanished')
    input.destroy(broken)
    assert.equal(await failure, broken)
    await engine.closed(1)
  })

  it('rejects what an input gives that is no bytes', async (test) => {
    for (const input of [Readable.from([{ secret: 1 }]), pieces(5)]) {
      const { container } = await start(test, { run: (call) => void call.upgrade(MULTIPLEXED) })
      const error = await failureOf(container.exec('cat', { input: input as Readable }))
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, /^input must be made of strings or bytes, not an? (object|number)$/)
    }
  })

  it('rejects with the error of an input that had failed before', async (test) => {
    const { container } = await start(test, { run: (call) => void call.upgrade(MULTIPLEXED) })
    const input = new PassThrough()
    const broken = new Error('no such file')
    input.on('error', () => {}).destroy(broken)
    assert.equal(await failureOf(container.exec('cat', { input })), broken)
  })

  it('rejects with the error of an input that fails before the process runs', async (test) => {
    const created = deferred<void>()
    const input = new PassThrough()
    const broken = new Error('no such file')
    const { container } = await start(test, {
      create: async (call) => {
        input.destroy(broken)
        created.resolve()
        await json({ Id: 'e' }, 201)(call)
      },
      run: (call) => void call.upgrade(MULTIPLEXED),
    })
    assert.equal(await failureOf(container.exec('cat', { input })), broken)
  })

  it('rejects with the reason of its signal and closes the connection', async (test) => {
    const upgraded = deferred<Call>()
    const { container } = await start(test, {
      run: async (call) => upgraded.resolve(await call.upgrade(MULTIPLEXED)),
    })
    const abort = new AbortController()
    const failure = failureOf(container.exec('sleep', { signal: abort.signal }))
    const { closed } = await upgraded.promise
    const reason = new Error('enough')
    abort.abort(reason)
    assert.equal(await failure, reason)
    await closed
  })

  for (const [name, script] of [
    ['the create', { create: (call) => void call.takeOver() }],
    ['the start', { run: (call) => void call.takeOver() }],
    ['the process', { run: (call) => void call.upgrade(MULTIPLEXED) }],
    ['the exit code', { run: says(), inspect: (call) => void call.takeOver() }],
  ] as readonly (readonly [string, Setup])[]) {
    it(`rejects with TimeoutError when ${name} takes too long`, async (test) => {
      const { container } = await start(test, script)
      const error = await failureOf(container.exec('sleep', { timeout: 50 }))
      assert.ok(error instanceof TimeoutError)
      assert.equal(error.message, 'exec in c took longer than 50 ms')
    })
  }

  it('rejects an exit code other than 0 when asked, with everything that was written', async (test) => {
    const { container } = await start(test, { run: says(...MESSAGE), exitCode: 42 })
    const error = await failureOf(container.exec(['sh', '-c', 'x'], { reject: true }))
    assert.ok(error instanceof ContainerError)
    assert.deepEqual(
      [error.exitCode, error.stdout, error.stderr, error.output, error.container, error.image],
      [42, 'out put', 'err ', 'out err put', 'c', undefined],
    )
    assert.equal(error.message, "command 'sh -c x' in container c exited with code 42: err")
  })

  it('gives bytes when asked', async (test) => {
    const { container } = await start(test, { run: says(frame(1, Buffer.from([0xff, 0]))) })
    const { stdout, stderr } = await container.exec('x', { encoding: 'buffer' })
    assert.deepEqual([stdout, stderr], [Buffer.from([0xff, 0]), Buffer.alloc(0)])
  })

  for (const [name, run, exitCode] of [
    ['a frame is cut short', says(frame(1, 'abc').subarray(0, 9)), 7],
    ['the Engine reports an error', says(frame(3, 'containerd died')), undefined],
    ['the connection is reset', resetWhenHeard, 7],
  ] as readonly (readonly [string, Script, number | undefined])[]) {
    it(`rejects when ${name}${exitCode === undefined ? '' : ', with the exit code'}`, async (test) => {
      const { container } = await start(test, { run, tcp: true, exitCode: 7 })
      const error = await failureOf(container.exec('x', { input: 'go' }))
      assert.ok(error instanceof StreamError, String(error))
      assert.equal(error.exitCode, exitCode)
    })
  }

  it('rejects with ConnectionError when the Engine is gone as well', async (test) => {
    const { container } = await start(test, {
      run: resetWhenHeard,
      tcp: true,
      inspect: (call) => void call.reset(),
    })
    assert.ok((await failureOf(container.exec('x', { input: 'go' }))) instanceof ConnectionError)
  })

  it('that is detached starts it and gives its id', async (test) => {
    const { engine, container } = await start(test, { run: json({}) })
    assert.deepEqual(await container.exec('sleep 60', { detach: true }), { id: 'e' })
    assert.deepEqual(bodyOf(engine.requests[2]), { Tty: false, Detach: true })
    assert.deepEqual(engine.calls, ['POST /v1.47/containers/c/exec', 'POST /v1.47/exec/e/start'])
  })

  for (const [name, command, message] of [
    ['no command', [], /^command must not be empty$/],
    ['an empty command', '', /^command must not be empty$/],
    ['an open quote', 'echo "x', /^command has an unclosed "/],
    ['a number for a command', 5, /^command must be a string or an array of strings, not/],
    ['null for a command', null, /^command must be a string or an array of strings, not null$/],
    ['undefined for a command', undefined, /^command must be a string or an array of strings, not/],
    ['an object for a command', {}, /^command must be a string or an array of strings, not/],
    ['a word that is none', ['echo', 1], /^command\[1\] must be a string, not/],
  ] as const) {
    it(`refuses ${name} before it sends anything`, async (test) => {
      const { engine, container } = await start(test, {})
      await refuses(container.exec(command as string), message)
      await refuses(container.spawn(command as string), message)
      assert.deepEqual(engine.calls, [])
    })
  }

  for (const [options, message] of [
    [{ user: {} }, /^user must be a string or a whole number/],
    [{ workdir: 5 }, /^workdir must be a string/],
    [{ tty: 'yes' }, /^tty must be true or false/],
    [{ privileged: 1 }, /^privileged must be true or false/],
    [{ stdout: 'no' }, /^stdout must be true or false/],
    [{ detachKeys: 1 }, /^detachKeys must be a string/],
    [{ env: 5 }, /^env must be an object/],
    [{ input: null }, /^input must be a string, bytes, a stream, or an iterable .*, not null$/],
    [{ input: 5 }, /^input must be a string, bytes, .*, not a number$/],
    [{ input: { password: 'x' } }, /^input must be a string, bytes, .*, not an object$/],
    [{ input: new ArrayBuffer(1) }, /^input must be a string, bytes, .*, not an ArrayBuffer$/],
    [{ input: new Uint16Array(1) }, /^input must be a string, bytes, .*, not a Uint16Array$/],
    [{ input: ['a', 1] }, /^input must be made of strings or bytes, not a number$/],
  ] as const) {
    it(`refuses ${inspect(options)} before it sends anything`, async (test) => {
      const { engine, container } = await start(test, {})
      await refuses(container.exec('x', options as ExecOptions), message)
      assert.deepEqual(engine.calls, [])
    })
  }

  it('refuses a stream that somebody else reads, or has read', async (test) => {
    const { engine, container } = await start(test, {})
    const locked = new Blob(['x']).stream()
    locked.getReader()
    const read = Readable.from(['x'])
    await text(read)
    const destroyed = Readable.from(['x']).destroy()
    for (const input of [locked, read, destroyed])
      await refuses(
        container.exec('cat', { input }),
        /^input is a stream that somebody reads already, or has read$/,
      )
    assert.deepEqual(engine.calls, [])
  })

  it('takes a user by number', async (test) => {
    const { engine, container } = await start(test, {})
    await container.exec('id', { user: 0 })
    assert.equal(bodyOf(engine.requests[1]).User, '0')
  })

  it('refuses input that a detached command would never hear', async (test) => {
    const { engine, container } = await start(test, {})
    const error = await failureOf(container.exec('cat', { detach: true, input: 'x' }))
    assert.ok(error instanceof InvalidArgumentError)
    assert.deepEqual(engine.calls, [])
  })

  for (const [name, open] of [
    ['of an exec', (client) => client.containers.ref('c').spawn('x')],
    ['of an attach', (client) => client.containers.ref('c').attach()],
  ] as const satisfies readonly [string, (client: DockerClient) => Promise<unknown>][]) {
    it(
      `closes the connection ${name} when the Engine cannot say any more what its bytes are`,
      SOON,
      async (test) => {
        const engine: FakeEngine = await FakeEngine.start(
          test,
          anotherEngineMeanwhile(() => client),
        )
        const client = engine.client(test)
        const error = await failureOf(open(client))
        assert.match(String(error), /another Engine/)
        const hijacked = engine.requests.find(({ path }) => /start|attach/.test(path))
        await engine.closed(hijacked?.connection ?? -1)
      },
    )
  }

  it('rejects when there is no such container', async (test) => {
    const { container } = await start(test, { create: json({ message: 'No such container: c' }, 404) })
    assert.ok((await failureOf(container.exec('x'))) instanceof NotFoundError)
  })
})

describe('a session', () => {
  for (const [name, code, known] of [
    ['with its exit code', 7, 7],
    [
      'without the 126 that an Engine notes for one that it has lost, where nobody tells more',
      126,
      undefined,
    ],
  ] as const) {
    it(`rejects when the connection ends before the process does, ${name}`, async (test) => {
      const looks = [true, true].map(() => json({ Running: true, ExitCode: null }))
      const { container } = await start(test, {
        run: says(frame(1, 'x')),
        inspect: (call) => (looks.shift() ?? json({ Running: false, ExitCode: code, Pid: 5 }))(call),
      })
      const session = await container.spawn('sh')
      for (const error of [await failureOf(session.output.text()), await failureOf(session.exit)]) {
        assert.ok(error instanceof StreamError)
        assert.match(error.message, /^the connection ended before exec e did.*: output was lost/)
        assert.equal(error.exitCode, known)
      }
      assert.equal(looks.length, 0)
    })
  }

  describe('whose 126 may be noted for a lost connection', () => {
    const lost = json({ ID: 'e', Running: false, ExitCode: 126, Pid: 5 })
    const told = (...codes: readonly string[]) => {
      const ends = codes.map((exitCode) => ({ execID: 'e', exitCode }))
      const events = [{ execID: 'other', exitCode: '3' }, ...ends].map((Attributes) =>
        JSON.stringify({ Type: 'container', Action: 'exec_die', Actor: { Attributes } }),
      )
      return answer(200, { 'Content-Type': 'application/json' }, events.join('\n'))
    }

    for (const [when, looks] of [
      ['during a look', [json({ Running: true, ExitCode: null })]],
      ['before it', []],
    ] as const) {
      for (const [name, events, exitCode] of [
        ['with the exit code that the Engine tells', told('7'), 7],
        ['without the one that Docker tells of a process that it has given up', told('127'), undefined],
        ['without one where the Engine tells none', told(), undefined],
      ] as const) {
        it(`rejects ${name}, lost ${when}`, async (test) => {
          const waiting = [...looks]
          const { container } = await start(test, {
            run: says(frame(1, 'x')),
            inspect: (call) => (waiting.shift() ?? lost)(call),
            events,
          })
          const error = await failureOf(container.exec('x'))
          assert.ok(error instanceof StreamError, String(error))
          assert.equal(error.exitCode, exitCode)
        })
      }
    }

    for (const [name, events] of [
      ['the Engine tells it', told('126')],
      ['a proxy refuses events', json({ message: 'no' }, 403)],
    ] as const) {
      it(`has that exit code when its connection has lasted and ${name}`, async (test) => {
        const { container } = await start(test, { run: says(), inspect: lost, events })
        assert.equal((await container.exec('x')).exitCode, 126)
      })
    }

    it('takes that of a process that never began, and asks for no events', async (test) => {
      const { engine, container } = await start(test, { run: says(), exitCode: 126 })
      assert.equal((await container.exec('x')).exitCode, 126)
      assert.equal(engine.calls.length, 3)
    })

    it('rejects with that of a process that never began after a cut', async (test) => {
      const looks = [json({ Running: true, ExitCode: null })]
      const noted = json({ ID: 'e', Running: false, ExitCode: 126, Pid: 0 })
      const inspect: Script = (call) => (looks.shift() ?? noted)(call)
      const { container } = await start(test, { run: says(), inspect })
      const error = await failureOf(container.exec('x'))
      assert.ok(error instanceof StreamError, String(error))
      assert.equal(error.exitCode, 126)
    })

    it('rejects without one when the container is removed after a cut', async (test) => {
      const looks = [json({ Running: true, ExitCode: null })]
      const gone = json({ message: 'No such exec instance' }, 404)
      const inspect: Script = (call) => (looks.shift() ?? gone)(call)
      const { container } = await start(test, { run: says(), inspect })
      const error = await failureOf(container.exec('x'))
      assert.ok(error instanceof StreamError, String(error))
      assert.equal(error.exitCode, undefined)
    })

    it('is given up while the Engine has not told it', async (test) => {
      const looks = [json({ Running: true, ExitCode: null })]
      const asked = deferred<Call>()
      const { container } = await start(test, {
        run: says(frame(1, 'x')),
        inspect: (call) => (looks.shift() ?? lost)(call),
        events: (call) => asked.resolve(call),
      })
      const giving = new AbortController()
      const running = failureOf(container.exec('x', { signal: giving.signal }))
      const call = await asked.promise
      const reason = new Error('enough')
      giving.abort(reason)
      assert.equal(await running, reason)
      await call.closed
    })
  })

  it('with a tty rejects at once when the connection ends before the process: a shell would never end', async (test) => {
    const { container } = await start(test, {
      run: async (call) => void (await call.upgrade(RAW, Buffer.from('$ '))).socket.end(),
      inspect: json({ Running: true, ExitCode: null }),
    })
    const session = await container.spawn('sh', { tty: true })
    const error = await failureOf(session.exit)
    assert.ok(error instanceof StreamError && error.exitCode === undefined)
  })

  it('never asks on when it was closed meanwhile', async (test) => {
    const looked = deferred<void>()
    const { engine, container } = await start(test, {
      run: says(frame(1, 'x')),
      inspect: async (call) => {
        await json({ Running: true, ExitCode: null })(call)
        looked.resolve()
      },
    })
    const session = await container.spawn('sh')
    await looked.promise
    session.close()
    assert.deepEqual(await session.exit, { exitCode: undefined, detached: true })
    const asked = engine.calls.length
    await nextTurns()
    assert.equal(engine.calls.length, asked)
  })

  describe('with a tty', () => {
    for (const [name, keys, typed, sent] of [
      ['ctrl-p,ctrl-q', undefined, ['ls\n\x10\x11after'], 'ls\n'],
      ['keys of its own, one by one', 'ctrl-x,x', ['ls\n\x18', 'x', 'after'], 'ls\n'],
      ['a beginning of them first', undefined, ['\x10a\x10', '\x10\x11'], '\x10a\x10'],
    ] as const) {
      it(`is left by ${name}: what came before arrives, and neither the keys nor what follows`, async (test) => {
        const heard = deferred<Buffer>()
        const { container } = await start(test, {
          run: async (call) => heard.resolve(await (await call.upgrade(RAW)).rest()),
        })
        const session = await container.spawn('sh', { tty: true, detachKeys: keys })
        for (const piece of typed) session.stdin.write(piece)
        assert.deepEqual(await session.exit, { exitCode: undefined, detached: true })
        assert.equal((await heard.promise).toString('latin1'), sent)
      })
    }

    it('sends on a beginning of the keys when nothing follows it', async (test) => {
      const heard = deferred<Buffer | undefined>()
      const { container } = await start(test, {
        run: async (call) => {
          await call.upgrade(RAW)
          heard.resolve(await call.read())
          call.socket.end()
        },
      })
      const session = await container.spawn('sh', { tty: true })
      session.stdin.end('\x10')
      assert.equal((await heard.promise)?.toString('latin1'), '\x10')
      assert.deepEqual(await session.exit, { exitCode: 0, detached: false })
    })

    it('that is run to its end rejects when its input says to leave', async (test) => {
      const { container } = await start(test, { run: (call) => void call.upgrade(RAW) })
      const error = await failureOf(container.exec('cat', { tty: true, input: 'a\x10\x11' }))
      assert.ok(error instanceof StreamError)
      assert.match(error.message, /detach keys/)
    })
  })

  it('is detached when it is closed, and closes its connection', async (test) => {
    const upgraded = deferred<Call>()
    const { container } = await start(test, {
      run: async (call) => upgraded.resolve(await call.upgrade(MULTIPLEXED)),
    })
    const session = await container.spawn('sh')
    const reading = session.output.text()
    session.close()
    assert.deepEqual(await session.exit, { exitCode: undefined, detached: true })
    assert.equal(await reading, '')
    await (await upgraded.promise).closed
  })

  it('takes no unknown option where it is left or sized', async (test) => {
    const { container } = await start(test, { run: async (call) => void (await call.upgrade(MULTIPLEXED)) })
    const session = await container.spawn('sh')
    for (const call of [
      session.detach({ timout: 5 } as object),
      session.resize({ columns: 1, rows: 1 }, { timout: 5 } as object),
    ])
      await assert.rejects(call, { message: "unknown option 'timout', did you mean 'timeout'?" })
    session.close()
  })

  it('is detached when its reader leaves the loop, and asks for no exit code', async (test) => {
    const { engine, container } = await start(test, {
      run: (call) => void call.upgrade(MULTIPLEXED, frame(1, 'x')),
      inspect: json({ Running: true, ExitCode: null }),
    })
    const session = await container.spawn('sh')
    for await (const _chunk of session.output) break
    assert.deepEqual(await session.exit, { exitCode: undefined, detached: true })
    assert.ok(!engine.calls.includes('GET /v1.47/exec/e/json'))
  })

  it('knows its exit code also when nobody reads its output', async (test) => {
    const { container } = await start(test, { run: says(frame(1, 'unread')), exitCode: 3 })
    const session = await container.spawn('sh')
    assert.deepEqual(await session.exit, { exitCode: 3, detached: false })
    assert.equal(await session.output.text(), 'unread')
  })

  it('takes a size only with a tty', async (test) => {
    const { engine, container } = await start(test, { run: (call) => void call.upgrade(MULTIPLEXED) })
    const size = { columns: 80, rows: 24 }
    assert.ok((await failureOf(container.spawn('sh', { size }))) instanceof InvalidArgumentError)
    assert.deepEqual(engine.calls, [])
    await using session = await container.spawn('sh')
    assert.ok((await failureOf(session.resize(size))) instanceof InvalidArgumentError)
  })

  for (const size of [
    { columns: 0, rows: 1 },
    { columns: 1, rows: 65_536 },
    { columns: 1.5, rows: 1 },
  ]) {
    it(`refuses the size ${size.columns}x${size.rows}`, async (test) => {
      const { container } = await start(test, { run: (call) => void call.upgrade(RAW) })
      assert.ok((await failureOf(container.spawn('sh', { tty: true, size }))) instanceof InvalidArgumentError)
    })
  }

  it('refuses input when it was opened without stdin', async (test) => {
    const { container } = await start(test, { run: (call) => void call.upgrade(MULTIPLEXED) })
    await using session = await container.spawn('sh', { stdin: false })
    assert.equal(session.stdin.writable, false)
    const error = await new Promise<unknown>((resolve) => session.stdin.write('x', resolve))
    assert.ok(error instanceof InvalidArgumentError)
  })

  it('of an exec that was made before asks whether it has a tty', async (test) => {
    const inspect = json({ ProcessConfig: { tty: true }, OpenStdin: true, Running: false, ExitCode: 0 })
    const { engine, client } = await start(test, { run: says(Buffer.from('raw')), inspect })
    const session = await client.startExec('e', { size: { columns: 80, rows: 24 } })
    assert.equal(session.tty, true)
    assert.equal(await session.output.text(), 'raw')
    assert.deepEqual(bodyOf(engine.requests[2]), { Tty: true, ConsoleSize: [24, 80], Detach: false })
  })
})

interface Setup {
  readonly apiVersion?: string
  readonly tcp?: boolean
  readonly create?: Script
  readonly run?: Script
  readonly inspect?: Script
  readonly events?: Script
  readonly exitCode?: number
  readonly resized?: () => void
}

async function start(
  test: TestContext,
  { create, run, inspect, events, exitCode = 0, resized, tcp = false, ...more }: Setup,
) {
  const scripts: Scripts = {
    'POST /containers/c/exec': create ?? json({ Id: 'e' }, 201),
    'POST /exec/e/start': run ?? says(),
    'GET /exec/e/json': inspect ?? json({ ID: 'e', Running: false, ExitCode: exitCode }),
    'GET /events': events ?? json({ message: 'nobody may see them' }, 403),
    'POST /exec/e/resize': async (call) => {
      await json({})(call)
      resized?.()
    },
  }
  const engine = await FakeEngine.start(test, scripts, { apiVersion: more.apiVersion ?? '1.47', tcp })
  const client = engine.client(test)
  return { engine, client, container: new Container(client.api, { id: 'c' }) }
}

/** Another Engine takes the place of this one just when output begins, and does not say which version it speaks. */
function anotherEngineMeanwhile(client: () => DockerClient): Scripts {
  let asked = false
  const speaking = (version: string, value: object) =>
    answer(200, { 'Api-Version': version, 'Content-Type': 'application/json' }, JSON.stringify(value))
  const hijack: Script = async (call) => {
    await client().info()
    await call.upgrade(RAW)
    await call.closed
  }
  return {
    '*': (call) => {
      if (asked) return json({ message: 'another Engine' }, 500)(call)
      asked = true
      return speaking('1.47', {})(call)
    },
    'GET /info': speaking('1.48', {}),
    'GET /containers/c/json': speaking('1.47', { Id: 'c', State: { Running: true }, Config: { Tty: false } }),
    'POST /containers/c/exec': speaking('1.47', { Id: 'e' }),
    'POST /exec/e/start': hijack,
    'POST /containers/c/attach': hijack,
  }
}

/** A process that writes this and ends. */
function says(...pieces: readonly Buffer[]): Script {
  return async (call) => {
    await call.body()
    await call.upgrade(bodyOf(call.request).Tty ? RAW : MULTIPLEXED, Buffer.concat(pieces))
    call.socket.end()
  }
}

/** A reset right behind the header would be taken for an end by the client's runtime. */
async function resetWhenHeard(call: Call): Promise<void> {
  await call.upgrade(MULTIPLEXED)
  await call.read()
  await call.reset()
}

async function refuses(call: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await failureOf(call)
  assert.ok(error instanceof InvalidArgumentError, String(error))
  assert.match(error.message, message)
}

async function* pieces<T>(...all: readonly T[]): AsyncGenerator<T> {
  yield* all
}

/** Input that never comes. */
async function* pending(): AsyncGenerator<string> {
  await new Promise(() => {})
}

function bodyOf(request: { readonly body: Buffer } | undefined): Record<string, unknown> {
  return JSON.parse(request?.body.toString() ?? '') as Record<string, unknown>
}

/** Long enough for a byte to come that was sent before. */
async function nextTurns(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve))
}
