import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { Container, InvalidArgumentError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { FakeEngine } from '../support/fake-engine.js'

describe('a name that cannot be one', () => {
  for (const [name, message] of [
    [undefined, /must be a string.* undefined/],
    [null, /must be a string.* null/],
    [5, /must be a string.* 5/],
    ['', /must not be empty/],
    ['/', /must have something on both sides of a slash \(got '\/'\)/],
    ['a//b', /must have something on both sides of a slash \(got 'a\/\/b'\)/],
    ['a/../b', /must not be or contain '\.\.' \(got 'a\/\.\.\/b'\)/],
    ['\ud83d', /must be well-formed Unicode/],
  ] as const) {
    it(`is refused by every get before anything is sent: ${inspect(name)}`, async (test) => {
      const { client, engine } = await start(test)
      const { containers, images, networks, volumes } = client
      for (const collection of [containers, images, networks, volumes]) {
        const error = await failureOf(collection.get(name as string))
        assert.ok(error instanceof InvalidArgumentError, String(error))
        assert.match(error.message, message)
      }
      assert.deepEqual(engine.requests, [])
    })
  }
})

describe('a wrong argument of a container', () => {
  const call = (container: Container, method: keyof Container, ...args: readonly unknown[]) =>
    (container[method] as unknown as (...args: readonly unknown[]) => Promise<unknown>).apply(container, [
      ...args,
    ])

  for (const [method, args, message] of [
    ['rename', [''], /^name must be a name, not ''$/],
    ['rename', [5], /^name must be a name, not 5$/],
    ['resize', [], /^size must be an object, not undefined$/],
    ['resize', [{ columns: 80, rows: 0 }], /^size\.rows must be a whole number/],
    ['update', [], /^options must be an object, not undefined$/],
    ['update', [{ memroy: 5 }], /^unknown option 'memroy'/],
    ['kill', [{ signal: 'SIGINT' }], /^signal must be a string or a whole number, not /],
    ['kill', [Number.NaN], /^signal must be a string or a whole number, not NaN$/],
    ['pause', [{ path: '/info' }], /^unknown option 'path'/],
  ] as const) {
    it(`makes ${method}(${args.map((arg) => inspect(arg)).join()}) reject, and is not sent`, async (test) => {
      const { container, engine } = await start(test)
      const error = await failureOf(call(container, method, ...args))
      assert.ok(error instanceof InvalidArgumentError, String(error))
      assert.match(error.message, message)
      assert.deepEqual(engine.requests, [])
    })
  }

  for (const [method, args, hint] of [
    ['stop', [], 'stopSignal names the signal that the container gets'],
    ['restart', [], 'stopSignal names the signal that the container gets'],
    ['kill', [undefined], 'the first argument names the signal that the container gets'],
    ['remove', [], undefined],
  ] as const) {
    it(`in ${method} is the name of a signal in place of an AbortSignal`, async (test) => {
      const { container, engine } = await start(test)
      const error = await failureOf(call(container, method, ...args, { signal: 'SIGINT' }))
      assert.ok(error instanceof InvalidArgumentError, String(error))
      assert.match(error.message, /^signal must be an AbortSignal, not 'SIGINT'/)
      assert.equal(error.hint, hint)
      const controller = await failureOf(call(container, method, ...args, { signal: new AbortController() }))
      assert.ok(controller instanceof InvalidArgumentError, String(controller))
      assert.equal(controller.message, 'signal must be an AbortSignal, not an AbortController')
      assert.deepEqual(engine.requests, [])
    })
  }
})

async function start(test: TestContext) {
  const engine = await FakeEngine.start(test)
  const client = engine.client(test, { apiVersion: '1.51' })
  return { client, engine, container: new Container(client.api, { id: 'c' }) }
}
