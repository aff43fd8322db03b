import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'

const wireTypes = fileURLToPath(new URL('../../src/api/types.gen.ts', import.meta.url))

it('every field of a wire type has a line that says what it is', () => {
  const lines = readFileSync(wireTypes, 'utf8').split('\n')
  const fields = lines.flatMap((line, index) => (isField(line) ? [{ line, above: lines[index - 1] }] : []))
  assert.ok(fields.length > 1300, `${fields.length} fields`)
  assert.deepEqual(
    fields.filter(({ above }) => !above?.endsWith('*/')).map(({ line }) => line.trim()),
    [],
  )
})

function isField(line: string): boolean {
  return /^ {2}[\w$']\S*\??:/.test(line)
}
