import assert from 'node:assert/strict'
import { constants } from 'node:buffer'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { ContainerError, LimitError, OutputLimitError, OutputStream } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { frame } from '../support/fake-engine.js'

const WORDS = [frame(1, 'out'), frame(2, 'err'), frame(1, 'put')]

describe('an output with a limit', () => {
  it('is collected when it is as long as the limit', async () => {
    assert.equal(await framed(WORDS).output.text({ maxOutput: 9 }), 'outerrput')
    assert.equal((await framed(WORDS).output.bytes({ maxOutput: Infinity })).length, 9)
    assert.equal(await framed([]).output.text({ maxOutput: 0 }), '')
  })

  for (const [how, read] of [
    ['text', (output: OutputStream) => output.text({ maxOutput: 7 })],
    ['bytes', (output: OutputStream) => output.bytes({ maxOutput: 7 })],
    ['demux', (output: OutputStream) => output.demux({ maxOutput: 7 })],
    ['collect', (output: OutputStream) => output.collect({ maxOutput: 7 })],
  ] as const) {
    it(`rejects with what came up to there, and closes the connection: ${how}`, async () => {
      const { output, stream } = framed(WORDS)
      const error = await failureOf(read(output))
      assert.ok(error instanceof OutputLimitError && error instanceof LimitError, String(error))
      assert.equal(error.code, 'ERR_DOCKER_OUTPUT_LIMIT')
      assert.equal(error.message, 'the output is longer than maxOutput, which is 7 bytes')
      assert.equal(error.limit, 7)
      assert.deepEqual([`${error.stdout}`, `${error.stderr}`, `${error.output}`], ['outp', 'err', 'outerrp'])
      assert.equal(typeof error.output === 'string', how === 'text')
      assert.ok(stream.destroyed)
    })
  }

  it('leaves a character out that the limit has cut', async () => {
    const error = await failureOf(framed([frame(1, 'aéb')]).output.text({ maxOutput: 2 }))
    assert.ok(error instanceof OutputLimitError)
    assert.equal(error.output, 'a')
  })

  it('is refused with the name and the value of the option, before anything is opened', async () => {
    for (const maxOutput of [-1, 1.5, Number.NaN, '5', null] as number[]) {
      const output = new OutputStream(() => assert.fail('opened'))
      await assert.rejects(output.text({ maxOutput }), {
        code: 'ERR_DOCKER_INVALID_ARGUMENT',
        message: /^maxOutput must be a number of bytes from 0 on, not /,
      })
    }
    await assert.rejects(new OutputStream(() => assert.fail('opened')).text({ maxBuffer: 5 } as object), {
      message: "unknown option 'maxBuffer': it is called maxOutput here",
    })
  })

  it('ends where a string ends, with the beginning of it', async () => {
    const { output, given } = endless()
    const error = await failureOf(output.text())
    assert.ok(error instanceof OutputLimitError, String(error))
    assert.equal(error.limit, constants.MAX_STRING_LENGTH)
    assert.match(error.message, /the most that one string can hold \(lines\(\), pipe\(\) and a loop read/)
    assert.equal(error.output.length, 1024 * 1024)
    assert.ok(given() < constants.MAX_STRING_LENGTH + 8 * 1024 * 1024, `${given()} bytes were read`)
  })
})

it('an error of a command has the last words of more bytes than a string can hold', () => {
  const stderr = Buffer.alloc(constants.MAX_STRING_LENGTH + 1)
  stderr.write('the end', stderr.length - 7)
  const none = Buffer.alloc(0)
  const details = { exitCode: 1, command: ['x'], container: 'c', stdout: none, stderr, output: none }
  assert.match(new ContainerError(details).message, /the end$/)
})

function framed(pieces: readonly Buffer[]) {
  const stream = Readable.from(pieces, { objectMode: true })
  return { stream, output: new OutputStream(async () => ({ stream, multiplexed: true })) }
}

/** An output without an end that takes no memory: all its pieces are the same. */
function endless() {
  const piece = Buffer.alloc(1024 * 1024, 'x')
  let given = 0
  const stream = Readable.from(
    (function* () {
      for (;;) {
        given += piece.length
        yield piece
      }
    })(),
  )
  return {
    output: new OutputStream(async () => ({ stream, multiplexed: false })),
    given: () => given,
  }
}
