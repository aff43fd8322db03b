import { homedir } from 'node:os'
import { join } from 'node:path'
import { CredentialsError } from '../../errors.js'
import { shownName } from '../../support/check.js'
import { type AuthEntry, type ConfigFile, configFolder, readConfigFile, readText } from '../file.js'
import type { Environment } from '../resolve.js'

/** The part of config.json that is about credentials. */
export interface CredentialFile {
  readonly path: string
  readonly auths: Readonly<Record<string, unknown>>
  readonly credsStore: string
  readonly credHelpers: Readonly<Record<string, unknown>>
}

/** What it is called in messages: never what it holds. */
export function readCredentialFile(env: Environment): CredentialFile {
  const folder = configFolder(env)
  const path = join(folder, 'config.json')
  const config = explained(() => readConfigFile(folder))
  const { auths, credHelpers } = config
  const credsStore = config.credsStore ?? ''
  if (typeof credsStore !== 'string') throw new CredentialsError(`credsStore in ${path} must be a string`)
  return {
    path,
    auths: auths === undefined ? legacyAuths(env, config) : record(auths, `auths in ${path}`),
    credsStore,
    credHelpers: record(credHelpers, `credHelpers in ${path}`),
  }
}

/** Errors of the file, as errors of credentials. */
export function explained<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw asCredentialsError(error)
  }
}

export function asCredentialsError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'InvalidArgumentError') return error
  return new CredentialsError(error.message, { cause: error.cause })
}

/**
 * Before there was `auths`, the registries were the keys of the file itself, and before that the file was `~/.dockercfg`.
 * That one still counts where there is no config.json.
 */
export function legacyAuths(env: Environment, config: ConfigFile): Record<string, unknown> {
  const inConfig = legacyEntries(config)
  if (Object.keys(config).length > 0 || env.DOCKER_CONFIG) return inConfig
  const path = join(env.HOME || homedir(), '.dockercfg')
  const text = explained(() => readText(path))?.trim()
  if (!text) return {}
  const parsed = text.startsWith('{') ? parseJson(text) : linesOf(text)
  const { auths, ...rest } = record(parsed, path, 'must be JSON, or lines as in "auth = …"')
  return auths === undefined ? legacyEntries(rest) : record(auths, `auths in ${path}`)
}

/** Keys that look like a registry, with what looks like credentials. */
export function legacyEntries(config: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([key, value]) => isLegacy(key, value)))
}

function isLegacy(key: string, value: unknown): boolean {
  if (!/[.:]|^localhost$/.test(key) || typeof value !== 'object' || value === null) return false
  return 'auth' in value || 'identitytoken' in value || 'registrytoken' in value
}

/** The oldest form, which knew Docker Hub only. */
function linesOf(text: string): object | undefined {
  const [, auth] = /^auth\s*=\s*(\S+)\s*$/m.exec(text) ?? []
  return auth === undefined ? undefined : { 'https://index.docker.io/v1/': { auth } }
}

/** What an entry holds, with user name and password apart. undefined when it is empty, as it is beside a helper. */
export function entryAuth(entry: unknown, where: string): AuthEntry | undefined {
  const fields = record(entry, where)
  const { auth, username, password, identitytoken, registrytoken } = fields
  const named = auth ? decodeAuth(auth, where) : { username, password }
  const found = Object.entries({ ...named, identitytoken, registrytoken }).filter(([, value]) => value)
  if (found.length === 0) return undefined
  const strange = found.find(([, value]) => typeof value !== 'string')
  if (strange !== undefined) throw new CredentialsError(`${strange[0]} of ${where} must be a string`)
  return Object.fromEntries(found)
}

export function encodeAuth({ username = '', password = '' }: AuthEntry): string {
  return Buffer.from(`${username}:${password}`).toString('base64')
}

const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/

/** The password may have colons, the user name not. Some programs fill up the password with zeros. */
function decodeAuth(auth: unknown, where: string): AuthEntry {
  const text = typeof auth === 'string' ? auth.replace(/[\r\n]/g, '') : '?'
  const decoded = BASE64.test(text) ? Buffer.from(text, 'base64').toString('utf8') : ''
  const colon = decoded.indexOf(':')
  if (colon < 1) throw new CredentialsError(`auth of ${where} is not "user:password" in base64`)
  return {
    username: decoded.slice(0, colon),
    password: decoded.slice(colon + 1).replace(/^\0+|(?<!\0)\0+$/g, ''),
  }
}

/**
 * DOCKER_AUTH_CONFIG: `{"auths":{"registry":{"auth":"…"}}}` and nothing else. As with the docker command, one that is not
 * like this does not count; that is warned of, once.
 */
export function environmentAuths({ DOCKER_AUTH_CONFIG: text }: Environment): Record<string, AuthEntry> {
  if (!text) return {}
  try {
    const { auths, ...others } = record(parseJson(text), 'it', 'must be a JSON object')
    const [unknown] = Object.keys(others)
    if (unknown !== undefined) throw new CredentialsError(`it has the unknown key ${shownName(unknown)}`)
    const entries = Object.entries(record(auths, 'auths'))
    return Object.fromEntries(entries.map(([registry, entry]) => [registry, onlyAuth(entry, registry)]))
  } catch (error) {
    warnOnce(`DOCKER_AUTH_CONFIG is ignored: ${(error as Error).message}`)
    return {}
  }
}

function onlyAuth(entry: unknown, registry: string): AuthEntry {
  const where = `auths['${registry}']`
  const { auth, ...others } = record(entry, where)
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new CredentialsError(`${where} has the unknown key ${shownName(unknown)}`)
  if (!auth) throw new CredentialsError(`${where} has no auth`)
  return decodeAuth(auth, where)
}

const warned = new Set<string>()

export function warnOnce(message: string): void {
  if (warned.has(message)) return
  warned.add(message)
  process.emitWarning(message, 'DocklineWarning')
}

/** Requires an object of JSON; a missing value is an empty object. The error does not have the value in it. */
function record(value: unknown, where: string, rule = 'must be an object'): Record<string, unknown> {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  throw new CredentialsError(`${where} ${rule}`)
}

/** Something that is no object when it is no JSON: the error of the parser would quote it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return 'no JSON'
  }
}
