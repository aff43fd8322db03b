import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { IgnoreRules } from '#src/build/index.js'
import { InvalidArgumentError } from '#src/errors.js'

interface Vectors {
  readonly files: readonly string[]
  readonly leftOut: Readonly<Record<string, string>>
}

const VECTORS = new URL('../../test/pure/dockerignore-vectors.json', import.meta.url)
const { files, leftOut }: Vectors = JSON.parse(await readFile(VECTORS, 'utf8'))

describe('.dockerignore, as the docker command reads it', () => {
  for (const [text, expected] of Object.entries(leftOut)) {
    it(`${expected === 'error' ? 'refuses' : 'applies'} ${JSON.stringify(text)}`, () => {
      const read = () => IgnoreRules.parse(text, { file: '.dockerignore', platform: 'linux' })
      if (expected === 'error') {
        assert.throws(read, InvalidArgumentError)
        return
      }
      const rules = read().keeping(['.dockerignore', 'Dockerfile'])
      assert.equal(files.filter((file) => !isSent(rules, file)).join(' | '), expected)
    })
  }
})

describe('.dockerignore, where only BuildKit looks far enough', () => {
  for (const [text, file] of [
    ['node_modules\n!**/README.md', 'node_modules/pkg/README.md'],
    ['node_modules\n!node_modules/*/README.md', 'node_modules/pkg/README.md'],
    ['*\n!**/c', 'a/b/c/keep.txt'],
    ['*\n!a/*/c/z.md', 'a/b/c/z.md'],
    ['a\n!a/b/[k-z]*', 'a/b/y.txt'],
  ] as const) {
    it(`takes ${file} back in with ${JSON.stringify(text)}`, () => {
      assert.ok(isSent(IgnoreRules.parse(text, { file: '.dockerignore', platform: 'linux' }), file))
    })
  }
})

describe('IgnoreRules', () => {
  it('looks into an ignored folder only where something could be taken back in', () => {
    const rules = IgnoreRules.parse('*\n!src/*/x\n!docs/deep/er/file\n!lib/**/y\n!top', {
      file: '.dockerignore',
    })
    const looked = [
      'src',
      'src/a',
      'src/a/b',
      'docs',
      'docs/deep',
      'docs/other',
      'lib',
      'lib/a/b/c',
      'top',
      'node_modules',
    ]
    assert.deepEqual(
      looked.filter((folder) => rules.mayKeepBelow(folder)),
      ['src', 'src/a', 'docs', 'docs/deep', 'lib', 'lib/a/b/c'],
    )
  })

  it('names the file and the line of a pattern that is not well-formed', () => {
    assert.throws(() => IgnoreRules.parse('# fine\n\n[a-', { file: 'app/.dockerignore' }), {
      code: 'ERR_DOCKER_INVALID_ARGUMENT',
      message: "app/.dockerignore:3: '[a-' is not a well-formed pattern",
    })
  })

  it('takes a backslash for a separator on Windows only', () => {
    const parse = (platform: NodeJS.Platform) =>
      IgnoreRules.parse('src\\main.ts', { file: '.dockerignore', platform })
    assert.equal(parse('win32').judge('src/main.ts').ignored, true)
    assert.throws(() => parse('linux').judge('src/main.ts'))
  })

  it('is not slowed down by a pattern of many wildcards', () => {
    const rules = IgnoreRules.parse(`${'*a'.repeat(12)}b`, { file: '.dockerignore' })
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
