import { stringify } from 'node:querystring'
import { type Constructor, constructorOf } from './constructor.js'
import { type Answer, failureOf, receive, writable } from './modem/answer.js'
import { demuxStream } from './modem/demux.js'
import { type ConnectionFields, defaultsOf, FIELDS } from './modem/environment.js'
import { asNodeError } from './modem/errors.js'
import { followProgress } from './modem/progress.js'
import { type Outgoing, outgoingOf } from './modem/request.js'
import type { Callback, DialOptions, ModemLike } from './types.js'

/** The address of an Engine and the settings of its connection. Default: those of the environment. */
export interface ModemOptions extends Partial<ConnectionFields> {
  readonly agentForward?: boolean
}

type BuildPayload = [
  error: unknown,
  isStream: boolean | undefined,
  statusCodes: DialOptions['statusCodes'],
  openStdin: boolean | undefined,
  request: unknown,
  answer: Answer,
  json: unknown,
  callback: Callback,
]

/** The way to an Engine. */
export interface Modem extends ConnectionFields, ModemLike {
  socketPathCache?: string | PromiseLike<string> | undefined
  getSocketPath(): Promise<string> | undefined
  buildRequest(request: Outgoing, context: DialOptions, data: unknown, callback: Callback): void
  buildPayload(...payload: BuildPayload): void
  buildQuerystring(options: object): string
}

function begin(modem: Modem, given: ModemOptions | null | undefined): void {
  const options = given ?? {}
  const defaults = defaultsOf(process.env)
  const all = { ...defaults, ...options }
  Object.assign(modem, {
    ...Object.fromEntries(FIELDS.map((name) => [name, all[name]])),
    socketPath: all.host ? undefined : all.socketPath,
    headers: all.headers ?? {},
    sshOptions: { agentForward: options.agentForward, ...options.sshOptions, ...defaults.sshOptions },
    protocol: options.protocol ?? protocolOf(all, options),
  })
}

/** Certificates mean encryption: the given ones always, those of the environment unless the host has a scheme. */
function protocolOf(all: Partial<ConnectionFields>, given: ModemOptions): string {
  const [, ofHost] = /^(https|ssh):/.exec(all.host ?? '') ?? []
  const isSecured = ({ key, cert, ca }: ModemOptions) => Boolean(key && cert && ca)
  if (isSecured(given)) return 'https'
  return ofHost ?? all.protocol ?? (isSecured(all) ? 'https' : 'http')
}

const Modem: Constructor<Modem, readonly [options?: ModemOptions]> = constructorOf('Modem', begin, {
  /** Sends a request, and gives what comes of it. */
  dial(options: DialOptions, callback: Callback): void {
    try {
      const request = outgoingOf(this, options)
      this.buildRequest(request, options, request.body, callback)
    } catch (error) {
      process.nextTick(callback, error, null)
    }
  },

  // biome-ignore lint/complexity/useMaxParams: docker-modem has this method with these arguments.
  buildRequest(request: Outgoing, context: DialOptions, data: unknown, callback: Callback): void {
    const { isStream, statusCodes, openStdin } = context
    receive(this, { ...request, body: data as Outgoing['body'] }, isStream).then(
      ({ connection, answer, json }) => {
        // Out of the promise: what a callback throws is its caller's.
        if (connection !== undefined) process.nextTick(callback, null, connection)
        else this.buildPayload(null, isStream, statusCodes, openStdin, request, answer, json, callback)
      },
      (error) => process.nextTick(callback, asNodeError(error), null),
    )
  },

  /** Judges an answer by its status. */
  buildPayload(...[error, isStream, statusCodes, openStdin, , answer, json, callback]: BuildPayload): void {
    const give = (failure: unknown, result: unknown) => process.nextTick(callback, failure, result)
    if (error) give(error, null)
    else if (isSuccess(answer, statusCodes))
      give(null, openStdin ? writable(answer) : isStream ? answer : json)
    else failureOf(answer, json, { isStream, statusCodes }).then((failure) => give(failure, null))
  },

  demuxStream,
  followProgress,

  /** Lists are repeated, objects are JSON, and null and undefined are left out. */
  buildQuerystring(options: object): string {
    const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== null)
    return stringify(Object.fromEntries(given.map(([name, value]) => [name, queryValue(value)])))
  },

  /** The path of the socket: asked for once, where a function gives it, and again when that has failed. */
  getSocketPath(): Promise<string> | undefined {
    const { socketPath } = this
    if (!socketPath) return undefined
    this.socketPathCache ||= typeof socketPath === 'function' ? socketPath() : socketPath
    const path = this.socketPathCache
    Promise.resolve(path).catch(() => {
      if (this.socketPathCache === path) this.socketPathCache = undefined
    })
    return Promise.resolve(path)
  },
})

function isSuccess({ statusCode = 0 }: Answer, statusCodes: DialOptions['statusCodes']): boolean {
  return statusCodes === undefined ? statusCode < 300 : statusCodes[statusCode] === true
}

function queryValue(value: unknown): string | number | boolean | readonly string[] {
  const isMap = typeof value === 'object' && !Array.isArray(value)
  return isMap ? JSON.stringify(value) : (value as string)
}

export default Modem
