import { errorMonitor } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Duplex, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { TimeoutError } from 'dockline'
import { type AnswerRequest, encodedPath, type HttpAnswer } from 'dockline/api'
import type { Modem } from '../modem.js'
import type { DialOptions } from '../types.js'
import { lendClient } from './connection.js'
import { asNodeSignal } from './errors.js'
import type { Outgoing } from './request.js'

export type Answer = IncomingMessage

/** A connection, or an answer and, unless it is streamed, its content. */
interface Received {
  readonly connection?: Duplex
  readonly answer: Answer
  readonly json: unknown
}

/** Sends a request and receives its answer, with any status. Rejects when no answer comes, or only half of one. */
export async function receive(
  modem: Modem,
  { signal: given, headers, path, ...request }: Outgoing,
  isStream: boolean | undefined,
): Promise<Received> {
  const { signal, release: forget } = asNodeSignal(given)
  const lent = await lendClient(modem).catch((error) => {
    forget()
    throw error
  })
  const release = () => {
    forget()
    lent.release()
  }
  try {
    // A connection of somebody else's pool is theirs: it is used once.
    const isOnce = Boolean(modem.agent) && request.upgrade === undefined
    const asked: AnswerRequest = {
      ...request,
      ...{ path: encodedPath(path), versioned: false, signal, idleTimeout: modem.timeout || undefined },
      headers: isOnce ? { ...headers, connection: 'close' } : headers,
    }
    const { stream, socket } = await follow(asked, (each) => lent.client.api.http.answer(each))
    const held = socket ?? stream
    held.once('close', release)
    stream.once(errorMonitor, nameAsNode)
    if (socket !== undefined) return { connection: asSocket(socket), answer: stream, json: null }
    return { answer: stream, json: isStream ? null : contentOf(await buffer(stream)) }
  } catch (error) {
    release()
    throw error
  }
}

/** Gives an answer that fell silent the code that it has with Node: programs look for it. */
function nameAsNode(error: Error): void {
  if (error instanceof TimeoutError) Object.assign(error, { code: 'ECONNRESET' })
}

const MAX_REDIRECTS = 5
const REDIRECTS = [301, 302, 303, 307, 308]
const HERE = 'http://engine'

/** Follows the redirects of a GET, as long as they lead to the same Engine. */
async function follow(
  request: AnswerRequest,
  send: (request: AnswerRequest) => Promise<HttpAnswer>,
  left = MAX_REDIRECTS,
): Promise<HttpAnswer> {
  const answer = await send(request)
  const { location } = answer.headers
  const isRedirect = request.method === 'GET' && REDIRECTS.includes(answer.status) && location !== undefined
  if (!isRedirect || left === 0 || !URL.canParse(location, HERE + request.path)) return answer
  const { origin, pathname, search } = new URL(location, HERE + request.path)
  if (origin !== HERE) return answer
  answer.stream.resume()
  return follow({ ...request, path: encodedPath(pathname), query: search.slice(1) }, send, left - 1)
}

/** The value of JSON; the bytes themselves for an empty body, for other content, and for values like `null`. */
function contentOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(String(bytes)) || bytes
  } catch {
    return bytes
  }
}

/** Adds the method that node:net's sockets have, and the stream of a process has not. */
function asSocket(connection: Duplex): Duplex {
  const socket = connection as Duplex & { destroySoon?: () => void }
  socket.destroySoon ??= () => socket.end().once('finish', () => socket.destroy())
  return socket
}

/** Makes a stream of an answer where a connection was asked for, as proxies give it. Writing reports why it cannot. */
export function writable(answer: Answer): Duplex {
  const refusing = new Writable({
    write: (_chunk, _encoding, done) => done(new Error('the Engine did not upgrade the connection')),
  })
  return Duplex.from({ readable: answer, writable: refusing })
}

/** Makes the error of an answer, in dockerode's words: there is a blank at their end. */
export async function failureOf(
  answer: Answer,
  json: unknown,
  { isStream, statusCodes = {} }: Pick<DialOptions, 'isStream' | 'statusCodes'>,
): Promise<unknown> {
  try {
    const { statusCode = 0 } = answer
    const cause = isStream ? contentOf(await buffer(answer)) : json
    const { message, error } = cause as { readonly message?: string; readonly error?: string }
    const reason = statusCodes[statusCode]
    const words = `(HTTP code ${statusCode}) ${reason || 'unexpected'} - ${message || error || cause} `
    return Object.assign(new Error(words), { reason, statusCode, json })
  } catch (error) {
    return error
  }
}
