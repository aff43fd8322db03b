import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { locationOf } from '#src/buildkit/excerpt.js'
import { buildErrorOf } from '#src/buildkit/failure.js'
import { GrpcError } from '#src/buildkit/grpc/status.js'
import { BuildTracker, SentFilesCounter } from '#src/buildkit/progress.js'
import { AgentFilter } from '#src/buildkit/session/ssh.js'
import { formatTime } from '#src/buildkit/status.js'
import { InvalidArgumentError } from '#src/index.js'
import { csvAttributes, csvFields, toCsv } from '#src/models/images/builds/csv.js'

describe('an excerpt of a Dockerfile', () => {
  const data = Buffer.from('FROM a\nRUN b \\\n  c\nRUN d\nRUN e\nRUN f\n')
  const at = (...lines: [number, number][]) =>
    locationOf({
      filename: 'Dockerfile',
      data,
      ranges: lines.map(([start, end]) => ({
        start: { line: start, character: 0 },
        end: { line: end, character: 0 },
      })),
    })

  it('shows two lines around one, and one around several', () => {
    assert.equal(
      at([4, 4])?.excerpt,
      [
        '   2 |     RUN b \\',
        '   3 |       c',
        '   4 | >>> RUN d',
        '   5 |     RUN e',
        '   6 |     RUN f',
      ].join('\n'),
    )
    assert.equal(
      at([2, 3])?.excerpt,
      ['   1 |     FROM a', '   2 | >>> RUN b \\', '   3 | >>>   c', '   4 |     RUN d'].join('\n'),
    )
  })

  it('is none where no line is told', () => {
    assert.equal(at(), undefined)
    assert.equal(at([0, 0]), undefined)
  })
})

describe('a failed build', () => {
  it('says what its Engine lacks', () => {
    const hintOn = (message: string) =>
      buildErrorOf({
        error: new GrpcError(2, message),
        tracker: new BuildTracker(new SentFilesCounter()),
        sessionLost: undefined,
        ref: 'r',
      }).hint
    assert.match(hintOn('exec: "git": executable file not found in $PATH') ?? '', /the Engine runs git/)
    assert.match(hintOn('unknown flag: parents') ?? '', /frontend of this Engine is too old/)
    assert.match(hintOn('401 Unauthorized') ?? '', /does the registry need a login/)
    assert.equal(hintOn('exit code: 1'), undefined)
  })
})

describe('lines of values with commas between', () => {
  it('are read and written as docker has them', () => {
    assert.deepEqual(csvFields('type=local,"dest=a,b","say ""hi"""', 'outputs'), [
      'type=local',
      'dest=a,b',
      'say "hi"',
    ])
    assert.deepEqual(csvAttributes('Type=tar,dest=x=y', 'outputs'), { type: 'tar', dest: 'x=y' })
    assert.equal(toCsv(['a=1', 'b=2,3', 'c="']), 'a=1,"b=2,3","c="""')
    for (const line of ['"open', 'a"b,c', '"a"b'])
      assert.throws(() => csvFields(line, 'o'), InvalidArgumentError)
    assert.throws(() => csvAttributes('type=tar,dest', 'outputs'), /'dest' is not written as name=value/)
  })
})

describe('what is asked of an ssh agent', () => {
  const request = (type: number, body = '') => {
    const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from([type]), Buffer.from(body)])
    bytes.writeUInt32BE(bytes.length - 4)
    return bytes
  }

  it('may be its keys and signatures, and nothing else, wherever it is cut', () => {
    const asked = [
      request(11),
      request(17, 'a new key'),
      request(13, 'sign'),
      request(19),
      request(27, 'ext'),
    ]
    const bytes = Buffer.concat(asked)
    for (let cut = 0; cut <= bytes.length; cut++) {
      const filter = new AgentFilter()
      const requests = [bytes.subarray(0, cut), bytes.subarray(cut)].flatMap((part) => filter.add(part))
      const [allowed, refused] = [true, false].map((is) =>
        requests.filter(({ isAllowed }) => isAllowed === is),
      )
      assert.deepEqual(
        Buffer.concat((allowed ?? []).map((each) => each.bytes)),
        Buffer.concat([request(11), request(13, 'sign')]),
      )
      assert.equal(refused?.length, 3)
    }
  })

  it('is refused when it is longer than a request can be', () => {
    assert.throws(
      () => new AgentFilter().add(Buffer.from([0xff, 0xff, 0xff, 0xff, 11])),
      /none for an ssh agent/,
    )
  })
})

describe('the progress of a build', () => {
  it('adds up the runs of a step, and names the ten largest files', () => {
    const counter = new SentFilesCounter()
    for (let size = 1; size <= 30; size++) counter.add('context', `f${size}`, (size * 7) % 31)
    const { files, bytes, largest } = counter.summary
    assert.deepEqual([files, bytes, largest.length], [30, 465, 10])
    assert.deepEqual(
      largest.map((file) => file.bytes),
      [30, 29, 28, 27, 26, 25, 24, 23, 22, 21],
    )
    const tracker = new BuildTracker(counter)
    const vertex = { digest: 'd', name: 'n', inputs: [], cached: false, error: '', progressGroup: undefined }
    const add = (started?: string, completed?: string) =>
      tracker.add({ vertexes: [{ ...vertex, started, completed }], statuses: [], logs: [], warnings: [] })
        .steps[0]
    assert.equal(add()?.state, 'waiting')
    assert.equal(add('2024-01-01T00:00:00Z')?.state, 'running')
    assert.equal(add('2024-01-01T00:00:00Z', '2024-01-01T00:00:01Z')?.duration, 1000)
    assert.equal(add('2024-01-01T00:00:00Z', '2024-01-01T00:00:01Z')?.duration, 1000)
    assert.equal(add('2024-01-01T00:00:05Z', '2024-01-01T00:00:05.5Z')?.duration, 1500)
  })

  it('writes times with the decimals that they have', () => {
    assert.equal(formatTime({ seconds: 1_700_000_000, nanos: 0 }), '2023-11-14T22:13:20Z')
    assert.equal(formatTime({ seconds: 1_700_000_000, nanos: 5 }), '2023-11-14T22:13:20.000000005Z')
    assert.equal(formatTime(undefined), undefined)
  })
})
