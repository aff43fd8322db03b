import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import type { HttpRequest } from 'dockline/api'
import type { Modem } from '../modem.js'
import type { AuthConfig, DialOptions, Options } from '../types.js'

/** A request as it is sent. */
export interface Outgoing {
  readonly method: HttpRequest['method']
  /** Without its query. */
  readonly path: string
  readonly query: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | number>>
  readonly upgrade: string | undefined
  readonly signal: AbortSignal | undefined
  readonly body: Readable | Buffer | undefined
}

/** Writes a request. The options are left as they are. */
export function outgoingOf(modem: Modem, dial: DialOptions): Outgoing {
  const { method, hijack, openStdin, abortSignal: signal } = dial
  const { upgrade = 'tcp', ...headers } = lowerCased(dial.headers ?? modem.headers)
  const options = withoutOurs(dial.options)
  const body = bodyOf(dial, options)
  return {
    method: method as Outgoing['method'],
    ...pathOf(modem, dial.path, options),
    headers: { ...headers, ...describe(dial, body), ...registryHeaders(dial) },
    upgrade: hijack || openStdin ? String(upgrade) : undefined,
    signal,
    body: body as Outgoing['body'],
  }
}

function lowerCased(headers: NonNullable<DialOptions['headers']>): Record<string, string | number> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** Credentials and signals do not belong into a URL. */
function withoutOurs(options: Options | undefined): Options | undefined {
  if (!options) return undefined
  const { authconfig: _auth, abortSignal: _signal, ...rest } = options
  return rest
}

/** Options count as the query of a path that has a `?`. */
function pathOf(modem: Modem, path: string, options: Options | undefined) {
  const { version, pathPrefix = '/' } = modem
  const absolute = path.startsWith('/') ? path : `${pathPrefix}${path}`
  const [bare = '', ...written] = (version ? `/${version}${path}` : absolute).split('?')
  const asked = path.includes('?') && options !== undefined
  const built = asked ? modem.buildQuerystring((options._query ?? options) as object) : ''
  return { path: bare, query: [written.join('?'), built].filter((part) => part !== '').join('&') }
}

function bodyOf({ file, method, allowEmpty }: DialOptions, options: Options | undefined): unknown {
  if (file) return typeof file === 'string' ? createReadStream(resolve(file)) : file
  if (options === undefined || method !== 'POST') return undefined
  const json = JSON.stringify(options._body ?? options)
  return allowEmpty || (json !== '{}' && json !== '""') ? Buffer.from(json) : undefined
}

function describe({ file, headers = {} }: DialOptions, data: unknown): Record<string, string | number> {
  if (data === undefined) return {}
  const type = lowerCased(headers)['content-type'] ?? (file ? 'application/tar' : 'application/json')
  return { 'content-type': type, ...(Buffer.isBuffer(data) && { 'content-length': data.length }) }
}

function registryHeaders({ authconfig, registryconfig }: DialOptions): Record<string, string> {
  return {
    ...(authconfig && { 'x-registry-auth': authconfig.key ?? encoded(authconfig) }),
    ...(registryconfig && { 'x-registry-config': encoded(registryconfig) }),
  }
}

/** base64 for URLs, with its padding: the Engine takes no other. */
function encoded(auth: AuthConfig): string {
  const base64 = auth.base64 ?? Buffer.from(JSON.stringify(auth)).toString('base64')
  return base64.replaceAll('+', '-').replaceAll('/', '_')
}
