import assert from 'node:assert/strict'
import { readdir, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dockerode, dockline, ourModem } from '../support/both.js'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const load = createRequire(import.meta.url)
const MEGABYTE = 1024 * 1024
/** In a shorter CommonJS file, Deno notices every change. */
const NOTICED_BYTES = 16_000

describe('the package in place of dockerode', () => {
  it('is the constructor, with the same static members', async () => {
    const { default: imported } = (await import('dockline-dockerode' as string)) as { default: unknown }
    assert.equal(imported, dockline)
    assert.equal(typeof dockline, 'function')
    assert.deepEqual(Object.keys(dockline), Object.keys(dockerode))
  })

  it('has the deep imports that programs patch, and the door in place of docker-modem', () => {
    for (const name of ['container', 'image', 'volume', 'network', 'exec', 'plugin']) {
      const Class = `${name[0]?.toUpperCase()}${name.slice(1)}` as 'Container'
      for (const path of [`dockline-dockerode/lib/${name}`, `dockline-dockerode/lib/${name}.js`])
        assert.equal(load(path), dockline[Class])
    }
    assert.equal(load('dockline-dockerode/lib/docker'), dockline)
    assert.equal(load('dockline-dockerode/lib/modem'), ourModem)
    assert.equal(load('dockline-dockerode/package.json').name, 'dockline-dockerode')
  })

  it('has the helpers of dockerode, which do the same', () => {
    const [ours, theirs] = [load('dockline-dockerode/lib/util'), load('dockerode/lib/util')]
    assert.deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort())
    for (const name of ['a', 'a:1', 'host:5000/a', 'host:5000/a:1', 'a@sha256:b', 'a:1@sha256:b'])
      assert.deepEqual(ours.parseRepositoryTag(name), theirs.parseRepositoryTag(name))
    const callback = () => {}
    for (const args of [
      [{ a: 1 }, callback],
      [callback],
      [undefined, undefined, { b: 2 }],
      [{ a: 1 }, undefined, { a: 2 }],
    ])
      assert.deepEqual(ours.processArgs(...args), theirs.processArgs(...args))
  })

  it('needs no other package, and is small', async () => {
    const manifest = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'))
    assert.equal(manifest.dependencies, undefined)
    const files = await readdir(join(PACKAGE, 'lib'))
    const sizes = await Promise.all(files.map(sizeOf))
    const size = sizes.reduce((sum, each) => sum + each, 0)
    assert.ok(size < MEGABYTE, `${size} bytes`)
  })

  it('has large files whose names change with their content: Deno goes by the name and the length', async () => {
    const large: string[] = []
    for (const file of await readdir(join(PACKAGE, 'lib')))
      if ((await sizeOf(file)) > NOTICED_BYTES) large.push(file)
    assert.notDeepEqual(large, [])
    for (const file of large) assert.match(file, /-[0-9a-f]{5}\.js$/)
  })
})

async function sizeOf(file: string): Promise<number> {
  return (await stat(join(PACKAGE, 'lib', file))).size
}
