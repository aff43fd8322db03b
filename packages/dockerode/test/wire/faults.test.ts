import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { PATIENT } from '../../../dockline/dist-test/support/patience.js'
import { MENDED } from '../support/faults.js'

const PROGRAM = fileURLToPath(new URL('../support/faults-program.js', import.meta.url))
const NAMES = Object.keys(MENDED)

/** Checked on dockerode too, in a process each: a fault that is gone there is no reason to differ any more. */
describe("a fault of dockerode's is mended:", { concurrency: 2 }, () => {
  let wrong: Readonly<Record<string, string>> | undefined

  before(async () => {
    wrong = await check('dockline-dockerode', NAMES)
  })

  for (const name of NAMES) {
    it(name, async () => {
      assert.ok(wrong, 'a check has ended the process')
      assert.equal(wrong[name], undefined)
      const theirs = await check('dockerode', [name])
      assert.ok(theirs === undefined || name in theirs, 'dockerode passes as well')
    })
  }
})

/** What is wrong; undefined when the process ended before it could tell. */
function check(which: string, names: readonly string[]): Promise<Record<string, string> | undefined> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, which, ...names], PATIENT, (error, stdout) =>
      resolve(error === null ? JSON.parse(stdout) : undefined),
    )
  })
}
