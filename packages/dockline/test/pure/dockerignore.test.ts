import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { IgnoreRules } from '#src/archive/index.js'
import { InvalidArgumentError } from '#src/errors.js'

interface Vectors {
  readonly files: readonly string[]
  readonly leftOut: Readonly<Record<string, string>>
}

const VECTORS = new URL('../../test/pure/dockerignore-vectors.json', import.meta.url)
const { files, leftOut }: Vectors = JSON.parse(await readFile(VECTORS, 'utf8'))

describe('.dockerignore, as the docker command reads it', () => {
  for (const [text, expected] of Object.entries(leftOut)) {
    it(`${expected === 'error' ? 'refuses' : 'applies'} ${JSON.stringify(text)}`, async () => {
      const leaveOut = async () => {
        const rules = await IgnoreRules.parse(text, { file: '.dockerignore', platform: 'linux' })
        const kept = rules.keeping(['.dockerignore', 'Dockerfile'])
        return files.filter((file) => !isSent(kept, file)).join(' | ')
      }
      if (expected === 'error') await assert.rejects(leaveOut, InvalidArgumentError)
      else assert.equal(await leaveOut(), expected)
    })
  }
})

describe('IgnoreRules', () => {
  it('looks into an ignored folder only where an exception begins with its path', async () => {
    const rules = await IgnoreRules.parse('*\n!src/*/x\n!docs/deep/er/file\n!**/lib/y\n!top', {
      file: '.dockerignore',
    })
    const looked = ['src', 'src/a', 'docs', 'docs/deep', 'docs/other', 'lib', 'top', 'to', 'node_modules']
    assert.deepEqual(
      looked.filter((folder) => rules.mayKeepBelow(folder)),
      ['src', 'docs', 'docs/deep', 'top'],
    )
  })

  it('names the file and the line of a pattern that is not well-formed', async () => {
    await assert.rejects(IgnoreRules.parse('# fine\n\n[a-', { file: 'app/.dockerignore' }), {
      code: 'ERR_DOCKER_INVALID_ARGUMENT',
      message: "app/.dockerignore:3: '[a-' is not a well-formed pattern",
    })
    const rules = await IgnoreRules.parse('*.md\n![z-a]', { file: 'app/.dockerignore' })
    assert.equal(rules.judge('main.ts').ignored, false)
    assert.throws(() => rules.judge('a.md'), {
      code: 'ERR_DOCKER_INVALID_ARGUMENT',
      message: "app/.dockerignore:2: '![z-a]' is not a well-formed pattern",
    })
  })

  it('takes a backslash for a separator on Windows only', async () => {
    const parse = (platform: NodeJS.Platform) =>
      IgnoreRules.parse('src\\main.ts', { file: '.dockerignore', platform })
    assert.equal((await parse('win32')).judge('src/main.ts').ignored, true)
    const elsewhere = await parse('linux')
    assert.throws(() => elsewhere.judge('src/main.ts'))
  })

  it('is not slowed down by a pattern of many wildcards', async () => {
    const rules = await IgnoreRules.parse(`${'*a'.repeat(12)}b`, { file: '.dockerignore' })
    assert.equal(rules.judge('a'.repeat(40)).ignored, false)
  })
})

/** The walk of a context, along one path. */
function isSent(rules: IgnoreRules, file: string): boolean {
  const parts = file.split('/')
  let above: readonly boolean[] = []
  for (const depth of parts.keys()) {
    const path = parts.slice(0, depth + 1).join('/')
    const { ignored, inside } = rules.judge(path, above)
    if (path === file) return !ignored
    if (ignored && !rules.mayKeepBelow(path)) return false
    above = inside
  }
  return false
}
