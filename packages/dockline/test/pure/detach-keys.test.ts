import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidArgumentError } from '#src/index.js'
import { DEFAULT_DETACH_KEYS, DetachMatcher, parseDetachKeys } from '#src/terminal/index.js'
import { PATIENT } from '../support/patience.js'

const P = '\x10'
const Q = '\x11'

/** What a matcher makes of typed pieces, with what it still holds at the end. */
interface Seen {
  readonly sent: string
  readonly detached: boolean
  readonly held: string
}

function type(keys: string, pieces: readonly string[]): Seen {
  const matcher = new DetachMatcher(parseDetachKeys(keys))
  let sent = ''
  for (const piece of pieces) {
    const { data, detached } = matcher.push(Buffer.from(piece, 'latin1'))
    sent += data.toString('latin1')
    if (detached) return { sent, detached, held: '' }
  }
  return { sent, detached: false, held: matcher.end().toString('latin1') }
}

/** Every way to cut a text into pieces. */
function* everyCut(text: string): Generator<string[]> {
  for (let cuts = 0; cuts < 2 ** Math.max(0, text.length - 1); cuts++) {
    const pieces = ['']
    for (const [index, character] of [...text].entries()) {
      pieces[pieces.length - 1] += character
      if (index < text.length - 1 && cuts & (1 << index)) pieces.push('')
    }
    yield pieces
  }
}

/** Looks for the keys as plainly as can be, to compare with. */
function expected(keys: string, typed: string): Seen {
  const sequence = parseDetachKeys(keys).toString('latin1')
  const at = typed.indexOf(sequence)
  if (at >= 0) return { sent: typed.slice(0, at), detached: true, held: '' }
  let held = Math.min(sequence.length - 1, typed.length)
  while (!typed.endsWith(sequence.slice(0, held))) held -= 1
  return { sent: typed.slice(0, typed.length - held), detached: false, held: sequence.slice(0, held) }
}

describe('parseDetachKeys', () => {
  const table: readonly (readonly [string, readonly number[]])[] = [
    ['ctrl-p,ctrl-q', [16, 17]],
    ['', [16, 17]],
    ['a', [97]],
    ['A', [65]],
    ['~', [126]],
    [' ', [32]],
    ['-', [45]],
    ['ctrl-a', [1]],
    ['ctrl-z', [26]],
    ['ctrl-@', [0]],
    ['ctrl-[', [27]],
    ['ctrl-\\', [28]],
    ['ctrl-]', [29]],
    ['ctrl-^', [30]],
    ['ctrl-_', [31]],
    ['DEL', [127]],
    ['ctrl-x,x', [24, 120]],
    ['a,b,c,ctrl-d,DEL', [97, 98, 99, 4, 127]],
  ]
  for (const [keys, bytes] of table) {
    it(`reads ${JSON.stringify(keys)}`, () => {
      assert.deepEqual([...parseDetachKeys(keys)], bytes)
    })
  }

  for (const keys of [
    'ctrl-',
    'ctrl-pp',
    'ctrl-1',
    'ctrl-A',
    'CTRL-a',
    'del',
    'ctrl- ',
    'ab',
    'a,',
    ',a',
    ',',
    'a,,b',
    'é',
    '\n',
    'ctrl-é',
    'shift-a',
  ]) {
    it(`refuses ${JSON.stringify(keys)}`, () => {
      assert.throws(
        () => parseDetachKeys(keys),
        (error) => error instanceof InvalidArgumentError && error.message.includes(`detachKeys '${keys}'`),
      )
    })
  }

  it('has the default of the docker command', () => {
    assert.equal(DEFAULT_DETACH_KEYS, 'ctrl-p,ctrl-q')
  })
})

describe('DetachMatcher', () => {
  const table: readonly (readonly [string, string, Seen])[] = [
    ['ctrl-p,ctrl-q', 'hello', { sent: 'hello', detached: false, held: '' }],
    ['ctrl-p,ctrl-q', `${P}${Q}`, { sent: '', detached: true, held: '' }],
    ['ctrl-p,ctrl-q', `ab${P}${Q}cd`, { sent: 'ab', detached: true, held: '' }],
    ['ctrl-p,ctrl-q', `ab${P}`, { sent: 'ab', detached: false, held: P }],
    ['ctrl-p,ctrl-q', `${P}a`, { sent: `${P}a`, detached: false, held: '' }],
    ['ctrl-p,ctrl-q', `${Q}${P}`, { sent: Q, detached: false, held: P }],
    ['ctrl-p,ctrl-q', `${P}${P}${Q}`, { sent: P, detached: true, held: '' }],
    ['ctrl-p,ctrl-q', `${P}a${P}${Q}`, { sent: `${P}a`, detached: true, held: '' }],
    ['ctrl-x,x', '\x18\x18xyz', { sent: '\x18', detached: true, held: '' }],
    ['q', 'abcq', { sent: 'abc', detached: true, held: '' }],
    ['a,a,b', 'aaab', { sent: 'a', detached: true, held: '' }],
    ['a,b,a,c', 'ababac', { sent: 'ab', detached: true, held: '' }],
    ['a,b,a,c', 'ababab', { sent: 'abab', detached: false, held: 'ab' }],
    ['a,a,a', 'aabaa', { sent: 'aab', detached: false, held: 'aa' }],
  ]
  for (const [keys, typed, seen] of table) {
    it(`makes the right thing of ${JSON.stringify(typed)} with '${keys}', however it is cut`, () => {
      for (const pieces of everyCut(typed)) {
        assert.deepEqual(type(keys, pieces), seen, JSON.stringify(pieces))
      }
    })
  }

  it('agrees with a plain search on every text of two letters, with keys that overlap themselves', () => {
    for (const keys of ['a', 'a,a', 'a,b', 'a,a,b', 'a,b,a', 'a,b,a,a', 'a,a,b,a,a', 'b,a,b,a,b']) {
      for (let number = 1; number < 2 ** 10; number++) {
        const typed = number.toString(2).slice(1).replaceAll('0', 'a').replaceAll('1', 'b')
        assert.deepEqual(type(keys, [...typed]), expected(keys, typed), `${typed} with ${keys}`)
        assert.deepEqual(type(keys, [typed]), expected(keys, typed), `${typed} with ${keys}, at once`)
      }
    }
  })

  it('passes bytes on that are no text', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    const { data, detached } = new DetachMatcher(parseDetachKeys('ctrl-q,ctrl-p')).push(bytes)
    assert.equal(detached, false)
    assert.deepEqual(data, bytes)
  })

  it('does not copy what cannot hold the keys', () => {
    const typed = Buffer.from('nothing to see')
    assert.equal(new DetachMatcher(parseDetachKeys('ctrl-p')).push(typed).data, typed)
  })

  it('takes a megabyte of the beginning of the keys in no time to speak of', PATIENT, () => {
    const matcher = new DetachMatcher(parseDetachKeys('a,a,a,a,b'))
    const typed = Buffer.alloc(1_000_000, 'a')
    assert.equal(matcher.push(typed).data.length, typed.length - 4)
    assert.equal(matcher.end().toString(), 'aaaa')
  })
})
