import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BinaryReader } from '@bufbuild/protobuf/wire'
import {
  DATA_HEADER_BYTES,
  decodePacket,
  endOfFile,
  PacketType,
  plainPacket,
  requestedIn,
  requestPacket,
  type Stat,
  StatBatch,
  writeDataHeader,
} from '#src/buildkit/filesync/packets.js'
import { FrameDecoder, frame } from '#src/buildkit/grpc/frames.js'
import { encodeMessage, GrpcError, statusIn } from '#src/buildkit/grpc/status.js'

const STAT: Stat = { path: 'a', mode: 0o644, size: 0, modTime: 0n, linkname: '' }

describe('the packets of a synchronized folder', () => {
  it('read as the codec has them, whatever their numbers', () => {
    const numbers = [0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1]
    for (const id of numbers) {
      assert.deepEqual(read(requestPacket(id)), { type: PacketType.REQ, id, data: '' })
      assert.equal(requestedIn(messageOf(requestPacket(id))), id === 0 ? undefined : id)
      assert.equal(requestedIn(messageOf(endOfFile(id))), undefined)
      assert.deepEqual(read(endOfFile(id)), { type: PacketType.DATA, id, data: '' })
      const data = Buffer.from('content')
      const buffer = Buffer.concat([Buffer.alloc(DATA_HEADER_BYTES), data])
      const start = writeDataHeader(buffer, DATA_HEADER_BYTES, { id, length: data.length })
      assert.deepEqual(read(buffer.subarray(start)), { type: PacketType.DATA, id, data: 'content' })
    }
    const words = 'x'.repeat(300)
    assert.deepEqual(read(plainPacket(PacketType.ERR, Buffer.from(words))), { type: 4, id: 0, data: words })
  })

  it('tell of entries with times to the nanosecond, also before 1970', () => {
    const stats: Stat[] = [
      STAT,
      { ...STAT, path: 'ü/😀', size: 2 ** 40, mode: 2 ** 31 + 0o755, linkname: 'elsewhere' },
      { ...STAT, modTime: 1_700_000_000_123_456_789n, device: { major: 8, minor: 1 } },
      { ...STAT, modTime: -1n },
      { ...STAT, path: 'a'.repeat(200), linkname: 'ü'.repeat(9000), modTime: 2n ** 62n + 127n },
    ]
    for (const stat of stats) {
      const batch = new StatBatch(16)
      batch.add(stat)
      const [message] = [...new FrameDecoder().add(batch.take())]
      const decoded = decodePacket(message ?? Buffer.alloc(0)).stat
      assert.deepEqual(
        [decoded?.path, decoded?.mode, decoded?.size, decoded?.linkname, decoded?.devmajor],
        [stat.path, stat.mode, stat.size, stat.linkname, stat.device?.major ?? 0],
      )
      assert.equal(timeIn(message ?? Buffer.alloc(0)), stat.modTime)
    }
  })

  it('come one after the other from a batch that is taken now and then', () => {
    const batch = new StatBatch(64)
    const decoder = new FrameDecoder()
    const paths: string[] = []
    const take = () => {
      for (const message of decoder.add(batch.take())) paths.push(decodePacket(message).stat?.path ?? '')
    }
    const expected = Array.from({ length: 500 }, (_, at) => `${at}`.repeat((at % 50) + 1))
    for (const [at, path] of expected.entries()) {
      batch.add({ ...STAT, path })
      if (at % 7 === 0) take()
    }
    take()
    assert.deepEqual(paths, expected)
  })
})

describe('the frames of gRPC', () => {
  it('are found wherever they are cut', () => {
    const messages = ['', 'one', 'x'.repeat(300)]
    const bytes = Buffer.concat(messages.map((message) => frame(Buffer.from(message))))
    for (let cut = 0; cut <= bytes.length; cut++) {
      const decoder = new FrameDecoder()
      const found = [bytes.subarray(0, cut), bytes.subarray(cut)].flatMap((chunk) =>
        [...decoder.add(chunk)].map((message) => message.toString()),
      )
      assert.deepEqual(found, messages)
      assert.ok(decoder.isEmpty)
    }
  })

  it('are refused when they are compressed or too long', () => {
    assert.throws(() => [...new FrameDecoder().add(Buffer.from([1, 0, 0, 0, 0]))], GrpcError)
    assert.throws(() => [...new FrameDecoder().add(Buffer.from([0, 255, 0, 0, 0]))], /is too long/)
  })
})

describe('the status of a call', () => {
  it('has words of any kind', () => {
    for (const words of ['', 'plain', '100 % übel\n', '%41']) {
      const headers = { 'grpc-status': '2', 'grpc-message': encodeMessage(words) }
      assert.equal((statusIn(headers) as GrpcError).message, words)
    }
    assert.equal(statusIn({ 'grpc-status': '0' }), 'ok')
    assert.equal(statusIn({}), undefined)
    assert.equal((statusIn({ 'grpc-status': '2', 'grpc-message': '%zz' }) as GrpcError).message, '%zz')
  })

  it('is known also where its details are damaged', () => {
    const headers = { 'grpc-status': '2', 'grpc-message': 'm', 'grpc-status-details-bin': '////' }
    assert.deepEqual(
      [(statusIn(headers) as GrpcError).message, (statusIn(headers) as GrpcError).details],
      ['m', []],
    )
  })
})

function messageOf(framed: Buffer): Buffer {
  const [message] = [...new FrameDecoder().add(framed)]
  return message ?? Buffer.alloc(0)
}

function read(framed: Buffer) {
  const { type, id, data } = decodePacket(messageOf(framed))
  return { type, id, data: Buffer.from(data).toString() }
}

/** The time of a STAT packet with all its digits. */
function timeIn(message: Buffer): bigint {
  const packet = new BinaryReader(message)
  packet.tag()
  const stat = new BinaryReader(packet.bytes())
  while (stat.pos < stat.len) {
    const [number, wireType] = stat.tag()
    if (number === 6) return BigInt(stat.int64())
    stat.skip(wireType, number)
  }
  return 0n
}
