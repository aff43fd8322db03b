// What goes in and comes out, when one of the two is no terminal, and when it is much.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { onNewestEngine, type TestEngine } from '../support/engines.js'
import { aPrompt, endsWith, isRaw, KEY, reach, WAYS, type Way } from '../support/terminal.js'

const MEGABYTE = 1024 * 1024
/** Goes on for ever, and unlike `yes` it costs little as long as the container is there. */
const TALK = ['sh', '-c', 'while seq 5000; do sleep 0.1; done']
const PASTED = 10 * MEGABYTE
/** What the command may take at most, all of Node included; what was pasted does not fit in beside it. */
const MEMORY = 150 * MEGABYTE
/** Each value of a byte, in order: among them are the detach keys. */
const EVERY_BYTE = `printf '${Array.from({ length: 256 }, (_, byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}'`
const OF_EVERY_BYTE = createHash('md5')
  .update(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)))
  .digest('hex')

onNewestEngine((engine) => {
  for (const way of WAYS) {
    describe(`${way}, when stdin`, { concurrency: 3 }, () => stdinElsewhere(engine, way))
    describe(`${way}, when the output`, { concurrency: 3 }, () => outputElsewhere(engine, way))
  }
  describe('ten megabytes', () => pasting(engine))
})

function stdinElsewhere(engine: TestEngine, way: Way): void {
  it('is a pipe, sends it without -t, and its end', async (test) => {
    const line = 'printf "one\\ntwo" | "$@"'
    const { program } = await reach(test, engine, way, ['sh', '-c', 'cat; echo; echo over'], {
      tty: false,
      line,
    })
    await program.screen.endsWith('one', 'two', 'over')
    await endsWith(program, 0)
  })

  for (const [what, redirection] of [
    ['/dev/null', '</dev/null'],
    ['closed', '<&-'],
  ] as const) {
    it(`is ${what}, tells its end without -t`, async (test) => {
      const { program } = await reach(test, engine, way, ['sh', '-c', 'wc -c; exit 3'], {
        tty: false,
        line: `"$@" ${redirection}`,
      })
      await endsWith(program, 3)
      assert.deepEqual(program.screen.lines(), ['0'])
    })
  }

  it('is a pipe and nobody reads it, ends with the process', async (test) => {
    const line = 'yes | "$@"'
    const { program } = await reach(test, engine, way, ['sh', '-c', 'echo enough; exit 2'], {
      tty: false,
      line,
    })
    await program.screen.shows('enough')
    await endsWith(program, 2)
  })

  if (way !== 'start') {
    for (const redirection of ['</dev/null', '<&-']) {
      it(`is no terminal (${redirection}), refuses -t with -i`, async (test) => {
        const { program } = await reach(test, engine, way, ['cat'], { line: `"$@" ${redirection}` })
        await endsWith(program, 1)
        assert.deepEqual(program.screen.lines(), ['the input device is not a TTY'])
      })
    }
  }

  it('is not wanted, leaves it alone with -t, and the terminal as it is', async (test) => {
    const script = 'test -t 1 && echo a terminal; until [ -e /go ]; do sleep 0.05; done; exit 3'
    const { program, container } = await reach(test, engine, way, ['sh', '-c', script], {
      stdin: false,
      line: '"$@"; code=$?; read typed; echo "kept $typed"; (exit $code)',
    })
    await program.screen.shows('a terminal')
    await isRaw(program, false)
    program.type(`this${KEY.enter}`)
    await program.screen.shows(/^this$/m)
    await (await container()).exec(['touch', '/go'])
    await program.screen.shows('kept this')
    await endsWith(program, 3)
  })
}

function outputElsewhere(engine: TestEngine, way: Way): void {
  it('goes through a pipe, has raw keys all the same, as the docker command', async (test) => {
    const { program } = await reach(test, engine, way, ['sh'], { line: '"$@" | cat' })
    await aPrompt(program)
    await isRaw(program)
    program.type(`echo once "only"${KEY.enter}`)
    await program.screen.shows(/^\/ # echo once "only"\nonce only$/m)
    program.type(`exit 3${KEY.enter}`)
    await endsWith(program, 0)
  })

  it('is every byte there is, keeps each of them without a tty', async (test) => {
    const { program } = await reach(test, engine, way, ['sh', '-c', EVERY_BYTE], {
      tty: false,
      stdin: false,
      line: '"$@" | md5sum',
    })
    await program.screen.shows(OF_EVERY_BYTE)
    await endsWith(program, 0)
  })

  it('is every byte there is, keeps each of them with a tty that changes none', async (test) => {
    const { program } = await reach(test, engine, way, ['sh', '-c', `stty -opost; ${EVERY_BYTE}`], {
      line: '"$@" > "$PTY_NOTES/out"; md5sum < "$PTY_NOTES/out"',
    })
    await program.screen.shows(OF_EVERY_BYTE)
    await endsWith(program, 0)
  })

  it('is every byte there is, sends each of them back through a pipe', async (test) => {
    const { program } = await reach(test, engine, way, ['cat'], {
      tty: false,
      line: `${EVERY_BYTE} | "$@" | md5sum`,
    })
    await program.screen.shows(OF_EVERY_BYTE)
    await endsWith(program, 0)
  })

  it('is cut off by who reads it, ends', async (test) => {
    const { program } = await reach(test, engine, way, TALK, {
      tty: false,
      stdin: false,
      line: '"$@" | head -n 2',
    })
    await endsWith(program, 0)
    assert.deepEqual(program.screen.lines(), ['1', '2'])
  })

  it('comes with errors, keeps the two apart without a tty', async (test) => {
    const { program } = await reach(test, engine, way, ['sh', '-c', 'echo out; echo err >&2'], {
      tty: false,
      stdin: false,
      line: '"$@" 2> "$PTY_NOTES/err" > "$PTY_NOTES/out"; cat "$PTY_NOTES/out" "$PTY_NOTES/err"',
    })
    await endsWith(program, 0)
    assert.deepEqual(program.screen.lines(), ['out', 'err'])
  })
}

/** All but exec have the same session. */
function pasting(engine: TestEngine): void {
  for (const way of ['run', 'exec'] as const) {
    it(`pasted into ${way} all arrive, however slowly they are read, and are not kept in memory`, async (test) => {
      const script = `stty raw -echo; echo ready; sleep 1; head -c ${PASTED} | md5sum; cat`
      const { program } = await reach(test, engine, way, ['sh', '-c', script])
      await program.screen.shows('ready')
      const text = 'all work and no play\n'.repeat(PASTED / 21 + 1).slice(0, PASTED)
      program.type(text)
      const digest = createHash('md5').update(text).digest('hex')
      await program.screen.shows(digest)
      const peak = peakMemory(await program.pid())
      assert.ok(peak < MEMORY, `at most ${Math.round(peak / MEGABYTE)} MB`)
      program.type('\x10\x11')
      await program.ended()
    })
  }
}

/** The most memory a process has taken, in bytes. */
function peakMemory(pid: number): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
