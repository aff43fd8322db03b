import assert from 'node:assert/strict'
import { PassThrough, Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { ConnectionError, type DockerClient, DockerError } from '#src/index.js'
import { anOwnEngine, canStartEngines, IMAGE, LABEL, type OwnEngine } from '../support/engines.js'
import { PATIENT } from '../support/patience.js'

/** What is going on when the Engine dies: begins it, and returns the promise that must reject. */
type Begin = (engine: OwnEngine) => Promise<() => Promise<unknown>>

const CHATTY = ['sh', '-c', 'while :; do echo tick; sleep 0.05; done']

const going: Readonly<Record<string, Begin>> = {
  'logs that are followed': async ({ client }) => {
    const container = await aJob(client, CHATTY)
    const lines = container.logs({ follow: true }).lines()
    await lines.next()
    return async () => {
      for await (const _line of lines);
    }
  },
  'an exec': async ({ client }) => {
    const container = await aJob(client)
    const session = await container.spawn(CHATTY)
    const chunks = session.output[Symbol.asyncIterator]()
    await chunks.next()
    return async () => {
      while (!(await chunks.next()).done);
    }
  },
  'an exec of which only the exit code is wanted': async ({ client }) => {
    const container = await aJob(client)
    const session = await container.spawn(['sleep', '600'], { stdin: false })
    return () => session.exit
  },
  'an exec with input': async ({ client }) => {
    const container = await aJob(client)
    const { promise: begun, resolve } = deferred()
    async function* input() {
      yield 'first'
      resolve()
      await new Promise(() => {})
    }
    const result = container.exec(['cat'], { input: Readable.from(input()) })
    result.catch(() => {})
    await begun
    return () => result
  },
  'an attach': async ({ client }) => {
    const container = await aJob(client, CHATTY)
    const session = await container.attach()
    const chunks = session.output[Symbol.asyncIterator]()
    await chunks.next()
    return async () => {
      while (!(await chunks.next()).done);
    }
  },
  'a session that is piped': async ({ client }) => {
    const container = await aJob(client)
    const session = await container.spawn(CHATTY)
    const sink = new PassThrough()
    const piped = session.output.pipe(sink)
    piped.catch(() => {})
    sink.resume()
    return () => piped
  },
  'a run': async ({ client }) => {
    const result = client.containers.run(IMAGE, ['sleep', '600'], { name: 'dying', remove: true })
    result.catch(() => {})
    for await (const { Action } of client.events({ since: '10s', filters: { container: 'dying' } })) {
      if (Action === 'start') break
    }
    return () => result
  },
  'a wait': async ({ client }) => {
    const container = await aJob(client)
    const { result } = await client.api.containers.waitRegistered(container.id)
    return () => result
  },
  'a build with BuildKit': async ({ client }) => {
    const dockerfileContent = `FROM ${IMAGE}\nRUN echo begun; sleep 600\n`
    const outputs = { type: 'none' } as const
    const building = client.images.build({ dockerfileContent, outputs, noCache: true, builder: 'buildkit' })
    const progress = building.progress()[Symbol.asyncIterator]()
    for (let begun = false; !begun; ) {
      const { value } = await progress.next()
      begun = value?.logs.some(({ text }: { readonly text: string }) => text.includes('begun')) ?? false
    }
    return async () => {
      while (!(await progress.next()).done);
    }
  },
  events: async ({ client }) => {
    const events = client.events({ since: '10s' })
    await aJob(client)
    await events.next()
    return async () => {
      for await (const _event of events);
    }
  },
}

describe('an Engine that dies', {
  skip: canStartEngines ? false : 'making Engines needs root on Linux',
}, () => {
  it('makes everything that goes on reject with ConnectionError, and is found again once it is back', async (test) => {
    const engine = await anOwnEngine(test)
    const begun = Object.entries(going).map(async ([what, begin]) => [what, await begin(engine)] as const)
    const outcomes = await Promise.all(begun)
    assert.ok((await engine.client.ping()).apiVersion)
    await engine.kill()
    for (const [what, outcome] of outcomes) {
      await test.test(`${what}`, PATIENT, async () => {
        await assert.rejects(outcome(), (error) => {
          assert.ok(error instanceof DockerError, String(error))
          assert.ok(error instanceof ConnectionError, String(error))
          return true
        })
      })
    }
    await test.test('is found again by the same client once it is back', async () => {
      await assert.rejects(engine.client.ping(), ConnectionError)
      await engine.restart()
      assert.ok((await engine.client.version()).Version)
    })
  })
})

function aJob(client: DockerClient, command: readonly string[] = ['sleep', '600']) {
  return client.containers.run(IMAGE, command, { detach: true, init: true, labels: { [LABEL]: '' } })
}

function deferred() {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
