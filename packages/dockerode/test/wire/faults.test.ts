import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { PATIENT } from '../../../dockline/dist-test/support/patience.js'
import { MENDED } from '../support/faults.js'

const PROGRAM = fileURLToPath(new URL('../support/faults-program.js', import.meta.url))
const NAMES = Object.keys(MENDED)

/** By the name of each check that has ended, what is wrong; '' when nothing is. */
type Results = ReadonlyMap<string, string>

/** Checked on dockerode too: a fault that is gone there is no reason to differ any more. */
describe("a fault of dockerode's is mended:", () => {
  let [ours, theirs]: readonly Results[] = []

  before(async () => {
    ;[ours, theirs] = await Promise.all([check('dockline-dockerode', NAMES), checkDockerode()])
  })

  for (const name of NAMES) {
    it(name, () => {
      assert.equal(ours?.get(name) ?? 'a check has ended the process', '')
      assert.notEqual(theirs?.get(name), '', 'dockerode passes as well')
    })
  }
})

/** Some faults end the process. What had not been checked by then is checked in a process of its own. */
async function checkDockerode(): Promise<Results> {
  const together = await check('dockerode', NAMES)
  const alone = NAMES.filter((name) => !together.has(name)).map((name) => check('dockerode', [name]))
  return new Map([together, ...(await Promise.all(alone))].flatMap((results) => [...results]))
}

function check(which: string, names: readonly string[]): Promise<Results> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, which, ...names], PATIENT, (_error, stdout) =>
      resolve(
        new Map(
          stdout
            .trim()
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line)),
        ),
      ),
    )
  })
}
