import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { it } from 'node:test'
import {
  ConflictError,
  ContainerError,
  InvalidArgumentError,
  NotFoundError,
  TimeoutError,
} from '#src/index.js'
import { aContainer, aSharedContainer, onEveryEngine } from '../support/engines.js'
import { PATIENT } from '../support/patience.js'
import { timesOf } from '../support/times.js'

/** Each has an exit code of its own. */
const EXECS = Math.min(timesOf(25), 250)

onEveryEngine((engine) => {
  it('keeps stdout and stderr apart, their order together, and returns the exit code', async () => {
    const container = await aSharedContainer(engine)
    const result = await container.exec(['sh', '-c', 'echo out; sleep 0.1; echo err >&2; exit 42'])
    assert.deepEqual(result, { exitCode: 42, stdout: 'out\n', stderr: 'err\n', output: 'out\nerr\n' })
  })

  it('feeds a string, a Buffer, a stream or pieces to stdin and ends it', async () => {
    const container = await aSharedContainer(engine)
    for (const input of [
      'twelve bytes',
      Buffer.from('twelve bytes'),
      Readable.from(['twelve', ' bytes']),
      new Blob(['twelve bytes']).stream(),
      ['twelve', Buffer.from(' bytes')],
    ]) {
      assert.equal((await container.exec(['wc', '-c'], { input })).stdout.trim(), '12')
    }
  })

  it('gives a command without input an empty stdin', async () => {
    const container = await aSharedContainer(engine)
    assert.equal((await container.exec(['wc', '-c'])).stdout.trim(), '0')
  })

  it('carries 1 MiB through cat byte by byte', async () => {
    const container = await aSharedContainer(engine)
    const input = randomBytes(1024 * 1024)
    const { stdout } = await container.exec(['cat'], { input, encoding: 'buffer' })
    assert.ok(stdout.equals(input))
  })

  it('ends well when the command does not read its input', async () => {
    const container = await aSharedContainer(engine)
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(65536))
      },
    })
    assert.equal((await container.exec(['sh', '-c', 'exit 3'], { input: endless })).exitCode, 3)
    assert.ok(endless.destroyed)
  })

  it('ends well when the command ends while its input is still to come', {
    ...PATIENT,
  }, async () => {
    const container = await aSharedContainer(engine)
    const pending = (async function* () {
      yield 'first'
      await new Promise(() => {})
    })()
    const { exitCode } = await container.exec(['sh', '-c', 'exit 3'], { input: Readable.from(pending) })
    assert.equal(exitCode, 3)
  })

  it('rejects with the error of an input that fails', async () => {
    const container = await aSharedContainer(engine)
    const failing = new Readable({
      read() {
        this.destroy(new Error('disk on fire'))
      },
    })
    await assert.rejects(container.exec(['cat'], { input: failing }), /disk on fire/)
  })

  it('takes environment, folder, user and privileges', async () => {
    const container = await aSharedContainer(engine)
    const command = ['sh', '-c', 'echo "$GREETING"; pwd; id -un']
    const { stdout } = await container.exec(command, {
      env: { GREETING: 'hi' },
      workdir: '/tmp',
      user: 'nobody',
    })
    assert.equal(stdout, 'hi\n/tmp\nnobody\n')
  })

  it('splits a command given as a string as a shell would', async () => {
    const container = await aSharedContainer(engine)
    assert.equal((await container.exec(`echo 'two  words' "and one"`)).stdout, 'two  words and one\n')
  })

  it('gives a tty command one raw stream, and ends its input with ctrl-d', async () => {
    const container = await aSharedContainer(engine)
    const { stdout, stderr, exitCode } = await container.exec(['sh', '-c', 'cat; tty; echo done >&2'], {
      tty: true,
      input: 'typed\n',
    })
    assert.match(stdout, /typed\r\n[\s\S]*\/dev\/pts\/\d+\r\ndone\r\n/)
    assert.equal(stderr, '')
    assert.equal(exitCode, 0)
  })

  it('ends the input of a tty also in the middle of a line', PATIENT, async () => {
    const container = await aSharedContainer(engine)
    for (const input of ['unfinished', ['line\n', 'unfinished'], '']) {
      const { exitCode, stdout } = await container.exec(['cat'], { tty: true, input })
      assert.equal(exitCode, 0)
      assert.equal(stdout.endsWith('unfinished'), input !== '')
    }
  })

  it('opens a tty session at the size that was asked for', async () => {
    const container = await aSharedContainer(engine)
    // The Engine before API 1.42 takes a size only after the start.
    const command = [
      'sh',
      '-c',
      'until [ "$(stty size 2>/dev/null)" = "33 99" ]; do sleep 0.1; done; stty size',
    ]
    await using session = await container.spawn(command, { tty: true, size: { columns: 99, rows: 33 } })
    assert.equal(await session.output.text(), '33 99\r\n')
    assert.deepEqual(await session.exit, { exitCode: 0, detached: false })
  })

  it('half-closes the stdin of a session and still delivers its output', async () => {
    const container = await aSharedContainer(engine)
    await using session = await container.spawn(['sh', '-c', 'cat; echo end >&2'])
    session.stdin.write('one ')
    session.stdin.end('two')
    const { stdout, stderr } = await session.output.demux()
    assert.equal(`${stdout}|${stderr}`, 'one two|end\n')
  })

  it('ends the stdin of the process when the writer of a session fails', async () => {
    const container = await aSharedContainer(engine)
    const failing = async function* () {
      yield 'one'
      throw new Error('the source broke')
    }
    for (const fail of [
      (stdin: Writable) => void stdin.write('one', () => stdin.destroy()),
      (stdin: Writable) => void stdin.end('one').write('after the end', () => {}),
      (stdin: Writable) => void pipeline(failing, stdin).catch(() => {}),
    ]) {
      await using session = await container.spawn(['sh', '-c', 'cat; exit 3'])
      fail(session.stdin)
      assert.deepEqual(await session.exit, { exitCode: 3, detached: false })
      assert.equal(await session.output.text(), 'one')
    }
  })

  it('knows the exit code of a session whose output nobody reads', async () => {
    const container = await aSharedContainer(engine)
    await using session = await container.spawn(['sh', '-c', 'echo unread; exit 5'], { stdin: false })
    assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
    assert.equal(await session.output.text(), 'unread\n')
  })

  it('leaves the process running when a session is closed', async () => {
    const container = await aSharedContainer(engine)
    const session = await container.spawn(['sh', '-c', 'touch /started; exec sleep 333'], { stdin: false })
    await container.exec(['sh', '-c', 'until [ -e /started ]; do sleep 0.1; done'])
    session.close()
    assert.deepEqual(await session.exit, { exitCode: undefined, detached: true })
    const { stdout } = await container.exec(['ps', '-o', 'args'])
    assert.match(stdout, /sleep 333/)
  })

  it('is over as detached when the loop over the output of a session is left', async () => {
    const container = await aSharedContainer(engine)
    const session = await container.spawn(['sh', '-c', 'echo ready; exec sleep 60'])
    for await (const _chunk of session.output) break
    assert.deepEqual(await session.exit, { exitCode: undefined, detached: true })
    assert.ok(session.socket.destroyed)
  })

  it(`keeps ${EXECS} execs at once apart, every exit code and every output right`, async () => {
    const container = await aSharedContainer(engine)
    const runs = Array.from({ length: EXECS }, (_, n) => container.exec(['sh', '-c', `echo ${n}; exit ${n}`]))
    for (const [n, { exitCode, stdout }] of (await Promise.all(runs)).entries()) {
      assert.equal(exitCode, n)
      assert.equal(stdout, `${n}\n`)
    }
  })

  it('waits for the exit code of a command that closes its output before it ends', async () => {
    const container = await aSharedContainer(engine)
    const command = ['sh', '-c', 'echo closed; exec >/dev/null 2>&1 </dev/null; sleep 1; exit 6']
    const { exitCode, stdout } = await container.exec(command)
    assert.deepEqual({ exitCode, stdout }, { exitCode: 6, stdout: 'closed\n' })
  })

  it('leaves out a stream that is not wanted, and still knows the exit code', async () => {
    const container = await aSharedContainer(engine)
    const command = ['sh', '-c', 'echo out; echo err >&2; sleep 0.2; exit 4']
    const { stdout, stderr } = await container.exec(command, { stdout: false })
    assert.deepEqual({ stdout, stderr }, { stdout: '', stderr: 'err\n' })
    const neither = await container.exec(command, { stdout: false, stderr: false })
    assert.deepEqual(neither, { exitCode: 4, stdout: '', stderr: '', output: '' })
  })

  it('rejects at once with the reason of an abort', async () => {
    const container = await aSharedContainer(engine)
    const controller = new AbortController()
    const session = await container.spawn(['sh', '-c', 'echo ready; exec sleep 60'], {
      signal: controller.signal,
    })
    const reason = new Error('enough')
    await assert.rejects(async () => {
      for await (const _chunk of session.output) controller.abort(reason)
    }, reason)
    await assert.rejects(session.exit, reason)
    assert.ok(session.socket.destroyed)
  })

  it('rejects with TimeoutError when the time is up', async () => {
    const container = await aSharedContainer(engine)
    await assert.rejects(container.exec(['sleep', '60'], { timeout: 200 }), (error) => {
      assert.ok(error instanceof TimeoutError)
      assert.equal(error.timeout, 200)
      return true
    })
  })

  it('starts a detached command and returns its id', async () => {
    const container = await aSharedContainer(engine)
    const { id } = await container.exec(['touch', '/made'], { detach: true })
    assert.equal((await engine.client.api.exec.inspect(id)).ContainerID, container.id)
    await container.exec(['sh', '-c', 'until [ -e /made ]; do sleep 0.1; done'], PATIENT)
  })

  it('tells a command that cannot be found by its exit code', async () => {
    const container = await aSharedContainer(engine)
    const { exitCode, output } = await container.exec(['no-such-command'])
    assert.ok(exitCode === 126 || exitCode === 127, `exit code ${exitCode}`)
    assert.match(output, /no-such-command/)
  })

  it('makes an exit code an error where that is asked for', async () => {
    const container = await aSharedContainer(engine)
    await assert.rejects(container.exec(['sh', '-c', 'echo why >&2; exit 9'], { reject: true }), (error) => {
      assert.ok(error instanceof ContainerError)
      assert.equal(error.exitCode, 9)
      assert.equal(error.stderr, 'why\n')
      return true
    })
  })

  it('refuses an empty command, and a size without a tty, before anything is sent', async () => {
    const container = await aSharedContainer(engine)
    await assert.rejects(container.exec([]), InvalidArgumentError)
    await assert.rejects(container.spawn(['sh'], { size: { columns: 80, rows: 24 } }), InvalidArgumentError)
  })

  it('rejects for a container that does not run, and for one that is not there', async (test) => {
    const container = await aContainer(test, engine, ['true'])
    await assert.rejects(container.exec(['true']), ConflictError)
    await container.remove()
    await assert.rejects(container.exec(['true']), NotFoundError)
  })
})
