import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { anEngineName, canStartEngines, ENGINE_SCRIPTS, engineCommand } from '../support/engines.js'

const run = promisify(execFile)
const skip = canStartEngines ? false : 'the throwaway Engines need Linux and root'

it('the Engine of a test run that was killed is gone after the start of the next run', {
  skip,
}, async (test) => {
  const killed = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const name = anEngineName('killed')
  test.after(() => engineCommand(['stop', name, '--force']).catch(() => {}))
  const start = ['start', '--suite', 'machine', '--name', name, '--owner', String(killed.pid), '--json']
  const { host } = JSON.parse(await engineCommand(start)) as { host: string }
  await stopOrphans()
  assert.ok(existsSync(socketOf(host)), 'it runs as long as its owner does')
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  await stopOrphans()
  const left = [socketOf(host), `/run/dockline/${name}`, `/var/lib/dockline/${name}`].filter(existsSync)
  assert.deepEqual(left, [])
})

/** Does what `npm test` does first. */
async function stopOrphans(): Promise<void> {
  const program = `import(process.argv[1]).then(({ stopOrphans }) => stopOrphans())`
  await run(process.execPath, ['-e', program, ENGINE_SCRIPTS])
}

function socketOf(host: string): string {
  return host.slice('unix://'.length)
}
