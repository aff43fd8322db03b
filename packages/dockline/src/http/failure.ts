import type { IncomingMessage } from 'node:http'
import { ApiError, ConnectionError, DockerError, ProtocolError, TlsError } from '../errors.js'
import { tlsFailure } from './tls-failure.js'

/** Which call failed, for the words of its error. */
export interface Call {
  readonly method: string
  /** Without query: it may hold what should not be logged. */
  readonly path: string
  readonly address: string
  readonly signal?: AbortSignal | undefined
  /** Whether it changes something and was on its way when the connection was lost. */
  readonly isInDoubt?: boolean
}

/** An error body is read to this length and no further. */
const MAX_ERROR_BODY_BYTES = 1024 * 1024
const MAX_QUOTE = 300

/** Describes the failure of a connection for a person who wants it to work. An abort keeps its own reason. */
export function connectionFailure(error: unknown, call: Call): Error {
  if (call.signal?.aborted) return call.signal.reason
  if (error instanceof DockerError) return error
  const cause = error as NodeJS.ErrnoException & { readonly offer?: string }
  const { address } = call
  if (cause.code?.startsWith('HPE_')) {
    const hint = 'is it a Docker Engine, and does it want TLS?'
    return new ProtocolError(`${address} did not answer with HTTP`, { cause, hint })
  }
  const ofTls = tlsFailure(cause, address)
  if (ofTls !== undefined) return ofTls
  const advice = ADVICE[cause.code ?? '']
  const reason = advice?.says ?? `the connection was lost: ${cause.message}`
  const message = `cannot talk to the Docker Engine at ${address}: ${reason}`
  const doubt = call.isInDoubt
    ? `whether ${call.method} ${call.path} was carried out is not known: look before it is sent again`
    : undefined
  return new ConnectionError(address, message, { cause, hint: hintOf(cause, advice?.hint ?? doubt) })
}

/** Where other Engines are found, the dial has noted them with the error. */
function hintOf({ offer }: { readonly offer?: string }, advice: string | undefined): string | undefined {
  if (offer === undefined) return advice
  return advice === undefined ? offer : `${advice} ${offer}`
}

const ADVICE: Readonly<Record<string, { says: string; hint?: string }>> = {
  ENOENT: { says: 'there is no such socket', hint: 'is Docker installed and running?' },
  ECONNREFUSED: { says: 'nothing listens there', hint: 'is the Docker Engine running?' },
  EACCES: {
    says: 'permission denied',
    hint: 'are you in the docker group? try `newgrp docker`, or run as root',
  },
  EPERM: { says: 'not permitted', hint: 'does this process have network access to it?' },
  ENOTSOCK: { says: 'that file is not a socket' },
  ENOTFOUND: { says: 'the host name is not known', hint: 'check DOCKER_HOST or the host option' },
  EAI_AGAIN: { says: 'the host name could not be looked up', hint: 'check the network' },
  EHOSTUNREACH: { says: 'the host cannot be reached', hint: 'check the network' },
  ENETUNREACH: { says: 'the network cannot be reached', hint: 'check the network' },
  ETIMEDOUT: { says: 'it did not answer in time', hint: 'check the address and firewalls' },
  ECONNRESET: { says: 'the connection was lost before the answer was complete' },
  EPIPE: { says: 'the connection was closed while the request was sent' },
}

/** The error an answer stands for. Reads what there is of the body, whole or not. */
export async function answerFailure(
  answer: IncomingMessage,
  call: Call & { readonly podman?: string | undefined },
): Promise<Error> {
  const status = answer.statusCode ?? 0
  const body = await readLeniently(answer)
  if (call.signal?.aborted) return call.signal.reason
  if (status === 400 && (body.includes('HTTP request to an HTTPS server') || isBare(answer))) {
    const message = `cannot talk to the Docker Engine at ${call.address}: it wants TLS`
    return new TlsError(call.address, message, { hint: 'set DOCKER_TLS_VERIFY=1 or the tls option' })
  }
  const { method, path, podman } = call
  const explanation = explanationOf(body, answer)
  const details = { status, method, path, explanation, body: parsedBody(body), headers: answer.headers }
  if (podman !== undefined && isAbsent(status, body)) {
    // Not a NotFoundError: the container or other object is not what is missing.
    return new ApiError(details, { hint: `Podman ${podman} does not have this part of Docker's API` })
  }
  const hint = looksLikeEngine(answer, body)
    ? undefined
    : `is ${call.address} a Docker Engine, or a proxy before one?`
  return ApiError.from(details, { hint })
}

/** The version of Podman, which nearly every answer of Podman has. */
export function podmanIn(headers: IncomingMessage['headers']): string | undefined {
  const version = headers['libpod-api-version']
  return typeof version === 'string' && version !== '' ? version : undefined
}

/** Whether Podman does not know the path. For every other missing thing it names the thing. */
function isAbsent(status: number, body: string): boolean {
  if (status === 404) return body === 'Not Found' || /Path \S+ is not supported/.test(body)
  return status === 405 || (status === 503 && body.includes('Podman does not support service'))
}

/** What the Engine's TLS listener answers to a HEAD in the clear: a status, without the words it has for a GET. */
function isBare({ httpVersion, rawHeaders }: IncomingMessage): boolean {
  return httpVersion === '1.0' && rawHeaders.length === 0
}

/** The connection may break in the middle of an error: its status and the part that came still say most. */
async function readLeniently(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (length > MAX_ERROR_BODY_BYTES) break
    }
  } catch {}
  return Buffer.concat(chunks).toString('utf8').trim()
}

function explanationOf(body: string, answer: IncomingMessage): string {
  const parsed = parseObject(body)
  const detail = parsed?.errorDetail as { message?: unknown } | undefined
  for (const words of [parsed?.message, detail?.message, parsed?.error, parsed?.cause]) {
    if (typeof words === 'string' && words !== '') return words
  }
  const fallback = answer.statusMessage || 'an error without words'
  return quote(isHtml(body) ? (textOfHtml(body) ?? fallback) : body) || fallback
}

/** What an error keeps of the body. */
function parsedBody(body: string): unknown {
  if (body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

function looksLikeEngine(answer: IncomingMessage, body: string): boolean {
  return (
    !isHtml(body) && (parseObject(body) !== undefined || !answer.headers['content-type']?.includes('html'))
  )
}

function parseObject(body: string): Record<string, unknown> | undefined {
  if (!body.startsWith('{')) return undefined
  try {
    return JSON.parse(body) as Record<string, unknown>
  } catch {
    // A truncated document still shows its words.
    const message = /"message"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(body)?.[1]
    return message === undefined ? undefined : { message }
  }
}

function isHtml(body: string): boolean {
  return /^<(!doctype|html|head|body)/i.test(body)
}

function textOfHtml(body: string): string | undefined {
  return /<title>([^<]*)<\/title>/i.exec(body)?.[1]?.trim() || /<h1>([^<]*)<\/h1>/i.exec(body)?.[1]?.trim()
}

export function quote(text: string): string {
  return text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}…` : text
}
