import { stringify } from 'node:querystring'
import { type Constructor, constructorOf } from './constructor.js'
import { type Answer, failureOf, receive, writable } from './modem/answer.js'
import { demuxStream } from './modem/demux.js'
import { type ConnectionFields, defaultsOf } from './modem/environment.js'
import { asNodeError } from './modem/errors.js'
import { followProgress, type OnProgress, type Progressing } from './modem/progress.js'
import { type Outgoing, outgoingOf } from './modem/request.js'
import type { Callback, DialOptions, ModemLike } from './types.js'

/** Where an Engine is and how it is spoken to. The environment says what is not said here. */
export interface ModemOptions extends Partial<ConnectionFields> {
  readonly agentForward?: boolean
}

/** The way to an Engine: what it was given, and what it does. */
export interface Modem extends ConnectionFields, ModemLike {
  socketPathCache?: string | PromiseLike<string> | undefined
  getSocketPath(): Promise<string> | undefined
  buildRequest(request: Outgoing, context: DialOptions, data: unknown, callback: Callback): void
  buildPayload(
    error: unknown,
    isStream: boolean | undefined,
    statusCodes: DialOptions['statusCodes'],
    openStdin: boolean | undefined,
    request: unknown,
    answer: Answer,
    json: unknown,
    callback: Callback,
  ): void
  buildQuerystring(options: object): string
}

const Modem: Constructor<Modem, readonly [options?: ModemOptions]> = constructorOf(
  'Modem',
  (self, options) => {
    const defaults = defaultsOf(process.env)
    const { host, socketPath, headers = {}, ...given } = { ...defaults, ...options }
    const sshOptions = { ...options?.sshOptions, ...defaults.sshOptions }
    Object.assign(self, {
      ...fieldsOf(given),
      host,
      socketPath: host ? undefined : socketPath,
      headers,
      sshOptions: { agentForward: options?.agentForward, ...sshOptions },
      protocol: protocolOf({ ...defaults, ...options }, options),
    })
  },
)

const FIELDS = [
  ...(['port', 'pathPrefix', 'username', 'password', 'version', 'key', 'cert', 'ca', 'timeout'] as const),
  ...(['connectionTimeout', 'checkServerIdentity', 'agent', 'streamErrors'] as const),
]

function fieldsOf(given: Partial<ConnectionFields>): object {
  return Object.fromEntries(FIELDS.map((name) => [name, given[name]]))
}

/** Certificates mean encryption, unless something else is asked for here: what the environment says is about its own host. */
function protocolOf(all: Partial<ConnectionFields>, given: ModemOptions = {}): string {
  const [, ofHost] = /^(https|ssh):/.exec(all.host ?? '') ?? []
  const isSecured = (from: ModemOptions) => Boolean(from.key && from.cert && from.ca)
  if (given.protocol !== undefined) return given.protocol
  if (isSecured(given)) return 'https'
  return ofHost ?? all.protocol ?? (isSecured(all) ? 'https' : 'http')
}

Object.assign(Modem.prototype, {
  /** Sends a request, and gives what comes of it. */
  dial(this: Modem, options: DialOptions, callback: Callback): void {
    try {
      const { request, data } = outgoingOf(this, options)
      this.buildRequest(request, options, data, callback)
    } catch (error) {
      process.nextTick(callback, error, null)
    }
  },

  buildRequest(
    this: Modem,
    request: Outgoing,
    context: DialOptions,
    data: unknown,
    callback: Callback,
  ): void {
    const { isStream, statusCodes, openStdin } = context
    receive(this, { request, context, data }).then(
      ({ connection, answer, json }) => {
        // Out of the promise: what a callback throws is its caller's.
        if (connection !== undefined) process.nextTick(callback, null, connection)
        else this.buildPayload(null, isStream, statusCodes, openStdin, request, answer, json, callback)
      },
      (error) => process.nextTick(callback, asNodeError(error), null),
    )
  },

  /** Judges an answer by its status. */
  buildPayload(
    ...[error, isStream, statusCodes, openStdin, , answer, json, callback]: Parameters<Modem['buildPayload']>
  ): void {
    if (error) process.nextTick(callback, error, null)
    else if (isSuccess(answer, statusCodes)) {
      const result = openStdin ? writable(answer) : isStream ? answer : json
      process.nextTick(callback, null, result)
    } else {
      failureOf(answer, { isStream, statusCodes, json }).then((failure) =>
        process.nextTick(callback, failure, null),
      )
    }
  },

  demuxStream,

  /** Follows a stream of JSON lines to its end. An error in it is an error, unless `streamErrors` is false. */
  followProgress(
    this: Modem,
    stream: NodeJS.ReadableStream,
    done: Progressing,
    onProgress?: OnProgress,
  ): void {
    followProgress(stream, { done, onProgress, streamErrors: this.streamErrors !== false })
  },

  /** Lists are repeated, objects are JSON, and what is null or undefined is left out. */
  buildQuerystring(options: object): string {
    const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== null)
    return stringify(Object.fromEntries(given.map(([name, value]) => [name, queryValue(value)])))
  },

  /** The path of the socket: asked for once, where a function gives it, and again when that has failed. */
  getSocketPath(this: Modem): Promise<string> | undefined {
    if (!this.socketPath) return undefined
    if (!this.socketPathCache) {
      const { socketPath } = this
      const path = typeof socketPath === 'function' ? socketPath() : socketPath
      this.socketPathCache = path
      Promise.resolve(path).catch(() => {
        if (this.socketPathCache === path) this.socketPathCache = undefined
      })
    }
    return Promise.resolve(this.socketPathCache)
  },
})

function isSuccess({ statusCode = 0 }: Answer, statusCodes: DialOptions['statusCodes']): boolean {
  return statusCodes === undefined ? statusCode < 300 : statusCodes[statusCode] === true
}

type QueryValue = string | number | boolean | readonly string[]

function queryValue(value: unknown): QueryValue {
  const isMap = typeof value === 'object' && !Array.isArray(value)
  return isMap ? JSON.stringify(value) : (value as QueryValue)
}

export default Modem
