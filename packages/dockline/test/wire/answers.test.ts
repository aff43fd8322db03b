import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { DockerError, ProtocolError, StreamError } from '#src/index.js'
import { changed, type Place, placesIn, VECTORS, type Vector } from '../support/answer-vectors.js'
import { answer, FakeEngine, json, type Script, type Scripts } from '../support/fake-engine.js'

/** One of each kind that JSON has. */
const KINDS: readonly unknown[] = [-1.5, 'x', true, [1, 'x', null, {}], { a: 1 }]
const BODIES = [
  '',
  'null',
  '[]',
  '{}',
  '"x"',
  '5',
  '[5]',
  '{"a":',
  '[{"Id":',
  '<html>Sign in</html>',
  '\u0000',
]

describe('whatever an Engine answers is a value, or an error that names the call', () => {
  for (const [index, vector] of VECTORS.entries()) {
    it(`to ${vector.route}, as in vector ${index}`, async (test) => {
      const { failureWith } = await ask(test, vector)
      assert.equal(await failureWith(json(vector.answer, vector.status)), undefined)
      const complaints: string[] = []
      const look = async (script: Script, what: string) => {
        const failure = await failureWith(script)
        if (failure !== undefined && !isTold(failure, vector)) complaints.push(`${what}: ${failure}`)
      }
      for (const [nth, place] of placesIn(vector.answer).entries()) {
        // In turn, so that each kind comes to each sort of field without all of them coming to all.
        const kinds = [0, 2].map((ahead) => KINDS[(nth + ahead) % KINDS.length])
        for (const value of [undefined, null, ...kinds]) {
          const odd = changed(vector.answer, place, value) ?? null
          await look(json(odd, vector.status), `${place.join('.')} = ${JSON.stringify(value)}`)
        }
      }
      for (const body of BODIES) {
        const script = answer(vector.status ?? 200, { 'Content-Type': 'application/json' }, body)
        await look(script, JSON.stringify(body))
      }
      assert.deepEqual(complaints, [])
    })
  }
})

/** What nobody can do without, by the end of its place: ids of what was made, and exit codes. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'POST /containers/create': ['', 'Id'],
  'POST /containers/x/wait': ['', 'StatusCode'],
}

describe('null is nothing', () => {
  for (const [index, vector] of VECTORS.entries()) {
    it(`in an answer to ${vector.route}, as in vector ${index}`, async (test) => {
      const { failureWith } = await ask(test, vector)
      const complaints: string[] = []
      for (const place of placesIn(vector.answer)) {
        const failure = await failureWith(json(changed(vector.answer, place, null), vector.status))
        const isNeeded = NEEDED[vector.route]?.includes(String(place.at(-1) ?? ''))
        if (failure instanceof ProtocolError && !isNeeded && !isWholeRow(place)) {
          complaints.push(`${place.join('.')}: ${failure.message}`)
        }
      }
      assert.deepEqual(complaints, [])
    })
  }
})

/** One that says nothing, or not which object it is of, is left out; here, there is no other. */
function isWholeRow(place: Place): boolean {
  return place.length <= 2 || ['Name', 'Id', 'ID'].includes(String(place.at(-1)))
}

interface Asked {
  /** Makes the call, which gets this answer; gives what it rejected with. */
  failureWith(script: Script): Promise<unknown>
}

async function ask(test: TestContext, vector: Vector): Promise<Asked> {
  let script: Script = json(vector.answer)
  let again = new AbortController()
  let asked = 0
  const more = Object.entries(vector.more ?? {}).map(([route, value]) => [route, json(value)] as const)
  const scripts: Scripts = {
    ...Object.fromEntries(more),
    [vector.route]: (call) => {
      asked += 1
      // What resumes would ask for ever.
      if (asked > 1) again.abort(new StreamError('it asks again'))
      return script(call)
    },
  }
  const engine = await FakeEngine.start(test, scripts)
  const client = engine.client(test)
  return {
    async failureWith(given) {
      script = given
      again = new AbortController()
      asked = 0
      try {
        await vector.call(client, again.signal)
        return undefined
      } catch (error) {
        return error
      }
    },
  }
}

/** Errors of the calls that follow are in the words of the Engine; all others name the call, or what ended too early. */
function isTold(failure: unknown, { route }: Vector): boolean {
  if (!(failure instanceof DockerError)) return false
  return !(failure instanceof ProtocolError) || failure.message.includes(route.replace(/^\w+ /, ''))
}
