import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { InvalidArgumentError, OutputStream, ProtocolError, StreamError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { frame } from '../support/fake-engine.js'
import { PATIENT } from '../support/patience.js'

/** Whoever is not answered waits for ever. */
const SOON = PATIENT
const SENTENCE = [
  frame(1, 'out1\n'),
  frame(2, 'err1\n'),
  frame(1, 'out2\nla'),
  frame(2, 'st err'),
  frame(1, 'st out'),
]

describe('OutputStream', () => {
  it('iterates the frames in their order', async () => {
    const seen: string[] = []
    for await (const { source, data } of multiplexed(...SENTENCE).output) seen.push(`${source}:${data}`)
    assert.deepEqual(seen, [
      'stdout:out1\n',
      'stderr:err1\n',
      'stdout:out2\nla',
      'stderr:st err',
      'stdout:st out',
    ])
  })

  it('puts the lines of stdout and stderr together apart from each other', async () => {
    const seen: string[] = []
    for await (const { source, line } of multiplexed(...SENTENCE).output.lines())
      seen.push(`${source}:${line}`)
    assert.deepEqual(seen, ['stdout:out1', 'stderr:err1', 'stdout:out2', 'stdout:last out', 'stderr:st err'])
  })

  it('collects text and bytes as they came, and demux apart', async () => {
    const whole = 'out1\nerr1\nout2\nlast errst out'
    assert.equal(await multiplexed(...SENTENCE).output.text(), whole)
    assert.deepEqual(await multiplexed(...SENTENCE).output.bytes(), Buffer.from(whole))
    const { stdout, stderr } = await multiplexed(...SENTENCE).output.demux()
    assert.deepEqual([`${stdout}`, `${stderr}`], ['out1\nout2\nlast out', 'err1\nst err'])
  })

  it('collects bytes that are no text unchanged', async () => {
    const bytes = Buffer.from([0, 0xff, 0xfe, 0x80, 10, 13])
    const { stdout, stderr, output } = await multiplexed(frame(1, bytes), frame(2, bytes)).output.collect()
    assert.deepEqual([stdout, stderr, output], [bytes, bytes, Buffer.concat([bytes, bytes])])
  })

  it('takes raw output for stdout, also when it looks like frames', async () => {
    const { stdout, stderr } = await raw(frame(2, 'x'), Buffer.from('tty\r\n')).output.demux()
    assert.deepEqual(stdout, Buffer.concat([frame(2, 'x'), Buffer.from('tty\r\n')]))
    assert.equal(stderr.length, 0)
  })

  it('opens nothing before it is read', async () => {
    let opened = 0
    const output = new OutputStream(async () => {
      opened += 1
      return { stream: Readable.from([]), multiplexed: true }
    })
    assert.equal(opened, 0)
    await output.text()
    assert.equal(opened, 1)
  })

  it('rejects with what opening rejected with', async () => {
    const reason = new Error('no such container')
    const output = new OutputStream(() => Promise.reject(reason))
    await assert.rejects(output.text(), (error) => error === reason)
  })

  for (const [name, read] of waysToRead()) {
    it(`${name} can be read once only`, async () => {
      const { output } = multiplexed(...SENTENCE)
      await read(output)
      await assert.rejects(async () => void (await output.text()), InvalidArgumentError)
      await assert.rejects(async () => void (await output.pipe(new Writable())), InvalidArgumentError)
      assert.throws(() => output[Symbol.asyncIterator](), InvalidArgumentError)
      if (name !== 'stdout') assert.throws(() => output.stdout, InvalidArgumentError)
    })

    it(`${name} rejects when the Engine reports an error`, async () => {
      const { output, stream } = multiplexed(frame(1, 'fine'), frame(3, 'disk full'))
      await assert.rejects(
        read(output),
        (error) => error instanceof StreamError && /disk full/.test(error.message),
      )
      assert.equal(stream.destroyed, true)
    })

    it(`${name} rejects when a frame is cut short`, async () => {
      const { output } = multiplexed(frame(1, 'fine'), frame(1, 'cut').subarray(0, 9))
      await assert.rejects(read(output), { code: 'ERR_DOCKER_STREAM_TRUNCATED' })
    })

    it(`${name} rejects when the source breaks`, async () => {
      const { output, stream } = open(true)
      stream.push(frame(1, 'fine'))
      const reading = read(output)
      const broken = new Error('connection lost')
      stream.once('resume', () => stream.destroy(broken))
      await assert.rejects(reading, (error) => error === broken)
    })

    it(`${name} rejects when the source closes without an end`, async () => {
      const { output, stream } = open(true)
      const reading = read(output)
      stream.once('resume', () => stream.destroy())
      await assert.rejects(reading, { code: 'ERR_DOCKER_STREAM_TRUNCATED' })
    })

    it(`${name} rejects when the source had broken before it was read`, async () => {
      const { output, stream } = open(true)
      const broken = new Error('lost long ago')
      stream.on('error', () => {}).destroy(broken)
      await new Promise((resolve) => stream.once('close', resolve))
      await assert.rejects(read(output), (error) => error === broken)
    })

    it(`${name} rejects when the end is not confirmed`, async () => {
      const reason = new Error('the process did not end')
      const stream = Readable.from([frame(1, 'all of it')])
      const output = new OutputStream(async () => ({
        stream,
        multiplexed: true,
        confirm: () => Promise.reject(reason),
      }))
      await assert.rejects(read(output), (error) => error === reason)
    })

    it(`${name} ends quietly when it is cancelled`, async () => {
      const { output, stream } = open(true)
      stream.push(frame(1, 'unfinished').subarray(0, 12))
      const reading = read(output)
      stream.once('resume', () => output.cancel())
      await reading
      assert.equal(stream.destroyed, true)
    })
  }

  it('is empty when its source had ended before it was read', async () => {
    const { output, stream } = open(false)
    stream.push(null)
    stream.read(0)
    await new Promise((resolve) => stream.once('close', resolve))
    assert.equal(await output.text(), '')
  })

  it('gives all data before the error that follows it', async () => {
    const { output } = multiplexed(Buffer.concat([frame(1, 'a'), frame(2, 'b'), frame(3, 'oh')]))
    const seen: string[] = []
    await assert.rejects(async () => {
      for await (const { data } of output) seen.push(data.toString())
    }, StreamError)
    assert.deepEqual(seen, ['a', 'b'])
  })

  it('gives all data before it asks whether the end is to be trusted', async () => {
    const steps: string[] = []
    const output = new OutputStream(async () => ({
      stream: Readable.from([frame(1, 'a'), frame(1, 'b')]),
      multiplexed: true,
      confirm: async () => steps.push('confirm'),
    }))
    for await (const { data } of output) steps.push(data.toString())
    assert.deepEqual(steps, ['a', 'b', 'confirm'])
  })

  it('refuses bytes that are no frames', async () => {
    await assert.rejects(multiplexed(Buffer.from('hello')).output.text(), ProtocolError)
  })

  it('destroys the source when a loop is left', async () => {
    for (const loop of [
      async (output: OutputStream) => {
        for await (const _chunk of output) break
      },
      async (output: OutputStream) => {
        for await (const _line of output.lines()) break
      },
      async (output: OutputStream) => {
        for await (const _data of output.stdout) break
      },
    ]) {
      const { output, stream } = open(true)
      stream.push(frame(1, 'a\nb\n'))
      await loop(output)
      assert.equal(stream.destroyed, true)
    }
  })

  it('ends at once when it was cancelled before it is read', async () => {
    const output = new OutputStream(async (signal) => {
      signal.throwIfAborted()
      return { stream: Readable.from([]), multiplexed: true }
    })
    output.cancel()
    assert.equal(await output.text(), '')
  })

  it('tells the opener when it is cancelled while it opens', async () => {
    const output = new OutputStream(
      (signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    )
    const reading = output.text()
    output.cancel()
    assert.equal(await reading, '')
  })

  it('is cancelled by await using', async () => {
    const { output, stream } = open(true)
    {
      await using held = output
      stream.push(frame(1, 'x'))
      for await (const _chunk of held) break
    }
    assert.equal(stream.destroyed, true)
  })

  it('answers in the order of the questions, however the chunks come, and after the end', SOON, async () => {
    const { output, stream } = open(true)
    const iterator = output[Symbol.asyncIterator]()
    const asked: Promise<string>[] = []
    const ask = (times: number) => {
      for (let count = 0; count < times; count += 1) {
        asked.push(iterator.next().then(({ done, value }) => (done ? 'end' : value.data.toString())))
      }
    }
    ask(2)
    // Whoever asks in an answer comes after those who had asked.
    asked[0]?.then(() => ask(1))
    ask(2)
    stream.push(Buffer.concat([frame(1, 'a'), frame(2, 'b'), frame(1, 'c')]))
    await nextTurn()
    stream.push(Buffer.concat([frame(1, 'd'), frame(1, 'e'), frame(1, 'f')]))
    await nextTurn()
    ask(3)
    stream.push(null)
    assert.deepEqual(await Promise.all(asked), ['a', 'b', 'c', 'd', 'e', 'f', 'end', 'end'])
  })

  it('fails for the first of those who ask at once, and has ended for the others', SOON, async () => {
    const { output, stream } = open(true)
    const iterator = output[Symbol.asyncIterator]()
    const asked = [iterator.next(), iterator.next(), iterator.next()]
    stream.push(Buffer.concat([frame(1, 'a'), frame(3, 'disk full')]))
    const [first, second, third] = await Promise.allSettled(asked)
    assert.equal(first?.status === 'fulfilled' && first.value.value?.data.toString(), 'a')
    assert.ok(second?.status === 'rejected' && second.reason instanceof StreamError)
    assert.ok(third?.status === 'fulfilled' && third.value.done)
  })

  it('pauses the source while nobody takes what was read', async () => {
    const { output, stream } = open(false)
    const iterator = output[Symbol.asyncIterator]()
    stream.push('first')
    assert.equal((await iterator.next()).value?.data.toString(), 'first')
    const chunk = Buffer.alloc(64 * 1024)
    let pushed = 0
    while (!stream.isPaused()) {
      assert.ok(pushed < 64, 'the source is not held back')
      stream.push(chunk)
      pushed += 1
      await nextTurn()
    }
    stream.push(null)
    let length = 0
    for (let step = await iterator.next(); !step.done; step = await iterator.next())
      length += step.value.data.length
    assert.equal(length, pushed * chunk.length)
  })

  it('keeps nothing of what was read, also where the reader never catches up', async () => {
    const { output, stream } = open(false)
    const iterator = output[Symbol.asyncIterator]()
    const push = () => stream.push(Buffer.alloc(64 * 1024))
    push()
    const before = process.memoryUsage().arrayBuffers
    for (let pushed = 0; pushed < 4096; pushed++) {
      push()
      await iterator.next()
      await nextTurn()
    }
    const kept = process.memoryUsage().arrayBuffers - before
    assert.ok(kept < 128 * 1024 * 1024, `${kept} bytes are kept of 256 MiB`)
    await iterator.return?.()
  })
})

describe('OutputStream.pipe', () => {
  it('writes small pieces that have come together in few writes, in order and whole', async () => {
    const pieces = Array.from({ length: 5000 }, (_, index) =>
      frame(index % 10 === 0 ? 2 : 1, `line ${index}\n`),
    )
    const sink = new Sink()
    await multiplexed(...pieces).output.pipe(sink, new Sink())
    const stdout = Array.from({ length: 5000 }, (_, index) => (index % 10 === 0 ? '' : `line ${index}\n`))
    assert.equal(sink.text, stdout.join(''))
    const [first, second] = [new Sink(), new Sink()]
    await raw(...pieces.map((piece) => piece.subarray(8))).output.pipe(first, second)
    assert.ok(first.writes <= 4, `there were ${first.writes} writes`)
  })

  it('keeps the order where both destinations lead into one file, also of what is written before and after', async (test) => {
    const folder = await mkdtemp(join(tmpdir(), 'dockline-'))
    test.after(() => rm(folder, { recursive: true, force: true }))
    const path = join(folder, 'log')
    const [stdout, stderr] = [
      createWriteStream(path, { flags: 'a' }),
      createWriteStream(path, { flags: 'a' }),
    ]
    await Promise.all([once(stdout, 'open'), once(stderr, 'open')])
    const lines = Array.from({ length: 3000 }, (_, index) => `${index} ${'.'.repeat(index % 90)}\n`)
    stderr.write('before\n')
    await multiplexed(...lines.map((line, index) => frame(1 + (index % 2), line))).output.pipe(stdout, stderr)
    await new Promise<void>((resolve) => stderr.write('after\n', () => resolve()))
    assert.equal(await readFile(path, 'utf8'), `before\n${lines.join('')}after\n`)
    stdout.destroy()
    stderr.destroy()
  })

  it('writes to both destinations and leaves them open', async () => {
    const stdout = new Sink()
    const stderr = new Sink()
    await multiplexed(...SENTENCE).output.pipe(stdout, stderr)
    assert.deepEqual([stdout.text, stderr.text], ['out1\nout2\nlast out', 'err1\nst err'])
    assert.deepEqual([stdout.writableEnded, stderr.writableEnded], [false, false])
  })

  it('writes everything in order to a single destination', async () => {
    const only = new Sink()
    await multiplexed(...SENTENCE).output.pipe(only)
    assert.equal(only.text, 'out1\nerr1\nout2\nlast errst out')
  })

  it('ends the destinations when asked', async () => {
    const stdout = new Sink()
    const stderr = new Sink()
    await multiplexed(...SENTENCE).output.pipe(stdout, stderr, { end: true })
    assert.deepEqual([stdout.writableFinished, stderr.writableFinished], [true, true])
    const only = new Sink()
    await multiplexed(...SENTENCE).output.pipe(only, only, { end: true })
    assert.equal(only.writableFinished, true)
  })

  it('leaves no listeners on the destination', async () => {
    const stdout = new Sink()
    const before = stdout.eventNames().map((name) => [name, stdout.listenerCount(name)])
    await multiplexed(...SENTENCE).output.pipe(stdout)
    assert.deepEqual(
      stdout.eventNames().map((name) => [name, stdout.listenerCount(name)]),
      before,
    )
  })

  it('holds the source back while a destination is full', async () => {
    const { output, stream } = open(true)
    const slow = new SlowSink()
    const piping = output.pipe(slow)
    const piece = frame(1, Buffer.alloc(64 * 1024, 'x'))
    stream.push(piece)
    await slow.writing()
    let pushed = 1
    while (!stream.isPaused()) {
      assert.ok(pushed < 64, 'the source is not held back')
      stream.push(piece)
      pushed += 1
      await nextTurn()
    }
    assert.ok(slow.length <= piece.length, 'only what the destination took was written')
    stream.push(null)
    slow.open()
    await piping
    assert.equal(slow.length, pushed * 64 * 1024)
  })

  it('rejects with the error of a destination and frees the source', async () => {
    const { output, stream } = open(true)
    const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) })
    const piping = output.pipe(failing)
    stream.push(frame(1, 'x'))
    await assert.rejects(piping, /disk full/)
    assert.equal(stream.destroyed, true)
  })

  for (const [name, gone] of [
    ['is destroyed while it is full', (sink: SlowSink) => sink.destroy()],
    ['fails while it is full', (sink: SlowSink) => sink.destroy(new Error('broken pipe'))],
  ] as const) {
    it(`rejects when a destination ${name} and frees the source`, async () => {
      const { output, stream } = open(true)
      const sink = new SlowSink()
      const piping = output.pipe(sink)
      stream.push(frame(1, Buffer.alloc(64 * 1024)))
      await sink.writing()
      gone(sink)
      await assert.rejects(piping, /closed|broken pipe/)
      assert.equal(stream.destroyed, true)
    })
  }

  for (const [name, gone, message] of [
    ['is destroyed', (sink: Sink) => sink.destroy(), /destination of the output was closed/],
    ['fails', (sink: Sink) => sink.destroy(new Error('broken pipe')), /broken pipe/],
  ] as const) {
    it(`rejects when a destination ${name} while the source is silent, and frees the source`, async () => {
      const { output, stream } = open(true)
      const sink = new Sink()
      const piping = output.pipe(sink)
      stream.once('resume', () => gone(sink))
      await assert.rejects(piping, message)
      assert.equal(stream.destroyed, true)
    })
  }

  it('rejects when a destination was destroyed before, also without output', async () => {
    await assert.rejects(
      multiplexed().output.pipe(new Sink().destroy()),
      /destination of the output was closed/,
    )
  })

  for (const [name, gone, message] of [
    ['destroyed', (sink: Sink) => sink.destroy(), /destination of the output was closed/],
    ['broken', (sink: Sink) => sink.destroy(new Error('broken pipe')), /broken pipe/],
    ['ended', (sink: Sink) => sink.end(), /destination of the output was closed/],
  ] as const) {
    for (const place of ['stdout', 'stderr'] as const) {
      it(`rejects when ${place} was ${name} before, while the source is silent, and frees the source`, async () => {
        const { output, stream } = open(true)
        const sinks = { stdout: new Sink(), stderr: new Sink() }
        gone(sinks[place])
        const failure = failureOf(output.pipe(sinks.stdout, sinks.stderr))
        await nextTurn()
        assert.equal(stream.destroyed, true)
        assert.match(String(await failure), message)
      })
    }
  }

  for (const end of [false, true]) {
    it(`settles when it is cancelled while a destination is full, and ${end ? 'ends' : 'keeps'} that`, async () => {
      const { output, stream } = open(true)
      const sink = new SlowSink()
      const piping = output.pipe(sink, sink, { end })
      stream.push(frame(1, Buffer.alloc(64 * 1024)))
      stream.push(frame(1, 'what has come'))
      await sink.writing()
      output.cancel()
      await piping
      assert.equal(sink.writableEnded, end)
      sink.open()
      while (sink.writableLength > 0) await nextTurn()
      assert.equal(sink.length, 64 * 1024 + 'what has come'.length)
    })
  }

  it('waits for the end of a destination that has room when it is cancelled, and tells of its failure', async () => {
    const ends: ((error?: Error) => void)[] = []
    for (const error of [undefined, new Error('no space left')]) {
      const { output } = open(true)
      const sink = new Sink({ final: (done) => void ends.push(done) })
      const piping = output.pipe(sink, sink, { end: true }).then(
        () => undefined,
        (reason) => reason,
      )
      await nextTurn()
      output.cancel()
      while (ends.length === 0) await nextTurn()
      await nextTurn()
      assert.equal(sink.writableFinished, false)
      ends.pop()?.(error)
      assert.equal(await piping, error)
    }
  })

  it('is not ended by a failure of a destination that it has given up', async () => {
    const { output, stream } = open(true)
    const sink = new SlowSink()
    const piping = output.pipe(sink, sink, { end: true })
    stream.push(frame(1, Buffer.alloc(64 * 1024)))
    await sink.writing()
    output.cancel()
    await piping
    sink.destroy(new Error('no space left'))
    await nextTurn()
    assert.equal(sink.destroyed, true)
  })

  it('settles when it is cancelled while it waits for what was written to stderr before', async () => {
    const { output } = open(true)
    const [stdout, stderr] = [new SlowSink(), new SlowSink()].map((sink) => Object.assign(sink, { fd: 1 }))
    stderr?.write('before')
    const piping = output.pipe(stdout as SlowSink, stderr)
    await nextTurn()
    output.cancel()
    await piping
  })

  it('does not wait for the end of a destination that destroys itself instead', async () => {
    const sink = new Sink({ final: () => sink.destroy() })
    await multiplexed(frame(1, 'x')).output.pipe(sink, sink, { end: true })
    assert.deepEqual([sink.text, sink.destroyed], ['x', true])
  })
})

describe('OutputStream.stdout and stderr', () => {
  it('give each its own bytes', async () => {
    const { output } = multiplexed(...SENTENCE)
    assert.deepEqual(await Promise.all([text(output.stdout), text(output.stderr)]), [
      'out1\nout2\nlast out',
      'err1\nst err',
    ])
  })

  it('are the same Readables each time', () => {
    const { output } = multiplexed()
    assert.equal(output.stdout, output.stdout)
    assert.equal(output.stderr, output.stderr)
  })

  it('drop what nobody took, however much it is', async () => {
    const megabytes = Array.from({ length: 32 }, () => frame(2, Buffer.alloc(64 * 1024)))
    assert.equal(await text(multiplexed(...megabytes, frame(1, 'the end')).output.stdout), 'the end')
  })

  it('hold one back until the other is read, and lose nothing', async () => {
    const pieces = Array.from({ length: 16 }, () => [
      frame(1, 'o'.repeat(32_768)),
      frame(2, 'e'.repeat(32_768)),
    ])
    const { output } = multiplexed(...pieces.flat())
    const { stdout, stderr } = output
    const [first, second] = await Promise.all([buffer(stdout), buffer(stderr)])
    assert.deepEqual([first.length, second.length], [16 * 32_768, 16 * 32_768])
  })

  it('go on with one when the other was destroyed', async () => {
    const { output, stream } = open(true)
    const { stdout, stderr } = output
    stderr.destroy()
    stream.push(frame(2, 'lost'))
    stream.push(frame(1, 'kept'))
    stream.push(null)
    assert.equal(await text(stdout), 'kept')
  })

  it('go on with one that is taken after the other was destroyed', async () => {
    const { output, stream } = open(true)
    await once(output.stderr.destroy(), 'close')
    stream.push(frame(2, 'lost'))
    stream.push(frame(1, 'kept'))
    stream.push(null)
    assert.equal(await text(output.stdout), 'kept')
  })

  it('close the source when both are destroyed', async () => {
    const { output, stream } = open(true)
    const { stdout, stderr } = output
    stream.push(frame(1, 'x'))
    await once(stdout, 'readable')
    stdout.destroy()
    assert.equal(stream.destroyed, false)
    stderr.destroy()
    assert.equal(stream.destroyed, true)
  })

  it('end also when one is taken after the end', async () => {
    const { output } = multiplexed(...SENTENCE)
    assert.equal(await text(output.stdout), 'out1\nout2\nlast out')
    assert.equal(await text(output.stderr), '')
  })

  it('fail also when one is taken after the failure', async () => {
    const { output } = multiplexed(frame(3, 'oh no'))
    await assert.rejects(text(output.stdout), /oh no/)
    await assert.rejects(text(output.stderr), /oh no/)
  })
})

function waysToRead(): readonly (readonly [string, (output: OutputStream) => Promise<unknown>])[] {
  return [
    [
      'iteration',
      async (output) => {
        for await (const _chunk of output);
      },
    ],
    [
      'lines',
      async (output) => {
        for await (const _line of output.lines());
      },
    ],
    ['text', (output) => output.text()],
    ['pipe', (output) => output.pipe(new Sink())],
    ['stdout', (output) => text(output.stdout)],
  ]
}

function multiplexed(...pieces: readonly Buffer[]) {
  const { output, stream } = open(true)
  for (const piece of pieces) stream.push(piece)
  stream.push(null)
  return { output, stream }
}

function raw(...pieces: readonly Buffer[]) {
  const { output, stream } = open(false)
  for (const piece of pieces) stream.push(piece)
  stream.push(null)
  return { output, stream }
}

/** A source that the test feeds. */
function open(multiplexed: boolean) {
  const stream = new Readable({ read() {} })
  return { stream, output: new OutputStream(async () => ({ stream, multiplexed })) }
}

class Sink extends Writable {
  text = ''
  writes = 0

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    this.writes += 1
    done()
  }
}

/** Keeps the writer waiting until it is opened. */
class SlowSink extends Writable {
  length = 0
  #waiting: (() => void) | undefined
  #open = false

  open(): void {
    this.#open = true
    this.#waiting?.()
  }

  /** Resolves when a write waits. */
  async writing(): Promise<void> {
    if (this.#waiting === undefined) await once(this, 'writing')
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.length += chunk.length
    if (this.#open) {
      done()
      return
    }
    this.#waiting = done
    this.emit('writing')
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
