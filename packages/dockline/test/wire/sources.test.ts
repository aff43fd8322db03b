import assert from 'node:assert/strict'
import { PassThrough, Readable, Writable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { Container, type DockerClient, InvalidArgumentError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { answer, chunkedHead, empty, FakeEngine, json, type Scripts } from '../support/fake-engine.js'

/** As an untyped program calls it. */
const BAD: object = { bad: 1 }
const DISK = new Error('disk')

interface Setting {
  readonly client: DockerClient
  readonly container: Container
}

type Send = (setting: Setting, source: Readable) => PromiseLike<unknown>

/** All that take a source and send it. */
const CALLS: Readonly<Record<string, Send>> = {
  'container.copyTo': ({ container }, source) => container.copyTo(source, '/tmp'),
  'container.copyTo with onProgress': ({ container }, source) =>
    container.copyTo(source, '/tmp', { onProgress() {} }),
  'images.load': ({ client }, tar) => client.images.load(tar),
  'images.import': ({ client }, tar) => client.images.import(tar),
  'images.build': ({ client }, context) => client.images.build({ context }),
  'images.build with onProgress': ({ client }, context) => client.images.build({ context, onProgress() {} }),
  'container.exec': ({ container }, input) => container.exec(['cat'], { input }),
  'containers.run': ({ client }, input) => client.containers.run('busybox', ['cat'], { input }),
}

/** What is refused before anything is sent. */
const REFUSALS: Readonly<Record<string, Send>> = {
  'container.copyTo': ({ container }, source) => container.copyTo(source, '/tmp', BAD),
  'container.copyTo without a listener': ({ container }, source) =>
    container.copyTo(source, '/tmp', { onProgress: true as never }),
  'images.load': async ({ client }, tar) => client.images.load(tar, BAD),
  'images.import': async ({ client }, tar) => client.images.import(tar, BAD),
  'images.build': async ({ client }, context) => client.images.build({ context, ...BAD }),
  'images.build without a listener': async ({ client }, context) =>
    client.images.build({ context, onProgress: true as never }),
  'container.exec': ({ container }, input) => container.exec(['cat'], { input, ...BAD }),
  'container.exec that is detached': ({ container }, input) =>
    container.exec(['cat'], { input, detach: true }),
  'containers.run': ({ client }, input) => client.containers.run('busybox', ['cat'], { input, ...BAD }),
  'containers.run that is detached': ({ client }, input) =>
    client.containers.run('busybox', ['cat'], { input, detach: true }),
}

describe('a source that has failed', () => {
  for (const [name, send] of Object.entries(CALLS)) {
    it(`rejects ${name} with its own error`, async (test) => {
      const setting = await start(test)
      const source = new Readable({ read() {} }).destroy(DISK)
      assert.equal(await failureOf(send(setting, source)), DISK)
    })
  }

  for (const [name, send] of Object.entries(CALLS).filter(([name]) => name.startsWith('images.'))) {
    it(`rejects ${name} also when that is awaited later`, async (test) => {
      const setting = await start(test)
      const transfer = send(setting, new Readable({ read() {} }).destroy(DISK))
      await new Promise((resolve) => setImmediate(resolve))
      assert.equal(await failureOf(transfer), DISK)
    })
  }

  for (const [name, send] of Object.entries(REFUSALS)) {
    it(`is not heard of when ${name} is refused`, async (test) => {
      const setting = await start(test)
      const source = new Readable({ read() {} }).destroy(DISK)
      assert.ok((await failureOf(send(setting, source))) instanceof InvalidArgumentError)
      await new Promise((resolve) => setImmediate(resolve))
    })
  }
})

describe('a source', () => {
  for (const [name, send] of Object.entries(REFUSALS)) {
    it(`is let go of when ${name} is refused`, async (test) => {
      const { engine, ...setting } = await start(test)
      const source = new Readable({ read() {} })
      assert.ok((await failureOf(send(setting, source))) instanceof InvalidArgumentError)
      assert.equal(source.destroyed, true)
      assert.deepEqual(engine.calls, [])
    })
  }

  it('is let go of when the credentials of a build cannot be read', async (test) => {
    const credentials = { for: () => undefined, all: () => Promise.reject(DISK) }
    const engine = await FakeEngine.start(test)
    const context = new Readable({ read() {} })
    const build = engine.client(test, { apiVersion: '1.51', credentials }).images.build({ context })
    assert.equal(await failureOf(build), DISK)
    assert.equal(context.destroyed, true)
    assert.deepEqual(engine.calls, [])
  })

  for (const [name, send] of Object.entries(CALLS).filter(([name]) => !/exec|run/.test(name))) {
    it(`of what is no bytes rejects ${name}`, async (test) => {
      const setting = await start(test)
      const source = Readable.from([Buffer.from('some'), { a: 1 }, Buffer.from('more')])
      const error = await failureOf(send(setting, source))
      assert.ok(error instanceof InvalidArgumentError, String(error))
      assert.match(error.message, /^the source must be one of Buffers or strings, not an object$/)
    })
  }

  it('of strings is counted in bytes', async (test) => {
    const { engine, container } = await start(test, { 'PUT /containers/c/archive': empty(200) })
    const told: number[] = []
    const onProgress = (bytes: number) => told.push(bytes)
    await container.copyTo(Readable.from(['é', Buffer.from('b')]), '/tmp', { onProgress })
    assert.deepEqual(told, [2, 3])
    assert.equal(engine.last.body.toString(), 'éb')
  })
})

describe('an onProgress', () => {
  const failing = {
    onProgress() {
      throw DISK
    },
  }

  it('that throws rejects a copy in either direction', async (test) => {
    const { container, engine } = await start(test, ARCHIVE)
    assert.equal(await failureOf(container.copyTo(Buffer.from('x'), '/tmp/x', failing)), DISK)
    await engine.closed(engine.last.connection)
    assert.equal(await failureOf(container.copyFrom('/tmp/x', undefined, failing)), DISK)
    assert.equal(await failureOf(container.copyFrom('/tmp/x', new PassThrough(), failing)), DISK)
  })

  it('that throws rejects a build', async (test) => {
    const { client } = await start(test)
    assert.equal(await failureOf(client.images.build({ dockerfileContent: 'FROM a', ...failing })), DISK)
  })

  it('that is no function is refused before anything is sent', async (test) => {
    const { container, engine } = await start(test)
    const options = { onProgress: 5 as never }
    for (const copy of [
      container.copyTo('/etc/hosts', '/tmp', options),
      container.copyTo(Buffer.from('x'), '/tmp/x', options),
      container.copyFrom('/tmp/x', undefined, options),
    ]) {
      assert.match(
        String(await failureOf(copy)),
        /InvalidArgumentError: onProgress must be a function, not 5/,
      )
    }
    assert.deepEqual(engine.calls, [])
  })
})

describe('a destination', () => {
  it('that has failed rejects container.copyFrom with its own error', async (test) => {
    const { container } = await start(test, ARCHIVE)
    const destination = new Writable({ write: (_chunk, _encoding, done) => done() }).destroy(DISK)
    assert.equal(await failureOf(container.copyFrom('/tmp/x', destination)), DISK)
  })
})

const STAT = Buffer.from(JSON.stringify({ name: 'x', size: 1, mode: 0o644, mtime: '', linkTarget: '' }))
const STATED = { 'X-Docker-Container-Path-Stat': STAT.toString('base64') }
const ARCHIVE: Scripts = {
  'HEAD /containers/c/archive': answer(200, STATED),
  'GET /containers/c/archive': answer(200, STATED, Buffer.alloc(1024)),
  'PUT /containers/c/archive': (call) => void call.takeOver(),
}

/** An Engine that runs what it is told to, and takes what is sent without an answer. */
async function start(test: TestContext, scripts: Scripts = {}) {
  const engine = await FakeEngine.start(test, {
    'POST /containers/create': json({ Id: 'c' }, 201),
    'POST /containers/c/attach': async (call) => void (await call.upgrade()),
    'POST /containers/c/wait': (call) => call.takeOver().write(chunkedHead('application/json')),
    'POST /containers/c/start': empty(),
    'POST /containers/c/exec': json({ Id: 'e' }, 201),
    'GET /containers/c/json': json({ Id: 'c' }),
    'POST /exec/e/start': async (call) => void (await call.upgrade()),
    'HEAD /_ping': empty(200),
    '*': (call) => void call.takeOver(),
    ...scripts,
  })
  const client = engine.client(test, { apiVersion: '1.51' })
  return { engine, client, container: new Container(client.api, { id: 'c' }) }
}
