import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { compareVersions, path } from '#src/doors/api.js'
import { Segments } from '#src/http/index.js'
import { encodeQuery } from '#src/http/query.js'
import { InvalidArgumentError } from '#src/index.js'

describe('the path tag', () => {
  for (const [value, written] of [
    ['web', 'web'],
    ['etc/passwd', 'etc%2Fpasswd'],
    ['a?b=c', 'a%3Fb%3Dc'],
    ['a#b', 'a%23b'],
    ['100%', '100%25'],
    ['%2e%2e', '%252e%252e'],
    ['a b\r\nHost: x', 'a%20b%0D%0AHost%3A%20x'],
    ['café', 'caf%C3%A9'],
    ['...', '...'],
  ] as const) {
    it(`writes ${JSON.stringify(value)} as ${written}`, () => {
      assert.equal(path`/containers/${value}/json`, `/containers/${written}/json`)
    })
  }

  for (const value of ['', '.', '..', '/', '/web', 'web/', 'a//b', '../images', 'a/../b', 'a/.']) {
    it(`refuses '${value}', which would call something else`, () => {
      assert.throws(
        () => path`/containers/${value}/json`,
        (error) => {
          assert.ok(error instanceof InvalidArgumentError)
          assert.match(error.message, /^the id or name in '\/containers\/…' must /)
          return error.message.endsWith(`(got '${value}')`)
        },
      )
      assert.throws(() => path`/images/${new Segments(`library/${value}`)}/json`, InvalidArgumentError)
      assert.throws(() => path`/images/${new Segments(`${value}/library`)}/json`, InvalidArgumentError)
    })
  }

  it('refuses what is no string, as JavaScript may pass it', () => {
    for (const value of [undefined, null, 7, {}]) {
      const refused = /InvalidArgumentError: the id or name in '\/\w+\/…' must be a string \(got /
      assert.throws(() => path`/containers/${value as unknown as string}/json`, refused)
      assert.throws(() => path`/images/${new Segments(value as unknown as string)}/json`, refused)
    }
  })

  it('refuses half a character, which cannot be sent', () => {
    const half = '\ud83d'
    for (const write of [
      () => path`/containers/${half}/json`,
      () => path`/images/${new Segments(half)}/json`,
      () => encodeQuery({ name: half }),
    ]) {
      assert.throws(write, /InvalidArgumentError: .* must be well-formed Unicode/)
    }
  })

  it('keeps the slashes of a name made of segments and encodes the rest', () => {
    const name = new Segments('localhost:5000/my team/app@sha256:ab')
    assert.equal(path`/images/${name}/json`, '/images/localhost%3A5000/my%20team/app%40sha256%3Aab/json')
  })
})

describe('encodeQuery', () => {
  for (const [name, query, written] of [
    ['nothing', undefined, ''],
    ['an empty query', {}, ''],
    ['neither undefined nor null', { a: undefined, b: null }, ''],
    ['booleans as 1 and 0', { all: true, size: false }, '?all=1&size=0'],
    ['zero and empty text', { t: 0, signal: '' }, '?t=0&signal='],
    ['negative numbers and fractions', { t: -1, since: 1.5 }, '?t=-1&since=1.5'],
    ['an array as repeated keys', { names: ['a', 'b&c'] }, '?names=a&names=b%26c'],
    ['nothing of an empty array', { names: [] }, ''],
    ['objects as JSON', { platform: { os: 'linux' } }, '?platform=%7B%22os%22%3A%22linux%22%7D'],
    ['what has a meaning in a query encoded', { q: 'a&b=c d+é#' }, '?q=a%26b%3Dc%20d%2B%C3%A9%23'],
  ] as const) {
    it(`writes ${name}`, () => assert.equal(encodeQuery(query), written))
  }

  for (const [name, filters, written] of [
    ['a list', { label: ['a', 'b=c'] }, { label: { a: true, 'b=c': true } }],
    ['one value', { status: 'exited' }, { status: { exited: true } }],
    [
      'a boolean and a number',
      { dangling: true, exited: 137 },
      { dangling: { true: true }, exited: { 137: true } },
    ],
    ['the form of the wire', { name: { web: true } }, { name: { web: true } }],
    ['no undefined', { name: undefined, id: ['x'] }, { id: { x: true } }],
    ['an empty list', { name: [] }, { name: {} }],
  ] as const) {
    it(`writes filters with ${name} as sets`, () => {
      const sent = new URLSearchParams(encodeQuery({ filters })).get('filters')
      assert.deepEqual(JSON.parse(sent ?? ''), written)
    })
  }

  class Filters {
    readonly label = 'a'
  }

  for (const filters of [
    new Map([['label', 'a']]),
    new Set(['a']),
    new Date(),
    new Filters(),
    ['label=a'],
    'label=a',
    '{"label":["a"]}',
    '',
    5,
    true,
  ]) {
    it(`refuses filters that are ${inspect(filters)}, where an Engine would be asked for everything`, () => {
      assert.throws(() => encodeQuery({ filters }), /InvalidArgumentError: filters must be an object such as/)
    })
  }

  const scalar = 'must be a string, a number or a boolean'
  for (const [value, message] of [
    [{ a: 'x' }, `filters.label ${scalar}, or an array of these, not { a }`],
    [new Map([['a', true]]), `filters.label ${scalar}, or an array of these, not a Map`],
    [() => 'a', `filters.label ${scalar}, or an array of these, not a function`],
    [Number.NaN, `filters.label ${scalar}, or an array of these, not NaN`],
    [['a', ['b']], `filters.label[1] ${scalar}, not an array of 1`],
    [['a', null], `filters.label[1] ${scalar}, not null`],
  ] as const) {
    it(`refuses ${inspect(value)} among filters, and says which it is`, () => {
      assert.throws(() => encodeQuery({ filters: { label: value } }), { message })
    })
  }

  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`refuses ${value}`, () => {
      assert.throws(
        () => encodeQuery({ limit: value }),
        /InvalidArgumentError: limit must be a finite number/,
      )
      assert.throws(() => encodeQuery({ limits: [value] }), InvalidArgumentError)
    })
  }
})

describe('compareVersions', () => {
  for (const [older, newer] of [
    ['1.9', '1.41'],
    ['1.41', '1.42'],
    ['1.99', '2.0'],
    ['1', '1.1'],
  ] as const) {
    it(`puts ${older} before ${newer}`, () => {
      assert.ok(compareVersions(older, newer) < 0)
      assert.ok(compareVersions(newer, older) > 0)
    })
  }

  it('finds equal versions equal', () => assert.equal(compareVersions('1.41', '1.41'), 0))
})
