import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const BUNDLE = fileURLToPath(new URL('../../bundle/', import.meta.url))
const require = createRequire(BUNDLE)
/** The first would run a command. */
const FILES = readdirSync(BUNDLE).filter((file) => file.endsWith('.cjs') && file !== 'main.cjs')

describe('the bundle of the command', () => {
  it('is of ASCII, as its loader reads it', () => {
    for (const file of readdirSync(BUNDLE).filter((name) => name.endsWith('.cjs')))
      assert.doesNotMatch(readFileSync(`${BUNDLE}${file}`, 'utf8'), /[^\0-\x7f]/, file)
  })

  it('has files of which each can be loaded first, as they are when something of them is first used', () => {
    assert.ok(FILES.length > 50)
    for (const file of FILES) {
      for (const loaded of Object.keys(require.cache)) delete require.cache[loaded]
      assert.doesNotThrow(() => {
        const exported: Record<string, unknown> = require(`${BUNDLE}${file}`)
        for (const name of Object.keys(exported)) void exported[name]
      }, file)
    }
  })
})
