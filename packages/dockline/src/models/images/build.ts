import { Readable } from 'node:stream'
import type { ApiClient, AuthConfig, BuildInfo, ImageBuildQuery } from '../../api/index.js'

import { BuildError, InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { formatReference } from '../../support/reference.js'
import { checkProgress, splitCall } from '../base/call.js'
import { extraHosts } from '../options/host.js'
import { parseUlimit, type UlimitOptions } from '../options/limits.js'
import { table } from '../options/table.js'
import { bytesOrUnlimited, parseBytes } from '../options/units.js'
import {
  type Convert,
  cut,
  define,
  flag,
  integer,
  listOf,
  object,
  type Scalar,
  type StringMap,
  shownKey,
  stringMap,
  strings,
  text,
} from '../options/values.js'
import { dialectOf } from '../podman/dialect.js'
import { isRefusal, parseAuth, parseAuths, type RegistryAuth } from '../registry/registry-auth.js'
import { holdSource, withSource } from '../sessions/source.js'
import { counted } from '../transfers/counted.js'
import { orRejecting, Transfer } from '../transfers/transfer.js'
import type { ExtraFiles } from './build-context/extra-files.js'
import { getImage, type Image, parseTag } from './image.js'
import { type RegistryAccess, type Tar, tarBody } from './image-transfers.js'
import { platformText } from './platform.js'

export interface BuildOptions extends BuildSettings, CallOptions {
  /** The folder whose files can be copied, without what its .dockerignore names; or all of it as a tar. */
  readonly context?: string | Tar | undefined
  /** Path of the Dockerfile from the context on, or one outside of it. Default 'Dockerfile'. */
  readonly dockerfile?: string | undefined
  /** What the Dockerfile says, instead of a path. */
  readonly dockerfileContent?: string | undefined
  /** More files by their path in the context, which need not be on disk. */
  readonly files?: ExtraFiles | undefined
  /** A git repository or a tar that the Engine fetches, instead of a context. */
  readonly remote?: string | undefined
  /** Compresses the context on its way. Default false. */
  readonly compress?: boolean | undefined
  /** Is told how many bytes of the context have gone so far, each time that there are more. */
  readonly onProgress?: ((bytes: number) => void) | undefined
  /** A name for the image, with or without a tag. */
  readonly tag?: string | undefined
  /** More names. */
  readonly tags?: readonly string[] | undefined
  /** Who asks a registry; `serveraddress` says which. */
  readonly auth?: RegistryAuth | undefined
  /**
   * Who asks which registry: `{ 'localhost:5000': { username, password } }`. With this or `auth`, nobody else does.
   * Default: whoever has logged in to one.
   */
  readonly auths?: Readonly<Record<string, RegistryAuth | undefined>> | undefined
  /** Adds the proxy variables of config.json to the build arguments, where they have none. Default true. */
  readonly useConfigProxy?: boolean | undefined
  /** Only false: BuildKit cannot be used yet. */
  readonly useBuildKit?: boolean | undefined
}

interface BuildSettings {
  /** For the Dockerfile's ARGs. null is one without a value. */
  readonly buildArgs?: Readonly<Record<string, Scalar | null | undefined>> | readonly string[] | undefined
  /** Images whose layers may be used as a cache. */
  readonly cacheFrom?: readonly string[] | undefined
  readonly cgroupParent?: string | undefined
  /** Microseconds. */
  readonly cpuPeriod?: number | undefined
  /** Microseconds of each period. */
  readonly cpuQuota?: number | undefined
  readonly cpuShares?: number | undefined
  /** As in '0-2,4'. */
  readonly cpusetCpus?: string | undefined
  readonly cpusetMems?: string | undefined
  /** Lines for /etc/hosts: `{ db: '10.0.0.2' }` or `['db:10.0.0.2']`. */
  readonly extraHosts?: Readonly<Record<string, string | readonly string[]>> | readonly string[] | undefined
  /** Removes the containers of the steps also when the build fails. Default false. */
  readonly forceRemove?: boolean | undefined
  /** Windows: 'process' or 'hyperv'. */
  readonly isolation?: string | undefined
  readonly labels?: StringMap | undefined
  /** Bytes, or '512m'. */
  readonly memory?: number | string | undefined
  /** Memory and swap together; -1 for no limit on swap. */
  readonly memorySwap?: number | string | undefined
  /** What RUN reaches: 'host', 'none', … */
  readonly network?: string | undefined
  /** Runs every step anew. Default false. */
  readonly noCache?: boolean | undefined
  /** As in 'linux/arm64'. API 1.32. */
  readonly platform?: string | undefined
  /** Pulls the images it is made of also when they are here. Default false. */
  readonly pull?: boolean | undefined
  /** Removes the containers of the steps. Default true. */
  readonly remove?: boolean | undefined
  /** Windows. */
  readonly securityOpt?: readonly string[] | undefined
  /** Size of /dev/shm, in bytes or as '64m'. */
  readonly shmSize?: number | string | undefined
  /** Makes one layer of all new ones. Only experimental Engines can. */
  readonly squash?: boolean | undefined
  /** The stage to build. Default the last. */
  readonly target?: string | undefined
  readonly ulimits?: readonly (string | UlimitOptions)[] | undefined
}

export interface BuildResult {
  readonly image: Image
  /** What the build wrote. */
  readonly log: string
}

const settings = table<BuildSettings, ImageBuildQuery>({
  buildArgs: ['buildargs', buildArgs],
  cacheFrom: ['cachefrom', strings],
  cgroupParent: ['cgroupparent', text],
  cpuPeriod: ['cpuperiod', integer],
  cpuQuota: ['cpuquota', integer],
  cpuShares: ['cpushares', integer],
  cpusetCpus: ['cpusetcpus', text],
  cpusetMems: ['cpusetmems', text],
  extraHosts: ['extrahosts', extraHosts],
  forceRemove: ['forcerm', flag],
  isolation: ['isolation', text],
  labels: ['labels', stringMap],
  memory: ['memory', parseBytes],
  memorySwap: ['memswap', bytesOrUnlimited],
  network: ['networkmode', text],
  noCache: ['nocache', flag],
  platform: ['platform', platformText],
  pull: ['pull', flag],
  remove: ['rm', flag],
  securityOpt: ['securityopt', strings],
  shmSize: ['shmsize', parseBytes],
  squash: ['squash', flag],
  target: ['target', text],
  ulimits: ['ulimits', listOf(parseUlimit)],
})

const SOURCES = [
  'context',
  'dockerfile',
  'dockerfileContent',
  'files',
  'remote',
  'compress',
  'onProgress',
] as const
const OWN_NAMES = [
  ...SOURCES,
  'tag',
  'tags',
  'auth',
  'auths',
  'useConfigProxy',
  'useBuildKit',
  ...settings.names,
]

/** The proxy variables of config.json. */
type Proxies = () => Readonly<Record<string, string>>

/** A context that is a stream is held until it is sent, and let go of when it is not. */
export function buildImage(
  access: RegistryAccess,
  options: BuildOptions,
  proxies: Proxies,
): Transfer<BuildResult, BuildInfo> {
  return orRejecting(() => withSource(options?.context, () => planBuild(access, options, proxies)))
}

function planBuild(
  { api, credentials }: RegistryAccess,
  options: BuildOptions,
  proxies: Proxies,
): Transfer<BuildResult, BuildInfo> {
  const [own, call] = splitCall<BuildOptions>(options, OWN_NAMES)
  if (own.useBuildKit !== undefined && flag(own.useBuildKit, 'useBuildKit')) {
    throw new InvalidArgumentError('useBuildKit: true cannot be done yet, builds run on the classic builder')
  }
  const source = sourceOf(own)
  const asked: ImageBuildQuery = { version: '1', ...settings.pick(own), ...named(own) }
  const query = flag(own.useConfigProxy ?? true, 'useConfigProxy') ? withProxies(asked, proxies()) : asked
  const given = givenAuths(own)
  const log = new BuildLog()
  return new Transfer<BuildResult, BuildInfo>({
    messages: () =>
      send(api, {
        source,
        query,
        call,
        auths: async () => given ?? credentials.all(call),
        onProgress: own.onProgress,
      }),
    observe: (message) => log.add(message),
    failure: (explanation, { errorDetail }) => log.failure(explanation, errorDetail?.code),
    finish: async () => ({ image: await getImage(api, log.imageId(), call), log: log.text }),
  })
}

function withProxies(query: ImageBuildQuery, proxies: Readonly<Record<string, string>>): ImageBuildQuery {
  if (Object.keys(proxies).length === 0) return query
  return { ...query, buildargs: { ...proxies, ...query.buildargs } }
}

interface Build {
  readonly source: Source
  readonly query: ImageBuildQuery
  readonly call: CallOptions
  /** Who asks which registry, looked up when it is time. */
  readonly auths: () => Promise<Record<string, AuthConfig>>
  readonly onProgress: BuildOptions['onProgress']
}

async function* send(
  api: ApiClient,
  { source, query, call, auths, onProgress }: Build,
): AsyncGenerator<BuildInfo, void, undefined> {
  const { body, ...found } = await source(call.signal)
  using _body = holdSource(body)
  const all = await auths()
  const registryConfig = Object.keys(all).length === 0 ? undefined : all
  const sent =
    body === undefined || onProgress === undefined
      ? body
      : counted(body instanceof Readable ? body : Readable.from(body), onProgress)
  const asked = await forPodman(api, query, call.signal)
  yield* api.images.build({ ...asked, ...found }, sent, { ...call, registryConfig })
}

/** Podman reads hosts as one list, where Docker's Engine reads the same name several times, and limits as words. */
async function forPodman(
  api: ApiClient,
  query: ImageBuildQuery,
  signal: AbortSignal | undefined,
): Promise<ImageBuildQuery> {
  const { extrahosts, ulimits } = query
  if (extrahosts === undefined && ulimits === undefined) return query
  await api.version(signal)
  if (!dialectOf(api).isPodman) return query
  const limits = ulimits?.map(({ Name, Soft, Hard }) => `${Name}=${Soft}:${Hard}`)
  return {
    ...query,
    ...(extrahosts === undefined ? {} : { extrahosts: [JSON.stringify(extrahosts)] }),
    ...(limits === undefined ? {} : { ulimits: limits as unknown as ImageBuildQuery['ulimits'] }),
  }
}

/** Finds what is to be built, when it is time: its bytes, and what the query says of them. */
type Source = (signal: AbortSignal | undefined) => Promise<{
  readonly body?: Buffer | Readable
  readonly dockerfile?: string | undefined
  readonly remote?: string
}>

function sourceOf(options: Pick<BuildOptions, (typeof SOURCES)[number]>): Source {
  const { context, dockerfile, dockerfileContent, files, remote, compress, onProgress } = options
  for (const option of ['dockerfile', 'dockerfileContent', 'remote'] as const) {
    if (options[option] !== undefined) text(options[option], option)
  }
  if (compress !== undefined) flag(compress, 'compress')
  checkProgress(onProgress)
  if (remote !== undefined) {
    refuseBeside('remote', options, ['context', 'dockerfileContent', 'files', 'compress'])
    return async () => ({ remote, dockerfile })
  }
  if (context !== undefined && typeof context !== 'string') {
    refuseBeside('a context that is a tar', options, ['dockerfileContent', 'files', 'compress'])
    const body = tarBody(context, 'context')
    return async () => ({ body, dockerfile })
  }
  if (
    context === undefined &&
    dockerfile === undefined &&
    dockerfileContent === undefined &&
    !files?.Dockerfile
  ) {
    throw new InvalidArgumentError('build needs a context, a dockerfile, a dockerfileContent or a remote')
  }
  return async (signal) => {
    // Loaded here, because most programs never build.
    const { packContext } = await import('./build-context/context.js')
    const dockerfileInline = dockerfileContent
    const packed = await packContext({ context, dockerfile, dockerfileInline, files, gzip: compress, signal })
    return { body: packed.tar, dockerfile: packed.dockerfile }
  }
}

function refuseBeside<Options extends object>(
  what: string,
  options: Options,
  names: readonly (keyof Options & string)[],
): void {
  const beside = names.find((name) => options[name] !== undefined)
  if (beside !== undefined) throw new InvalidArgumentError(`${beside} cannot be given with ${what}`)
}

function named({ tag, tags = [] }: Pick<BuildOptions, 'tag' | 'tags'>): Pick<ImageBuildQuery, 't'> {
  const first = tag === undefined ? [] : [formatReference(parseTag(tag, 'tag'))]
  const more = strings(tags, 'tags').map((each, index) => formatReference(parseTag(each, `tags[${index}]`)))
  const t = [...first, ...more]
  return t.length === 0 ? {} : { t }
}

function givenAuths({
  auth,
  auths,
}: Pick<BuildOptions, 'auth' | 'auths'>): Record<string, AuthConfig> | undefined {
  if (auth === undefined && auths === undefined) return undefined
  const all = auths === undefined ? {} : parseAuths(auths, 'auths')
  if (auth === undefined) return all
  const { serveraddress, ...one } = parseAuth(auth, 'auth')
  if (!serveraddress) throw new InvalidArgumentError('auth.serveraddress must say which registry it is for')
  return { ...all, ...parseAuths({ [serveraddress]: one }, 'auth') }
}

/** What is wrong with a value is told without it: build arguments are where people put tokens. */
function buildArgs(value: unknown, option: string): Record<string, string | null> {
  const pairs: [string, unknown][] = Array.isArray(value)
    ? strings(value, option).map((entry) => cut(entry, '='))
    : Object.entries(object(value, option))
  const args: Record<string, string | null> = {}
  for (const [name, content = null] of pairs) {
    if (name === '' || name.includes('=')) {
      throw new InvalidArgumentError(
        `${option} must be named values: '${shownKey(cut(name, '=')[0])}' is no name`,
      )
    }
    define(args, name, content === null ? null : argument(content, `${option}.${shownKey(name)}`))
  }
  return args
}

const argument: Convert<string> = (value, option) => {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return String(value)
  const kind = typeof value === 'number' ? String(value) : `of type ${typeof value}`
  throw new InvalidArgumentError(`${option} must be a string, a number, a boolean or null, but is ${kind}`)
}

/** What a build has said so far. */
class BuildLog {
  #pieces: string[] = []
  #step: string | undefined
  #aux: string | undefined

  get text(): string {
    return this.#pieces.join('')
  }

  add({ stream, aux }: BuildInfo): void {
    // BuildKit sends a string there.
    if (typeof aux?.ID === 'string') this.#aux = aux.ID
    if (stream === undefined) return
    this.#pieces.push(stream)
    const [, number, instruction] = /^step (\d+\/\d+) ?: (.*)\n?$/i.exec(stream) ?? []
    if (number !== undefined) this.#step = `${number} : ${instruction}`
  }

  failure(explanation: string, exitCode: number | undefined): BuildError {
    return new BuildError(
      { explanation, log: this.text, step: this.#step, exitCode: exitCode ?? exitCodeIn(explanation) },
      { hint: adviceOn(explanation) },
    )
  }

  /** A squashed image is not the one that was told of before, and what RUN writes may look like the last line. */
  imageId(): string {
    const [, built] = [...this.text.matchAll(/^Successfully built ([\da-f]+)$/gm)].at(-1) ?? []
    const complete = this.#aux?.replace(/^[^:]+:/, '').startsWith(built ?? '') ? this.#aux : undefined
    const id = complete ?? built
    if (id === undefined) throw new BuildError({ explanation: 'it ended without an image', log: this.text })
    return id
  }
}

/** Podman tells it only in words. */
function exitCodeIn(explanation: string): number | undefined {
  const [, status] = /while running runtime: exit status (\d+)\s*$/.exec(explanation) ?? []
  return status === undefined ? undefined : Number(status)
}

function adviceOn(explanation: string): string | undefined {
  if (isRefusal(explanation)) return 'a registry answered 401: does it need auths, and are they right?'
  const isNew = /requires? BuildKit|unknown flag/i.test(explanation)
  return isNew ? 'builds run on the classic builder, which knows less than BuildKit' : undefined
}
