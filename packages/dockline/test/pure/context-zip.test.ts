import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { readZip } from '#src/config/contexts/read-zip.js'
import { ContextError, ContextStore, ProtocolError } from '#src/index.js'
import { temporaryFolder } from '../support/archives.js'
import { contextId } from '../support/contexts.js'
import { failureOf } from '../support/failure.js'
import { INFO_ZIP, type ZipFile, zipOf } from '../support/zips.js'

const CA = '-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n'
const META =
  '{"Name":"x","Metadata":{"Description":"zipped"},"Endpoints":{"docker":{"Host":"tcp://a:2376","SkipTLSVerify":false}}}'
const MEBIBYTE = 1024 * 1024
const LIMIT = 10 * MEBIBYTE

const meta: ZipFile = { name: 'meta.json', body: META }
const ca: ZipFile = { name: 'tls/docker/ca.pem', body: CA }
const WHOLE = zipOf([meta, ca])

describe('a zip of a context', () => {
  const good = {
    deflated: WHOLE,
    stored: zipOf([
      { ...meta, stored: true },
      { ...ca, stored: true },
    ]),
    'in a stream': streamOf(WHOLE),
    'in a stream of single bytes': streamOf(WHOLE, 1),
    'deflated by Info-ZIP': INFO_ZIP.deflated,
    'stored by Info-ZIP': INFO_ZIP.stored,
    'with its files in another order, and folders': zipOf([
      { name: 'tls/', mode: 0o40700 },
      { name: 'tls/docker/', mode: 0 },
      { name: 'tls/none', mode: 0o40700 },
      { ...ca, mode: 0 },
      meta,
    ]),
  }
  for (const [how, zip] of Object.entries(good)) {
    it(`becomes a context, ${how}`, async () => {
      const { store, folder } = await aStore()
      await store.import('zipped', zip)
      const { description, host, tlsFiles } = await store.inspect('zipped')
      assert.deepEqual([description, host], ['zipped', 'tcp://a:2376'])
      assert.deepEqual(tlsFiles, { docker: ['ca.pem'] })
      const file = join(folder, 'contexts/tls', contextId('zipped'), 'docker/ca.pem')
      assert.equal(await readFile(file, 'utf8'), CA)
    })
  }

  it('may hold files of bytes, and of several endpoints', async () => {
    const { store, folder } = await aStore()
    const bytes = Buffer.from([0, 255, 0, 13, 10])
    const others = ['tls/docker/key.pem', 'tls/kubernetes/ca.pem', 'tls/__proto__/ca.pem']
    await store.import('bytes', zipOf([meta, ca, ...others.map((name) => ({ name, body: bytes }))]))
    const tls = join(folder, 'contexts/tls', contextId('bytes'))
    assert.deepEqual((await readdir(tls)).sort(), ['__proto__', 'docker', 'kubernetes'])
    assert.deepEqual(await readFile(join(tls, 'docker/key.pem')), bytes)
    assert.deepEqual(await readFile(join(tls, '__proto__/ca.pem')), bytes)
  })

  it('may be as large as 10 MiB when it is unpacked, and no larger', async () => {
    const { store } = await aStore()
    const rest = { name: 'tls/docker/ca.pem', body: Buffer.alloc(LIMIT - META.length, 'x') }
    await store.import('large', zipOf([meta, rest]))
    const error = await failureOf(store.import('larger', zipOf([meta, rest, { ...ca, body: '.' }])))
    assert.match(String(error), /larger than 10485760 bytes/)
  })
})

describe('a zip is refused as a context', () => {
  const belongs = /does not belong into it/
  const notAFile = /tls\/docker\/ca\.pem' is no file/
  const damaged = /this zip archive cannot be read/
  const bad: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
    'a name that climbs out': [zipOf([meta, { name: '../x' }]), belongs],
    'a name that climbs out from within': [zipOf([meta, { name: 'tls/a/../../x' }]), belongs],
    'an endpoint that climbs out': [zipOf([meta, { name: 'tls/../ca.pem' }]), belongs],
    'an absolute name': [zipOf([meta, { name: '/x' }]), belongs],
    'a name of Windows that climbs out': [zipOf([meta, { name: 'tls\\..\\..\\x' }]), belongs],
    'a name that is too deep': [zipOf([meta, { name: 'tls/docker/a/b' }]), belongs],
    'a name that does not belong there': [zipOf([meta, { name: 'config.json' }]), belongs],
    'no name': [zipOf([meta, { name: '' }]), belongs],
    'a link': [INFO_ZIP.linked, notAFile],
    'a device': [zipOf([meta, { ...ca, mode: 0o020666 }]), notAFile],
    'no meta.json': [zipOf([ca]), /has no meta\.json/],
    'a meta.json that is broken': [zipOf([{ name: 'meta.json', body: '{' }]), /meta\.json/],
    'a password': [INFO_ZIP.encrypted, /the entry 'meta\.json' is encrypted/],
    'another method of packing': [
      zipOf([{ ...meta, method: 93 }]),
      /the entry 'meta\.json' is not packed with deflate/,
    ],
    'another checksum': [zipOf([{ ...meta, checksum: 1 }]), /the entry 'meta\.json' is damaged/],
    'less than it says': [zipOf([{ ...meta, size: META.length + 1 }]), damaged],
    'more than it says': [zipOf([{ ...meta, size: META.length - 1 }]), damaged],
    'bytes that cannot be inflated': [zipOf([{ ...meta, packed: Buffer.alloc(100, 255) }]), damaged],
    'nothing but its first bytes': [Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(600)]), damaged],
    'text around it': [Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.from(CA.repeat(9))]), damaged],
  }
  for (const [what, [zip, says]] of Object.entries(bad)) {
    it(`with ${what}`, () => refused(zip, says))
  }

  it('when it ends anywhere before its end', async () => {
    const { store, folder } = await aStore()
    for (let end = 0; end < WHOLE.length; end++) {
      const error = await failureOf(store.import('part', WHOLE.subarray(0, end)))
      assert.ok(error instanceof ContextError, `cut at ${end}: ${error}`)
    }
    assert.deepEqual(await readdir(folder), [])
  })

  it('when it is larger than 10 MiB', async () => {
    const body = Buffer.alloc(LIMIT, 'x')
    await refused(zipOf([{ ...meta, body, stored: true }]), /the archive is larger than 10485760 bytes/)
  })
})

describe('a zip that inflates without end is refused', () => {
  const zeros = deflateRawSync(Buffer.alloc(32 * MEBIBYTE))

  it('when it says so, before anything is inflated', async () => {
    const packed = Buffer.alloc(100, 255)
    await refused(zipOf([meta, { ...ca, size: LIMIT, packed }]), /larger than 10485760 bytes/)
    await refused(zipOf([meta, { ...ca, size: 2 ** 32 - 1, packed }]), /larger than 10485760 bytes/)
  })

  it('when it is many files', async () => {
    const body = Buffer.alloc(MEBIBYTE)
    const files = Array.from({ length: 11 }, (_, index) => ({ name: `tls/docker/${index}`, body }))
    await refused(zipOf([meta, ...files]), /larger than 10485760 bytes/)
  })

  it('when it lies, as soon as there is more than it said', async () => {
    // Who inflates on finds these bytes, which are no part of it.
    const packed = Buffer.concat([zeros.subarray(0, -8), Buffer.alloc(8, 255)])
    await refused(zipOf([meta, { ...ca, size: 100, packed }]), /too many bytes.*expected 100/)
  })

  it('when its entries are the same bytes again and again', async () => {
    const first = { ...ca, body: Buffer.alloc(100_000, 'x'), stored: true }
    const more = Array.from({ length: 50 }, (_, at) => ({ ...first, name: `tls/a/${at}`, again: true }))
    await refused(zipOf([meta, first, ...more]), /overlap/)
  })
})

describe('reading a zip', () => {
  it('gives what was packed or a clear error, whichever byte is wrong', async () => {
    for (let at = 0; at < WHOLE.length; at++) {
      await Promise.all(FLIPS.map((flip) => wholeOrClear(flipped(WHOLE, at, flip), `${flip} at ${at}`)))
    }
  })
})

const FLIPS = [0x01, 0x80, 0xff]

function flipped(bytes: Buffer, at: number, flip: number): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeUInt8(copy.readUInt8(at) ^ flip, at)
  return copy
}

async function wholeOrClear(zip: Buffer, what: string): Promise<void> {
  const contents = await contentsOf(zip)
  if (contents instanceof Error) assert.ok(contents instanceof ProtocolError, `${what}: ${contents}`)
  else for (const content of contents) assert.ok([META, CA].includes(content), `${what}: ${content}`)
}

async function contentsOf(zip: Buffer): Promise<readonly string[] | Error> {
  const contents: string[] = []
  try {
    for await (const { content } of readZip(zip, LIMIT)) contents.push(content.toString())
  } catch (error) {
    return error as Error
  }
  return contents
}

async function refused(zip: Buffer, says: RegExp): Promise<void> {
  const { store, folder } = await aStore()
  const error = await failureOf(store.import('evil', zip))
  assert.ok(error instanceof ContextError, String(error))
  assert.match(error.message, /context "evil": /)
  assert.match(error.message, says)
  assert.deepEqual(await readdir(folder), [])
}

async function aStore(): Promise<{ store: ContextStore; folder: string }> {
  const folder = await temporaryFolder()
  return { folder, store: new ContextStore({ folder, env: {} }) }
}

async function* streamOf(bytes: Buffer, size = 100): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
