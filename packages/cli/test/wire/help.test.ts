import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { docker } from '../support/dockline.js'
import { NO_ENGINE } from '../support/nowhere.js'
import { commandPaths } from '../support/paths.js'
import { run } from '../support/program.js'
import { withoutDocker } from '../support/tools.js'

/** Where ours is not docker's: a flag of its own, and one command in place of four. */
const OWN = ['context show', 'completion']

describe("help has docker's usage and names", { skip: withoutDocker, concurrency: 4 }, () => {
  for (const path of commandPaths().filter((each) => !isOwn(each))) {
    it(`of ${path}`, async () => {
      const words = [...path.split(' '), '--help']
      const [theirs, ours] = await Promise.all([docker(NO_ENGINE, words), run(words)])
      assert.equal(headOf(ours.stdout.replaceAll('dockline', 'docker')), headOf(theirs.stdout))
    })
  }
})

/** docker has the commands of buildx only with its plugin, and calls its classic builder by that name too. */
function isOwn(path: string): boolean {
  return OWN.includes(path) || path.startsWith('buildx ') || path === 'builder build'
}

/** What says how a command is used and what else it is called. */
function headOf(help: string): string {
  const [usage = ''] = /^Usage:[\s\S]*?\n\n/.exec(help) ?? []
  const [aliases = ''] = /^Aliases:\n.*\n/m.exec(help) ?? []
  return usage + aliases.replace(', docker builder build', '')
}
