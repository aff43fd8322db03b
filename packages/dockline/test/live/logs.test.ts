import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { it } from 'node:test'
import { ApiError, InvalidArgumentError, type LogLine, type OutputLine } from '#src/index.js'
import { aContainer, aRunningContainer, onEveryEngine } from '../support/engines.js'

onEveryEngine((engine) => {
  it('returns all that was written, stdout and stderr apart', async (test) => {
    const container = await aContainer(test, engine, ['sh', '-c', 'echo one; echo two >&2; echo three'])
    await container.start()
    await container.wait()
    assert.deepEqual(await container.logs().demux(), {
      stdout: Buffer.from('one\nthree\n'),
      stderr: Buffer.from('two\n'),
    })
    assert.equal(await container.logs({ stderr: false }).text(), 'one\nthree\n')
    assert.equal(await container.logs({ stdout: false }).text(), 'two\n')
  })

  it('gives lines with their source while they are written, and ends with the container', async (test) => {
    const container = await aRunningContainer(test, engine, [
      'sh',
      '-c',
      'for i in 1 2 3; do echo $i; sleep 0.1; done',
    ])
    const lines: OutputLine[] = []
    for await (const line of container.logs({ follow: true }).lines()) lines.push(line)
    assert.deepEqual(
      lines,
      ['1', '2', '3'].map((line) => ({ source: 'stdout', line })),
    )
  })

  it('stops following when the loop is left', async (test) => {
    const container = await aRunningContainer(test, engine, [
      'sh',
      '-c',
      'while :; do echo tick; sleep 0.05; done',
    ])
    let count = 0
    for await (const { line } of container.logs({ follow: true }).lines()) {
      assert.equal(line, 'tick')
      count += 1
      if (count === 3) break
    }
    assert.equal(count, 3)
  })

  it('keeps to the tail, to since and to until', async (test) => {
    const container = await aContainer(test, engine, ['sh', '-c', 'echo early; sleep 1.2; echo late'])
    await container.start()
    await container.wait()
    assert.equal(await container.logs({ tail: 1 }).text(), 'late\n')
    assert.equal(await container.logs({ tail: 0 }).text(), '')
    const stamped = await container.logs({ timestamps: true }).text()
    const [, early = '', late = ''] = /^(\S+) early\n(\S+) late\n$/.exec(stamped) ?? []
    assert.match(late, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
    assert.equal(await container.logs({ since: late }).text(), 'late\n')
    assert.equal(await container.logs({ until: early }).text(), 'early\n')
    assert.equal(await container.logs({ since: new Date(Date.parse(late) - 100) }).text(), 'late\n')
    assert.equal(await container.logs({ since: '1h' }).text(), 'early\nlate\n')
  })

  it('takes the logs of a tty as one raw stream', async (test) => {
    const container = await aContainer(test, engine, ['sh', '-c', 'echo out; echo err >&2'], { tty: true })
    await container.start()
    await container.wait()
    assert.deepEqual(await container.logs().demux(), {
      stdout: Buffer.from('out\r\nerr\r\n'),
      stderr: Buffer.alloc(0),
    })
  })

  // The container has to run until all is read: an Engine of 20.10 leaves out what is not read by its end.
  it('carries large output through a slow destination complete', async (test) => {
    const lines = 40_000
    const command = ['sh', '-c', `yes 0123456789abcde | head -n ${lines}; sleep 600`]
    const container = await aContainer(test, engine, command)
    await container.start()
    const slow = new PassThrough({ highWaterMark: 1024 })
    const piped = container.logs({ follow: true }).pipe(slow, slow, { end: true })
    let length = 0
    for await (const chunk of slow) {
      length += (chunk as Buffer).length
      if (length === lines * 16) await container.kill()
    }
    await piped
    assert.equal(length, lines * 16)
  })

  for (const [what, options] of [
    ['the driver local', { logDriver: 'local' }],
    ['a tty', { tty: true }],
  ] as const) {
    it(`gives lines with their times, long lines whole, and what comes after each of them, with ${what}`, async (test) => {
      const command = `head -c 40000 /dev/zero | tr '\\0' a; echo; echo short; printf 'no end'`
      const container = await aContainer(test, engine, ['sh', '-c', command], options)
      await container.start()
      const lines: LogLine[] = []
      for await (const line of container.logs({ follow: true, resume: true }).lines()) lines.push(line)
      const texts = ['a'.repeat(40_000), 'short', 'no end']
      assert.deepEqual(
        lines.map(({ line }) => line),
        texts,
      )
      assert.ok(lines.every(({ timestamp, time }) => time.getTime() === Date.parse(timestamp)))
      for (const [index, { position }] of lines.entries()) {
        const rest: string[] = []
        for await (const { line } of container.logs({ position }).lines()) rest.push(line)
        assert.deepEqual(rest, texts.slice(index + 1))
      }
    })
  }

  it('rejects when the log driver cannot be read', async (test) => {
    const container = await aContainer(test, engine, ['echo', 'x'], { logDriver: 'none' })
    await container.start()
    await container.wait()
    await assert.rejects(
      container.logs().text(),
      (error) => error instanceof ApiError || /error/i.test(String(error)),
    )
    await assert.rejects(container.logs({ follow: true, resume: true }).text(), ApiError)
  })

  it('refuses bad options before anything is sent', async (test) => {
    const container = await aContainer(test, engine, ['true'])
    await assert.rejects(container.logs({ stdout: false, stderr: false }).text(), InvalidArgumentError)
    await assert.rejects(container.logs({ tail: -1 }).text(), /tail.*-1/)
    await assert.rejects(container.logs({ since: 'yesterday' }).text(), /since.*yesterday/)
  })
})
