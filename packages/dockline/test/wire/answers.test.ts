import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { DockerError, ProtocolError, StreamError } from '#src/index.js'
import { changed, type Place, placesIn, VECTORS, type Vector } from '../support/answer-vectors.js'
import {
  answer,
  chunk,
  chunkedHead,
  FakeEngine,
  json,
  type Script,
  type Scripts,
} from '../support/fake-engine.js'

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

describe('a list', () => {
  it('does not go down with an odd row, and has none that is not one', async (test) => {
    const rows = [
      null,
      5,
      'x',
      [],
      {},
      { Id: null },
      { Id: 'a', Names: 5, Labels: { k: null, n: 1 } },
      { Id: 'b' },
    ]
    const engine = await FakeEngine.start(test, { 'GET /containers/json': json(rows) })
    const client = engine.client(test)
    const found = await client.containers.list()
    assert.deepEqual(
      found.map(({ id, name, labels }) => [id, name, labels]),
      [
        ['a', '', { k: '' }],
        ['b', '', {}],
      ],
    )
    // What docker prints a line for is there for whoever asks the low level.
    assert.equal((await client.api.containers.list()).length, 5)
  })

  for (const rows of [[1, 2], ['a'], [[]], [{}], [{ message: 'no' }], [null], { message: 'no' }]) {
    it(`of ${JSON.stringify(rows)} is no list of containers`, async (test) => {
      const engine = await FakeEngine.start(test, { 'GET /containers/json': json(rows) })
      await assert.rejects(engine.client(test).containers.list(), (error: Error) => {
        assert.ok(error instanceof ProtocolError)
        assert.match(error.message, /GET \/containers\/json/)
        return true
      })
    })
  }
})

describe('an answer of any size', () => {
  it('is told when it is longer than a string can be', async (test) => {
    const piece = Buffer.alloc(8 * 1024 * 1024, ' ')
    const engine = await FakeEngine.start(test, {
      'GET /info': async (call) => {
        await call.body()
        await call.write(chunkedHead('application/json'))
        while (!call.socket.destroyed) await call.write(chunk(piece))
        call.cut()
      },
    })
    await assert.rejects(engine.client(test).info(), /GET \/info answered with more than \d+ bytes/)
  })

  it('is read however deeply it is nested', async (test) => {
    const deep = `{"Id":"x","a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
    const engine = await FakeEngine.start(test, {
      'GET /containers/x/json': answer(200, {}, deep),
      'GET /events': answer(200, {}, deep.replace('Id', 'id')),
    })
    const client = engine.client(test)
    assert.equal((await client.containers.get('x')).id, 'x')
    for await (const event of client.events({ since: new Date(1000), until: new Date(2000) }))
      assert.equal(event.id, 'x')
  })
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
