import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { circlesIn, type Imports, importsIn } from '../../../dockline/dist-test/support/circles.js'

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

describe('the folders of the command', () => {
  it('need each other in one direction, each file beside them counted as a folder', () => {
    const imports = importsIn(new URL('cli/', PACKAGES))
    assert.deepEqual(circlesIn(byFolder(imports)), [])
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

/** What the files of each folder import of the others. */
function byFolder(imports: Imports): Imports {
  const folders = new Map<string, string[]>()
  for (const [file, imported] of imports) {
    const folder = folderOf(file)
    const others = imported.map(folderOf).filter((other) => other !== folder)
    folders.set(folder, [...(folders.get(folder) ?? []), ...others])
  }
  return folders
}

function folderOf(file: string): string {
  return file.split('/', 1)[0] ?? ''
}
