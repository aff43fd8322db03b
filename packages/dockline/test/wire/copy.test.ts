import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { Container, InvalidArgumentError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { answer, empty, FakeEngine, json, type Scripts } from '../support/fake-engine.js'

const FOLDER = 0x80000000
const LINK = 0x08000000

const statOf = (mode: number, linkTarget = '') => {
  const stat = JSON.stringify({ name: 'x', size: 1, mode, mtime: '2026-01-01T00:00:00Z', linkTarget })
  return answer(200, { 'X-Docker-Container-Path-Stat': Buffer.from(stat).toString('base64') })
}
const NOTHING = json({ message: 'no such path' }, 404)

describe('container.copyTo', () => {
  it('looks where it goes, and never makes a file of a folder', async (test) => {
    const { engine, container } = await start(test, {
      'HEAD /containers/c/archive': NOTHING,
      'PUT /containers/c/archive': empty(200),
    })
    await container.copyTo(Buffer.from('content'), '/etc/new', { archive: true })
    assert.deepEqual(engine.calls, [
      'HEAD /v1.51/containers/c/archive?path=%2Fetc%2Fnew',
      'PUT /v1.51/containers/c/archive?path=%2Fetc&noOverwriteDirNonDir=1&copyUIDGID=1',
    ])
    const tar = engine.last.body
    assert.equal(tar.subarray(0, 4).toString(), 'new\0')
    assert.ok(tar.includes('content'))
  })

  it('sends a tar as it is', async (test) => {
    const { engine, container } = await start(test, { 'PUT /containers/c/archive': empty(200) })
    await container.copyTo(Readable.from([Buffer.from('ta'), Buffer.from('r')]), '/etc')
    assert.deepEqual(engine.calls, ['PUT /v1.51/containers/c/archive?path=%2Fetc&noOverwriteDirNonDir=1'])
    assert.equal(engine.last.body.toString(), 'tar')
  })

  it('goes where a link leads, seen from the folder of the link', async (test) => {
    let looked = 0
    const { engine, container } = await start(test, {
      'HEAD /containers/c/archive': (call) => (looked++ === 0 ? statOf(LINK, '../real/name') : NOTHING)(call),
      'PUT /containers/c/archive': empty(200),
    })
    await container.copyTo(Buffer.from(''), '/tmp/link')
    assert.match(engine.calls[1] ?? '', /path=%2Freal%2Fname$/)
    assert.match(engine.calls[2] ?? '', /path=%2Freal&/)
  })

  it('refuses what it cannot do, before anything is written', async (test) => {
    const { engine, container } = await start(test, { 'HEAD /containers/c/archive': statOf(FOLDER) })
    for (const copy of [
      () => container.copyTo(Buffer.from(''), '/etc'),
      () => container.copyTo('/nowhere/at/all', '/etc'),
      () => container.copyTo('/etc', '/etc', { followLinks: true } as object),
      () => container.copyFrom('/etc', '/tmp', { follow: true } as object),
    ]) {
      const error = await failureOf(copy())
      assert.ok(error instanceof InvalidArgumentError, String(error))
    }
    assert.ok(engine.calls.every((call) => call.startsWith('HEAD')))
  })
})

async function start(test: TestContext, scripts: Scripts) {
  const engine = await FakeEngine.start(test, scripts)
  const client = engine.client(test, { apiVersion: '1.51' })
  return { engine, container: new Container(client.api, { id: 'c' }) }
}
