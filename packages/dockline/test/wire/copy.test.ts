import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { lstat, readdir, readFile, readlink, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { Container, InvalidArgumentError } from '#src/index.js'
import { show } from '#src/support/check.js'
import { listTar, tarOf, temporaryFolder, writeFiles } from '../support/archives.js'
import { failureOf } from '../support/failure.js'
import { answer, empty, FakeEngine, json, responseHead, type Scripts } from '../support/fake-engine.js'
import { NOWHERE } from '../support/nowhere.js'

const FOLDER = 0x80000000
const LINK = 0x08000000
const DEVICE = 0x04000000
const ROOT = process.getuid?.() === 0

const statHeader = (mode: number, linkTarget = '') => {
  const stat = JSON.stringify({ name: 'x', size: 1, mode, mtime: '2026-01-01T00:00:00Z', linkTarget })
  return { 'X-Docker-Container-Path-Stat': Buffer.from(stat).toString('base64') }
}
const statOf = (mode: number, linkTarget?: string) => answer(200, statHeader(mode, linkTarget))
const archive = (tar: Buffer, mode = 0o644) => answer(200, statHeader(mode), tar)
const NOTHING = json({ message: 'no such path' }, 404)

it('container.copyFrom into a stream rejects with the reason of its signal', async (test) => {
  const reason = new Error('enough')
  const stop = new AbortController()
  const { container } = await start(test, {
    'HEAD /containers/c/archive': statOf(0o644),
    'GET /containers/c/archive': (call) =>
      call.takeOver().write(`${responseHead(200, { ...statHeader(0o644), 'Content-Length': '9999' })}begun`),
  })
  const sink = new Writable({
    write(_chunk, _encoding, done) {
      stop.abort(reason)
      done()
    },
  })
  assert.equal(await failureOf(container.copyFrom('/x', sink, { signal: stop.signal })), reason)
  assert.ok(sink.destroyed)
})

describe('container.copyTo', () => {
  it('looks where it goes, and never makes a file of a folder', async (test) => {
    const { engine, container } = await start(test, {
      'HEAD /containers/c/archive': NOTHING,
      'PUT /containers/c/archive': empty(200),
    })
    await container.copyTo(Buffer.from('content'), '/etc/new', { archive: true })
    assert.deepEqual(engine.calls, [
      'HEAD /v1.51/containers/c/archive?path=%2Fetc%2Fnew',
      'GET /v1.51/containers/c/json',
      'PUT /v1.51/containers/c/archive?path=%2Fetc&noOverwriteDirNonDir=1&copyUIDGID=1',
    ])
    const tar = engine.last.body
    assert.equal(tar.subarray(0, 4).toString(), 'new\0')
    assert.ok(tar.includes('content'))
  })

  it('leaves out the sockets of a folder, and calls onSkip for each', async (test) => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { leaf: '' })
    const socket = join(folder, 'socket')
    const server = createServer().listen(socket)
    test.after(() => server.close())
    await once(server, 'listening')
    const { engine, container } = await start(test, {
      'HEAD /containers/c/archive': statOf(FOLDER),
      'PUT /containers/c/archive': empty(200),
    })
    const skipped: string[][] = []
    await container.copyTo(`${folder}/.`, '/etc', { onSkip: (...file) => void skipped.push(file) })
    assert.deepEqual(skipped, [[socket, 'socket']])
    const entries = await listTar(Readable.from([engine.last.body]))
    assert.deepEqual(
      entries.map(({ name }) => name),
      ['./', './leaf'],
    )
  })

  it('sends a tar as it is', async (test) => {
    const { engine, container } = await start(test, { 'PUT /containers/c/archive': empty(200) })
    await container.copyTo(Readable.from([Buffer.from('ta'), Buffer.from('r')]), '/etc')
    assert.deepEqual(engine.calls, [
      'GET /v1.51/containers/c/json',
      'PUT /v1.51/containers/c/archive?path=%2Fetc&noOverwriteDirNonDir=1',
    ])
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
    assert.match(engine.calls[3] ?? '', /path=%2Freal&/)
  })

  it('refuses what it cannot do, before anything is written', async (test) => {
    const { engine, container } = await start(test, { 'HEAD /containers/c/archive': statOf(FOLDER) })
    for (const copy of [
      () => container.copyTo(Buffer.from(''), '/etc'),
      () => container.copyTo(NOWHERE, '/etc'),
      () => container.copyTo('/etc', '/etc', { followLinks: true } as object),
      () => container.copyFrom('/etc', '/tmp', { follow: true } as object),
    ]) {
      const error = await failureOf(copy())
      assert.ok(error instanceof InvalidArgumentError, String(error))
    }
    assert.ok(engine.calls.every((call) => call.startsWith('HEAD')))
  })

  it('does not put a file in the place of a device', async (test) => {
    const { container } = await start(test, { 'HEAD /containers/c/archive': statOf(DEVICE + 0o666) })
    await assert.rejects(container.copyTo(Buffer.from(''), '/dev/null'), {
      code: 'ERR_DOCKER_INVALID_ARGUMENT',
      message: 'path: /dev/null is a device, and has to be a folder or a file',
    })
  })

  for (const source of [
    ...[5, null, undefined, {}, '', true],
    ...[new ArrayBuffer(4), new Blob(['x']), new Writable()],
  ]) {
    it(`names the source when it is ${show(source)}, before anything is sent`, async (test) => {
      const { engine, container } = await start(test, {})
      await assert.rejects(container.copyTo(source as string, '/tmp'), {
        code: 'ERR_DOCKER_INVALID_ARGUMENT',
        message: `source must be a path, a Buffer or a stream, not ${show(source)}`,
      })
      assert.deepEqual(engine.calls, [])
    })
  }

  it('names the path or the mode that cannot be right, before anything is sent', async (test) => {
    const { engine, container } = await start(test, {})
    for (const path of [undefined, null, '', 5] as string[]) {
      await assert.rejects(container.copyTo(Buffer.from(''), path), {
        message: /^path must be a path of the/,
      })
      await assert.rejects(container.copyFrom(path), { message: /^path must be a path of the container/ })
    }
    for (const mode of ['0755', Number.NaN, -1, 1.5, 0o10000, 0o40755, 2 ** 32 + 0o644] as number[]) {
      await assert.rejects(container.copyTo(Buffer.from(''), '/x', { mode }), {
        code: 'ERR_DOCKER_INVALID_ARGUMENT',
        message: `mode must be permissions such as 0o644, not ${show(mode)}`,
      })
    }
    assert.deepEqual(engine.calls, [])
  })

  it('takes a mode as fs.stat gives it', async (test) => {
    const { engine, container } = await start(test, {
      'HEAD /containers/c/archive': NOTHING,
      'PUT /containers/c/archive': empty(200),
    })
    for (const mode of [0o4751, 0o100755, 0]) {
      await container.copyTo(Buffer.from(''), '/etc/new', { mode })
      const [file] = await listTar(Readable.from([engine.last.body]))
      assert.equal(file?.mode, mode % 0o100000)
    }
  })
})

describe('container.copyFrom', () => {
  it('names the destination that it cannot write to, before anything is sent', async (test) => {
    const { engine, container } = await start(test, {})
    for (const destination of [5, null, {}, '', Readable.from([])] as string[]) {
      await assert.rejects(container.copyFrom('/etc', destination), {
        code: 'ERR_DOCKER_INVALID_ARGUMENT',
        message: `destination must be a path or a Writable, not ${show(destination)}`,
      })
    }
    await assert.rejects(container.copyFrom('/etc', '/tmp', { onSkip: 'me' as unknown as () => void }), {
      message: "onSkip must be a function, not 'me'",
    })
    assert.deepEqual(engine.calls, [])
  })

  it('goes where a link of this machine leads, be it to a file or to nothing yet', async (test) => {
    const folder = await temporaryFolder()
    await writeFiles(folder, { 'there/file': 'old' })
    for (const [target, name] of [
      ['there/file', 'to-file'],
      ['there/new', 'to-nothing'],
      ['to-nothing', 'to-link'],
      ['../there/chained', 'there/up'],
    ] as const) {
      await symlink(target, join(folder, name))
    }
    const { container } = await start(test, {
      'GET /containers/c/archive': archive(await tarOf([{ name: 'f', body: 'new' }])),
    })
    for (const [name, target] of [
      ['to-file', 'there/file'],
      ['to-nothing', 'there/new'],
      ['to-link', 'there/new'],
      ['there/up', 'there/chained'],
    ] as const) {
      await container.copyFrom('/f', join(folder, name))
      assert.ok((await lstat(join(folder, name))).isSymbolicLink(), name)
      assert.ok((await lstat(join(folder, target))).isFile(), target)
      assert.equal(await readFile(join(folder, target), 'utf8'), 'new')
    }
  })

  it('makes a folder where a link leads to nothing yet', async (test) => {
    const folder = await temporaryFolder()
    await symlink('new', join(folder, 'link'))
    const tar = await tarOf([
      { name: 'd/', type: 'directory' },
      { name: 'd/file', body: 'x' },
    ])
    const { container } = await start(test, { 'GET /containers/c/archive': archive(tar, FOLDER) })
    await container.copyFrom('/d', join(folder, 'link'))
    assert.equal(await readFile(join(folder, 'new/file'), 'utf8'), 'x')
    assert.equal(await readlink(join(folder, 'link')), 'new')
  })

  it('refuses a link that leads in a circle, and a folder that is not there', async (test) => {
    const folder = await temporaryFolder()
    await symlink('circle', join(folder, 'circle'))
    const { container } = await start(test, {
      'GET /containers/c/archive': archive(Buffer.alloc(1024), FOLDER),
    })
    await assert.rejects(container.copyFrom('/d', join(folder, 'circle')), {
      code: 'ERR_DOCKER_INVALID_ARGUMENT',
      message: `destination: ${join(folder, 'circle')} cannot be reached`,
    })
    await assert.rejects(container.copyFrom('/d', `${folder}/new/.`), {
      code: 'ERR_DOCKER_INVALID_ARGUMENT',
      message: `no such directory: ${folder}/new/.`,
    })
    assert.deepEqual(await readdir(folder), ['circle'])
  })

  it('leaves a device of this machine alone', { skip: !ROOT && 'only root makes a device' }, async (test) => {
    const device = join(await temporaryFolder(), 'null')
    await promisify(execFile)('mknod', [device, 'c', '1', '3'])
    const { container } = await start(test, {
      'GET /containers/c/archive': archive(await tarOf([{ name: 'f', body: 'x' }])),
    })
    await assert.rejects(container.copyFrom('/f', device), {
      code: 'ERR_DOCKER_INVALID_ARGUMENT',
      message: `destination: ${device} is a device, and has to be a folder or a file`,
    })
    assert.ok((await lstat(device)).isCharacterDevice())
  })
})

async function start(test: TestContext, scripts: Scripts) {
  const engine = await FakeEngine.start(test, { 'GET /containers/c/json': json({ Id: 'c' }), ...scripts })
  const client = engine.client(test, { apiVersion: '1.51' })
  return { engine, container: new Container(client.api, { id: 'c' }) }
}
