import { ContextError, InvalidArgumentError } from '../../errors.js'
import { checkObject, invalid, show } from '../../support/check.js'
import { compareNaturally } from '../../support/natural.js'
import { refuseUnknown } from '../../support/suggest.js'
import { endpointOf } from '../../transport/index.js'
import { configFolder, readConfigFile } from '../file.js'
import { chooseContext, DEFAULT_CONTEXT, type Environment, resolveConnection } from '../resolve.js'
import {
  type ContextChanges,
  changeContext,
  describeContext,
  filesOf,
  refuseBeside,
  takeEndpoint,
  type WholeContext,
} from './context-changes.js'
import {
  contextExists,
  DOCKER,
  listStored,
  metaFolder,
  notFound,
  readStored,
  removeStored,
  tlsFilesOf,
  tlsFolder,
  writeStored,
} from './contexts-files.js'

export interface ContextStoreOptions {
  /** What stands in for `process.env`. */
  readonly env?: Environment | undefined
  /** The folder of config.json. Default: DOCKER_CONFIG, else `~/.docker`. */
  readonly folder?: string | undefined
}

/** One line of the list of contexts. */
export interface ContextSummary {
  readonly name: string
  readonly description: string
  /** The host, as in DOCKER_HOST. Empty if the context names none. */
  readonly host: string
  /** Whether a client uses this context when it is given no other. */
  readonly current: boolean
  /** Why it cannot be used; undefined for one that can. */
  readonly error: ContextError | undefined
}

/** All there is to know of a context. */
export interface ContextDetails extends ContextSummary {
  /** Whether the Engine's certificate is taken unchecked. */
  readonly skipTlsVerify: boolean
  /** The description and all other metadata, by the names in meta.json. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** What meta.json says of each endpoint; the one called `docker` is the one in use. */
  readonly endpoints: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** The names of the certificate files, by endpoint. */
  readonly tlsFiles: Readonly<Record<string, readonly string[]>>
  /** The folders they are in; undefined for `default`, which is in none. */
  readonly folders: { readonly metadata: string; readonly tls: string } | undefined
}

export interface CreateContextOptions extends ContextChanges {
  /** The context that this one becomes a copy of. Excludes all but `description`. */
  readonly from?: string | undefined
}

export interface RemoveContextOptions {
  /** Removes it also when it is in use, and does not mind when it is not there. Default: false. */
  readonly force?: boolean | undefined
}

const CHANGES = ['host', 'description', 'tls', 'skipTlsVerify', 'endpointFrom'] as const
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$/
const DEFAULT_DESCRIPTION = 'Current DOCKER_HOST based configuration'

/**
 * The contexts of the docker command, in its files. The context `default` has no file: DOCKER_HOST and the variables of TLS
 * decide it.
 */
export class ContextStore {
  readonly #env: Environment
  readonly #folder: string

  constructor(options: ContextStoreOptions = {}) {
    checkOptions(options, ['env', 'folder'])
    const { env = process.env, folder } = options
    checkObject(env, 'env')
    if (folder !== undefined && (typeof folder !== 'string' || folder === ''))
      invalid('folder', 'the path of a folder', folder)
    this.#env = folder === undefined ? env : { ...env, DOCKER_CONFIG: folder }
    this.#folder = configFolder(this.#env)
  }

  /** Returns the name of the context that a client uses by default. With DOCKER_HOST it is 'default'. */
  async current(): Promise<string> {
    return chooseContext(this.#env).name
  }

  /** Lists the contexts, `default` among them. A broken context has its `error`, and the name of its folder. */
  async list(): Promise<ContextSummary[]> {
    const current = chooseContext(this.#env).name
    const stored = listStored(this.#folder).map((entry) =>
      'error' in entry
        ? { name: entry.error.context, description: '', host: '', current: false, error: entry.error }
        : summaryOf(entry.stored, current),
    )
    return [this.#summaryOfDefault(current), ...stored].sort((a, b) => compareNaturally(a.name, b.name))
  }

  /** Returns the details of a context. */
  async inspect(name: string): Promise<ContextDetails> {
    const context = this.#load(name)
    const { metadata, endpoints, tls } = context
    const tlsFiles = Object.entries(tls).map(([endpoint, files]) => [endpoint, Object.keys(files)] as const)
    return {
      ...summaryOf(context, chooseContext(this.#env).name),
      skipTlsVerify: endpoints[DOCKER]?.SkipTLSVerify === true,
      metadata,
      endpoints,
      tlsFiles: Object.fromEntries(tlsFiles),
      folders:
        name === DEFAULT_CONTEXT
          ? undefined
          : { metadata: metaFolder(this.#folder, name), tls: tlsFolder(this.#folder, name) },
    }
  }

  /** Makes a context of a `host`, or a copy of another. */
  async create(name: string, options: CreateContextOptions): Promise<void> {
    checkOptions(options, [...CHANGES, 'from'])
    const { from, ...changes } = options
    this.#checkNew(name)
    if (from !== undefined) refuseBeside('from', changes, ['host', 'tls', 'skipTlsVerify', 'endpointFrom'])
    const base = from === undefined ? undefined : this.#load(from)
    const { description = from === DEFAULT_CONTEXT ? DEFAULT_DESCRIPTION : undefined } = changes
    if (base === undefined && !changes.host && changes.endpointFrom === undefined) {
      throw new InvalidArgumentError('host is missing: a context says where an Engine is')
    }
    this.#write(this.#changed({ ...(base ?? EMPTY), name }, { ...changes, description }))
  }

  /** Changes what is given, and leaves the rest as it is. */
  async update(name: string, changes: ContextChanges): Promise<void> {
    checkOptions(changes, CHANGES)
    checkName(name)
    this.#write(this.#changed(this.#load(name), changes))
  }

  /** Removes a context and its certificates. Refuses the one in use, unless `force` is set: then `default` is used. */
  async remove(name: string, options: RemoveContextOptions = {}): Promise<void> {
    checkOptions(options, ['force'])
    const { force = false } = options
    if (name === DEFAULT_CONTEXT) throw new ContextError(name, `context "${name}" cannot be removed`)
    checkName(name)
    if (!contextExists(this.#folder, name)) {
      if (force) return
      throw notFound(this.#folder, name)
    }
    const isCurrent = readConfigFile(this.#folder).currentContext === name
    if (!force && (isCurrent || chooseContext(this.#env).name === name)) {
      const hint = 'the force option removes it all the same'
      throw new ContextError(name, `context "${name}" is in use`, { hint })
    }
    if (isCurrent) await this.#setCurrent(DEFAULT_CONTEXT)
    removeStored(this.#folder, name)
  }

  /** Makes the context the current one, in config.json. DOCKER_HOST and DOCKER_CONTEXT take precedence. */
  async use(name: string): Promise<void> {
    if (name !== DEFAULT_CONTEXT) {
      checkName(name)
      readStored(this.#folder, name)
    }
    await this.#setCurrent(name)
  }

  /** Returns the context and its private key as a tar, as `docker context export` writes it. */
  async export(name: string): Promise<Buffer> {
    const { packContext } = await import('./contexts-archive.js')
    return packContext(this.#load(name))
  }

  /** Makes a context of the archive of an `export`, here or with docker: a tar or zip of at most 10 MiB. */
  async import(name: string, archive: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    this.#checkNew(name)
    const { unpackContext } = await import('./contexts-archive.js')
    this.#write(await unpackContext(name, archive))
  }

  #checkNew(name: string): void {
    checkName(name)
    if (contextExists(this.#folder, name)) {
      throw new ContextError(name, `context "${name}" already exists`)
    }
  }

  #load(name: string): WholeContext {
    if (name === DEFAULT_CONTEXT) return this.#default()
    checkName(name)
    return { ...readStored(this.#folder, name), tls: tlsFilesOf(this.#folder, name) }
  }

  #write({ tls, ...context }: WholeContext): void {
    writeStored(this.#folder, context, tls)
  }

  #default(): WholeContext {
    const { host, tls } = resolveConnection(this.#env, { context: DEFAULT_CONTEXT })
    const { address } = endpointOf(host)
    const files = filesOf({ ca: tls?.ca, cert: tls?.cert, key: tls?.key })
    return {
      name: DEFAULT_CONTEXT,
      metadata: {},
      endpoints: { [DOCKER]: { Host: address, SkipTLSVerify: tls?.verify === false } },
      extra: {},
      tls: Object.keys(files).length === 0 ? {} : { [DOCKER]: files },
    }
  }

  #summaryOfDefault(current: string): ContextSummary {
    const common = { name: DEFAULT_CONTEXT, description: DEFAULT_DESCRIPTION }
    try {
      return { ...summaryOf(this.#default(), current), ...common }
    } catch (cause) {
      const error = new ContextError(DEFAULT_CONTEXT, (cause as Error).message, { cause })
      return { ...common, host: '', current: current === DEFAULT_CONTEXT, error }
    }
  }

  #changed(base: WholeContext, { endpointFrom, ...changes }: ContextChanges): WholeContext {
    if (endpointFrom === undefined) return changeContext(base, changes)
    refuseBeside('endpointFrom', changes, ['host', 'tls', 'skipTlsVerify'])
    return describeContext(takeEndpoint(base, this.#load(endpointFrom)), changes.description)
  }

  async #setCurrent(name: string): Promise<void> {
    const { updateConfigFile } = await import('../save.js')
    const wanted = name === DEFAULT_CONTEXT ? undefined : name
    await updateConfigFile(this.#folder, (config) => {
      const { currentContext, ...others } = config
      if (currentContext === wanted) return config
      return wanted === undefined ? others : { ...others, currentContext: wanted }
    })
  }
}

function checkOptions(options: object, known: readonly string[]): void {
  checkObject(options, 'options')
  refuseUnknown(options, known)
}

const EMPTY: WholeContext = { name: '', metadata: {}, endpoints: {}, extra: {}, tls: {} }

function checkName(name: string): void {
  if (name === DEFAULT_CONTEXT) throw new ContextError(name, `"${name}" is a reserved context name`)
  if (typeof name === 'string' && NAME.test(name)) return
  const rule = `names are validated against regexp "${NAME.source}"`
  throw new ContextError(
    String(name),
    `context name "${show(name).replace(/^'|'$/g, '')}" is invalid, ${rule}`,
  )
}

function summaryOf(
  { name, metadata, endpoints }: Omit<WholeContext, 'tls'>,
  current: string,
): ContextSummary {
  const { Description: description } = metadata
  const { Host: host } = endpoints[DOCKER] ?? {}
  return {
    name,
    description: typeof description === 'string' ? description : '',
    host: typeof host === 'string' ? host : '',
    current: name === current,
    error: undefined,
  }
}
