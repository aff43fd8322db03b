import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { archiveStat } from '#src/api/archive.js'
import { type CopyPlan, copyPlan, copyRoute, splitCopyArgument } from '#src/archive/index.js'

const [FILE, FOLDER, NOTHING] = ['file', 'folder', 'nothing']

describe('copyPlan', () => {
  for (const [from, kind, to, there, plan] of [
    ['/src/f', FILE, '/dst', FOLDER, { folder: '/dst' }],
    ['/src/f', FILE, '/dst/', FOLDER, { folder: '/dst/' }],
    ['/src/f', FILE, '/dst/g', FILE, { folder: '/dst', rename: 'g' }],
    ['/src/f', FILE, '/dst/g', NOTHING, { folder: '/dst', rename: 'g' }],
    ['/src/f', FILE, 'g', NOTHING, { folder: '.', rename: 'g' }],
    ['/src/f', FILE, '/g', NOTHING, { folder: '/', rename: 'g' }],
    ['/src/f', FILE, '/dst/g/', NOTHING, /^no such directory: \/dst\/g\/$/],
    ['/src/f', FILE, '/dst/g/', FILE, /^not a directory: \/dst\/g\/$/],
    ['/src/f/', FILE, '/dst', FOLDER, /^not a directory: \/src\/f\/$/],
    ['/src/f/.', FILE, '/dst', FOLDER, /^not a directory: \/src\/f\/\.$/],
    ['/src', FOLDER, '/dst', FOLDER, { folder: '/dst' }],
    ['/src/.', FOLDER, '/dst', FOLDER, { folder: '/dst' }],
    ['/src', FOLDER, '/dst/new', NOTHING, { folder: '/dst', rename: 'new' }],
    ['/src/', FOLDER, '/dst/new/', NOTHING, { folder: '/dst', rename: 'new' }],
    ['/src/.', FOLDER, 'dst//new', NOTHING, { folder: 'dst', rename: 'new' }],
    ['/src/./', FOLDER, '/dst', FOLDER, { folder: '/dst' }],
    ['/src', FOLDER, '/dst/new/.', NOTHING, /^no such directory: \/dst\/new\/\.$/],
    ['/src/.', FOLDER, '/dst/new/.//', NOTHING, /^no such directory: /],
    ['/src/f/./', FILE, '/dst', FOLDER, /^not a directory: \/src\/f\/\.\/$/],
    ['/src', FOLDER, '/dst/g', FILE, /^cannot copy directory \/src to the file \/dst\/g$/],
    ['', FOLDER, '/dst', FOLDER, /is empty$/],
  ] as const) {
    it(`copies the ${kind} ${from || "''"} to ${to}, where there is ${there === NOTHING ? there : `a ${there}`}`, () => {
      const plan1 = () =>
        copyPlan(
          { path: from, isDirectory: kind === FOLDER },
          { path: to, exists: there !== NOTHING, isDirectory: there === FOLDER },
        )
      if (plan instanceof RegExp) assert.throws(plan1, { name: 'InvalidArgumentError', message: plan })
      else assert.deepEqual(plan1(), plan satisfies CopyPlan)
    })
  }

  it('keeps the name of a link that was followed', () => {
    const source = { path: '/bin/busybox', isDirectory: false, name: 'sh' }
    assert.deepEqual(copyPlan(source, { path: '.', exists: true, isDirectory: true }), {
      folder: '.',
      rename: 'sh',
    })
  })

  it('keeps the names in a folder whose content is copied, link or not', () => {
    const to = { path: '/dst', exists: true, isDirectory: true }
    for (const path of ['/real/.', '/real/./', '/real/.//']) {
      assert.deepEqual(copyPlan({ path, isDirectory: true, name: 'link' }, to), { folder: '/dst' })
    }
    assert.deepEqual(copyPlan({ path: '/real/', isDirectory: true, name: 'link' }, to).rename, 'link')
  })

  it('knows the paths of Windows, on the side that is Windows', () => {
    const to = { path: 'C:\\dst\\new', exists: false, isDirectory: false, windows: true }
    assert.deepEqual(copyPlan({ path: '/a\\b', isDirectory: false }, to), {
      folder: 'C:\\dst',
      rename: 'new',
    })
    assert.deepEqual(copyPlan({ path: '/a', isDirectory: false }, { ...to, path: 'C:\\new' }), {
      folder: 'C:\\',
      rename: 'new',
    })
  })
})

describe('splitCopyArgument', () => {
  for (const [argument, platform, expected] of [
    ['web:/etc/hosts', 'linux', { container: 'web', path: '/etc/hosts' }],
    ['web:a:b', 'linux', { container: 'web', path: 'a:b' }],
    ['/abs:olute', 'linux', { path: '/abs:olute' }],
    ['./web:x', 'linux', { path: './web:x' }],
    ['../web:x', 'linux', { path: '../web:x' }],
    ['file', 'linux', { path: 'file' }],
    ['-', 'linux', { path: '-' }],
    ['C:\\x', 'win32', { path: 'C:\\x' }],
    ['c:/x', 'win32', { path: 'c:/x' }],
    ['c:/x', 'linux', { container: 'c', path: '/x' }],
    ['\\\\host\\x:y', 'win32', { path: '\\\\host\\x:y' }],
  ] as const) {
    it(`takes ${argument} apart on ${platform}`, () =>
      assert.deepEqual(splitCopyArgument(argument, platform), expected))
  }

  it('refuses half an argument', () => {
    for (const argument of [':/x', 'web:']) {
      assert.throws(() => splitCopyArgument(argument, 'linux'), { name: 'InvalidArgumentError' })
    }
  })

  it('goes one way, from or to one container', () => {
    const [here, there] = [{ path: 'a' }, { container: 'web', path: '/b' }]
    assert.deepEqual(copyRoute(here, there), { direction: 'toContainer', container: 'web' })
    assert.deepEqual(copyRoute(there, here), { direction: 'fromContainer', container: 'web' })
    assert.throws(() => copyRoute(there, there), { message: 'copying between containers is not supported' })
    assert.throws(() => copyRoute(here, here), { message: 'must specify at least one container source' })
  })
})

describe('what an Engine says of a path', () => {
  const encode = (stat: unknown) => Buffer.from(JSON.stringify(stat)).toString('base64')
  const told = (header: string | undefined) =>
    archiveStat(header === undefined ? {} : { 'x-docker-container-path-stat': header })

  it('is read as it is told', () => {
    const link = {
      name: 'sh',
      size: 7,
      mode: 134218239,
      mtime: '2026-11-21T22:44:43.765724786Z',
      linkTarget: '/bin/busybox',
    }
    assert.deepEqual(told(encode(link)), link)
  })

  it('is refused when it describes no path', () => {
    for (const header of [undefined, '', '!', encode(null), encode({}), encode(7), encode({ name: 'a' })]) {
      assert.throws(() => told(header), { code: 'ERR_DOCKER_PROTOCOL' })
    }
  })
})
