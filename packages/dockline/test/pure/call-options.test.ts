import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidArgumentError } from '#src/index.js'
import { callback, callTable, readCall } from '#src/models/base/call.js'
import { needed } from '#src/models/options/table.js'
import { flag, integer, text } from '#src/models/options/values.js'

interface Options {
  readonly force?: boolean | undefined
  readonly volumes?: boolean | undefined
  readonly limit?: number | undefined
  readonly onProgress?: ((bytes: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
  readonly timeout?: number | string | undefined
}

interface Named {
  readonly name: string
  readonly signal?: AbortSignal | undefined
}

interface Read {
  readonly force?: boolean
  readonly v?: boolean
  readonly limit?: number
  readonly onProgress?: (bytes: number) => void
}

const options = callTable<Options, Read>({
  force: flag,
  volumes: ['v', flag],
  limit: integer,
  onProgress: callback,
})

describe('the table of the options of a method', () => {
  it('gives the request under its own names, and what belongs to every call apart', () => {
    const { signal } = new AbortController()
    const [read, call] = options.read({ force: false, volumes: true, signal, timeout: '10s' })
    assert.deepEqual(read, { force: false, v: true })
    assert.deepEqual(call, { signal, timeout: '10s' })
  })

  it('leaves out what is undefined, and passes null on', () => {
    const given: object = { force: undefined, limit: null }
    assert.deepEqual(options.read(given)[0], { limit: null })
  })

  const refused: Readonly<Record<string, [given: unknown, message: RegExp]>> = {
    'a value of another kind': [{ force: 'yes' }, /^force must be true or false, not 'yes'$/],
    'a name of elsewhere': [{ rm: true, f: true }, /unknown option 'rm'/],
    'a short flag': [{ v: true }, /unknown option 'v': it is called volumes here/],
    'a misspelt name': [{ limt: 1 }, /unknown option 'limt', did you mean 'limit'\?/],
    'what cannot be called': [{ onProgress: 1 }, /^onProgress must be a function, not 1$/],
    'a signal that is none': [{ signal: 'SIGINT' }, /^signal must be an AbortSignal/],
    'options that are no object': [null, /^options must be an object, not null/],
  }
  for (const [what, [given, message]] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => options.read(given as Options),
        (error) => error instanceof InvalidArgumentError && message.test(error.message),
      )
    })
  }

  it('asks for an option that must be given', () => {
    const named = callTable<Named>({ name: needed(text) })
    assert.equal(named.read({ name: 'a' })[0].name, 'a')
    assert.throws(() => named.read({} as never), /^.*name must be a string, not undefined$/)
  })

  it('hands on the options of another table unread', () => {
    interface Passed {
      readonly env?: unknown
    }
    const both = callTable<Options & Passed, Read, Passed>(
      { force: flag, volumes: ['v', flag], limit: integer, onProgress: callback },
      ['env'],
    )
    const [read, , passed] = both.read({ force: true, env: { A: 1 } })
    assert.deepEqual([read, passed], [{ force: true }, { env: { A: 1 } }])
  })

  it('is not compiled without a row for each option, or with one for none', () => {
    const rows = { force: flag, volumes: ['v', flag], limit: integer } as const
    // @ts-expect-error onProgress has no row
    callTable<Options, Read>(rows)
    // @ts-expect-error there is no option of this name
    callTable<Options, Read>({ ...rows, onProgress: callback, color: flag })
    // @ts-expect-error a limit is a number
    callTable<Options, Read>({ ...rows, onProgress: callback, limit: text })
    // @ts-expect-error the request has no such name
    callTable<Options, Read>({ ...rows, onProgress: callback, volumes: ['w', flag] })
    // @ts-expect-error it must be given
    callTable<Named>({ name: text })
  })
})

describe('a call without options of its own', () => {
  it('takes a signal and a timeout, and nothing else', () => {
    assert.deepEqual(readCall(), { signal: undefined, timeout: undefined })
    assert.deepEqual(readCall({ timeout: 5 }), { signal: undefined, timeout: 5 })
    assert.throws(() => readCall({ force: true } as object), /unknown option 'force'/)
  })
})
