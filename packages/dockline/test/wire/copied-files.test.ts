import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { Container } from '#src/index.js'
import { tarOf, temporaryFolder } from '../support/archives.js'
import { chunk, FakeEngine, responseHead } from '../support/fake-engine.js'

const FOLDER = 0x80000000
const STAT = JSON.stringify({
  name: 'd',
  size: 1,
  mode: FOLDER,
  mtime: '2026-01-01T00:00:00Z',
  linkTarget: '',
})
const HEAD = responseHead(200, {
  'X-Docker-Container-Path-Stat': Buffer.from(STAT).toString('base64'),
  'Content-Type': 'application/x-tar',
  'Transfer-Encoding': 'chunked',
})
/** Around the ends of a tar's blocks, of what is copied in place of being kept, and of the memory that is read into. */
const LENGTHS = [0, 1, 511, 512, 513, 4095, 4096, 65_536, 300_001, 2_500_000]
const PIECES = [1000, 5000, 32_768, 1_000_003]

/** Their memory is used again while they are written. */
describe('the files of a folder that is copied from a container', () => {
  for (const [pace, slow] of Object.entries({
    quick: [],
    slow: [true],
    changing: [false, false, false, true],
  })) {
    it(`have all their bytes on a ${pace} disk, whatever the pieces of the answer`, async (test) => {
      slowDown(test, slow)
      const files = LENGTHS.map((length) => ({
        name: `d/${length}`,
        body: randomBytes(length).toString('hex').slice(0, length),
      }))
      const tar = await tarOf([{ name: 'd/', type: 'directory' }, ...files])
      for (const length of PIECES) {
        const container = await start(test, tar, length)
        const folder = join(await temporaryFolder(), 'd')
        await container.copyFrom('/d', folder)
        assert.deepEqual((await readdir(folder)).sort(), LENGTHS.map(String).sort())
        for (const { name, body } of files)
          assert.ok((await readFile(join(folder, '..', name), 'utf8')) === body, `${name} of ${length}`)
      }
    })
  }

  for (const piece of ['first', 'last'] as const) {
    it(`reject with the name of the file whose ${piece} piece the disk has no room for, and leave no part of it`, async (test) => {
      const tar = await tarOf([
        { name: 'd/', type: 'directory' },
        { name: 'd/small', body: 'x' },
        { name: 'd/large', body: 'x'.repeat(500_000) },
        { name: 'd/next', body: 'x' },
      ])
      const container = await start(test, tar, 5000)
      const folder = join(await temporaryFolder(), 'd')
      fillTheDisk(test, piece === 'first' ? 1 : 500_000)
      await assert.rejects(container.copyFrom('/d', folder), {
        code: 'ERR_DOCKER_STREAM',
        message: "cannot write the archive's entry 'd/large': no space left on device",
      })
      assert.deepEqual(await readdir(folder), ['small'])
    })
  }

  it('reject with the name of the entry whose mode the disk does not take', async (test) => {
    const tar = await tarOf([
      { name: 'd/', type: 'directory' },
      { name: 'd/file', body: 'x' },
    ])
    const { chmod } = fs.promises
    for (const type of ['file', 'folder']) {
      const container = await start(test, tar, 5000)
      const parent = await temporaryFolder()
      const refuse = async () => {
        throw Object.assign(new Error('EPERM: operation not permitted, chmod'), { code: 'EPERM' })
      }
      await using handle = await fs.promises.open(parent)
      const mocked =
        type === 'file'
          ? test.mock.method(Object.getPrototypeOf(handle), 'chmod', refuse)
          : test.mock.method(fs.promises, 'chmod', async (path: string) =>
              refuse().catch((error) => Promise.reject(Object.assign(error, { path, syscall: 'chmod' }))),
            )
      syncBuiltinESMExports()
      await assert.rejects(container.copyFrom('/d', join(parent, 'd')), {
        code: 'ERR_DOCKER_STREAM',
        message: /^cannot write the archive's entry '.*': operation not permitted$/,
      })
      mocked.mock.restore()
      syncBuiltinESMExports()
    }
    assert.equal(fs.promises.chmod, chmod)
  })

  it('are given up at once, though many are here already', async (test) => {
    const names = Array.from({ length: 400 }, (_, index) => `d/${index}`)
    const tar = await tarOf([
      { name: 'd/', type: 'directory' },
      ...names.map((name) => ({ name, body: 'x' })),
    ])
    const container = await start(test, tar, tar.length)
    const folder = join(await temporaryFolder(), 'd')
    const controller = new AbortController()
    const { mock } = onWrite(test, () => controller.abort(new Error('enough')))
    await assert.rejects(container.copyFrom('/d', folder, { signal: controller.signal }), {
      message: 'enough',
    })
    assert.equal(mock.callCount(), 1)
    assert.deepEqual(await readdir(folder), ['0'])
  })
})

/** An Engine that sends a tar in pieces of this length. */
async function start(test: TestContext, tar: Buffer, length: number): Promise<Container> {
  const engine = await FakeEngine.start(test, {
    'GET /containers/c/archive': async (call) => {
      await call.write(HEAD)
      for (let at = 0; at < tar.length; at += length) await call.write(chunk(tar.subarray(at, at + length)))
      await call.write(chunk())
    },
  })
  const client = engine.client(test, { apiVersion: '1.51' })
  return new Container(client.api, { id: 'c' })
}

/** Lets the clock jump at every other look when its turn says so: to it, a write took long. */
function slowDown(test: TestContext, turns: readonly boolean[]): void {
  let [now, looks] = [performance.now(), 0]
  test.mock.method(performance, 'now', () => {
    looks += 1
    if (looks % 2 === 0 && turns[(looks / 2) % turns.length]) now += 1000
    return now
  })
}

/** Lets the disk take so many bytes, and then no more. */
function fillTheDisk(test: TestContext, room: number): void {
  let left = room
  onWrite(test, (bytes) => {
    left -= bytes.length
    if (left < 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  })
}

function onWrite(test: TestContext, look: (bytes: Uint8Array) => void) {
  const { writeSync } = fs
  const mocked = test.mock.method(fs, 'writeSync', (fd: number, bytes: Uint8Array, at?: number) => {
    look(bytes)
    return writeSync(fd, bytes, at)
  })
  syncBuiltinESMExports()
  test.after(() => {
    mocked.mock.restore()
    syncBuiltinESMExports()
  })
  return mocked
}
