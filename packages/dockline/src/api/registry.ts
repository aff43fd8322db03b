import type { OutgoingHttpHeaders } from 'node:http'
import type { CallOptions } from '../http/index.js'
import type { AuthConfig } from './types.gen.js'

export interface RegistryOptions extends CallOptions {
  /** `X-Registry-Auth`: who asks the registry, or the header as it is. */
  readonly registryAuth?: AuthConfig | string | undefined
}

export interface BuildCallOptions extends CallOptions {
  /** `X-Registry-Config`: by registry, who asks it, or the header as it is. BuildKit does not read it. */
  readonly registryConfig?: Readonly<Record<string, AuthConfig>> | string | undefined
}

/** `X-Registry-Auth`, when there is something to say. */
export function authHeaders(auth: AuthConfig | string | undefined): OutgoingHttpHeaders {
  return auth === undefined ? {} : { 'x-registry-auth': encoded(auth) }
}

/** `X-Registry-Config`, when there is something to say. */
export function configHeaders(config: BuildCallOptions['registryConfig']): OutgoingHttpHeaders {
  return config === undefined ? {} : { 'x-registry-config': encoded(config) }
}

/** The alphabet for URLs, but with the padding that Node leaves out: Go does not decode it otherwise. */
function encoded(value: object | string): string {
  if (typeof value === 'string') return value
  const text = Buffer.from(JSON.stringify(value)).toString('base64url')
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}
