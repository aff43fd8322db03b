// A terminal is connected to a Channel: here to ones made by hand, for what no Engine does when it is asked.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { OutputStream } from '#src/index.js'
import { type Channel, type ChannelExit, PseudoTerminal } from '#src/terminal/index.js'
import { KEY, until } from '../support/pty.js'

const EXITED: ChannelExit = { exitCode: 0, detached: false }
const DETACHED: ChannelExit = { exitCode: undefined, detached: true }

/** A channel whose output is what one writes to `stream`, and which ends with it. */
function aChannel(
  stream: PassThrough,
  stdin: Writable = new PassThrough(),
): Channel & { readonly closed: boolean } {
  let closed = false
  const close = () => {
    closed = true
    output.cancel()
  }
  const exit = new Promise<ChannelExit>((resolve) => {
    stream.once('end', () => resolve(EXITED)).once('close', () => resolve(DETACHED))
  })
  const output = new OutputStream(async () => ({ stream, multiplexed: false }))
  return {
    tty: false,
    stdin,
    output,
    exit,
    resize: async () => {},
    get closed() {
      return closed
    },
    detach: async () => close(),
    close,
  }
}

function aBrokenWritable(error: Error): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(error) })
}

describe('PseudoTerminal', () => {
  it('rejects at once when the output breaks while the process is still being started', async () => {
    const stream = new PassThrough()
    const channel = aChannel(stream)
    const stdout = aBrokenWritable(new Error('the disk is full'))
    const terminal = new PseudoTerminal(channel, { interactive: false, stdout })
    const running = terminal.run(() => new Promise(() => {}))
    stream.write('something')
    await assert.rejects(running, /the disk is full/)
    assert.equal(channel.closed, true)
  })

  it('shows what came before a start that failed', async () => {
    const stream = new PassThrough()
    const stdout = new PassThrough()
    const terminal = new PseudoTerminal(aChannel(stream), { interactive: false, stdout })
    const begin = async () => {
      stream.write('almost there\n')
      await until(() => stdout.readableLength > 0, 'it is shown')
      throw new Error('no such command')
    }
    await assert.rejects(terminal.run(begin), /no such command/)
    stdout.end()
    assert.equal(await text(stdout), 'almost there\n')
  })

  it('ends with detached when who reads the output has had enough', async () => {
    const stream = new PassThrough()
    const stdout = aBrokenWritable(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    const terminal = new PseudoTerminal(aChannel(stream), { interactive: false, stdout })
    stream.write('something')
    assert.deepEqual(await terminal.run(), DETACHED)
  })

  it('rejects with the reason of a signal that was aborted before', async () => {
    const reason = new Error('never mind')
    const terminal = new PseudoTerminal(aChannel(new PassThrough()), {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      signal: AbortSignal.abort(reason),
    })
    await assert.rejects(terminal.run(), (error) => error === reason)
  })

  it('rejects with the reason of a signal, and gives the keyboard back, while its own output is full', async () => {
    const [stdin, stdout, stream] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const [abort, reason] = [new AbortController(), new Error('never mind')]
    const terminal = new PseudoTerminal(aChannel(stream), { stdin, stdout, signal: abort.signal })
    const running = terminal.run()
    stream.write(Buffer.alloc(64 * 1024))
    await until(() => stdout.writableNeedDrain, 'the output is full')
    abort.abort(reason)
    await assert.rejects(running, (error) => error === reason)
    assert.equal(stdin.listenerCount('data'), 0)
  })

  it('rejects when stdin cannot be read', async () => {
    const stdin = new Readable({ read: () => stdin.destroy(new Error('bad sector')) })
    const channel = aChannel(new PassThrough())
    const terminal = new PseudoTerminal(channel, { stdin, stdout: new PassThrough() })
    await assert.rejects(terminal.run(), {
      code: 'ERR_DOCKER_TERMINAL',
      message: /cannot read stdin: bad sector/,
    })
    assert.equal(channel.closed, true)
  })

  it('ends the input of the process when stdin had ended or was destroyed before', async () => {
    for (const spoil of [
      (stdin: PassThrough) => stdin.end().resume(),
      (stdin: PassThrough) => stdin.destroy(),
    ]) {
      const [stdin, input, stream] = [new PassThrough(), new PassThrough(), new PassThrough()]
      spoil(stdin)
      await new Promise((resolve) => stdin.once('close', resolve))
      input.once('finish', () => stream.end())
      const terminal = new PseudoTerminal(aChannel(stream, input), { stdin, stdout: new PassThrough() })
      assert.deepEqual(await terminal.run(), EXITED)
    }
  })

  it('leaves stdin paused with what was not read, for whoever reads next', async () => {
    const [stdin, input, stream] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const running = new PseudoTerminal(aChannel(stream, input), { stdin, stdout: new PassThrough() }).run()
    stdin.write('one')
    await new Promise((resolve) => input.once('readable', resolve))
    stream.end()
    await running
    stdin.end('two')
    assert.equal(await text(stdin), 'two')
    assert.equal(input.read()?.toString(), 'one')
  })

  it('reads stdin in a second session, and where it was held back before', async () => {
    const stdin = new PassThrough().pause()
    for (const typed of ['one', 'two']) {
      const [input, stream] = [new PassThrough(), new PassThrough()]
      const running = new PseudoTerminal(aChannel(stream, input), { stdin, stdout: new PassThrough() }).run()
      stdin.write(typed)
      await once(input, 'readable')
      assert.equal(input.read()?.toString(), typed)
      stream.end()
      await running
    }
  })

  it('ends the input of the process, once, when stdin is destroyed in the middle', async () => {
    const [stdin, input, stream] = [new PassThrough(), new PassThrough(), new PassThrough()]
    let ends = 0
    const end = input.end.bind(input)
    input.end = () => {
      ends += 1
      return end()
    }
    input.once('finish', () => stream.end())
    const running = new PseudoTerminal(aChannel(stream, input), { stdin, stdout: new PassThrough() }).run()
    stdin.write('typed')
    await once(input, 'readable')
    stdin.destroy()
    assert.deepEqual(await running, EXITED)
    assert.deepEqual([ends, input.read()?.toString()], [1, 'typed'])
    assert.equal(stdin.listenerCount('close'), 0)
  })

  it('leaves the keyboard alone where the process has no stdin', async () => {
    const [stdin, stream] = [Object.assign(new PassThrough(), { isTTY: true }), new PassThrough()]
    const input = Object.defineProperty(new PassThrough(), 'writable', { value: false })
    const channel = { ...aChannel(stream, input), tty: true }
    const terminal = new PseudoTerminal(channel, { stdin, stdout: new PassThrough(), raw: true })
    assert.equal(terminal.isRaw, false)
    const running = terminal.run()
    stdin.end('for the next reader')
    stream.end()
    assert.deepEqual(await running, EXITED)
    assert.equal(await text(stdin), 'for the next reader')
  })

  it('detaches at the keys also when the process has closed its stdin', async () => {
    const [stdin, input, stream] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const channel = { ...aChannel(stream, input), tty: true }
    const running = new PseudoTerminal(channel, { stdin, stdout: new PassThrough() }).run()
    await once(input.destroy(), 'close')
    stdin.write('typed in vain')
    await until(() => stdin.readableLength === 0, 'that is read')
    stdin.write(KEY.ctrlP + KEY.ctrlQ)
    assert.deepEqual(await running, DETACHED)
  })

  it('holds stdin back while the process does not read, and loses nothing', async () => {
    const [stdin, stream] = [new PassThrough(), new PassThrough()]
    const received: Buffer[] = []
    const slow = new Writable({
      highWaterMark: 4,
      write: (chunk, _encoding, done) => {
        received.push(chunk)
        setImmediate(done)
      },
      final: (done) => {
        stream.end()
        done()
      },
    })
    const running = new PseudoTerminal(aChannel(stream, slow), { stdin, stdout: new PassThrough() }).run()
    const typed = Array.from({ length: 500 }, (_, index) => `line ${index}\n`)
    for (const line of typed) stdin.write(line)
    stdin.end()
    await running
    assert.equal(Buffer.concat(received).toString(), typed.join(''))
  })
})
