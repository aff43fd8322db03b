import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { canStartEngines, onEveryEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { PATIENCE_MS, PATIENT } from '../support/patience.js'

const PROGRAM = fileURLToPath(new URL('../support/building-program.js', import.meta.url))
const BUILDKIT = { builder: 'buildkit', noCache: true, outputs: { type: 'none' } } as const
/** How long a step runs that asks nothing of its session. 60 shows more, and takes longer. */
const STEP_SECONDS = Number(process.env.DOCKLINE_TEST_STEP_SECONDS) || 8
const BLOCKED_MS = 5000
const LOOK_MS = 50

const needs = {
  ...PATIENT,
  skip: canStartEngines ? false : "an Engine's processes are seen on Linux by root",
}

onEveryEngine((engine) => {
  const { client } = engine

  it('ends the step that runs when it is aborted', needs, async () => {
    const marker = aMarker()
    const stop = new AbortController()
    const dockerfileContent = `FROM busybox\nRUN sleep ${marker}\n`
    const building = client.images.build({ dockerfileContent, signal: stop.signal, ...BUILDKIT })
    const failure = failureOf(Promise.resolve(building))
    await until(() => isRunning(marker))
    stop.abort(new Error('enough'))
    assert.equal(((await failure) as Error).message, 'enough')
    await until(() => !isRunning(marker))
  })

  it('ends the step that runs when its program is killed', needs, async (test) => {
    const marker = aMarker()
    const program = spawn(process.execPath, [PROGRAM, engine.host, marker], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    test.after(() => program.kill('SIGKILL'))
    await once(program.stdout, 'data')
    await until(() => isRunning(marker))
    program.kill('SIGKILL')
    await until(() => !isRunning(marker))
  })

  it('keeps its session through a long step and a program that is busy', {
    timeout: PATIENCE_MS + 2 * STEP_SECONDS * 1000,
  }, async () => {
    const building = client.images.build({
      dockerfileContent: `FROM busybox
RUN echo begun; sleep ${STEP_SECONDS}
RUN --mount=type=secret,id=late cat /run/secrets/late
`,
      secrets: { late: async () => 'still here\n' },
      ...BUILDKIT,
    })
    let isBlocked = false
    for await (const { logs } of building.progress()) {
      if (isBlocked || !logs.some(({ text }) => text.includes('begun'))) continue
      isBlocked = true
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_MS)
    }
    assert.equal((await building).log, 'begun\nstill here\n')
  })
})

/** A number of seconds that no other process of this machine sleeps. */
function aMarker(): string {
  return `6${process.pid}${Math.random().toString().slice(2, 8)}`
}

/** The containers of a throwaway Engine are processes of this machine. */
function isRunning(marker: string): boolean {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.some((pid) => commandOf(pid) === `sleep\0${marker}\0`)
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!isSo()) {
    assert.ok(performance.now() < end, 'it never came')
    await pause(LOOK_MS)
  }
}
