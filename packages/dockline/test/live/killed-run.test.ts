import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
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

it('an Engine that is being started is not taken for one that is dead', { skip }, async (test) => {
  const name = anEngineName('starting')
  test.after(() => engineCommand(['stop', name, '--force']).catch(() => {}))
  const { stdout } = await run(process.execPath, ['-e', REMOVED_AT_ITS_START, ENGINE_SCRIPTS, name])
  assert.equal(stdout, 'busybox:latest\n')
})

it('the files of a test run that was killed are gone after the next run', async (test) => {
  const folder = await mkdtemp(join(tmpdir(), 'killed-'))
  test.after(() => rm(folder, { recursive: true }))
  const env = { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder }
  const begin = () => spawn(process.execPath, ['-e', WRITES, RUN_FOLDER], { env })
  const killed = begin()
  await once(killed.stdout, 'data')
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  assert.match(readdirSync(folder).join(), new RegExp(`^dt-${killed.pid}-\\w+$`))
  const next = begin()
  const [written] = await once(next.stdout, 'data')
  assert.match(String(written), new RegExp(`^dt-${next.pid}-\\w+/file\n$`), 'only what runs has a folder')
  next.stdin.end()
  await once(next, 'exit')
  assert.deepEqual(readdirSync(folder), [])
})

const RUN_FOLDER = fileURLToPath(new URL('../../../../scripts/lib/run-folder.mjs', import.meta.url))
/** Keeps a file as long as its input lasts, and lists all that is there. */
const WRITES = `
  const { readdirSync, writeFileSync } = require('node:fs')
  const { once } = require('node:events')
  const { tmpdir } = require('node:os')
  const outside = tmpdir()
  import(process.argv[1]).then(({ inRunFolder }) =>
    inRunFolder(async () => {
      writeFileSync(tmpdir() + '/file', '')
      const files = readdirSync(outside, { recursive: true }).filter((name) => name.endsWith('file'))
      process.stdin.resume()
      console.log(files.join())
      await once(process.stdin, 'end')
    }),
  )`

/** The start says that it begins. The removal waits for its end, and must look again then. */
const REMOVED_AT_ITS_START = `
  const [, scripts, name] = process.argv
  import(scripts).then(async ({ startEngine, removeDead, ensureImage }) => {
    let removed
    const say = () => (removed ??= removeDead(name))
    const { host } = await startEngine({ name, inMemory: true, say })
    await removed
    console.log((await ensureImage(host)).name)
  })`

/** Does what `npm test` does first. */
async function stopOrphans(): Promise<void> {
  const program = `import(process.argv[1]).then(({ stopOrphans }) => stopOrphans())`
  await run(process.execPath, ['-e', program, ENGINE_SCRIPTS])
}

function socketOf(host: string): string {
  return host.slice('unix://'.length)
}
