/** The first piece of memory that a connection is read into: many answers are no longer. */
const FIRST_BLOCK_BYTES = 64 * 1024
/** A block that has less room than this is left to the pieces that are in it. */
const LEAST_ROOM_BYTES = 32 * 1024
/** Fewer bytes are copied: a piece that its reader keeps would keep a whole block. */
const SMALL_BYTES = 4096
const NOTHING = Buffer.alloc(0)

/**
 * The memory that one connection is read into. Node's own way takes new memory for each read, and reads 64 KiB at most. A
 * larger block takes what has come in one read, and serves several.
 */
export class ReadBlocks {
  readonly #blockBytes: number
  #block = NOTHING
  /** The number of bytes of the block that pieces hold. */
  #used = 0
  #room = NOTHING

  /** `blockBytes` is the size of all blocks but the first. */
  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes
  }

  /** Returns the memory for the next read. */
  readonly room = (): Buffer => {
    if (this.#block.length - this.#used < LEAST_ROOM_BYTES) {
      this.#block = Buffer.allocUnsafeSlow(this.#block === NOTHING ? FIRST_BLOCK_BYTES : this.#blockBytes)
      this.#used = 0
      this.#room = this.#block
    }
    return this.#room
  }

  /** Returns the bytes that this read put there. No later read changes them, until `reuse` is called. */
  take(length: number): Buffer {
    const bytes = this.#room.subarray(0, length)
    if (length < SMALL_BYTES) return Buffer.from(bytes)
    this.#used += length
    this.#room = this.#block.subarray(this.#used)
    return bytes
  }

  /** Reads into the same block again: nobody keeps a piece of it. */
  reuse(): void {
    this.#used = 0
    this.#room = this.#block
  }
}
