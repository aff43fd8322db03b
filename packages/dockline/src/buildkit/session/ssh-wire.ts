// How the ssh protocol writes its values: each with its length before it.

const LENGTH_BYTES = 4

/** Reads values one after another. Throws RangeError when there is less than was announced. */
export class SshReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  uint32(): number {
    return this.bytes(LENGTH_BYTES).readUInt32BE(0)
  }

  /** A string of bytes, and also a number, which is one of them. */
  string(): Buffer {
    return this.bytes(this.uint32())
  }

  text(): string {
    return this.string().toString()
  }

  bytes(count: number): Buffer {
    const end = this.#at + count
    if (end > this.#bytes.length) throw new RangeError('it ends too early')
    const bytes = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return bytes
  }
}

export function sshString(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([sshUint32(bytes.length), bytes])
}

export function sshUint32(value: number): Buffer {
  const bytes = Buffer.alloc(LENGTH_BYTES)
  bytes.writeUInt32BE(value)
  return bytes
}

/** A positive number: without zeros before it, but for one where the first bit would be a sign. */
export function sshNumber(content: Uint8Array): Buffer {
  const bytes = withoutZeros(Buffer.from(content))
  const isNegative = (bytes[0] ?? 0) >= 0x80
  return sshString(isNegative ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes)
}

export function withoutZeros(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  return first === -1 ? Buffer.alloc(0) : bytes.subarray(first)
}
