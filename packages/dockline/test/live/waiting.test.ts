import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ContainerError, UnhealthyError } from '#src/index.js'
import {
  aContainer,
  aRunningContainer,
  aSharedContainer,
  IMAGE,
  LABEL,
  onEveryEngine,
} from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { PATIENCE_MS, RUNS_OUT_MS } from '../support/patience.js'
import { enginePid } from '../support/registry.js'

const run = promisify(execFile)
const PROGRAM = fileURLToPath(new URL('../support/waiting-program.js', import.meta.url))
const PATIENT = { timeout: PATIENCE_MS }

onEveryEngine((engine) => {
  it('waits for lines that come and finds lines that came before, of this run alone', async (test) => {
    const script = 'echo early $RANDOM; until [ -e /go ]; do sleep 0.1; done; echo ready; sleep 600'
    const container = await aRunningContainer(test, engine, ['sh', '-c', script])
    const { lines: before } = await container.waitFor({ log: /^early (\d+)$/, ...PATIENT })
    const both = container.waitFor({ log: ['early', { match: 'ready', source: 'stdout' }], ...PATIENT })
    await container.exec(['touch', '/go'])
    assert.deepEqual(
      (await both).lines.map(({ line }) => line),
      [before[0]?.line, 'ready'],
    )
    await container.exec(['rm', '/go'])
    await container.restart({ stopTimeout: 0 })
    const again = container.waitFor({ any: [{ log: 'ready' }, { log: 'never' }], ...PATIENT })
    await container.exec(['touch', '/go'])
    assert.equal((await again).lines.length, 1)
    const { lines } = await container.waitFor({ log: 'early', ...PATIENT })
    assert.notEqual(lines[0]?.line, before[0]?.line, 'a line of the earlier run does not count')
  })

  it('rejects at the end of the container with its exit code and last lines, unless the end is waited for', async (test) => {
    const script = 'echo to out; echo to err >&2; until [ -e /go ]; do sleep 0.1; done; exit 3'
    const container = await aRunningContainer(test, engine, ['sh', '-c', script])
    const failure = failureOf(container.waitFor({ log: 'ready', port: 80, exit: [0, 1], ...PATIENT }))
    await container.exec(['touch', '/go'])
    const error = await failure
    assert.ok(error instanceof ContainerError, String(error))
    assert.equal(error.exitCode, 3)
    assert.deepEqual((error.unmet ?? []).map(withoutLastAnswer), [
      "log 'ready'",
      'port 80/tcp',
      'exit code 0 or 1',
    ])
    assert.deepEqual([error.stdout, error.stderr], ['to out\n', 'to err\n'])
    assert.match(
      withoutLastAnswer(error.message),
      /ended with exit code 3 before log 'ready', port 80\/tcp and exit code 0 or 1: to/,
    )
    assert.equal((await container.waitFor({ exit: 3, log: 'to err', ...PATIENT })).exitCode, 3)
  })

  it('gives the exit code of a container that removes itself', async (test) => {
    const script = 'echo bye; until [ -e /go ]; do sleep 0.1; done; exit 4'
    const container = await aRunningContainer(test, engine, ['sh', '-c', script], { remove: true })
    await container.waitFor({ log: 'bye', ...PATIENT })
    const failure = failureOf(container.waitFor({ log: 'ready', ...PATIENT }))
    // The container may be gone at once, and an exec that is gone cannot be asked for its exit code.
    await container.exec(['touch', '/go'], { detach: true })
    const error = await failure
    assert.ok(error instanceof ContainerError, String(error))
    assert.equal(error.exitCode, 4)
  })

  it('looks inside for a port that is not published, and does not take a loopback listener for one', async () => {
    const container = await aSharedContainer(engine)
    await container.exec(['nc', '-l', '-s', '127.0.0.1', '-p', '8001'], { detach: true })
    await container.exec(['nc', '-l', '-p', '8002'], { detach: true })
    await container.waitFor({ port: 8002, ...PATIENT })
    const error = await failureOf(container.waitFor({ port: '8001/tcp', timeout: RUNS_OUT_MS }))
    assert.match(withoutLastAnswer(String(error)), /took longer than \d+ ms: not yet port 8001\/tcp$/)
  })

  it('rejects when a health check fails, and at once for a container that was never started', async (test) => {
    const healthcheck = { test: 'false', interval: '100ms', retries: 1 }
    const sick = await aRunningContainer(test, engine, ['sleep', '600'], { healthcheck })
    assert.ok((await failureOf(sick.waitFor({ healthy: true, ...PATIENT }))) instanceof UnhealthyError)
    const unborn = await aContainer(test, engine, ['true'])
    assert.match(String(await failureOf(unborn.waitFor({ exit: true }))), /was never started \(start\(\) it/)
  })

  it('knows a port that is ready from one that the proxy alone accepts, and gives its URL', async (test) => {
    const pid = await enginePid(engine.host)
    if (pid === undefined)
      return test.skip('the ports of an Engine that npm run engine has not started are elsewhere')
    const inside = ['--net', '--target', String(pid), process.execPath, PROGRAM, engine.host, IMAGE, LABEL]
    const { stdout } = await run('nsenter', inside, { timeout: 2 * PATIENCE_MS })
    const { url, unmet, ...rest } = JSON.parse(stdout) as { url: string; unmet: string[] }
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/index\.html$/)
    assert.deepEqual(rest, { ok: true, missing: 0 })
    assert.deepEqual(unmet.map(withoutLastAnswer), ['port 80/tcp'])
  })
})

/** The text without the note on the last attempt at a port: the wait may end before, during or after such an attempt. */
function withoutLastAnswer(text: string): string {
  return text.replace(/ \(nothing answers at [^)]+\)/, '')
}
