import { Readable } from 'node:stream'
import type { ApiClient, AuthConfig, BuildInfo, ImageBuildQuery } from '../../api/index.js'
import { BuildError, InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { formatReference, parseReference, registryKey, registryOf } from '../../support/reference.js'
import { checkProgress, splitCall } from '../base/call.js'
import { extraHosts } from '../options/host.js'
import { parseUlimit, type UlimitOptions } from '../options/limits.js'
import { table } from '../options/table.js'
import { bytesOrUnlimited, parseBytes } from '../options/units.js'
import {
  flag,
  integer,
  listOf,
  oneOf,
  type Scalar,
  type StringMap,
  stringMap,
  strings,
  text,
} from '../options/values.js'
import { dialectOf } from '../podman/dialect.js'
import { parseAuth, parseAuths, type RegistryAuth } from '../registry/registry-auth.js'
import { holdSource, withSource } from '../sessions/source.js'
import { counted } from '../transfers/counted.js'
import type { Progress } from '../transfers/progress.js'
import { orRejecting, Transfer } from '../transfers/transfer.js'
import type { ExtraFiles } from './build-context/extra-files.js'
import { buildArgs } from './builds/build-args.js'
import {
  BUILDKIT_NAMES,
  type BuilderName,
  type BuildKitOptions,
  type CacheOptions,
  isRemote,
} from './builds/options.js'
import { type BuildMessage, type BuildProgress, ClassicSteps } from './builds/progress.js'
import type { QuestionSettings } from './builds/questions.js'
import { type BuildResult, FinishedBuild } from './builds/result.js'
import { getImage, parseTag } from './image.js'
import {
  checkTar,
  type PushedImage,
  pushImage,
  type RegistryAccess,
  type Tar,
  tarBody,
} from './image-transfers.js'
import { platformText } from './platform.js'

export interface BuildOptions extends BuildSettings, BuildKitOptions, CallOptions {
  /**
   * The folder whose files can be copied, without what its .dockerignore names; all of it as a tar; or the URL of a git
   * repository or a tar, which the Engine fetches.
   */
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
  /** Called with the number of bytes of the context so far, each time there are more. */
  readonly onProgress?: ((bytes: number) => void) | undefined
  /** A name for the image, with or without a tag. */
  readonly tag?: string | undefined
  /** More names. */
  readonly tags?: readonly string[] | undefined
  /** Who asks a registry; `serveraddress` says which. */
  readonly auth?: RegistryAuth | undefined
  /**
   * The credentials for each registry: `{ 'localhost:5000': { username, password } }`. With this or `auth`, no other
   * credentials are used. Default: the logins of the docker command.
   */
  readonly auths?: Readonly<Record<string, RegistryAuth | undefined>> | undefined
  /** Adds the proxy variables of config.json to the build arguments, where they have none. Default true. */
  readonly useConfigProxy?: boolean | undefined
  /** The older way to name the builder: true is 'buildkit', and false is 'classic'. */
  readonly useBuildKit?: boolean | undefined
}

interface BuildSettings {
  /** For the Dockerfile's ARGs. null is one without a value. */
  readonly buildArgs?: Readonly<Record<string, Scalar | null | undefined>> | readonly string[] | undefined
  /** Images whose layers may be used as a cache; with BuildKit also 'type=local,src=folder' and their like. */
  readonly cacheFrom?: readonly (string | CacheOptions)[] | undefined
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
  /** Runs every step anew, or with BuildKit those of the stages that are named. Default false. */
  readonly noCache?: boolean | readonly string[] | undefined
  /** As in 'linux/arm64', or with BuildKit several. API 1.32. */
  readonly platform?: string | readonly string[] | undefined
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

/** A build: awaited, it gives its result; `progress()` gives what the builder says meanwhile. */
export type Build = Transfer<BuildResult, BuildMessage, BuildProgress>

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
  'builder',
  ...BUILDKIT_NAMES,
  'network',
  ...settings.names,
]

/** The proxy variables of config.json. */
type Proxies = () => Readonly<Record<string, string>>

/** A context that is a stream is held until it is sent, and let go of when it is not. */
export function buildImage(access: RegistryAccess, options: BuildOptions, proxies: Proxies): Build {
  return orRejecting(() => withSource(options?.context, () => planBuild(access, options, proxies)))
}

/** A build by one of the builders. */
interface BuildRun {
  messages(): AsyncGenerator<BuildMessage, void, undefined>
  report(progress: Progress<BuildMessage>): BuildProgress
  /** What an error among the messages becomes. */
  failure?(explanation: string, message: BuildMessage): unknown
  finish(): Promise<BuildResult>
}

function planBuild(access: RegistryAccess, options: BuildOptions, proxies: Proxies): Build {
  const [own, call] = splitCall<BuildOptions>(options, OWN_NAMES)
  const builder = builderOf(own)
  const beyond = beyondClassic(own)
  if (builder === 'classic' && beyond !== undefined) throw needsBuildKit(beyond)
  checkSources(own)
  const auths = givenAuths(own)
  const known = flag(own.useConfigProxy ?? true, 'useConfigProxy') ? proxies() : {}
  const settled = { ...access, own, call, auths, proxies: known }
  // What is wrong with it is thrown at once, whichever builder it is for.
  const classic = builder === 'buildkit' || beyond !== undefined ? undefined : planClassic(settled)
  const choose = async () => {
    const chosen = await chooseBuilder(access.api, builder, call)
    if (chosen === 'buildkit') return runBuildKit(settled)
    return classic ?? Promise.reject(needsBuildKit(beyond))
  }
  let run: BuildRun
  return new Transfer<BuildResult, BuildMessage, BuildProgress>({
    async *messages() {
      using _context = holdSource(own.context)
      await access.prepare?.()
      run = await choose()
      yield* run.messages()
    },
    report: (progress) => run.report(progress),
    failure: (explanation, message) => run.failure?.(explanation, message),
    finish: () => run.finish(),
  })
}

interface SettledBuild extends RegistryAccess {
  readonly own: Omit<BuildOptions, keyof CallOptions>
  readonly call: CallOptions
  /** The credentials for each registry; undefined: the logins of the docker command. */
  readonly auths: Record<string, AuthConfig> | undefined
  readonly proxies: Readonly<Record<string, string>>
}

function builderOf({ builder, useBuildKit }: SettledBuild['own']): BuilderName | undefined {
  const named = builder === undefined ? undefined : oneOf('buildkit', 'classic')(builder, 'builder')
  if (useBuildKit === undefined) return named
  return named ?? (flag(useBuildKit, 'useBuildKit') ? 'buildkit' : 'classic')
}

/** Asks the Engine what it prefers, and whether it has what was asked for. */
async function chooseBuilder(
  api: ApiClient,
  builder: BuilderName | undefined,
  call: CallOptions,
): Promise<BuilderName> {
  if (builder === 'classic') return builder
  const headers = await api.system.pingHead(call)
  const hasOnlyClassic = headers['libpod-api-version'] !== undefined || headers.ostype === 'windows'
  if (builder === undefined)
    return headers['builder-version'] === '2' && !hasOnlyClassic ? 'buildkit' : 'classic'
  if (!hasOnlyClassic) return builder
  throw new InvalidArgumentError(
    "builder: this Engine has no BuildKit; Podman and Windows build with 'classic'",
  )
}

/** The first option that says what only BuildKit can do. */
function beyondClassic(own: SettledBuild['own']): string | undefined {
  const { cacheFrom, noCache, platform } = own
  const named = BUILDKIT_NAMES.find((name) => own[name] !== undefined)
  if (named !== undefined) return named
  if (Array.isArray(cacheFrom) && cacheFrom.some((each) => typeof each === 'object' || /^type=/.test(each)))
    return 'cacheFrom with a type'
  if (Array.isArray(noCache)) return 'noCache for some stages'
  if (typeof own.context === 'object' && own.dockerfileContent !== undefined)
    return 'dockerfileContent beside a tar'
  return Array.isArray(platform) ? 'platform with several' : undefined
}

function needsBuildKit(option: string | undefined): InvalidArgumentError {
  const hint = "Engines before 23 have it with builder: 'buildkit', Podman and Windows have not"
  return new InvalidArgumentError(`${option} needs BuildKit, and this build runs on the classic builder`, {
    hint,
  })
}

/** What is asked about a Dockerfile: its BuildKit answers, and not the classic builder. */
export async function askAboutDockerfile<T>(
  access: RegistryAccess,
  options: BuildOptions,
  proxies: Proxies,
  ask: (settings: QuestionSettings) => Promise<T>,
): Promise<T> {
  const [own, call] = splitCall<BuildOptions>(options, OWN_NAMES)
  checkSources(own)
  await chooseBuilder(access.api, 'buildkit', call)
  return ask(settingsOf({ ...access, own, call, auths: givenAuths(own), proxies: proxies() }))
}

function settingsOf({ api, credentials, own, call, auths, proxies }: SettledBuild): QuestionSettings {
  return {
    api,
    call,
    given: { ...own },
    proxies,
    credentials: async (registry) =>
      auths === undefined
        ? credentials.for(registry, { signal: call.signal, optional: true })
        : auths[registryKey(registry)],
  }
}

async function runBuildKit(build: SettledBuild): Promise<BuildRun> {
  // Loaded here, because most programs never build.
  const { BuildKitBuild } = await import('./builds/buildkit.js')
  const { api, credentials, own, call, auths } = build
  return new BuildKitBuild({
    ...settingsOf(build),
    onProgress: own.onProgress,
    push: (name) => {
      const { repository } = parseReference(name)
      const auth = auths === undefined ? undefined : (auths[registryKey(registryOf(repository))] ?? {})
      return pushImage({ api, credentials }, name, { auth, signal: call.signal }) as Promise<PushedImage>
    },
  })
}

function planClassic({ api, credentials, own, call, auths, proxies }: SettledBuild): BuildRun {
  const source = sourceOf(own)
  const asked: ImageBuildQuery = { version: '1', ...settings.pick(own), ...named(own) }
  const query = withProxies(asked, proxies)
  const log = new BuildLog()
  const steps = new ClassicSteps()
  const build = {
    source,
    query,
    call,
    auths: async () => auths ?? credentials.all(call),
    onProgress: own.onProgress,
  }
  return {
    messages: () => send(api, build),
    report(progress) {
      log.add(progress.message)
      return steps.add(progress)
    },
    failure: async (explanation, { errorDetail }) => {
      const { asRegistryBuildError } = await import('../registry/refusal.js')
      return asRegistryBuildError(log.failure(explanation, errorDetail?.code))
    },
    finish: async () => {
      const image = await getImage(api, log.imageId(), call)
      const names = query.t ?? []
      const outputs = [{ type: 'image', dest: undefined }] as const
      const nothing = { digest: undefined, warnings: [], metadata: {}, ref: undefined }
      return new FinishedBuild({ builder: 'classic', image, names, outputs, log: log.text, ...nothing })
    },
  }
}

function withProxies(query: ImageBuildQuery, proxies: Readonly<Record<string, string>>): ImageBuildQuery {
  if (Object.keys(proxies).length === 0) return query
  return { ...query, buildargs: { ...proxies, ...query.buildargs } }
}

interface ClassicBuild {
  readonly source: Source
  readonly query: ImageBuildQuery
  readonly call: CallOptions
  /** Who asks which registry, looked up when it is time. */
  readonly auths: () => Promise<Record<string, AuthConfig>>
  readonly onProgress: BuildOptions['onProgress']
}

async function* send(
  api: ApiClient,
  { source, query, call, auths, onProgress }: ClassicBuild,
): AsyncGenerator<BuildInfo, void, undefined> {
  const { body, ...found } = await source(call.signal)
  using _body = holdSource(body)
  const all = await auths()
  const registryConfig = Object.keys(all).length === 0 ? undefined : all
  const sent =
    body === undefined || onProgress === undefined
      ? body
      : counted(Buffer.isBuffer(body) ? Readable.from(body) : body, onProgress)
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

type Sources = Pick<BuildOptions, (typeof SOURCES)[number]>

function checkSources(options: Sources): void {
  const { context, dockerfile, dockerfileContent, files, remote, compress, onProgress } = options
  for (const option of ['dockerfile', 'dockerfileContent', 'remote'] as const) {
    if (options[option] !== undefined) text(options[option], option)
  }
  if (compress !== undefined) flag(compress, 'compress')
  checkProgress(onProgress)
  if (remote !== undefined)
    refuseBeside('remote', options, ['context', 'dockerfileContent', 'files', 'compress'])
  if (context !== undefined && typeof context !== 'string') checkTar(context, 'context')
  const isNamed = [context, remote, dockerfile, dockerfileContent].some((each) => each !== undefined)
  if (isNamed || files?.Dockerfile) return
  throw new InvalidArgumentError('build needs a context, a dockerfile, a dockerfileContent or a remote')
}

function sourceOf(options: Sources): Source {
  const { context, dockerfile, dockerfileContent, files, compress } = options
  const remote = options.remote ?? (isRemote(context) ? context : undefined)
  if (remote !== undefined) return async () => ({ remote, dockerfile })
  if (context !== undefined && typeof context !== 'string') {
    refuseBeside('a context that is a tar', options, ['dockerfileContent', 'files', 'compress'])
    const body = tarBody(context, 'context')
    return async () => ({ body, dockerfile })
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

  /** The id of a squashed image is not the one reported before, and output of RUN may look like the last line. */
  imageId(): string {
    const [, built] = [...this.text.matchAll(/^Successfully built ([\da-f]+)$/gm)].at(-1) ?? []
    const complete = this.#aux?.replace(/^[^:]+:/, '').startsWith(built ?? '') ? this.#aux : undefined
    const id = complete ?? built
    if (id === undefined) throw new BuildError({ explanation: 'it ended without an image', log: this.text })
    return id
  }
}

/** Podman has the exit code only in the text. */
function exitCodeIn(explanation: string): number | undefined {
  const [, status] = /while running runtime: exit status (\d+)\s*$/.exec(explanation) ?? []
  return status === undefined ? undefined : Number(status)
}

const UNAUTHORIZED = /(^|[\s:])unauthorized(:|$)|no basic auth credentials|authentication required/i

function adviceOn(explanation: string): string | undefined {
  if (UNAUTHORIZED.test(explanation))
    return 'a registry answered 401: does it need auths, and are they right?'
  const isNew = /requires? BuildKit|unknown flag/i.test(explanation)
  return isNew ? 'builds run on the classic builder, which knows less than BuildKit' : undefined
}
