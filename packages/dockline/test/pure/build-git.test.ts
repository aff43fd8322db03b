import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gitAttributes } from '#src/models/images/builds/git.js'
import { temporaryFolder, writeFiles } from '../support/archives.js'

const COMMIT = '0123456789abcdef0123456789abcdef01234567'
const OTHER = 'f'.repeat(40)

describe('the git repository of a build', () => {
  it('is found above the context, with its commit, its remote and the places of the folders', async () => {
    const root = await aRepository({
      HEAD: 'ref: refs/heads/main\n',
      'refs/heads/main': `${COMMIT}\n`,
      'packed-refs': `${OTHER} refs/heads/main\n`,
      config: '[remote "origin"]\n\turl = git@git.example.com:app.git\n',
    })
    const folders = { context: join(root, 'a/b'), dockerfile: join(root, 'docker') }
    assert.deepEqual(await gitAttributes(folders), {
      'vcs:revision': COMMIT,
      'vcs:source': 'git@git.example.com:app.git',
      'vcs:localdir:context': 'a/b',
      'vcs:localdir:dockerfile': 'docker',
    })
    const outside = await gitAttributes({ context: root, dockerfile: '/elsewhere' })
    assert.deepEqual([outside['vcs:localdir:context'], 'vcs:localdir:dockerfile' in outside], ['.', false])
  })

  for (const [what, config, source] of [
    [
      'of the branch',
      '[remote "origin"]\nurl = o\n[branch "main"]\n\tremote = mine\n[remote "mine"]\nurl=m',
      'm',
    ],
    ['upstream, where there is no origin', '[remote "upstream"]\n  url = "u v"\n', 'u v'],
    [
      'without its password',
      '[remote "origin"]\nurl = https://me:s3cret@h.example.com/x\n',
      'https://h.example.com/x',
    ],
    ['nowhere', '[core]\nbare = false\n', undefined],
  ] as const) {
    it(`has the remote ${what}`, async () => {
      const context = await aRepository({ HEAD: 'ref: refs/heads/main', config })
      assert.equal((await gitAttributes({ context }))['vcs:source'], source)
    })
  }

  for (const [what, files, revision] of [
    [
      'packed',
      { HEAD: 'ref: refs/heads/x/y', 'packed-refs': `${OTHER} refs/heads/y\n${COMMIT} refs/heads/x/y\n` },
      COMMIT,
    ],
    ['checked out without a branch', { HEAD: `${COMMIT}\n` }, COMMIT],
    ['none yet', { HEAD: 'ref: refs/heads/new\n' }, undefined],
    ['none that could be read', { HEAD: 'ref: ../../secret\n' }, undefined],
  ] as const) {
    it(`has a commit that is ${what}`, async () => {
      const context = await aRepository(files)
      assert.equal((await gitAttributes({ context }))['vcs:revision'], revision)
    })
  }

  it('is found from another working tree of it', async () => {
    const root = await aRepository({
      'worktrees/w/HEAD': 'ref: refs/heads/w\n',
      'worktrees/w/commondir': '../..\n',
      'refs/heads/w': COMMIT,
      config: '[remote "origin"]\nurl = o\n',
    })
    const tree = await temporaryFolder()
    await writeFiles(tree, { '.git': `gitdir: ${join(root, '.git/worktrees/w')}\n` })
    assert.deepEqual(await gitAttributes({ context: tree }), {
      'vcs:revision': COMMIT,
      'vcs:source': 'o',
      'vcs:localdir:context': '.',
    })
  })

  it('is in labels where they are asked for, with the path of the Dockerfile', async () => {
    const context = await aRepository({
      HEAD: COMMIT,
      config: '[remote "origin"]\n\turl = https://me:s3cret@git.example.com/app.git\n',
    })
    const settings = { info: false, labels: true, file: join(context, 'docker/Dockerfile') }
    assert.deepEqual(await gitAttributes({ context }, settings), {
      'label:org.opencontainers.image.revision': COMMIT,
      'label:org.opencontainers.image.source': 'https://git.example.com/app.git',
      'label:com.docker.image.source.entrypoint': 'docker/Dockerfile',
    })
    assert.deepEqual(await gitAttributes({ context }, { info: false }), {})
  })

  it('is dirty where git cannot say that it is clean', async () => {
    const context = await aRepository({ HEAD: COMMIT })
    const found = await gitAttributes({ context }, { checkDirty: true })
    assert.equal(found['vcs:revision'], `${COMMIT}-dirty`)
  })

  it('is none where there is no .git', async () => {
    assert.deepEqual(await gitAttributes({ context: await temporaryFolder() }), {})
  })
})

async function aRepository(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await temporaryFolder()
  await writeFiles(join(root, '.git'), files)
  return root
}
