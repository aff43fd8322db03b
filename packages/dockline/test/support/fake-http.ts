/** The head of a request, by the bytes. */
export interface RequestHead {
  readonly method: string
  /** Path and query as they were sent. */
  readonly target: string
  /** By lower-case name; one that was sent twice is an error, but where that is what it is for: the last counts. */
  readonly headers: Readonly<Record<string, string>>
}

/** Puts the head of a request together. */
export class HeadReader {
  #bytes = Buffer.alloc(0)

  /** What followed the head. */
  surplus: Buffer = Buffer.alloc(0)

  /** The head, once these bytes complete it. */
  add(bytes: Buffer): RequestHead | undefined {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    const end = this.#bytes.indexOf('\r\n\r\n')
    if (end === -1) return undefined
    this.surplus = this.#bytes.subarray(end + 4)
    const [requestLine = '', ...lines] = this.#bytes.subarray(0, end).toString('latin1').split('\r\n')
    const [method = '', target = ''] = requestLine.split(' ')
    return { method, target, headers: parseHeaders(lines) }
  }
}

const REPEATABLE: ReadonlySet<string> = new Set(['x-docker-expose-session-grpc-method'])

function parseHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const isRepeated = name in headers
    if (isRepeated && !REPEATABLE.has(name)) throw new Error(`the header ${name} was sent twice`)
    headers[name] = line.slice(colon + 1).trim()
  }
  return headers
}
