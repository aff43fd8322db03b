import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ReadBlocks } from '../../dist/transport/read-blocks.js'

const KIB = 1024
const BLOCK_BYTES = 256 * KIB

describe('the memory that a connection is read into', () => {
  it('is not used again where a piece is that was read', () => {
    const blocks = new ReadBlocks(BLOCK_BYTES)
    const pieces = Array.from({ length: 100 }, (_, index) => read(blocks, 10 * KIB, index))
    for (const [index, piece] of pieces.entries())
      assert.ok(piece.equals(Buffer.alloc(10 * KIB, index)), `piece ${index}`)
  })

  it('serves several reads', () => {
    const blocks = new ReadBlocks(BLOCK_BYTES)
    const pieces = Array.from({ length: 100 }, (_, index) => read(blocks, 10 * KIB, index))
    const memories = new Set(pieces.map(({ buffer }) => buffer))
    assert.ok(memories.size < 10, `${memories.size} blocks`)
  })

  it('is used again after a few bytes, which are copied: who keeps them does not keep a block', () => {
    const blocks = new ReadBlocks(BLOCK_BYTES)
    const room = blocks.room()
    const few = read(blocks, 100, 1)
    assert.equal(blocks.room(), room)
    read(blocks, 100, 2)
    assert.ok(few.equals(Buffer.alloc(100, 1)))
    assert.ok(few.buffer.byteLength <= 8 * KIB, `${few.buffer.byteLength} bytes are kept`)
  })

  it('is used again when nobody keeps a piece of it', () => {
    const blocks = new ReadBlocks(BLOCK_BYTES)
    const { buffer } = read(blocks, 10 * KIB, 1)
    blocks.reuse()
    const again = read(blocks, 10 * KIB, 2)
    assert.deepEqual([again.buffer, again.byteOffset], [buffer, 0])
  })

  it('begins small, for a connection that is read little, and has room for a large read after that', () => {
    const blocks = new ReadBlocks(BLOCK_BYTES)
    assert.equal(blocks.room().length, 64 * KIB)
    read(blocks, 60 * KIB, 1)
    assert.equal(blocks.room().length, BLOCK_BYTES)
  })
})

/** Reads so many bytes, all of them this one, as a socket does. */
function read(blocks: ReadBlocks, length: number, byte: number): Buffer {
  blocks.room().fill(byte, 0, length)
  return blocks.take(length)
}
