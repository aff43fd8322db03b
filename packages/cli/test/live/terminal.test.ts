import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import type { IPty } from '@lydell/node-pty'
import { spawnHeld } from '../../../dockline/dist-test/support/held-terminal.js'
import { PATIENCE_MS } from '../../../dockline/dist-test/support/patience.js'
import { BIN } from '../support/dockline.js'
import {
  APART,
  aName,
  aRunningContainer,
  aSharedContainer,
  IMAGE,
  onEveryEngine,
  type TestEngine,
} from '../support/engines.js'

/** The size goes to the Engine by a connection of its own, and may come after the first keys. */
const untilSized = (size: string) => `until [ "$(stty size 2>&1)" = "${size}" ]; do sleep 0.05; done`

onEveryEngine((engine) => {
  it('run -it opens a shell on this terminal, with its size, and ends with its code', async (test) => {
    const screen = onTerminal(test, engine, [
      'run',
      '-it',
      '--rm',
      ...APART,
      '--name',
      aName(test, engine),
      IMAGE,
      'sh',
    ])
    await screen.shows(/[#$] /)
    screen.type(`${untilSized('33 111')}; stty size; tty; test -t 1 && echo is-a-"tty"\r`)
    await screen.shows(/\n33 111[\s\S]*is-a-tty/)
    screen.resize(99, 22)
    screen.type(`${untilSized('22 99')}; echo re"sized"\r`)
    await screen.shows(/resized/)
    screen.type('exit 7\r')
    assert.equal(await screen.exitCode, 7)
  })

  it('exec -it opens a shell in a container that runs, and ends with its code', async (test) => {
    const { id } = await aSharedContainer(engine)
    const screen = onTerminal(test, engine, ['exec', '-it', id, 'sh'])
    await screen.shows(/[#$] /)
    screen.type(`${untilSized('33 111')}; stty size\r`)
    await screen.shows(/\n33 111/)
    screen.type('exit 7\r')
    assert.equal(await screen.exitCode, 7)
  })

  it('run -it is left with the detach keys, ends with 0, and the container runs on', async (test) => {
    const name = aName(test, engine)
    const screen = onTerminal(test, engine, ['run', '-it', ...APART, '--name', name, IMAGE, 'sh'])
    await screen.shows(/[#$] /)
    screen.type('\x10\x11')
    assert.equal(await screen.exitCode, 0)
    assert.equal((await engine.client.containers.get(name)).status, 'running')
  })

  it('attach is left with detach keys of its own, and says so with code 1', async (test) => {
    const { id } = await aRunningContainer(test, engine, ['sh'], { tty: true, interactive: true })
    const screen = onTerminal(test, engine, ['attach', '--detach-keys', 'ctrl-x,x', id])
    await screen.shows(/[#$] /)
    screen.type('\x18x')
    assert.equal(await screen.exitCode, 1)
    assert.match(screen.text(), /read escape sequence/)
  })

  it('exec -it is left with the detach keys, and says so with code 1', async (test) => {
    const { id } = await aSharedContainer(engine)
    const screen = onTerminal(test, engine, ['exec', '-it', id, 'sh'])
    await screen.shows(/[#$] /)
    screen.type('\x10\x11')
    assert.equal(await screen.exitCode, 1)
    assert.match(screen.text(), /read escape sequence/)
  })

  it('ctrl-c at a run without a tty goes to the container', async (test) => {
    const script = 'trap "echo interrupted; exit 5" INT; echo ready; while :; do sleep 0.1; done'
    const screen = onTerminal(test, engine, [
      'run',
      '--rm',
      ...APART,
      '--name',
      aName(test, engine),
      IMAGE,
      'sh',
      '-c',
      script,
    ])
    await screen.shows(/ready/)
    screen.type('\x03')
    assert.equal(await screen.exitCode, 5)
  })

  it('start -ai joins a shell that was made before', async (test) => {
    const container = await aRunningContainer(test, engine, ['sh'], {
      tty: true,
      interactive: true,
      init: false,
    })
    await container.kill()
    await container.wait()
    const screen = onTerminal(test, engine, ['start', '-ai', container.id])
    await screen.shows(/[#$] /)
    screen.type('exit 6\r')
    assert.equal(await screen.exitCode, 6)
  })
})

/** The real command on a real terminal of 111 columns and 33 rows. */
function onTerminal(test: TestContext, { host }: TestEngine, args: readonly string[]): Screen {
  const env = { ...process.env, DOCKER_HOST: host }
  const pty = spawnHeld([process.execPath, BIN, ...args], { cols: 111, rows: 33, env })
  const screen = new Screen(pty)
  test.after(() => screen.end())
  return screen
}

class Screen {
  readonly exitCode: Promise<number>
  readonly #pty: IPty
  #text = ''
  #seen = 0
  #ended = false
  #changed: () => void = () => {}

  constructor(pty: IPty) {
    this.#pty = pty
    pty.onData((data) => {
      this.#text += data
      this.#changed()
    })
    this.exitCode = new Promise((resolve) => {
      pty.onExit(({ exitCode }) => {
        this.#ended = true
        this.#changed()
        resolve(exitCode)
      })
    })
  }

  text(): string {
    return this.#text
  }

  type(keys: string): void {
    this.#seen = this.#text.length
    this.#pty.write(keys)
  }

  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows)
  }

  /** Resolves when the pattern is among what came since the last typing. */
  async shows(pattern: RegExp): Promise<void> {
    const limit = AbortSignal.timeout(PATIENCE_MS)
    while (!pattern.test(this.#text.slice(this.#seen))) {
      assert.ok(!this.#ended, `ended before it showed ${pattern}: ${JSON.stringify(this.#text)}`)
      await new Promise<void>((resolve, reject) => {
        this.#changed = resolve
        const late = () => reject(new Error(`did not show ${pattern}: ${JSON.stringify(this.#text)}`))
        limit.addEventListener('abort', late, { once: true })
      })
    }
  }

  end(): void {
    if (!this.#ended) this.#pty.kill('SIGKILL')
  }
}
