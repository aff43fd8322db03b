// An Engine remarks on a push. The texts are those of docker, without its colours.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anAnsweringEngine, Raw } from '../support/answering-engine.js'
import { run } from '../support/program.js'

const PUSHED = `
 Info -> Not all multiplatform-content is present and only the available single-platform image was pushed
         sha256:aa -> sha256:bb
`
const MISSING = `
 Info -> You're trying to push a manifest list/index which${' '}
         \t\t\t\treferences multiple platform specific manifests, but not all of them are available locally
         \t\t\t\tor available to the remote repository.
${' '.repeat(9)}
         \t\t\t\tMake sure you have all the referenced content and try again.
${' '.repeat(9)}
         \t\t\t\tYou can also push only a single platform specific manifest directly by specifying the platform you want to push with the --platform flag.
`
const ANSWER = [
  { status: 'The push refers to repository [box/app]' },
  {
    aux: {
      manifestPushedInsteadOfIndex: true,
      originalIndex: { digest: 'sha256:aa' },
      selectedManifest: { digest: 'sha256:bb' },
    },
  },
  { aux: { Tag: 'latest', Digest: 'sha256:cc', Size: 1 } },
]
const REFUSAL = [{ aux: { contentMissing: true } }, { errorDetail: { message: 'oh no' }, error: 'oh no' }]

describe('dockline push', () => {
  it('says at the end that less was pushed than the name stands for, also with -q', async (test) => {
    const host = await anAnsweringEngine(test, { '/images/box/app/push': lines(ANSWER) })
    const { exitCode, stdout } = await run(['push', 'box/app:latest'], { host })
    assert.deepEqual([exitCode, stdout], [0, `The push refers to repository [box/app]\n${PUSHED}`])
    const quiet = await run(['push', '-q', 'box/app:latest'], { host })
    assert.equal(quiet.stdout, `docker.io/box/app:latest\n${PUSHED}`)
  })

  it('says before the error that something to push is missing', async (test) => {
    const host = await anAnsweringEngine(test, { '/images/box/app/push': lines(REFUSAL) })
    const { exitCode, stdout, stderr } = await run(['push', 'box/app:latest'], { host })
    assert.deepEqual([exitCode, stdout, stderr], [1, MISSING, 'oh no\n'])
  })
})

function lines(values: readonly object[]): Raw {
  return new Raw(values.map((value) => `${JSON.stringify(value)}\n`).join(''))
}
