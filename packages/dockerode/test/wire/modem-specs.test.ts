import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { it } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const load = createRequire(import.meta.url)
const SPECS = 18

it("passes docker-modem's own specs, unchanged", async (test) => {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-specs-'))
  test.after(() => rm(folder, { recursive: true }))
  const modem = dirname(load.resolve('docker-modem/package.json'))
  await cp(join(modem, 'test'), join(folder, 'test'), { recursive: true })
  await mkdir(join(folder, 'lib'))
  const ours = JSON.stringify(load.resolve('dockline-dockerode/modem'))
  await writeFile(join(folder, 'lib/modem.js'), `module.exports = require(${ours})`)
  const { NODE_TEST_CONTEXT: _ours, ...env } = process.env
  const args = ['--test', '--test-reporter=tap', join(folder, 'test/modem_test.js')]
  const { stdout } = await run(process.execPath, args, { env }).catch((error) => error)
  assert.match(stdout, new RegExp(`^# pass ${SPECS}$`, 'm'))
  assert.match(stdout, /^# fail 0$/m)
})
