import type { Readable } from 'node:stream'
import type { AuthConfig, ImageBuildQuery } from '../../../api/index.js'
import { InvalidArgumentError } from '../../../errors.js'
import type { CallOptions } from '../../../http/index.js'
import { closedEarly, isSpent } from '../../../stream/index.js'
import { callback, callTable, type Own } from '../../base/call.js'
import { extraHosts } from '../../options/host.js'
import { parseUlimit, type UlimitOptions } from '../../options/limits.js'
import { table } from '../../options/table.js'
import { bytesOrUnlimited, parseBytes } from '../../options/units.js'
import {
  asItIs,
  flag,
  integer,
  listOf,
  oneOf,
  type Scalar,
  type StringMap,
  stringMap,
  strings,
  text,
} from '../../options/values.js'
import { parseAuth, parseAuths, type RegistryAuth } from '../../registry/registry-auth.js'
import type { ExtraFiles } from '../build-context/extra-files.js'
import { checkTar, type Tar, tarBody } from '../image-transfers.js'
import { platformText } from '../platform.js'
import { buildArgs } from './build-args.js'
import {
  BUILDKIT_NAMES,
  type BuilderName,
  type BuildKitOptions,
  type CacheOptions,
  isRemote,
} from './options.js'

export interface BuildOptions extends BuildSettings, BuildKitOptions, CallOptions {
  /**
   * The folder whose files can be copied, without what its .dockerignore names; all of it as a tar; or the URL of a git
   * repository or a tar, which the Engine fetches.
   */
  readonly context?: string | Tar | undefined
  /** Path of the Dockerfile from the context on, or one outside of it. Default: 'Dockerfile'. */
  readonly dockerfile?: string | undefined
  /** What the Dockerfile says, instead of a path. */
  readonly dockerfileContent?: string | undefined
  /** More files by their path in the context, which need not be on disk. */
  readonly files?: ExtraFiles | undefined
  /** A git repository or a tar that the Engine fetches, instead of a context. */
  readonly remote?: string | undefined
  /** Compresses the context on its way. Default: false. */
  readonly compress?: boolean | undefined
  /** Called with the number of bytes of the context so far. */
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
  /**
   * Adds the proxy variables of config.json to the build arguments, where they have none. A file that cannot be read
   * has none. Default: true.
   */
  readonly useConfigProxy?: boolean | undefined
  /** The older way to name the builder: true is 'buildkit', and false is 'classic'. */
  readonly useBuildKit?: boolean | undefined
}

export interface BuildSettings {
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
  /** The CPUs to use, such as '0-2,4'. */
  readonly cpusetCpus?: string | undefined
  readonly cpusetMems?: string | undefined
  /** Lines for /etc/hosts: `{ db: '10.0.0.2' }` or `['db:10.0.0.2']`. */
  readonly extraHosts?: Readonly<Record<string, string | readonly string[]>> | readonly string[] | undefined
  /** Removes the containers of the steps also when the build fails. Default: false. */
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
  /** Runs every step anew, or with BuildKit those of the stages that are named. Default: false. */
  readonly noCache?: boolean | readonly string[] | undefined
  /** The platform, such as 'linux/arm64'. BuildKit takes several, in a list or with commas between. API 1.32. */
  readonly platform?: string | readonly string[] | undefined
  /** Pulls the images it is made of also when they are here. Default: false. */
  readonly pull?: boolean | undefined
  /** Removes the containers of the steps. Default: true. */
  readonly remove?: boolean | undefined
  /** Windows. */
  readonly securityOpt?: readonly string[] | undefined
  /** Size of /dev/shm, in bytes or as '64m'. */
  readonly shmSize?: number | string | undefined
  /** Makes one layer of all new ones. Only experimental Engines can. */
  readonly squash?: boolean | undefined
  /** The stage to build. Default: the last. */
  readonly target?: string | undefined
  readonly ulimits?: readonly (string | UlimitOptions)[] | undefined
}

/** What the classic builder is asked for. BuildKit reads the same options in its own way. */
export const classicSettings = table<BuildSettings, ImageBuildQuery>({
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

type BuilderOptions = BuildSettings & Omit<BuildKitOptions, 'builder'>

interface BuildAuths {
  readonly auth?: AuthConfig | undefined
  readonly auths?: Record<string, AuthConfig> | undefined
}

type BuildSources = Omit<Own<BuildOptions>, keyof BuilderOptions | keyof BuildAuths>

const buildOptions = callTable<BuildOptions, BuildSources & BuildAuths, BuilderOptions>(
  {
    context: (value, option) => (typeof value === 'string' ? value : checkTar(value, option)),
    dockerfile: text,
    dockerfileContent: text,
    files: asItIs,
    remote: text,
    compress: flag,
    onProgress: callback,
    tag: text,
    tags: strings,
    auth: parseAuth,
    auths: parseAuths,
    useConfigProxy: flag,
    useBuildKit: flag,
    builder: oneOf('buildkit', 'classic'),
  },
  [...BUILDKIT_NAMES, ...classicSettings.names],
)

/** What the options of a build come to, before a builder is chosen. */
export interface BuildPlan {
  /** The options, with a tar as a Buffer or one of Node's streams. Those of a builder are as they were given. */
  readonly own: Own<BuildOptions>
  readonly call: CallOptions
  /** The builder that was asked for. */
  readonly builder: BuilderName | undefined
  /** The first option that only BuildKit has. */
  readonly beyondClassic: string | undefined
  /** The credentials for each registry; undefined: the logins of the docker command. */
  readonly auths: Record<string, AuthConfig> | undefined
}

/** Reads the options of a build. Throws InvalidArgumentError. */
export function readBuild(options: BuildOptions): BuildPlan {
  const [read, call, given] = buildOptions.read(options)
  const own = { ...read, ...given }
  checkSources(own)
  return {
    call,
    builder: builderOf(own),
    beyondClassic: beyondClassic(own),
    auths: givenAuths(read),
    // A stream is taken up last: until then it is its owner's.
    own: { ...own, context: readableContext(own.context) },
  }
}

function readableContext(context: BuildOptions['context']): string | Buffer | Readable | undefined {
  if (typeof context !== 'object') return context
  if (isSpent(context)) throw closedEarly()
  return tarBody(context, 'context')
}

function builderOf({ builder, useBuildKit }: Own<BuildOptions>): BuilderName | undefined {
  if (builder !== undefined || useBuildKit === undefined) return builder
  return useBuildKit ? 'buildkit' : 'classic'
}

/** The first option that says what only BuildKit can do. */
function beyondClassic(own: Own<BuildOptions>): string | undefined {
  const { cacheFrom, noCache, platform } = own
  const named = BUILDKIT_NAMES.find((name) => own[name] !== undefined)
  if (named !== undefined) return named
  if (Array.isArray(cacheFrom) && cacheFrom.some((each) => typeof each === 'object' || /^type=/.test(each)))
    return 'cacheFrom with a type'
  if (Array.isArray(noCache)) return 'noCache for some stages'
  const isElsewhere = typeof own.context === 'object' || own.remote !== undefined || isRemote(own.context)
  if (isElsewhere && own.dockerfileContent !== undefined)
    return 'dockerfileContent beside a tar or an address'
  return Array.isArray(platform) || String(platform).includes(',') ? 'platform with several' : undefined
}

/** Refuses a build of nothing, and sources that exclude each other. */
function checkSources(own: Own<BuildOptions>): void {
  const { context, dockerfile, dockerfileContent, files, remote } = own
  if (remote !== undefined) refuseBeside('remote', own, ['context', 'files', 'compress'])
  const isNamed = [context, remote, dockerfile, dockerfileContent].some((each) => each !== undefined)
  if (isNamed || files?.Dockerfile) return
  throw new InvalidArgumentError('build needs a context, a dockerfile, a dockerfileContent or a remote')
}

/** Refuses options that exclude one that is given. */
export function refuseBeside<Options extends object>(
  what: string,
  options: Options,
  names: readonly (keyof Options & string)[],
): void {
  const beside = names.find((name) => options[name] !== undefined)
  if (beside !== undefined) throw new InvalidArgumentError(`${beside} cannot be given with ${what}`)
}

function givenAuths({ auth, auths }: BuildAuths): Record<string, AuthConfig> | undefined {
  if (auth === undefined) return auths
  const { serveraddress, ...one } = auth
  if (!serveraddress) throw new InvalidArgumentError('auth.serveraddress must say which registry it is for')
  return { ...auths, ...parseAuths({ [serveraddress]: one }, 'auth') }
}
