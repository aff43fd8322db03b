import { DockerError, ProtocolError } from '../../../errors.js'
import { checkSize, type TerminalSize } from '../../../support/terminal-size.js'
import type { SessionExit } from '../session.js'

/** What a web terminal sends as text, one message each. Bytes for stdin are binary messages. */
export type BridgeRequest = { readonly resize: TerminalSize } | { readonly end: true }

/** The text message that a web terminal gets last, before the close. Output comes in binary messages. */
export interface BridgeExit {
  readonly exit: { readonly exitCode?: number; readonly detached: boolean }
}

/** Codes of a close frame: RFC 6455, 7.4.1. */
export const CLOSE_CODES = {
  done: 1000,
  aborted: 1001,
  unsupported: 1003,
  badText: 1007,
  tooMuch: 1008,
  failed: 1011,
} as const

/** A message that a peer must not send, and the code it is closed with. */
export class PeerError extends ProtocolError {
  readonly closeCode: number

  constructor(closeCode: number, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.closeCode = closeCode
  }
}

/** Bytes for stdin, or a request. Throws a PeerError for what is neither. */
export function parseMessage(data: unknown): Buffer | BridgeRequest {
  if (typeof data === 'string') return parseRequest(data)
  if (data instanceof ArrayBuffer) return Buffer.from(data)
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  throw new PeerError(CLOSE_CODES.unsupported, 'the peer sent a message that is neither text nor bytes')
}

export function exitMessage({ exitCode, detached }: SessionExit): string {
  return JSON.stringify({ exit: { exitCode, detached } })
}

/** The text is never quoted, and JSON.parse would do so: it may be what somebody typed. */
function parseRequest(text: string): BridgeRequest {
  try {
    const request: unknown = JSON.parse(text)
    if (isOnly(request, 'end') && request.end === true) return { end: true }
    if (isOnly(request, 'resize')) return { resize: parseSize(request.resize) }
  } catch (cause) {
    if (cause instanceof DockerError) throw badText(`a resize that cannot be: ${cause.message}`, cause)
    throw badText('text that is not JSON, and bytes for stdin are binary messages')
  }
  throw badText('text that is neither {"resize":{"columns":80,"rows":24}} nor {"end":true}')
}

function parseSize(size: unknown): TerminalSize {
  const { columns, rows } = (size ?? {}) as TerminalSize
  return checkSize({ columns, rows })
}

function isOnly<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return typeof value === 'object' && value !== null && Object.keys(value).join() === name
}

function badText(what: string, cause?: unknown): PeerError {
  return new PeerError(CLOSE_CODES.badText, `the peer sent ${what}`, { cause })
}
