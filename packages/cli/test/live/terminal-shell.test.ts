// A shell in a container on this terminal, in each of the four ways.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { aRunningContainer, onNewestEngine, type TestEngine } from '../support/engines.js'
import { aPrompt, endsWith, isRaw, KEY, onTerminal, reach, WAYS, type Way } from '../support/terminal.js'

/** What docker makes of the detach keys: two of the commands call it an error, and say so. */
const DETACHED = {
  run: { exitCode: 0, said: false },
  start: { exitCode: 0, said: false },
  exec: { exitCode: 1, said: true },
  attach: { exitCode: 1, said: true },
} as const

/** What an Engine was told of the size of a container's terminal. */
async function sizesSent({ client }: TestEngine, id: string): Promise<string[]> {
  const sizes: string[] = []
  const [since, until] = [new Date(Date.now() - 60_000), new Date()]
  for await (const { Actor } of client.events({
    since,
    until,
    filters: { container: [id], event: ['resize'] },
  })) {
    sizes.push(`${Actor?.Attributes?.height} ${Actor?.Attributes?.width}`)
  }
  return sizes
}

const NAMES: Readonly<Record<Way, string>> = {
  run: 'run -it',
  exec: 'exec -it',
  attach: 'attach',
  start: 'start -ai',
}

onNewestEngine((engine) => {
  for (const way of WAYS) describe(NAMES[way], { concurrency: 2 }, () => theShell(engine, way))

  it('attach makes the program draw its screen again, though the size is the one it had', async (test) => {
    const script = 'n=0; trap \'n=$((n+1)); echo "$n: $(stty size)"\' WINCH; while :; do sleep 0.1; done'
    const container = await aRunningContainer(test, engine, ['sh', '-c', script], {
      tty: true,
      interactive: true,
    })
    const attach = () => onTerminal(test, engine, ['attach', container.id], { columns: 93, rows: 31 })
    const first = await attach()
    await first.screen.shows(/: 31 93$/m)
    first.type(`${KEY.ctrlP}${KEY.ctrlQ}`)
    await endsWith(first, 1)
    const second = await attach()
    await second.screen.shows(/: 31 93$/m)
    second.type(`${KEY.ctrlP}${KEY.ctrlQ}`)
    await endsWith(second, 1)
    const sizes = await sizesSent(engine, container.id)
    assert.deepEqual(sizes, ['32 94', '31 93', '32 94', '31 93'])
  })

  it('start -ai joins a container that runs', async (test) => {
    const { program, container } = await reach(test, engine, 'run', ['sh'])
    await aPrompt(program)
    const { id } = await container()
    const second = await onTerminal(test, engine, ['start', '-ai', id])
    await isRaw(second)
    second.type(`echo to "both"${KEY.enter}`)
    await second.screen.shows(/^to both$/m)
    await program.screen.shows(/^to both$/m)
    second.type(`exit 4${KEY.enter}`)
    await endsWith(second, 4)
    await endsWith(program, 4)
  })
})

function theShell(engine: TestEngine, way: Way): void {
  const aShell = async (test: TestContext, options: Parameters<typeof reach>[4] = {}) => {
    const reached = await reach(test, engine, way, ['sh'], { shares: true, ...options })
    await aPrompt(reached.program)
    await isRaw(reached.program)
    return reached
  }

  it('is raw, has the size of this terminal and follows it, and ends with its code', async (test) => {
    const { program } = await aShell(test, { columns: 111, rows: 33 })
    const settings = await program.settings()
    for (const off of ['-icanon', '-echo', '-isig', '-ixon', '-icrnl', '-opost']) {
      assert.match(settings, new RegExp(`\\s${off}\\b`))
    }
    program.type(`until [ "$(stty size)" = "33 111" ]; do sleep 0.1; done; echo "the" size${KEY.enter}`)
    await program.screen.shows(/the size$/m)
    program.resize(99, 22)
    program.type(`until [ "$(stty size)" = "22 99" ]; do sleep 0.1; done; echo "re"sized${KEY.enter}`)
    await program.screen.shows(/resized$/m)
    program.type(`exit 7${KEY.enter}`)
    await endsWith(program, 7)
  })

  it('gets ctrl-c, ctrl-z, ctrl-backslash and ctrl-s as keys', async (test) => {
    const { program } = await aShell(test)
    program.type(`(echo "o"n; exec sleep 600)${KEY.enter}`)
    await program.screen.shows(/^on$/m)
    program.type('\x1a')
    await program.screen.shows(/Stopped/)
    program.type(`kill -9 %1; (echo "a"gain; exec cat -v)${KEY.enter}`)
    await program.screen.shows(/^again$/m)
    program.type(`\x16\x03\x16\x1c\x16\x13 seen${KEY.enter}`)
    await program.screen.shows(/\^C\^\\\^S seen\n.*\^C\^\\\^S seen$/m)
    program.type(KEY.ctrlC)
    await program.screen.shows(/\^C\n(.*Killed.*\n)?\/ #$/)
    program.type(`exit 6${KEY.enter}`)
    await endsWith(program, 6)
  })

  it('is left with the detach keys and goes on', async (test) => {
    const { program, container } = await aShell(test)
    program.type(`${KEY.ctrlP}${KEY.ctrlQ}`)
    await endsWith(program, DETACHED[way].exitCode)
    assert.equal(/read escape sequence/.test(program.output), DETACHED[way].said)
    assert.equal((await container()).status, 'running')
  })

  it('is left with detach keys of its own, and the usual ones are keys as any other', async (test) => {
    const { program } = await aShell(test, { flags: ['--detach-keys', 'ctrl-x,x'] })
    program.type(`${KEY.ctrlP}${KEY.ctrlQ}\x15echo still "here"${KEY.enter}`)
    await program.screen.shows(/^still here$/m)
    program.type('\x18x')
    await endsWith(program, DETACHED[way].exitCode)
  })

  it('is left with the detach keys of config.json', async (test) => {
    const folder = await mkdtemp(join(tmpdir(), 'dockline-config-'))
    test.after(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'config.json'), JSON.stringify({ detachKeys: 'ctrl-]' }))
    const { program } = await aShell(test, { env: { DOCKER_CONFIG: folder } })
    program.type('\x1d')
    await endsWith(program, DETACHED[way].exitCode)
  })

  it('refuses detach keys that nobody could type, before anything is done', async (test) => {
    const { program, container } = await reach(test, engine, way, ['sh'], {
      flags: ['--detach-keys', 'ctrl-xx'],
    })
    await endsWith(program, 1)
    assert.match(program.screen.lines()[0] ?? '', /^Invalid detach keys \(ctrl-xx\) provided/)
    if (way === 'run') await assert.rejects(container(), { name: 'NotFoundError' })
    if (way === 'start') assert.equal((await container()).status, 'created')
  })

  it('ends with 128 and the number of the signal that killed it', async (test) => {
    const command = way === 'exec' ? 'kill -TERM $$' : 'echo ready; exec sleep 600'
    const { program, container } = await reach(test, engine, way, ['sh', '-c', command])
    if (way !== 'exec') {
      await program.screen.shows('ready')
      await (await container()).kill('KILL')
    }
    await endsWith(program, way === 'exec' ? 128 + 15 : 128 + 9)
  })

  it('ends cleanly when the process ends at once', async (test) => {
    const { program } = await reach(test, engine, way, ['true'], { shares: true })
    await endsWith(program, 0)
  })

  it('leaves the terminal as it was when the container is removed from elsewhere', async (test) => {
    const { program, container } = await aShell(test, { shares: false })
    await (await container()).remove({ force: true })
    await program.ended()
    const { before, after } = await program.notes()
    assert.equal(after, before)
  })

  for (const [columns, rows] of [
    [1000, 4],
    [40, 2],
    [2, 2],
  ] as const) {
    it(`works on a terminal of ${columns}x${rows}`, async (test) => {
      const script = `until [ "$(stty size)" = "${rows} ${columns}" ]; do sleep 0.1; done; exit 5`
      const { program } = await reach(test, engine, way, ['sh', '-c', script], {
        columns,
        rows,
        shares: true,
      })
      await endsWith(program, 5)
    })
  }

  it('has the last size after 500 changes in a burst', async (test) => {
    const script = `until [ "$(stty size)" = "61 161" ]; do sleep 0.1; done; sleep 0.3; echo "at last $(stty size)"`
    const { program } = await reach(test, engine, way, ['sh', '-c', `echo ready; ${script}`])
    await program.screen.shows('ready')
    for (let step = 1; step <= 499; step++) program.resize(20 + (step % 90), 5 + (step % 40))
    program.resize(161, 61)
    await program.screen.shows('at last 61 161')
    await endsWith(program, 0)
  })
}
