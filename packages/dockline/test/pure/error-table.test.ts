import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as errors from '#src/errors.js'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const page = await readFile(`${ROOT}docs/errors.md`, 'utf8')
const base = await readFile(`${ROOT}packages/dockline/src/errors/base.ts`, 'utf8')
const rows = Array.from(
  page.matchAll(/^\| `(\w+Error)`[^|]*\| `(ERR_DOCKER_\w+)` \|/gm),
  ([, name, code]) => ({
    name,
    code,
  }),
)

describe('docs/errors.md', () => {
  it('lists every class', () => {
    const classes = Object.keys(errors).filter((name) => name.endsWith('Error') && name !== 'DockerError')
    assert.deepEqual([...new Set(rows.map(({ name }) => name))].sort(), classes.sort())
  })

  it('lists every code', () => {
    const codes = Array.from(base.matchAll(/'(ERR_DOCKER_\w+)'/g), ([, code]) => code)
    assert.deepEqual([...new Set(rows.map(({ code }) => code))].sort(), [...new Set(codes)].sort())
  })
})
