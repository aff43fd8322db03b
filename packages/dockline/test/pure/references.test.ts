import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatReference, parseReference, registryKey, registryOf } from '#src/doors/syntax.js'
import { InvalidArgumentError } from '#src/index.js'

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`

describe('parseReference', () => {
  for (const [name, repository, tag, digest] of [
    ['alpine', 'alpine'],
    ['alpine:3.20', 'alpine', '3.20'],
    ['library/alpine', 'library/alpine'],
    ['docker.io/library/alpine:edge', 'docker.io/library/alpine', 'edge'],
    ['localhost/app', 'localhost/app'],
    ['localhost:5000/app', 'localhost:5000/app'],
    ['localhost:5000/app:v1', 'localhost:5000/app', 'v1'],
    ['box:5000/team/app', 'box:5000/team/app'],
    ['[::1]:5000/app:v1', '[::1]:5000/app', 'v1'],
    ['192.168.0.1:80/a/b/c', '192.168.0.1:80/a/b/c'],
    ['Registry.Example.com/app', 'Registry.Example.com/app'],
    ['my__app', 'my__app'],
    ['a.b/c-d_e--f', 'a.b/c-d_e--f'],
    [`alpine@${DIGEST}`, 'alpine', undefined, DIGEST],
    [`ghcr.io/me/app:v2@${DIGEST}`, 'ghcr.io/me/app', 'v2', DIGEST],
    [`a:${'t'.repeat(128)}`, 'a', 't'.repeat(128)],
    ['a:_Tag.1-x', 'a', '_Tag.1-x'],
  ] as const) {
    it(`takes ${name.slice(0, 60)} apart and puts it together again`, () => {
      const reference = parseReference(name)
      assert.deepEqual(reference, { repository, tag, digest })
      assert.equal(formatReference(reference), name)
    })
  }

  for (const name of [
    '',
    ':tag',
    'alpine:',
    'alpine:-x',
    'alpine:a b',
    `a:${'t'.repeat(129)}`,
    'alpine@',
    'alpine@sha256:short',
    `alpine@${DIGEST}@${DIGEST}`,
    'Alpine',
    'library/Alpine',
    '/alpine',
    'alpine/',
    'a//b',
    '-alpine',
    'alpine-',
    'a___b',
    'a..b/c',
    '../etc',
    'a b',
    'http://box/app',
    'alpine?x=1',
    'alpine\n',
  ]) {
    it(`refuses ${JSON.stringify(name.slice(0, 60))}`, () => {
      assert.throws(() => parseReference(name), InvalidArgumentError)
    })
  }

  it('says that repository names are lower case', () => {
    assert.throws(() => parseReference('MyApp'), /lower case/)
  })
})

describe('registryOf', () => {
  for (const [name, registry, key] of [
    ['alpine', 'docker.io', 'https://index.docker.io/v1/'],
    ['me/app:1', 'docker.io', 'https://index.docker.io/v1/'],
    ['index.docker.io/me/app', 'docker.io', 'https://index.docker.io/v1/'],
    ['ghcr.io/me/app', 'ghcr.io', 'ghcr.io'],
    ['localhost/app', 'localhost', 'localhost'],
    ['box:5000/app', 'box:5000', 'box:5000'],
    ['Box/app', 'Box', 'Box'],
    [`alpine@${DIGEST}`, 'docker.io', 'https://index.docker.io/v1/'],
  ] as const) {
    it(`says that ${name.slice(0, 40)} is of ${registry}, filed under ${key}`, () => {
      assert.equal(registryOf(name), registry)
      assert.equal(registryKey(registry), key)
    })
  }
})
