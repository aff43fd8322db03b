import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { canStartEngines, onEveryEngine, type TestEngine } from '../support/engines.js'
import { NO_ENGINE } from '../support/nowhere.js'
import { PATIENT } from '../support/patience.js'
import { KEY, onPty } from '../support/pty.js'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const START = fileURLToPath(new URL('../../../../scripts/start.mjs', import.meta.url))

/** What the tour prints, line by line. */
const TOUR = [
  /^version +Docker Engine \S+ \(linux\/\w+\), API 1\.\d+$/,
  /^run +hello from a container \(exit code 0\)$/,
  /^logs +stdout: line 1$/,
  /^logs +stdout: line 2$/,
  /^logs +stdout: line 3$/,
  /^exec +stdout "12\\n" {2}stderr "and an error\\n"$/,
  /^exec +exit code 42$/,
  /^ps +[0-9a-f]{12} /,
]

onEveryEngine((engine) => {
  const env = { DOCKER_HOST: engine.host }

  it('npm start gives a tour where there is no terminal', async () => {
    const started = run('npm', ['start', '--silent'], { cwd: ROOT, env: { ...process.env, ...env } })
    started.child.stdin?.end()
    assertTour((await started).stdout)
  })

  it('npm start opens a shell on a terminal, and the container is gone after it', async (test) => {
    const shell = await onPty(test, [process.execPath, START], { env })
    await shell.screen.shows(/a shell in container ([0-9a-f]{12})/)
    const id = /a shell in container ([0-9a-f]{12})/.exec(shell.output)?.[1] ?? ''
    await shell.screen.shows('root@dockline:/#')
    await untilResized(engine, id, '20 80')
    shell.type(`stty size${KEY.enter}`)
    await shell.screen.shows('\n20 80\n')
    shell.resize(100, 30)
    await untilResized(engine, id, '30 100')
    shell.type(`stty size${KEY.enter}`)
    await shell.screen.shows('\n30 100\n')
    shell.type(`exit 7${KEY.enter}`)
    assert.equal(await shell.ended(), 7)
    const { before, after } = await shell.notes()
    assert.equal(after, before)
    await assert.rejects(engine.client.containers.get(id), { code: 'ERR_DOCKER_NOT_FOUND' })
  })

  it('npm start leaves nothing behind when it is interrupted', async () => {
    const child = spawn(process.execPath, [START], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('logs')) child.kill('SIGINT')
    }
    const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode]
    assert.equal(code, 130)
    const left = await engine.client.containers.list({ all: true })
    assert.deepEqual(
      left.filter(({ summary }) => summary?.Command?.includes('line $i')),
      [],
    )
  })
})

describe('npm start', () => {
  it('says what it tried when the Engine that was named does not answer', async () => {
    const nowhere = { ...process.env, DOCKER_HOST: NO_ENGINE }
    await assert.rejects(run(process.execPath, [START], { env: nowhere }), ({ code, stderr }) => {
      assert.equal(code, 1)
      assert.match(stderr, /unix:.*dockline-nowhere-\w+.engine\.sock: there is no such socket/)
      return true
    })
  })

  const skip = canStartEngines ? false : 'making Engines needs root on Linux'
  it('works where no Engine is named, and stops an Engine of its own', { skip }, async () => {
    const { DOCKER_HOST: _, DOCKER_CONTEXT: __, ...env } = process.env
    const started = run(process.execPath, [START], { env })
    started.child.stdin?.end()
    const { stdout, stderr } = await started
    assertTour(stdout)
    const own = /starting dockerd of machine as '(start-\d+)'/.exec(stderr)?.[1]
    if (own === undefined) assert.match(stderr, /found the Engine at/)
    const { stdout: status } = await run(process.execPath, [
      `${ROOT}/scripts/engine/cli.mjs`,
      'status',
      '--json',
    ])
    assert.ok(own === undefined || !status.includes(own), status)
  })
})

function assertTour(stdout: string): void {
  const lines = stdout.trimEnd().split('\n')
  for (const [index, pattern] of TOUR.entries()) assert.match(lines[index] ?? '', pattern)
}

/** The new size is there once the container's own terminal says so. */
async function untilResized({ client }: TestEngine, id: string, size: string): Promise<void> {
  const container = await client.containers.get(id)
  const command = ['sh', '-c', `until [ "$(stty size < /proc/1/fd/0)" = "${size}" ]; do sleep 0.1; done`]
  await container.exec(command, PATIENT)
}
