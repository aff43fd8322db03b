import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { circlesIn, importsIn } from '../../../dockline/dist-test/support/circles.js'

const PACKAGES = new URL('../../../', import.meta.url)

describe('the files of a package', () => {
  for (const name of ['cli', 'dockline']) {
    const imports = importsIn(new URL(`${name}/`, PACKAGES))

    it(`import each other in one direction, also those that are loaded late: ${name}`, () => {
      assert.ok(imports.size > 100)
      assert.deepEqual(circlesIn(imports), [])
    })
  }
  it('are found also where they are loaded late', () => {
    const imports = importsIn(new URL('cli/', PACKAGES))
    assert.ok(imports.get('tree')?.includes('manifest'))
    assert.ok(imports.get('manifest')?.includes('commands/ps'))
  })
})

describe('a circle of imports', () => {
  it('is found, by the shortest way', () => {
    const imports = new Map([
      ['a', ['b', 'c']],
      ['b', ['c']],
      ['c', ['a', 'd']],
      ['d', []],
      ['e', ['e']],
    ])
    assert.deepEqual(circlesIn(imports), ['a → c → a', 'b → c → a → b', 'e → e'])
  })
})
