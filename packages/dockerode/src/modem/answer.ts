import type { IncomingMessage } from 'node:http'
import { Duplex, type Readable } from 'node:stream'
import { type AnswerRequest, encodedPath, type HttpAnswer } from 'dockline/api'
import type { Modem } from '../modem.js'
import type { DialOptions } from '../types.js'
import { clientOf } from './connection.js'
import { asNodeSignal } from './errors.js'
import type { Outgoing } from './request.js'

export type Answer = IncomingMessage

/** What comes of a request: a connection, or an answer and, unless it is streamed, what is in it. */
interface Received {
  readonly connection?: Duplex
  readonly answer: Answer
  readonly json: unknown
}

interface Sending {
  readonly request: Outgoing
  readonly context: DialOptions
  readonly data: unknown
}

/** Sends a request and receives its answer, with any status. Rejects when no answer comes, or only half of one. */
export async function receive(modem: Modem, { request, context, data }: Sending): Promise<Received> {
  const { signal, release } = asNodeSignal(request.signal)
  try {
    const client = await clientOf(modem)
    const asked = { ...wireOf(modem, request), body: data as Readable, signal }
    const { stream, socket } = await follow(asked, (each) => client.api.http.answer(each))
    if (socket !== undefined) {
      socket.once('close', release)
      return { connection: asSocket(socket), answer: stream, json: null }
    }
    stream.once('close', release)
    if (context.isStream) return { answer: stream, json: null }
    return { answer: stream, json: contentOf(await bytesOf(stream)) }
  } catch (error) {
    release()
    throw error
  }
}

function wireOf(modem: Modem, { method, path, query, headers, upgrade }: Outgoing): AnswerRequest {
  // A connection of somebody else's pool is theirs: it is used once.
  const once = modem.agent && upgrade === undefined ? { connection: 'close' } : {}
  return {
    method: method as AnswerRequest['method'],
    path: encodedPath(path),
    query,
    headers: { ...headers, ...once },
    versioned: false,
    upgrade,
    idleTimeout: modem.timeout,
  }
}

const MAX_REDIRECTS = 5

/** Goes where a GET is sent on to, as long as that is the same Engine. */
async function follow(
  request: AnswerRequest,
  send: (request: AnswerRequest) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  let answer = await send(request)
  for (let count = 0; count < MAX_REDIRECTS; count++) {
    const target = request.method === 'GET' ? targetOf(answer, request.path) : undefined
    if (target === undefined) break
    answer.stream.resume()
    const query = target.search.slice(1)
    answer = await send({ ...request, path: encodedPath(target.pathname), query })
  }
  return answer
}

const HERE = 'http://engine'

function targetOf({ status, headers }: HttpAnswer, path: string): URL | undefined {
  const { location } = headers
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined
  const target = URL.canParse(location, HERE + path) ? new URL(location, HERE + path) : undefined
  return target?.origin === HERE ? target : undefined
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** The value of JSON; the bytes themselves for an empty body and for other content. */
function contentOf(bytes: Buffer): unknown {
  return parsed(bytes) || bytes
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}

/** What node:net has, and the stream of a process has not. */
function asSocket(connection: Duplex): Duplex {
  const socket = connection as Duplex & { destroySoon?: () => void }
  socket.destroySoon ??= () => {
    socket.end()
    socket.once('finish', () => socket.destroy())
  }
  return socket
}

/** An answer where a connection was asked for, as proxies give it: it can be read, and writing says why it cannot. */
export function writable(answer: Answer): Duplex {
  const stream = new Duplex({
    read: () => answer.resume(),
    write: (_chunk, _encoding, done) => done(new Error('the Engine did not upgrade the connection')),
    destroy: (error, done) => done(answer.destroy() && error),
  })
  answer.on('data', (chunk) => stream.push(chunk) || answer.pause())
  answer.on('end', () => stream.push(null)).on('error', (error) => stream.destroy(error))
  return stream
}

interface Failing {
  readonly isStream: boolean | undefined
  readonly statusCodes: DialOptions['statusCodes']
  readonly json: unknown
}

/** The error that an answer stands for, in dockerode's words: there is a blank at their end. */
export async function failureOf(
  answer: Answer,
  { isStream, statusCodes = {}, json }: Failing,
): Promise<unknown> {
  try {
    const { statusCode = 0 } = answer
    const cause = isStream ? causeIn(await bytesOf(answer)) : json
    const reason = statusCodes[statusCode]
    const words = `(HTTP code ${statusCode}) ${reason || 'unexpected'} - ${wordsOf(cause)} `
    return Object.assign(new Error(words), { reason, statusCode, json })
  } catch (error) {
    return error
  }
}

function causeIn(bytes: Buffer): unknown {
  return parsed(bytes) || bytes.toString()
}

function wordsOf(cause: unknown): unknown {
  const { message, error } = cause as { readonly message?: string; readonly error?: string }
  return message || error || cause
}
