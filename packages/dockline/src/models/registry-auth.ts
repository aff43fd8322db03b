import type { AuthConfig } from '../api/index.js'
import { ApiError, InvalidArgumentError, StreamError } from '../errors.js'
import { registryKey } from '../reference.js'
import { refuseUnknown } from './options/index.js'
import { type Convert, define, invalid } from './options/values.js'

/** Who asks a registry: a user name and a password, or one of the two tokens. */
export interface RegistryAuth {
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** The registry it is for, as in 'localhost:5000'. */
  readonly serveraddress?: string | undefined
  /** What a login gave instead of the password. */
  readonly identitytoken?: string | undefined
  /** A token that is sent to the registry as it is. */
  readonly registrytoken?: string | undefined
}

const NAMES = ['username', 'password', 'serveraddress', 'identitytoken', 'registrytoken'] as const

/** Checks credentials. What is wrong with them is told without them. */
export const parseAuth: Convert<AuthConfig> = (value, option) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError(`${option} must be an object such as { username, password }`)
  }
  refuseUnknown(value, NAMES, option)
  const auth: AuthConfig = {}
  for (const name of NAMES) {
    const given: unknown = (value as RegistryAuth)[name]
    if (given === undefined) continue
    if (typeof given !== 'string') throw new InvalidArgumentError(`${option}.${name} must be a string`)
    auth[name] = given
  }
  return auth
}

export function optionalAuth(value: unknown): AuthConfig | undefined {
  return value === undefined ? undefined : parseAuth(value, 'auth')
}

/** Credentials by registry, under the names that the Engine looks for. */
export const parseAuths: Convert<Record<string, AuthConfig>> = (value, option) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError(
      `${option} must be an object such as { 'localhost:5000': { username, password } }`,
    )
  }
  const auths: Record<string, AuthConfig> = {}
  for (const [registry, given] of Object.entries(value)) {
    if (given === undefined) continue
    if (registry === '') invalid(option, 'an object of registries', registry)
    const key = registryKey(registry)
    define(auths, key, { serveraddress: key, ...parseAuth(given, `${option}['${registry}']`) })
  }
  return auths
}

/** How Engines pass on a 401, which is not how they answer themselves. An image may have such a name. */
const UNAUTHORIZED = /(^|[\s:])unauthorized(:|$)|no basic auth credentials|authentication required/i

export function isRefusal(explanation: string): boolean {
  return UNAUTHORIZED.test(explanation)
}

export interface Asked {
  readonly registry: string
  /** Whether credentials were sent. */
  readonly withAuth: boolean
}

/** Says in plain words that it was the registry that refused, and what to do. */
export function explainRefusal(error: unknown, { registry, withAuth }: Asked): unknown {
  const words =
    error instanceof ApiError ? error.explanation : error instanceof StreamError ? error.message : ''
  const refused = isRefusal(words) || (error instanceof ApiError && error.status === 401)
  if (!refused) return error
  const advice = withAuth ? 'is auth right?' : 'does it want auth: { username, password }?'
  const hint = `the registry ${registry} answered 401: ${advice}`
  return error instanceof ApiError ? ApiError.from(error, { hint }) : new StreamError(words, { hint })
}

/** The same for whatever a call to a registry gives. */
export async function* explainingRefusal<T>(
  messages: AsyncGenerator<T, void, undefined>,
  asked: Asked,
): AsyncGenerator<T, void, undefined> {
  try {
    yield* messages
  } catch (error) {
    throw explainRefusal(error, asked)
  }
}
