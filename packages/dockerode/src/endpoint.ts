import { path, Segments } from 'dockline/api'
import { extend } from './shared.js'
import type { AuthConfig, Callback, DialOptions, Handle, ModemLike, Options } from './types.js'

/**
 * A method: its request, what the statuses of the answer mean, and its traits. `{id}` and `{name}` are the handle's. The
 * options are the query where the request ends in `?`, else the body of a POST.
 */
export type Row = readonly [request: string, statuses?: Statuses, traits?: Traits]

/** The methods of a class by their names. */
export type Table = Readonly<Record<string, Row>>

/** A status is success, or means an error in dockerode's words. Every row has 200 and 500, unless it says otherwise. */
type Statuses = Readonly<Record<number, true | string | undefined>>

const USUAL: Statuses = { 200: true, 500: 'server error' }
export const CREATED: Statuses = { 201: true }
export const DONE: Statuses = { 204: true }

/** The traits of a method, besides its request and its statuses. */
export interface Traits {
  /** The options of a POST that are its query; the others are its body. Default: all of them. */
  readonly query?: readonly string[]
  /** The argument before the options. Registry auth may be missing there, and may also come last. */
  readonly takes?: 'file' | 'checkpoint' | 'auth' | 'lastAuth'
  /** Whether the method returns the stream of the answer. Default: it returns the content of the answer. */
  readonly stream?: boolean | ((options: Options) => boolean)
  /** Whether `hijack` and `stdin` give the connection. */
  readonly hijacks?: true
  /** Whether an empty body is sent. */
  readonly allowEmpty?: true
  /** Adds options that the handle knows. */
  readonly adds?: (handle: Handle, options: Options) => Options
  /** Makes a handle of the answer. */
  readonly makes?: (handle: Handle, answer: Options, options: Options) => unknown
}

/** The trait of logs. */
export const FOLLOWED: Traits = { stream: ({ follow }) => Boolean(follow) }

/** Gives a prototype the methods of a table. */
export function addMethods(prototype: object, table: Table): void {
  for (const [name, row] of Object.entries(table)) {
    Object.assign(prototype, {
      [name](this: Handle, ...args: readonly unknown[]) {
        return call(this, { name, row }, argumentsOf(row, args))
      },
    })
  }
}

/** A method and its name. */
export interface Method {
  readonly name: string
  readonly row: Row
}

/** The arguments of a method. */
export interface Given {
  /** The file, or the name of a checkpoint. */
  readonly first: unknown
  readonly options: Options
  readonly auth: AuthConfig | undefined
  readonly callback: Callback | undefined
}

/** Sorts out the arguments: the callback may take the place of the options, and the options the place of the auth. */
export function argumentsOf([, , { takes } = {}]: Row, args: readonly unknown[]): Given {
  const [first, ...rest] = takes === 'file' || takes === 'checkpoint' ? args : [undefined, ...args]
  const callback = rest.find((each) => typeof each === 'function') as Callback | undefined
  const lastAuth = takes === 'lastAuth' ? rest.splice(2) : []
  const objects = rest.filter((each) => typeof each === 'object' && each !== null)
  const firstAuth = takes === 'auth' && objects.length > 1 ? objects.splice(0, 1) : []
  const [auth] = [...firstAuth, ...lastAuth] as AuthConfig[]
  return { first, options: (objects[0] ?? {}) as Options, auth, callback }
}

/** Calls the Engine. Gives a promise, unless there is a callback. */
export function call(handle: Handle, { name, row }: Method, given: Given): unknown {
  const [, , { makes } = {}] = row
  return deliver(handle.modem, given.callback, (done) => {
    const options = extend({} as Options, defaultsOf(handle, name), given.options)
    handle.modem.dial(dialOptions(handle, row, { ...given, options }), (error, answer) =>
      done(error, error || makes === undefined ? answer : makes(handle, answer as Options, options)),
    )
  })
}

/** Gives the result of some work to the callback, or as a promise of the kind that was asked for. */
export function deliver(
  modem: ModemLike,
  callback: Callback | undefined,
  work: (done: Callback) => void,
): unknown {
  // Only a client gives its modem the kind of promise.
  const Kind = modem.Promise ?? Promise
  if (callback === undefined)
    return new Kind((resolve, reject) =>
      deliver(modem, (error, result) => (error ? reject(error) : resolve(result)), work),
    )
  try {
    return work(callback)
  } catch (error) {
    return process.nextTick(callback, error, null)
  }
}

function defaultsOf({ defaultOptions }: Handle, name: string): object | undefined {
  return defaultOptions?.[name === 'logs' ? 'log' : name]
}

function dialOptions(
  handle: Handle,
  [request, statuses, { stream = false, takes, hijacks, allowEmpty, adds, query } = {}]: Row,
  { first, options, auth }: Given,
): DialOptions {
  const [method = '', template = ''] = request.split(' ')
  const { authconfig, abortSignal, registryconfig, ...rest } = options
  const sent = adds === undefined ? rest : adds(handle, rest)
  return {
    path: pathOf(template, { ...handle, checkpoint: first }),
    method,
    options: method === 'POST' && template.endsWith('?') ? apart(sent, query) : sent,
    statusCodes: { ...USUAL, ...statuses },
    isStream: typeof stream === 'function' ? stream(options) : stream,
    abortSignal: abortSignal as AbortSignal | undefined,
    // Old Engines want credentials for a push, even empty ones.
    authconfig: auth ?? (authconfig as AuthConfig | undefined) ?? (takes === 'lastAuth' ? {} : undefined),
    registryconfig: registryconfig as AuthConfig | undefined,
    ...(takes === 'file' && { file: first }),
    ...(hijacks && { hijack: options.hijack as boolean, openStdin: options.stdin as boolean }),
    ...(allowEmpty && { allowEmpty }),
  }
}

/**
 * Encodes ids and names, except for the slashes of names. One that was encoded by hand is not encoded twice, as with
 * dockerode, which encodes nothing. Throws for a value that would lead to another endpoint.
 */
function pathOf(template: string, values: object): string {
  const [literals, names] = [template.split(/\{\w+\}/), template.match(/(?<=\{)\w+(?=\})/g) ?? []]
  const encoded = names.map((name) => {
    const value = decoded(String((values as Record<string, unknown>)[name]))
    return name === 'name' ? new Segments(value) : value
  })
  return path(literals as readonly string[] as TemplateStringsArray, ...encoded)
    .replaceAll('%3A', ':')
    .replaceAll('%40', '@')
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** Parts the options of a POST into query and body, so that no body stands in a URL. */
function apart({ _query, _body, ...options }: Options, query?: readonly string[]): Options {
  const pick = (isAsked: boolean) =>
    Object.fromEntries(
      Object.entries(options).filter(([name]) => (query?.includes(name) ?? true) === isAsked),
    )
  return { _query: _query ?? pick(true), _body: _body ?? pick(false) }
}
