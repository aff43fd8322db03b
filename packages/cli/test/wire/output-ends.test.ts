// What becomes of a command whose output nobody takes any more.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { cutOff, endOf, started } from '../support/endings.js'
import { aFolder, aServer } from '../support/scripted-engine.js'

const FULL = '/dev/full'
const withoutFull = existsSync(FULL) ? false : `no ${FULL}`

/** Said once; all else is said for as long as somebody listens. */
const ANSWERS: readonly (readonly [path: RegExp, answer: string])[] = [
  [/_ping/, 'OK'],
  [/\/version$/, '{}'],
  [/\/containers\/json/, '[]'],
  [/\/abc\/json/, '{"Id":"abc","Config":{"Tty":true}}'],
]

function aTalker(test: TestContext, said: string): Promise<string> {
  return aServer(test, ({ url = '' }, response) => {
    response.setHeader('Api-Version', '1.47')
    const [, answer] = ANSWERS.find(([path]) => path.test(url)) ?? []
    if (answer !== undefined) return void response.end(answer)
    const timer = setInterval(() => response.write(said), 20)
    response.on('close', () => clearInterval(timer))
  })
}

describe('a reader that has had enough', () => {
  const rows: [words: string[], said: string][] = [
    [['events'], '{"Type":"container","Action":"start","time":1}\n'],
    [['events', '--format', 'json'], '{"Type":"container","Action":"start","time":1}\n'],
    [['logs', '-f', 'abc'], 'a line\n'],
    [['export', 'abc'], 'all of it\n'],
  ]
  for (const [words, said] of rows) {
    it(`ends ${words.join(' ')} as a closed pipe ends every program`, async (test) => {
      const host = await aTalker(test, said)
      assert.deepEqual(await cutOff({ host, words }), { exitCode: 141, stderr: '' })
    })
  }
  const much = 'a'.repeat(1024 * 1024)
  for (const [words, said] of [
    [['export', 'abc'], much],
    [['events'], `{"Type":"container","Action":"${much}"}\n`],
  ] as const) {
    it(`of a socket ends ${words[0]} the same way, also when something in it was not read`, async (test) => {
      const command = started({ host: await aTalker(test, said), words }, ['ignore', 'pipe', 'pipe'])
      command.stdout?.once('readable', () => command.stdout?.destroy())
      assert.deepEqual(await endOf(command), { exitCode: 141, stderr: '' })
    })
  }
})

describe('output that cannot be kept', { skip: withoutFull }, () => {
  const rows: string[][] = [
    ['--help'],
    ['--version'],
    ['help', 'ps'],
    ['version'],
    ['ps'],
    ['events'],
    ['logs', 'abc'],
    ['inspect', 'abc'],
    ['export', 'abc'],
    ['completion', 'bash'],
  ]
  for (const words of rows) {
    it(`is told in one line: ${words.join(' ')}`, async (test) => {
      const host = await aTalker(test, '{"Type":"container","Action":"start","time":1}\n')
      await using full = await open(FULL, 'w')
      const command = started({ host, words }, ['ignore', full.fd, 'pipe'])
      const stderr = 'write /dev/stdout: no space left on device\n'
      assert.deepEqual(await endOf(command), { exitCode: 1, stderr })
    })
  }
  it('is told in one line when it is an archive, and its file may grow no further', async (test) => {
    const host = await aTalker(test, 'a'.repeat(1024 * 1024))
    const file = join(await aFolder(test), 'all.tar')
    const shell = ['-c', 'ulimit -f 4096; exec "$@" > "$0"', file]
    const stderr = 'write /dev/stdout: file too large\n'
    assert.deepEqual(
      await endOf(started({ host, words: ['export', 'abc'], shell }, ['ignore', 'ignore', 'pipe'])),
      {
        exitCode: 1,
        stderr,
      },
    )
  })
  it('is not told where that cannot be kept either', async (test) => {
    const host = await aTalker(test, '')
    await using full = await open(FULL, 'w')
    const command = started({ host, words: ['inspect', 'abc'] }, ['ignore', full.fd, full.fd])
    assert.deepEqual(await endOf(command), { exitCode: 1, stderr: '' })
  })
})
