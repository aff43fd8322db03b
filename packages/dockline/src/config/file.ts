import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { InvalidArgumentError } from '../errors.js'
import { JsonDecoder } from '../stream/json.js'
import { checkObject } from '../support/check.js'
import type { ProxyEntry } from './proxy/proxies.js'
import type { Environment } from './resolve.js'

/** What `auths` has for a registry. */
export interface AuthEntry {
  /** `user:password` in base64. */
  readonly auth?: string
  readonly username?: string
  readonly password?: string
  /** What a login gave instead of the password. */
  readonly identitytoken?: string
  /** A token that is sent to the registry as it is. */
  readonly registrytoken?: string
  readonly serveraddress?: string
}

type Strings = Readonly<Record<string, string>>

/** The docker command's config.json. Its files may have more keys than these: they are left as they are. */
export interface ConfigFile {
  /** Credentials by registry, when no helper keeps them. */
  readonly auths?: Readonly<Record<string, AuthEntry>>
  /** The helper that keeps all credentials: 'pass' is the program `docker-credential-pass`. */
  readonly credsStore?: string
  /** The helpers of single registries, before `credsStore`. */
  readonly credHelpers?: Strings
  /** Sent with every request. */
  readonly HttpHeaders?: Strings
  /** By the address of an Engine, or 'default'. */
  readonly proxies?: Readonly<Record<string, ProxyEntry>>
  readonly currentContext?: string
  /** What leaves a terminal session, as in 'ctrl-p,ctrl-q'. */
  readonly detachKeys?: string
  /** The formats that lists and details are shown in when a command is given none. */
  readonly psFormat?: string
  readonly imagesFormat?: string
  readonly networksFormat?: string
  readonly pluginsFormat?: string
  readonly volumesFormat?: string
  readonly statsFormat?: string
  readonly serviceInspectFormat?: string
  readonly servicesFormat?: string
  readonly tasksFormat?: string
  readonly secretFormat?: string
  readonly configFormat?: string
  readonly nodesFormat?: string
  /** What `prune` is always given as `--filter`, as in 'label!=keep'. */
  readonly pruneFilters?: readonly string[]
  readonly cliPluginsExtraDirs?: readonly string[]
  readonly plugins?: Readonly<Record<string, Strings>>
  readonly aliases?: Strings
  readonly features?: Strings
}

/** DOCKER_CONFIG, else `~/.docker`. */
export function configFolder(env: Environment): string {
  return env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker')
}

/** Returns the path of config.json, also if there is none: in the folder of DOCKER_CONFIG, else in `~/.docker`. */
export function configPath(env: Environment = process.env): string {
  checkObject(env, 'env')
  return join(configFolder(env), 'config.json')
}

/**
 * Reads the docker command's config.json: in the folder of DOCKER_CONFIG, else in `~/.docker`. A missing file
 * counts as empty. Throws InvalidArgumentError if the file cannot be read.
 */
export function readConfig(env: Environment = process.env): ConfigFile {
  checkObject(env, 'env')
  return readConfigFile(configFolder(env))
}

/** The config.json of a folder. */
export function readConfigFile(folder: string): ConfigFile {
  const file = join(folder, 'config.json')
  const config = readJson(file) ?? {}
  if (typeof config === 'object' && !Array.isArray(config)) return withKnownKeys(config)
  throw new InvalidArgumentError(`${file} must hold a JSON object`)
}

/** Keys by their letters. docker takes them in upper and lower case, and of two the last. */
const KEYS = new Map(
  [
    'auths credsStore credHelpers HttpHeaders proxies currentContext detachKeys pruneFilters cliPluginsExtraDirs plugins aliases',
    'features psFormat imagesFormat networksFormat pluginsFormat volumesFormat statsFormat serviceInspectFormat servicesFormat',
    'tasksFormat secretFormat configFormat nodesFormat',
  ].flatMap((line) => line.split(' ').map((key) => [key.toLowerCase(), key])),
)

function withKnownKeys(config: object): ConfigFile {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [KEYS.get(key.toLowerCase()) ?? key, value]),
  )
}

/** The config.json of this environment. One that cannot be read counts as empty: what needs it reports the error. */
export function readUsableConfig(env: Environment): ConfigFile {
  try {
    return readConfigFile(configFolder(env))
  } catch {
    return {}
  }
}

/** undefined when there is no such file. */
export function readJson(file: string): unknown {
  const text = readText(file)
  if (text === undefined) return undefined
  try {
    return text.trim() === '' ? {} : JSON.parse(text)
  } catch (error) {
    const first = firstValue(text)
    if (first !== undefined) return first
    // Without the error itself: it quotes the file, which may be where it holds a password.
    const [, position] = / at position (\d+)/.exec((error as Error).message) ?? []
    const where =
      position === undefined ? '' : ` in line ${text.slice(0, Number(position)).split('\n').length}`
    throw new InvalidArgumentError(`${file} is not valid JSON${where}`)
  }
}

/** The docker command reads one value, and nothing that is behind it. */
function firstValue(text: string): unknown {
  try {
    const [first] = new JsonDecoder().decode(Buffer.from(text))
    return first
  } catch {
    return undefined
  }
}

/** undefined when there is no such file. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new InvalidArgumentError(`cannot read ${file}`, { cause })
  }
}
