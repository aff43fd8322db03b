import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidArgumentError, ProtocolError, StreamError } from '#src/index.js'
import { LineJoiner } from '#src/models/logs/lines.js'
import { type LogFormat, MessageDecoder } from '#src/models/logs/messages.js'
import { checkPosition, LogMarks } from '#src/models/logs/position.js'
import { normalizeTimestamp } from '#src/models/logs/timestamp.js'
import { everyCut } from '../support/every-cut.js'
import { frame } from '../support/fake-engine.js'

const FRAMES: LogFormat = { multiplexed: true, details: false, sharesTimestamps: true }
const TTY: LogFormat = { ...FRAMES, multiplexed: false }
/** As Podman writes logs: each piece of a line has a time of its own. */
const PODMAN: LogFormat = { ...FRAMES, sharesTimestamps: false }
const PODMAN_TTY: LogFormat = { ...TTY, sharesTimestamps: false }
const SECOND = '2026-01-02T03:04:05Z'

const at = (nanosecond: number) => `2026-01-02T03:04:05.${String(nanosecond).padStart(9, '0')}Z`
const message = (type: 1 | 2, nanosecond: number, text: string) => frame(type, `${at(nanosecond)} ${text}`)

function decode(format: LogFormat, ...parts: readonly Buffer[]) {
  const decoder = new MessageDecoder(format)
  return [...parts.flatMap((bytes) => decoder.decode(bytes)), ...decoder.end()]
}

function linesIn(format: LogFormat, ...parts: readonly Buffer[]) {
  const joiner = new LineJoiner(format.sharesTimestamps)
  return [...joiner.join(decode(format, ...parts)), ...joiner.end()]
}

const texts = (lines: readonly { readonly line: string }[]) => lines.map(({ line }) => line)

describe('the lines of a log with times', () => {
  it('have their time, with all nanoseconds', () => {
    const [line] = linesIn(FRAMES, message(2, 6_000_007, 'hello world\r\n'))
    assert.deepEqual(line, {
      source: 'stderr',
      line: 'hello world',
      timestamp: '2026-01-02T03:04:05.006000007Z',
      time: new Date('2026-01-02T03:04:05.006Z'),
      attributes: {},
      position: { stdout: undefined, stderr: { timestamp: at(6_000_007), count: 1 } },
      isAfterGap: false,
    })
  })

  it('are right for any cut of the bytes', () => {
    const bytes = Buffer.concat([
      message(1, 1, 'a'),
      message(2, 2, 'ß\n'),
      message(1, 1, 'b\n'),
      message(1, 3, '\n'),
    ])
    const whole = linesIn(FRAMES, bytes)
    assert.deepEqual(texts(whole), ['ß', 'ab', ''])
    for (const parts of everyCut(bytes)) assert.deepEqual(linesIn(FRAMES, ...parts), whole)
  })

  it('come whole from the pieces of a long line, between which lines of the other source may stand', () => {
    const [long, character] = ['a'.repeat(16_383), Buffer.from('é')]
    const pieces = [
      frame(1, Buffer.concat([Buffer.from(`${at(1)} ${long}`), character.subarray(0, 1)])),
      message(2, 2, 'between\n'),
      frame(1, Buffer.concat([Buffer.from(`${at(1)} `), character.subarray(1), Buffer.from('b\n')])),
    ]
    assert.deepEqual(texts(linesIn(FRAMES, ...pieces)), ['between', `${long}éb`])
  })

  it('end where another time begins, though an Engine of 20.10 leaves out the end of the line', () => {
    assert.deepEqual(texts(linesIn(FRAMES, message(1, 1, 'aa'), message(1, 1, 'a'), message(1, 2, 'b\n'))), [
      'aaa',
      'b',
    ])
  })

  it('are put together by their line ends, where each piece has a time of its own', () => {
    assert.deepEqual(texts(linesIn(PODMAN, message(1, 1, 'aa'), message(1, 2, 'a\n'), message(1, 2, 'b'))), [
      'aaa',
      'b',
    ])
  })

  it('of a tty have no timestamps inside, whatever the cut', () => {
    const long = 'a'.repeat(3000)
    const text = `${at(1)} ${long}${at(1)} ${long}${at(1)} b\r\n${at(2)} says ${at(1)} and ${at(3)} c\r\n${at(4)} end`
    const expected = [`${long}${long}b`, `says ${at(1)} and ${at(3)} c`, 'end']
    for (const cut of [0, 1, 29, 30, 31, 3031, 3040, 6070, text.length]) {
      const parts = [Buffer.from(text.slice(0, cut)), Buffer.from(text.slice(cut))]
      assert.deepEqual(texts(linesIn(TTY, ...parts)), expected)
    }
  })

  it('of a tty have no timestamps inside, though each piece has a time of its own', () => {
    const long = `${at(0)} ${'a'.repeat(3000)}`
    const text = [
      `${at(1)} ${long}${at(2)} b\r\n`,
      `${at(3)} name: ${at(7)} ${at(6)} x${at(8)} \r\n`,
      `${at(9)} ${at(9)} and ${SECOND} c\r\n`,
    ].join('')
    assert.deepEqual(texts(linesIn(PODMAN_TTY, Buffer.from(text))), [
      `${long}b`,
      `name: ${at(6)} x`,
      `${at(9)} and ${SECOND} c`,
    ])
  })

  it('of a tty keep the times that are text, where pieces have whole seconds', () => {
    const long = 'a'.repeat(3000)
    const text = `${SECOND} ${long}${SECOND} b\r\n${SECOND} [${SECOND} INFO] c\r\n${SECOND} d${SECOND} \r\n`
    assert.deepEqual(texts(linesIn(PODMAN_TTY, Buffer.from(text))), [`${long}b`, `[${SECOND} INFO] c`, 'd'])
  })

  it('of a tty keep text that looks like a time, where there is no such time', () => {
    for (const never of [
      '0000-00-00T00:00:00.5+00:00',
      '2016-12-31T23:59:60.5+00:00',
      '9999-99-99T00:00:00.5Z',
    ]) {
      const zone = never.slice(21)
      const prefix = `2026-01-02T03:04:05.25${zone}`
      const [line] = linesIn(PODMAN_TTY, Buffer.from(`${prefix} it is ${never} now\r\n`))
      assert.equal(line?.line, `it is ${never} now`)
      assert.equal(new LogMarks(line?.position).since, '1767323044.250000000')
    }
  })

  it('of a tty are passed on while a line without end goes on', () => {
    const piece = `${at(1)} ${'a'.repeat(16_384)}`
    const decoder = new MessageDecoder(TTY)
    const passed = Array.from({ length: 50 }, () => decoder.decode(Buffer.from(piece))).flat()
    assert.ok(passed.length >= 45, `${passed.length} of 50 pieces were passed on`)
  })

  it('that are far too long come in parts, cut between characters', () => {
    const text = `${'a'.repeat(16_383)}é`
    const bytes = Buffer.from(text)
    const pieces = Array.from({ length: 100 }, () => [bytes.subarray(0, 16_384), bytes.subarray(16_384)])
    const parts = linesIn(
      FRAMES,
      ...pieces.flat().map((piece) => frame(1, Buffer.concat([Buffer.from(`${at(1)} `), piece]))),
    )
    assert.ok(parts.length > 1)
    assert.equal(texts(parts).join(''), text.repeat(100))
    assert.ok(texts(parts).every((part) => !part.includes('\ufffd')))
  })

  it('that are far too long are read on behind each part, with no character damaged', () => {
    const bytes = Buffer.from('€'.repeat(1_000_000))
    const pieces = Array.from({ length: Math.ceil(bytes.length / 16_384) }, (_, piece) =>
      frame(1, Buffer.concat([Buffer.from(`${at(1)} `), bytes.subarray(piece * 16_384).subarray(0, 16_384)])),
    )
    const parts = linesIn(FRAMES, ...pieces)
    assert.ok(parts.length > 2)
    for (const [index, { position }] of parts.entries()) {
      const rest = new LogMarks(position).replay().unread(decode(FRAMES, ...pieces))
      const behind = new LineJoiner(true, position)
      const read = [...parts.slice(0, index + 1), ...behind.join(rest), ...behind.end()]
      assert.ok(texts(read).join('') === bytes.toString(), `behind part ${index + 1}`)
    }
  })

  it('have the attributes of the log driver apart', () => {
    const bytes = Buffer.concat([frame(1, `${at(1)} a=1%2C2,b=x+y text\n`), frame(1, `${at(2)}  none\n`)])
    const lines = linesIn({ ...FRAMES, details: true }, bytes)
    assert.deepEqual(
      lines.map(({ attributes, line }) => [attributes, line]),
      [
        [{ a: '1,2', b: 'x y' }, 'text'],
        [{}, 'none'],
      ],
    )
  })

  it('reject what has no timestamp, what is cut short and what the Engine reports', () => {
    assert.throws(() => decode(FRAMES, frame(1, 'no time\n')), ProtocolError)
    assert.throws(() => decode(FRAMES, message(1, 1, 'a\n').subarray(0, -1)), StreamError)
    const decoder = new MessageDecoder(FRAMES)
    assert.equal(decoder.decode(Buffer.concat([message(1, 1, 'a\n'), frame(3, 'broken')])).length, 1)
    assert.match(String(decoder.failure), /the Engine reported an error.*broken/)
  })
})

describe('the position of a line', () => {
  const log = [
    message(1, 1, 'a\n'),
    message(2, 1, 'b\n'),
    message(1, 2, 'long '),
    message(2, 2, 'c\n'),
    message(1, 2, 'line\n'),
    message(1, 2, 'd\n'),
    message(2, 5, 'e\n'),
    message(1, 4, 'f\n'),
  ]

  it('leads to the lines behind it, and to each of them once', () => {
    const all = linesIn(FRAMES, ...log)
    for (const [index, { position }] of all.entries()) {
      const unread = new LogMarks(JSON.parse(JSON.stringify(position)))
        .replay()
        .unread(decode(FRAMES, ...log))
      const rest = new LineJoiner(true, position).join(unread)
      assert.deepEqual(rest, all.slice(index + 1))
    }
  })

  it('begins a moment before the last message', () => {
    assert.equal(new LogMarks().since, undefined)
    assert.equal(new LogMarks({ stdout: { timestamp: at(1), count: 1 } }).since, '1767323044.000000001')
  })

  it('says that lines are lost when the last one is there no more', () => {
    const [first] = linesIn(FRAMES, ...log)
    const gone = decode(FRAMES, ...log.slice(1))
    const unread = new LogMarks(first?.position).replay().unread(gone)
    assert.deepEqual(
      unread.map(({ isAfterGap = false }) => isAfterGap),
      [false, true, false, false, false, false, false],
    )
  })

  it('follows a clock that is set back', () => {
    const marks = new LogMarks()
    for (const timestamp of [at(5), at(4), '2026-01-02T02:00:00.000000000Z'])
      marks.note({ source: 'stdout', timestamp, details: '', text: Buffer.from('a\n') })
    assert.deepEqual(marks.position.stdout, { timestamp: '2026-01-02T02:00:00.000000000Z', count: 1 })
  })

  it('is checked when it is given', () => {
    for (const wrong of [
      'x',
      [],
      { stdout: 1 },
      { stdout: { timestamp: 'x', count: 1 } },
      { stderr: { timestamp: at(1) } },
      { stdout: { timestamp: 'xxxx-xx-xxTxx:xx:xx.xxxxxxxxxZ', count: 1 } },
      { stdout: { timestamp: '2016-12-31T23:59:60.000000000Z', count: 1 } },
      { stdout: { timestamp: '0000-00-00T00:00:00+00:00', count: 1 } },
    ])
      assert.throws(() => checkPosition(wrong), InvalidArgumentError)
    assert.deepEqual(checkPosition({}), {})
  })
})

describe('a timestamp', () => {
  for (const [given, normalized] of [
    [at(7), at(7)],
    ['2026-01-02T03:04:05Z', at(0)],
    ['2026-01-02T03:04:05.25Z', at(250_000_000)],
    ['2026-01-02T05:04:05.25+02:00', at(250_000_000)],
    ['2026-01-02 03:04:05Z', undefined],
    ['0000-00-00T00:00:00+00:00', undefined],
    ['', undefined],
  ] as const) {
    it(`${given || 'that is empty'} becomes ${normalized}`, () =>
      assert.equal(normalizeTimestamp(given), normalized))
  }
})
