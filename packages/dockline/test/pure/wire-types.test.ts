import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const source = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8').split('\n')

describe('the wire types', () => {
  const lines = source('src/api/types.gen.ts')

  it('say of each interface what it is, or which operation it belongs to', () => {
    const interfaces = linesWithAbove(lines, /^export interface /)
    assert.ok(interfaces.length > 250, `${interfaces.length} interfaces`)
    assert.deepEqual(undocumented(interfaces), [])
  })

  it('say of each field what it is, unless its name says all of it', () => {
    const fields = linesWithAbove(lines, /^ {2}[\w$']\S*\??:/)
    assert.ok(fields.length > 1300, `${fields.length} fields`)
    const plain = new Set(source('../../scripts/generate-types/prose.txt').flatMap(plainName))
    assert.deepEqual(
      undocumented(fields).filter((line) => !plain.has(/[\w$-]+/.exec(line)?.[0] ?? '')),
      [],
    )
    assert.ok(
      undocumented(fields).length < fields.length * 0.4,
      `${undocumented(fields).length} without prose`,
    )
  })
})

interface Line {
  readonly line: string
  readonly above: string | undefined
}

function linesWithAbove(lines: readonly string[], pattern: RegExp): readonly Line[] {
  return lines.flatMap((line, index) => (pattern.test(line) ? [{ line, above: lines[index - 1] }] : []))
}

function undocumented(lines: readonly Line[]): readonly string[] {
  return lines.filter(({ above }) => !above?.endsWith('*/')).map(({ line }) => line.trim())
}

/** The name of a field whose line of prose is `-`. */
function plainName(line: string): readonly string[] {
  const [, name] = /^ +(\S+) +-$/.exec(line) ?? []
  return name === undefined ? [] : [name]
}
