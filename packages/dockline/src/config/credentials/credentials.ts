import { CredentialsError } from '../../errors.js'
import { own } from '../../support/own.js'
import { hostOf, registryKey } from '../../support/reference.js'
import { type AuthEntry, type ConfigFile, configFolder } from '../file.js'
import type { Environment } from '../resolve.js'
import { updateConfigFile } from '../save.js'
import {
  asCredentialsError,
  type CredentialFile,
  encodeAuth,
  entryAuth,
  environmentAuths,
  explained,
  legacyAuths,
  legacyEntries,
  readCredentialFile,
  warnOnce,
} from './credentials-file.js'
import {
  eraseFromHelper,
  findProgram,
  getFromHelper,
  type Helper,
  listOfHelper,
  storeInHelper,
} from './helper.js'

/** Whose credentials they are: the variables that say where config.json is, and those that helpers run with. */
export interface CredentialPlace {
  readonly env: Environment
  readonly helperEnv: Environment
}

/** A registry and the credentials for it. */
export interface Login {
  readonly registry: string
  readonly auth: AuthEntry
}

interface Options {
  readonly signal?: AbortSignal | undefined
}

type Auths = Record<string, AuthEntry>

/**
 * What the docker command would ask a registry with, in its order: DOCKER_AUTH_CONFIG, the registry's own helper, the
 * helper for all, the file. Everything is read anew each time: tokens of an hour are the ordinary case.
 */
export async function findCredentials(
  place: CredentialPlace,
  registry: string,
  { signal, optional = false }: Options & { readonly optional?: boolean | undefined } = {},
): Promise<AuthEntry | undefined> {
  const found = readCredentials(place, registry, signal)
  return optional ? tolerating(found, signal, `the credentials for ${registry} cannot be read`) : found
}

async function readCredentials(
  place: CredentialPlace,
  registry: string,
  signal: AbortSignal | undefined,
): Promise<AuthEntry | undefined> {
  const fromEnv = own(environmentAuths(place.env), registry)
  if (fromEnv !== undefined) return { ...fromEnv, serveraddress: registry }
  const source = openSource(place, signal)
  const helper = helperFor(source, registry)
  if (helper === undefined) return inFile(source.file, registry)
  const kept = await getFromHelper(helper, registry)
  return kept === undefined ? undefined : { ...kept, serveraddress: registry }
}

/**
 * All there are, for builds, which may pull from any registry. What cannot be read is left out, as with the docker
 * command, and warned of: most builds need none.
 */
export async function allCredentials(place: CredentialPlace, { signal }: Options = {}): Promise<Auths> {
  const all: Auths = {}
  const add: AddAuth = (registry, auth) => {
    if (auth !== undefined) define<AuthEntry>(all, registry, { ...auth, serveraddress: registry })
  }
  const tolerate: Tolerate = (read) => tolerating(read(), signal, 'a build goes without some credentials')
  const source = await tolerate(async () => openSource(place, signal))
  if (source !== undefined) await addStored(source, add, tolerate)
  for (const [registry, auth] of Object.entries(environmentAuths(place.env))) add(registry, auth)
  return all
}

type AddAuth = (registry: string, auth: AuthEntry | undefined) => void
type Tolerate = <T>(read: () => Promise<T>) => Promise<T | undefined>

async function addStored(source: CredentialSource, add: AddAuth, tolerate: Tolerate): Promise<void> {
  const { file } = source
  for (const [registry, entry] of Object.entries(file.auths))
    add(registry, await tolerate(async () => entryAuth(entry, whereIn(file, registry))))
  const forAll = defaultHelper(source)
  if (forAll !== undefined) {
    const listed = (await tolerate(() => listOfHelper(forAll))) ?? []
    for (const registry of listed) add(registry, await tolerate(() => getFromHelper(forAll, registry)))
  }
  for (const registry of Object.keys(file.credHelpers)) {
    const ofRegistry = async () => {
      const helper = helperFor(source, registry)
      return helper && getFromHelper(helper, registry)
    }
    add(registry, await tolerate(ofRegistry))
  }
}

/** Keeps a login where the docker command would: with the helper, else in the file. */
export async function storeCredentials(
  place: CredentialPlace,
  { registry, auth }: Login,
  { signal }: Options = {},
): Promise<void> {
  const source = openSource(place, signal)
  const helper = helperFor(source, registry)
  if (helper !== undefined) await storeInHelper(helper, registry, auth)
  const entry = helper === undefined ? fileEntry(auth) : {}
  const detected = helper !== undefined && isDetected(source.file) ? { credsStore: helper.suffix } : {}
  await update(place, signal, (config) =>
    withEntry({ ...withAuths(place, config), ...detected }, registry, entry),
  )
}

/** Forgets them, under every name that a registry may have been stored with. */
export async function eraseCredentials(
  place: CredentialPlace,
  registry: string,
  { signal }: Options = {},
): Promise<void> {
  const source = openSource(place, signal)
  const names = namesOf(registry)
  const failures: unknown[] = []
  for (const name of names) {
    const helper = helperFor(source, name)
    if (helper === undefined) continue
    await eraseFromHelper(helper, name).catch((error: unknown) => failures.push(error))
    signal?.throwIfAborted()
  }
  if (failures.length === names.length) throw failures[0]
  await update(place, signal, (config) => withoutRegistry(place, config, registry))
}

/** The file with the names of the helpers, and what a helper runs with. */
interface CredentialSource extends Pick<Helper, 'env' | 'signal'> {
  readonly file: CredentialFile
}

function openSource({ env, helperEnv }: CredentialPlace, signal: AbortSignal | undefined): CredentialSource {
  return { file: readCredentialFile(env), env: helperEnv, signal }
}

function helperFor(source: CredentialSource, registry: string): Helper | undefined {
  const { file, env, signal } = source
  if (!Object.hasOwn(file.credHelpers, registry)) return defaultHelper(source)
  const suffix = file.credHelpers[registry]
  const from = `credHelpers['${registry}'] in ${file.path}`
  if (typeof suffix !== 'string') throw new CredentialsError(`${from} must be a string`)
  return suffix === '' ? undefined : { suffix, from, env, signal }
}

function defaultHelper({ file, env, signal }: CredentialSource): Helper | undefined {
  const suffix = isDetected(file) ? detectHelper(env) : file.credsStore
  if (!suffix) return undefined
  return { suffix, from: `credsStore in ${file.path}`, env, signal }
}

/** A file that says nothing about credentials leaves it to what is installed. */
function isDetected({ auths, credsStore, credHelpers }: CredentialFile): boolean {
  return credsStore === '' && Object.keys(auths).length === 0 && Object.keys(credHelpers).length === 0
}

const OF_PLATFORM: Readonly<Record<string, string>> = { darwin: 'osxkeychain', win32: 'wincred' }

function detectHelper(env: Environment): string | undefined {
  const ofLinux = () => (findProgram('pass', env) === undefined ? 'secretservice' : 'pass')
  const suffix = OF_PLATFORM[process.platform] ?? ofLinux()
  return findProgram(`docker-credential-${suffix}`, env) === undefined ? undefined : suffix
}

/** Under its own name, or under one of old: an address with scheme and path. */
function inFile(file: CredentialFile, registry: string): AuthEntry | undefined {
  const name = Object.hasOwn(file.auths, registry)
    ? registry
    : Object.keys(file.auths).find((key) => hostOf(key) === registry)
  if (name === undefined) return undefined
  const auth = entryAuth(file.auths[name], whereIn(file, name))
  return auth === undefined ? undefined : { ...auth, serveraddress: name }
}

function whereIn({ path }: CredentialFile, registry: string): string {
  return `auths['${registry}'] in ${path}`
}

async function tolerating<T>(
  asked: Promise<T>,
  signal: AbortSignal | undefined,
  told: string,
): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof CredentialsError)) throw error
    warnOnce(`${told}: ${error.message}`)
    return undefined
  }
}

function fileEntry(auth: AuthEntry): AuthEntry {
  const { username, password, identitytoken, registrytoken } = auth
  return {
    ...(username || password
      ? { auth: encodeAuth({ username: username ?? '', password: password ?? '' }) }
      : {}),
    ...(identitytoken ? { identitytoken } : {}),
    ...(registrytoken ? { registrytoken } : {}),
  }
}

async function update(
  { env }: CredentialPlace,
  signal: AbortSignal | undefined,
  change: (config: ConfigFile) => ConfigFile,
): Promise<void> {
  try {
    await updateConfigFile(configFolder(env), change, signal)
  } catch (error) {
    throw asCredentialsError(error)
  }
}

/** Converts the file to the form of today, since a new `auths` would hide the logins in an older form. */
function withAuths({ env }: CredentialPlace, config: ConfigFile): ConfigFile {
  if (config.auths !== undefined) return config
  const old = legacyEntries(config)
  const rest = Object.entries(config).filter(([key]) => !Object.hasOwn(old, key))
  const auths = explained(() => legacyAuths(env, config)) as Auths
  return { auths, ...Object.fromEntries(rest) }
}

function withEntry(config: ConfigFile, registry: string, entry: AuthEntry): ConfigFile {
  const auths: Auths = { ...config.auths }
  define(auths, registry, entry)
  return { ...config, auths }
}

function withoutRegistry(place: CredentialPlace, config: ConfigFile, registry: string): ConfigFile {
  const modern = withAuths(place, config)
  const before = Object.entries(modern.auths ?? {})
  const names = namesOf(registry)
  const after = before.filter(([key]) => !names.includes(key) && hostOf(key) !== registry)
  return after.length === before.length ? config : { ...modern, auths: Object.fromEntries(after) }
}

/** What a registry may be filed under. What the docker command's login in a browser leaves goes with it. */
function namesOf(registry: string): readonly string[] {
  if (registry !== registryKey('docker.io')) return [registry, `http://${registry}`, `https://${registry}`]
  return [registry, `${registry}access-token`, `${registry}refresh-token`]
}

/** Also for a registry named `__proto__`. */
function define<T>(record: Record<string, T>, key: string, value: T): void {
  Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
}
