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

  it('say of each field what it is, in a sentence beside its default and its version', () => {
    const fields = linesWithAbove(lines, /^ {2}[\w$']\S*\??:/)
    assert.ok(fields.length > 1300, `${fields.length} fields`)
    assert.deepEqual(undocumented(fields), [])
  })
})

interface Line {
  readonly line: string
  /** What the comment above the line says of it. */
  readonly above: string
}

function linesWithAbove(lines: readonly string[], pattern: RegExp): readonly Line[] {
  return lines.flatMap((line, index) =>
    pattern.test(line) ? [{ line, above: proseAbove(lines.slice(0, index)) }] : [],
  )
}

/** The doc comment that ends the lines, without its sentences of a default and of versions. */
function proseAbove(lines: readonly string[]): string {
  if (!lines.at(-1)?.endsWith('*/')) return ''
  const comment = lines.slice(lines.findLastIndex((line) => line.trim().startsWith('/**'))).join(' ')
  return comment
    .replace(/(?:Up to )?API \d\.\d+\.|Default: .*?\.(?= |$)/g, '')
    .replace(/[/*]/g, '')
    .trim()
}

function undocumented(lines: readonly Line[]): readonly string[] {
  return lines.filter(({ above }) => above === '').map(({ line }) => line.trim())
}
