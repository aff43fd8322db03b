import { existsSync } from 'node:fs'
import type { BuildOptions, BuildSecret } from 'dockline'
import type { BuildKitOptions } from 'dockline/types'
import type { BuildSource } from '../build-context.js'
import { ExitError } from '../errors.js'
import { buildOptions, readForBuildKit, readForClassic } from '../flags/build.js'
import { isFalse, isTrue, type Values } from '../flags/flag.js'
import { csvFields, csvPairs } from './csv.js'
import type { flags as known } from './flags.js'

export type BuildFlags = Values<typeof known>

/** What the flags ask for that only BuildKit can do, by the flags' names. */
export function beyondClassic(flags: BuildFlags, given: ReadonlySet<string>): string | undefined {
  return BUILDKIT_ONLY.find((name) => given.has(name) && flags[name] !== false)
}

const BUILDKIT_ONLY = [
  ...['allow', 'annotation', 'attest', 'build-context', 'cache-to', 'call', 'check', 'load'],
  ...[
    'metadata-file',
    'no-cache-filter',
    'output',
    'progress',
    'provenance',
    'push',
    'sbom',
    'secret',
    'ssh',
  ],
] as readonly (keyof BuildFlags & string)[]

export function classicOptions(given: BuildFlags): BuildOptions {
  const flags = readForClassic(given)
  const [platform] = platformsOf(flags)
  const caches = { ...flags, 'cache-from': flags['cache-from'].flatMap(csvFields) }
  return { ...buildOptions(caches), ...(platform !== undefined && { platform }), builder: 'classic' }
}

export function buildKitOptions(given: BuildFlags): BuildOptions {
  const flags = readForBuildKit(withoutEmpty(given))
  const { allow, annotation, ssh } = flags
  if (flags['no-cache'] && flags['no-cache-filter'].length > 0)
    throw new ExitError(
      'ERROR: failed to build: --no-cache and --no-cache-filter cannot currently be used together',
    )
  checkNetwork(flags)
  refuseSourcePolicy(process.env)
  const platforms = checkedPlatforms(flags)
  return {
    ...withoutClassic(buildOptions({ ...flags, 'build-arg': withEpoch(flags['build-arg'], process.env) })),
    ...cachingOf(flags),
    builder: 'buildkit',
    ...(flags['no-cache-filter'].length > 0 && { noCache: flags['no-cache-filter'] }),
    ...(platforms.length > 0 && { platform: platforms }),
    ...(allow.length > 0 && { allow }),
    ...(annotation.length > 0 && { annotations: annotation.map(annotationOf) }),
    ...(flags['build-context'].length > 0 && { contexts: contextsOf(flags['build-context']) }),
    ...(flags.secret.length > 0 && { secrets: Object.fromEntries(flags.secret.map(secretOf)) }),
    ...(ssh.length > 0 && { ssh: Object.fromEntries(ssh.map(agentOf)) }),
    ...gitOptions(process.env),
    ...defaultAttestations(process.env),
    ...attestationsOf(flags),
    ...outputsOf(flags),
  }
}

const MAY_BE_EMPTY = [
  ...['add-host', 'allow', 'annotation', 'build-context', 'cache-from', 'cache-to', 'no-cache-filter'],
  ...['output', 'secret', 'ssh'],
]

/** As docker has it, '' for one of these flags is as if the flag were not given: scripts pass variables that may be empty. */
function withoutEmpty(flags: BuildFlags): BuildFlags {
  const entries = Object.entries(flags).map(([name, value]) => [
    name,
    MAY_BE_EMPTY.includes(name) && Array.isArray(value) ? value.filter((each) => each !== '') : value,
  ])
  return { ...(Object.fromEntries(entries) as BuildFlags), ...withoutEmptyAttestations(flags) }
}

function withoutEmptyAttestations({ provenance, sbom }: BuildFlags): Pick<BuildFlags, 'provenance' | 'sbom'> {
  return { provenance: provenance || undefined, sbom: sbom || undefined }
}

/** Names alone are images, as many as there are; with attributes it is one cache. */
function cachesOf(given: string): string[] {
  const fields = csvFields(given)
  return fields.some((field) => field.includes('=')) ? [given] : fields
}

function cachingOf(flags: BuildFlags): Pick<BuildOptions, 'cacheFrom' | 'cacheTo'> {
  const [cacheFrom, cacheTo] = [flags['cache-from'].flatMap(cachesOf), flags['cache-to']]
  return {
    cacheFrom: cacheFrom.length > 0 ? cacheFrom : undefined,
    cacheTo: cacheTo.length > 0 ? cacheTo : undefined,
  }
}

/** What only the classic builder can do: docker accepts it and does without. */
const CLASSIC_ONLY = {
  cpuPeriod: 'cpu-period',
  cpuQuota: 'cpu-quota',
  cpuShares: 'cpu-shares',
  cpusetCpus: 'cpuset-cpus',
  cpusetMems: 'cpuset-mems',
  isolation: 'isolation',
  memory: 'memory',
  memorySwap: 'memory-swap',
  securityOpt: 'security-opt',
  squash: 'squash',
} as const

function withoutClassic(options: BuildOptions): BuildOptions {
  const { remove, forceRemove, ...others } = options
  return Object.fromEntries(Object.entries(others).filter(([name]) => !Object.hasOwn(CLASSIC_ONLY, name)))
}

const WARNINGS: Readonly<Record<string, string>> = {
  squash:
    'experimental flag squash is removed with BuildKit. You should squash inside build using a multi-stage Dockerfile for efficiency.',
  isolation: 'isolation flag is deprecated with BuildKit.',
  'security-opt': 'security-opt flag is deprecated. "RUN --security=insecure" should be used with BuildKit.',
}

/** What is said of flags that BuildKit does without. docker says it of three, and nothing of the others. */
export function ignoredFlags(flags: BuildFlags, given: ReadonlySet<string>): string[] {
  const isWanted = (name: keyof BuildFlags) => flags[name] !== false && flags[name] !== ''
  const ignored = Object.values(CLASSIC_ONLY).filter((name) => given.has(name) && isWanted(name))
  return ignored.map((name) => WARNINGS[name] ?? `${name} flag is ignored: BuildKit has no such limit.`)
}

/** The platforms; DOCKER_DEFAULT_PLATFORM where no flag is given. `--platform ''` gives none. */
function platformsOf({ platform }: BuildFlags): string[] {
  const usual = process.env.DOCKER_DEFAULT_PLATFORM
  const given = platform.length === 0 && usual ? [usual] : platform
  return given.flatMap((each) => each.split(',')).filter((each) => each !== '')
}

/** docker's classic builder takes '' for no platform, and BuildKit refuses it. */
function checkedPlatforms(flags: BuildFlags): string[] {
  if (!flags.platform.some((each) => each.split(',').includes(''))) return platformsOf(flags)
  throw new ExitError('ERROR: failed to build: invalid argument "" for "--platform" flag: it is no platform')
}

function annotationOf(given: string): string {
  if (given.includes('=')) return given
  throw new ExitError(
    `ERROR: failed to build: parse annotations: invalid annotation "${given}", expected key=value`,
  )
}

function contextsOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((each) => {
      const cut = each.indexOf('=')
      if (cut > 0) return [each.slice(0, cut), each.slice(cut + 1)]
      throw new ExitError(`ERROR: invalid context value: ${each}, expected key=value`)
    }),
  )
}

/** `id=x[,src=file|,env=VARIABLE][,type=file|env]`. With neither, it is the variable of that name, or else the file. */
function secretOf(given: string): [string, BuildSecret] {
  const { id = '', src, source = src, env, type, ...others } = csvPairs(given)
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new ExitError(`ERROR: unexpected key '${unknown}' in '${given}'`)
  if (type !== undefined && type !== 'file' && type !== 'env')
    throw new ExitError(`ERROR: unsupported secret type "${type}"`)
  const variable = env ?? (type === 'env' ? source : undefined)
  // docker takes a variable that is not there for an empty one.
  if (variable !== undefined) return [id, process.env[variable] === undefined ? '' : { env: variable }]
  if (source !== undefined) return [id, { file: source }]
  return [id, type !== 'file' && process.env[id] !== undefined ? { env: id } : { file: id }]
}

/** Names a file that is missing in docker's words, before anything is sent. */
export function checkSecretFiles({ secrets = {} }: BuildOptions): void {
  for (const secret of Object.values(secrets)) {
    if (typeof secret !== 'object' || !('file' in secret) || existsSync(secret.file)) continue
    const { file } = secret
    throw new ExitError(
      `ERROR: failed to build: failed to stat ${file}: stat ${file}: no such file or directory`,
    )
  }
}

const NETWORKS = ['', 'default', 'host', 'none']

function checkNetwork({ network }: BuildFlags): void {
  if (network === undefined || NETWORKS.includes(network)) return
  throw new ExitError(
    `ERROR: failed to build: network mode "${network}" not supported by buildkit - you can define a custom network ` +
      'for your builder using the network driver-opt in buildx create',
  )
}

/** `default`, or `id=socket`. */
function agentOf(given: string): [string, boolean | string | string[]] {
  const [id = '', ...path] = given.split('=')
  if (path.length === 0) return [id, true]
  const [first = '', ...others] = path.join('=').split(',')
  return [id, others.length === 0 ? first : [first, ...others]]
}

/** As docker has it, the user's agent is there for a git repository over ssh. A flag takes its place. */
export function agentFor({ remote = '' }: BuildSource): Pick<BuildOptions, 'ssh'> {
  return /^(?:ssh:\/\/|git@[^/]+:)/.test(remote) ? { ssh: { default: true } } : {}
}

const EPOCH = 'SOURCE_DATE_EPOCH'

/** As in docker, the time of a build that can be repeated is a build argument, unless one is given. */
function withEpoch(args: readonly string[], { [EPOCH]: epoch }: NodeJS.ProcessEnv): readonly string[] {
  if (!epoch || args.some((each) => each.split('=')[0] === EPOCH)) return args
  return [...args, `${EPOCH}=${epoch}`]
}

/** Refuses a policy that dockline cannot pass on: a build without it could use sources that it forbids. */
function refuseSourcePolicy({ EXPERIMENTAL_BUILDKIT_SOURCE_POLICY: policy }: NodeJS.ProcessEnv): void {
  if (!policy) return
  throw new ExitError(
    `ERROR: failed to build: EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=${policy}: dockline cannot apply a policy for sources (unset the variable to build without it)`,
  )
}

/** Without provenance, unless a flag asks for it. Where the variable is no boolean, it has no effect. */
function defaultAttestations({
  BUILDX_NO_DEFAULT_ATTESTATIONS: none = '',
}: NodeJS.ProcessEnv): Pick<BuildOptions, 'provenance'> {
  return isTrue(none) ? { provenance: false } : {}
}

/** As buildx has it: by these variables alone. Where one is no boolean, it has no effect. */
function gitOptions({
  BUILDX_GIT_INFO: info,
  BUILDX_GIT_LABELS: labels,
  BUILDX_GIT_CHECK_DIRTY: checkDirty,
}: NodeJS.ProcessEnv): Pick<BuildOptions, 'gitInfo' | 'gitLabels' | 'gitCheckDirty'> {
  return {
    ...(isFalse(info ?? '') && { gitInfo: false }),
    ...((isTrue(labels ?? '') || labels === 'full') && { gitLabels: true }),
    ...(isTrue(checkDirty ?? '') && { gitCheckDirty: true }),
  }
}

type Attestations = Pick<BuildKitOptions, 'provenance' | 'sbom'>

function attestationsOf({ attest, provenance, sbom }: BuildFlags): Attestations {
  const all = attest.map(attestationOf)
  if (provenance !== undefined) all.push(['provenance', attributesOf(provenance)])
  if (sbom !== undefined) all.push(['sbom', attributesOf(sbom)])
  return Object.fromEntries(all.map(([type, { disabled, ...attrs }]) => [type, settingOf(disabled, attrs)]))
}

function attestationOf(given: string): [string, Record<string, string>] {
  const { type, ...attrs } = csvPairs(given)
  if (type === 'provenance' || type === 'sbom') return [type, attrs]
  throw new ExitError(
    `ERROR: failed to build: ${type === undefined ? 'attestation type not specified' : `unknown attestation type "${type}"`}`,
  )
}

/** Yes or no, or how. */
function attributesOf(given: string): Record<string, string> {
  if (isTrue(given)) return {}
  if (isFalse(given)) return { disabled: 'true' }
  return csvPairs(given)
}

function settingOf(disabled: string | undefined, attrs: Record<string, string>) {
  if (isTrue(disabled ?? '')) return false
  return Object.keys(attrs).length === 0 ? true : attrs
}

function outputsOf({ output, load, push, tag }: BuildFlags): Pick<BuildOptions, 'outputs' | 'push'> {
  const outputs = output.map(outputOf)
  if (push && tag.length === 0 && !outputs.some((each) => each.includes('name=')))
    throw new ExitError('ERROR: failed to build: tag is needed when pushing to registry')
  const hasImage = outputs.some(isImage)
  const wanted = [...outputs, ...((load || push) && outputs.length > 0 && !hasImage ? ['type=image'] : [])]
  return { ...(wanted.length > 0 && { outputs: wanted }), ...(push && { push }) }
}

function isImage(output: string): boolean {
  return (
    /^type=(?:image|registry)\b/.test(output) || (/^type=docker\b/.test(output) && !output.includes('dest='))
  )
}

/** Without a destination, docker writes a tar to stdout, but not to a terminal. */
function outputOf(given: string): string {
  if (given === '-') return toStdout(given)
  const fields = csvFields(given)
  if (fields.length === 1 && !given.includes('=')) return given
  const { type = '', dest } = csvPairs(given)
  if (type === '') throw new ExitError('ERROR: type is required for output')
  if (dest === '-' || (dest === undefined && (type === 'tar' || type === 'oci')))
    return toStdout(dest === undefined ? `${given},dest=-` : given)
  if (dest === undefined && type === 'local')
    throw new ExitError('ERROR: failed to build: dest is required for local exporter')
  return given
}

function toStdout(output: string): string {
  if (!process.stdout.isTTY) return output
  throw new ExitError(
    'ERROR: failed to build: dest file is required for the exporter. refusing to write to console',
  )
}

/** A folder or a tar has no id. */
export function checkIdOfImage({ outputs }: BuildOptions): void {
  const hasNoId = (each: unknown) =>
    !String(each).includes('=') || /(?:^|,)type=(?:local|tar)\b/.test(String(each))
  if (Array.isArray(outputs) && outputs.some(hasNoId))
    throw new ExitError('ERROR: local and tar exporters are incompatible with image ID file')
}

/** Whether one of the outputs is written to stdout, where nothing else is to be then. */
export function writesToStdout({ outputs }: BuildOptions): boolean {
  return (
    Array.isArray(outputs) &&
    outputs.some((each) => each === '-' || /(?:^|,)dest=-(?:,|$)/.test(String(each)))
  )
}
