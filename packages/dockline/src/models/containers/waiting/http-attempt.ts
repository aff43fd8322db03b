import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { PortAddress } from '../published.js'
import type { HttpSettings } from './options.js'

/** Milliseconds of silence that end an attempt. */
const SILENCE_MS = 10_000
/** Of a body, so much is looked at. */
const MAX_BODY_LENGTH = 1024 * 1024

export interface HttpAttempt {
  readonly isAsWanted: boolean
  /** What came, in words. */
  readonly seen: string
}

/** Asks once. A server that cannot be reached is an answer that is not as wanted. */
export async function answersAsWanted(
  address: PortAddress,
  settings: HttpSettings,
  signal: AbortSignal,
): Promise<HttpAttempt> {
  const fail = ({ code, message }: NodeJS.ErrnoException) =>
    `${address.host}:${address.port}: ${code ?? message}`
  const answer = await ask(address, settings, signal).catch(fail)
  return typeof answer === 'string' ? { isAsWanted: false, seen: answer } : judge(answer, settings, fail)
}

function ask(
  { host, port }: PortAddress,
  { protocol, path, method, headers, insecure }: HttpSettings,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { host, port, path, method, headers, signal, agent: false, timeout: SILENCE_MS } as const
    const request =
      protocol === 'https'
        ? requestHttps({ ...options, rejectUnauthorized: !insecure })
        : requestHttp(options)
    request.once('response', resolve)
    // Without a listener there would be a close and nothing else.
    request.once('upgrade', (answer, socket) => {
      socket.destroy()
      resolve(answer)
    })
    request.once('close', () => reject(new Error('no answer')))
    request.once('timeout', () => request.destroy(new Error('no answer')))
    // It stays for errors that come late.
    request.on('error', reject)
    request.end()
  })
}

/** What the test of the status throws is the caller's. */
async function judge(
  answer: IncomingMessage,
  { status, body }: HttpSettings,
  fail: (error: Error) => string,
): Promise<HttpAttempt> {
  const { statusCode = 0 } = answer
  let seen = `answered ${statusCode}`
  try {
    if (!status(statusCode)) return { isAsWanted: false, seen }
    if (body === undefined) return { isAsWanted: true, seen }
    const text = await readText(answer).catch((error) => {
      seen = fail(error)
    })
    if (text !== undefined && body(text)) return { isAsWanted: true, seen }
    return { isAsWanted: false, seen: text === undefined ? seen : `${seen} with another body` }
  } finally {
    answer.destroy()
  }
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > MAX_BODY_LENGTH) break
  }
  return Buffer.concat(chunks).toString('utf8')
}
