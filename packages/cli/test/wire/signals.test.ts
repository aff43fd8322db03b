// What signals mean to a command that no container hears them for. What docker makes of each was tried out.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { platform } from 'node:os'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { BIN, type Ended } from '../support/dockline.js'
import { NOWHERE } from '../support/nowhere.js'
import { aServer } from '../support/scripted-engine.js'

/** By the signal itself, or with an exit code. */
const ENDING = {
  HUP: { exitCode: null, signal: 'SIGHUP' },
  INT: { exitCode: 130, signal: null },
  QUIT: { exitCode: null, signal: 'SIGQUIT' },
  TERM: { exitCode: 143, signal: null },
} as const
/** Go hears these and does nothing. At USR1 Node opens a debugger to everybody on the machine. */
const UNHEARD = [
  ...['USR1', 'USR2', 'ALRM', 'VTALRM', 'PROF', 'IO', 'PWR', 'XCPU', 'XFSZ'],
  ...['PIPE', 'CHLD', 'URG', 'WINCH', 'CONT'],
]
const COMMANDS = [['ps'], ['wait', 'abc'], ['logs', '-f', 'abc'], ['events'], ['exec', 'abc', 'true']]

describe('signals of a command', { concurrency: 4, skip: platform() === 'win32' }, () => {
  for (const words of COMMANDS) {
    for (const [name, ending] of Object.entries(ENDING)) {
      it(`end ${words[0]} when it is ${name}`, async (test) => {
        const { command } = await waiting(test, words)
        command.kill(`SIG${name}` as NodeJS.Signals)
        assert.deepEqual(await endOf(command), { ...ending, stdout: '', stderr: '' })
      })
    }
    it(`do nothing to ${words[0]} where they mean nothing, and open no debugger`, async (test) => {
      const { command, answer } = await waiting(test, words)
      for (const name of UNHEARD) command.kill(`SIG${name}` as NodeJS.Signals)
      answer()
      const { signal, stderr } = await endOf(command)
      assert.equal(signal, null)
      assert.doesNotMatch(stderr, /Debugger/)
    })
  }
})

describe('the end of a terminal', { concurrency: 4, skip: platform() !== 'linux' }, () => {
  /** In all of them the command is a child of the shell that does this. */
  const HANG_UP = `"$@" & trap 'kill -HUP $!; echo told' USR1; wait $!; wait $!`

  it("is nothing to a command that a shell told so by trap '' HUP", async (test) => {
    await livesOn(test, { line: `trap '' HUP; ${HANG_UP}` })
  })

  it('is nothing to a command of nohup, which the shell has noted', async (test) => {
    await livesOn(test, { line: `_=/usr/bin/nohup; export _; ${HANG_UP}` })
  })

  it('is nothing to a command of nohup, which has taken its stdin away', async (test) => {
    await livesOn(test, { line: HANG_UP.replace('&', '0> /dev/null &') })
  })

  it('ends a command when only a program further up was told so', async (test) => {
    await using unreadable = await open('/dev/null', 'w')
    const starting = { line: HANG_UP, env: { _: '/usr/bin/nohup' }, stdin: unreadable.fd }
    const { command } = await waiting(test, ['wait', 'abc'], starting)
    command.kill('SIGUSR1')
    const { exitCode } = await endOf(command)
    assert.equal(exitCode, 129)
  })
})

async function livesOn(test: TestContext, starting: Starting): Promise<void> {
  const { command, answer } = await waiting(test, ['wait', 'abc'], starting)
  const ended = endOf(command)
  command.kill('SIGUSR1')
  if (command.stdout !== null) await once(command.stdout, 'data')
  answer()
  const { exitCode, stdout } = await ended
  assert.deepEqual({ exitCode, stdout }, { exitCode: 0, stdout: 'told\n7\n' })
}

interface Starting {
  /** How a shell runs the command, which is "$@". Default: in its own place. */
  readonly line?: string
  readonly env?: NodeJS.ProcessEnv
  readonly stdin?: 'ignore' | number
}

interface Waiting {
  readonly command: ChildProcess
  /** Lets the Engine answer, so that the command ends. */
  answer(): void
}

/** A command that has asked the Engine for something that takes long. */
async function waiting(
  test: TestContext,
  words: readonly string[],
  starting: Starting = {},
): Promise<Waiting> {
  const { line = 'exec "$@"', env = {}, stdin = 'ignore' } = starting
  let hold: (response: ServerResponse) => void = () => {}
  const held = new Promise<ServerResponse>((resolve) => {
    hold = resolve
  })
  const host = await aServer(test, ({ url = '' }, response) => {
    response.setHeader('Api-Version', '1.51')
    const [, answer] = ANSWERS.find(([path]) => path.test(url)) ?? []
    if (answer === undefined) hold(response)
    else response.setHeader('Content-Type', 'application/json').end(answer)
  })
  const command = spawn('sh', ['-c', line, 'sh', process.execPath, BIN, ...words], {
    env: { ...process.env, _: '', DOCKER_HOST: host, DOCKER_CONFIG: NOWHERE, ...env },
    stdio: [stdin, 'pipe', 'pipe'],
  })
  test.after(() => command.kill('SIGKILL'))
  const response = await held
  return { command, answer: () => response.end('{"StatusCode":7}') }
}

/** What an Engine knows at once. */
const ANSWERS: readonly (readonly [path: RegExp, answer: string])[] = [
  [/_ping/, 'OK'],
  [/\/containers\/abc\/json/, '{"Id":"abc","Config":{"Tty":false},"State":{"Running":true}}'],
  [/\/containers\/abc\/exec/, '{"Id":"def"}'],
]

async function endOf(command: ChildProcess): Promise<Ended> {
  const { stdout, stderr } = command
  if (stdout === null || stderr === null) throw new Error('its output goes elsewhere')
  const ended = once(command, 'close')
  const [[exitCode, signal], out, err] = await Promise.all([ended, text(stdout), text(stderr)])
  return { exitCode, signal, stdout: out, stderr: err }
}
