import { path, Segments } from 'dockline/api'
import { extend } from './shared.js'
import type { AuthConfig, Callback, DialOptions, Handle, ModemLike, Options } from './types.js'

/** One method: what it sends, and what it gives. */
export interface Endpoint {
  readonly verb: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** `{id}` and `{name}` are the handle's. A `?` at the end: the options are its query; without, those of a POST its body. */
  readonly path: string
  /** Of the options of a POST with a `?`, those that are its query: the others are its body. Default: all are its query. */
  readonly query?: readonly string[]
  /** The statuses that are success. Default 200. */
  readonly ok?: readonly number[]
  /** What other statuses mean. 500 is 'server error' unless it is something else, or nothing. */
  readonly words?: Readonly<Record<number, string | undefined>>
  /** What comes before the options, or with them: registry auth may come first, or last. */
  readonly takes?: 'file' | 'checkpoint' | 'auth' | 'lastAuth'
  /** Whether the answer itself is given. Default: what is in it. */
  readonly stream?: boolean | ((options: Options) => boolean)
  /** Whether `hijack` and `stdin` give the connection. */
  readonly hijacks?: true
  /** Whether a body is sent that is empty. */
  readonly allowEmpty?: true
  /** Options that the handle itself adds. */
  readonly adds?: (handle: Handle, options: Options) => Options
  /** The handle that is made of the answer. */
  readonly makes?: (handle: Handle, answer: Options, options: Options) => unknown
}

/** The statuses of success, of the Engine and of proxies. */
export const CREATED = [200, 201]
export const DONE = [200, 204]

/** Gives a prototype the methods of a table. */
export function addMethods(prototype: object, table: Readonly<Record<string, Endpoint>>): void {
  for (const [name, endpoint] of Object.entries(table)) {
    Object.assign(prototype, {
      [name](this: Handle, ...args: readonly unknown[]) {
        return call(this, name, endpoint, argumentsOf(endpoint, args))
      },
    })
  }
}

/** What a method was given. */
export interface Given {
  /** The file, or the name of a checkpoint. */
  readonly first: unknown
  readonly options: Options
  readonly auth: AuthConfig | undefined
  readonly callback: Callback | undefined
}

/** Sorts out the arguments: the callback may take the place of the options, and the options that of the auth. */
export function argumentsOf({ takes }: Endpoint, args: readonly unknown[]): Given {
  const [first, ...rest] = takes === 'file' || takes === 'checkpoint' ? args : [undefined, ...args]
  const callback = rest.find((each) => typeof each === 'function') as Callback | undefined
  const objects = rest.filter((each) => typeof each === 'object' && each !== null) as Options[]
  if (takes === 'lastAuth') {
    const options = typeof rest[0] === 'function' ? {} : (rest[0] as Options)
    return { first, options, auth: rest[2] as AuthConfig | undefined, callback }
  }
  const [auth, options] = takes === 'auth' && objects.length > 1 ? objects : [undefined, objects[0]]
  return { first, options: options ?? {}, auth, callback }
}

/** Calls an endpoint. Gives a promise, unless there is a callback. */
export function call(handle: Handle, name: string, endpoint: Endpoint, given: Given): unknown {
  const { modem } = handle
  return deliver(modem, given.callback, (done) => {
    const options = extend({} as Options, defaultsOf(handle, name), given.options)
    modem.dial(dialOptions(handle, endpoint, { ...given, options }), (error, answer) => {
      if (error || endpoint.makes === undefined) done(error, answer)
      else done(error, endpoint.makes(handle, answer as Options, options))
    })
  })
}

/** Gives what some work comes to: to the callback, or as a promise of the kind that was asked for. */
export function deliver(
  modem: ModemLike,
  callback: Callback | undefined,
  work: (done: Callback) => void,
): unknown {
  if (callback !== undefined) return begin(work, callback)
  return new modem.Promise((resolve, reject) =>
    begin(work, (error, result) => (error ? reject(error) : resolve(result))),
  )
}

function begin(work: (done: Callback) => void, done: Callback): void {
  try {
    work(done)
  } catch (error) {
    process.nextTick(done, error, null)
  }
}

function defaultsOf({ defaultOptions }: Handle, name: string): object | undefined {
  return defaultOptions?.[name === 'logs' ? 'log' : name]
}

function dialOptions(handle: Handle, endpoint: Endpoint, { first, options, auth }: Given): DialOptions {
  const { verb, stream = false, takes, hijacks, allowEmpty, adds } = endpoint
  const { authconfig, abortSignal, registryconfig, ...rest } = options
  const sent = adds === undefined ? rest : adds(handle, rest)
  return {
    path: pathOf(endpoint, { ...handle, checkpoint: first }),
    method: verb,
    options: apart(endpoint, sent),
    statusCodes: statusesOf(endpoint),
    isStream: typeof stream === 'function' ? stream(options) : stream,
    abortSignal: abortSignal as AbortSignal | undefined,
    authconfig: auth ?? (authconfig as AuthConfig | undefined),
    registryconfig: registryconfig as AuthConfig | undefined,
    ...(takes === 'file' && { file: first }),
    ...(hijacks && { hijack: options.hijack as boolean, openStdin: options.stdin as boolean }),
    ...(allowEmpty && { allowEmpty }),
  }
}

/**
 * Encodes ids and names, except for the slashes of names. A value that is not a name, or leads to another endpoint,
 * is an error.
 */
function pathOf({ path: template }: Endpoint, values: object): string {
  const names = Array.from(template.matchAll(/\{(\w+)\}/g), ([, name]) => name)
  const found = names.map((name) => (values as Record<string, string>)[name as string] as string)
  const encoded = found.map((value, index) => (names[index] === 'name' ? new Segments(value) : value))
  const literals = template.split(/\{\w+\}/) as readonly string[] as TemplateStringsArray
  return path(literals, ...encoded)
    .replaceAll('%3A', ':')
    .replaceAll('%40', '@')
}

/** Query and body of a POST, each with what the endpoint reads there; all else has only one of them. */
function apart({ verb, path: template, query }: Endpoint, options: Options): Options {
  if (verb !== 'POST' || !template.endsWith('?')) return options
  const { _query, _body, ...rest } = options
  const isQuery = ([name]: readonly [string, unknown]) => query === undefined || query.includes(name)
  const [asked, others] = [
    Object.entries(rest).filter(isQuery),
    Object.entries(rest).filter((entry) => !isQuery(entry)),
  ]
  return { _query: _query ?? Object.fromEntries(asked), _body: _body ?? Object.fromEntries(others) }
}

function statusesOf({ ok = [200], words = {} }: Endpoint): Record<number, true | string> {
  const success = ok.map((status) => [status, true] as const)
  const failures = Object.entries({ 500: 'server error', ...words }).filter(([, text]) => text !== undefined)
  return Object.fromEntries([...success, ...failures])
}
