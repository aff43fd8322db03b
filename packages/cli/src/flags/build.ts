import type { BuildOptions } from 'dockline'
import { parseReference } from 'dockline/syntax'
import { ExitError, UsageError } from '../errors.js'
import { bool, int, list, text, type Values } from './flag.js'
import { contentTrustFlag } from './ignored.js'
import { bytes, commaList, hosts, labels } from './lists.js'
import { parseFlags } from './parse.js'
import { checkUlimit } from './ulimit.js'
import { checkBytes } from './units.js'

/** What either builder takes, or the classic one alone. Some values are read once it is known which builder reads them. */
export const buildFlags = {
  'add-host': list('Add a custom host-to-IP mapping ("host:ip")'),
  'build-arg': list('Set build-time variables'),
  'cache-from': commaList('Images to consider as cache sources'),
  'cgroup-parent': text('Set the parent cgroup for the "RUN" instructions during build'),
  compress: bool('Compress the build context using gzip'),
  'cpu-period': int('Limit the CPU CFS (Completely Fair Scheduler) period'),
  'cpu-quota': int('Limit the CPU CFS (Completely Fair Scheduler) quota'),
  'cpu-shares': int('CPU shares (relative weight)', { short: 'c' }),
  'cpuset-cpus': text('CPUs in which to allow execution (0-3, 0,1)'),
  'cpuset-mems': text('MEMs in which to allow execution (0-3, 0,1)'),
  'disable-content-trust': contentTrustFlag,
  file: text('Name of the Dockerfile (Default is "PATH/Dockerfile")', { short: 'f' }),
  'force-rm': bool('Always remove intermediate containers'),
  iidfile: text('Write the image ID to the file'),
  isolation: text('Container isolation technology'),
  label: list('Set metadata for an image'),
  memory: text('Memory limit', { short: 'm', type: 'bytes' }),
  'memory-swap': text('Swap limit equal to memory plus swap: -1 to enable unlimited swap', {
    type: 'bytes',
  }),
  network: text('Set the networking mode for the RUN instructions during build'),
  'no-cache': bool('Do not use cache when building the image'),
  platform: list('Set target platform for build', { type: 'strings' }),
  pull: bool('Always attempt to pull a newer version of the image'),
  quiet: bool('Suppress the build output and print image ID on success', 'q'),
  rm: bool('Remove intermediate containers after a successful build (default true)', undefined, {
    initial: true,
  }),
  'security-opt': commaList('Security options'),
  'shm-size': bytes('Size of "/dev/shm"'),
  squash: bool('Squash newly built layers into a single new layer'),
  tag: list('Name and optionally a tag in the "name:tag" format', { short: 't' }),
  target: text('Set the target build stage to build.'),
  ulimit: list('Ulimit options', {
    type: 'ulimit',
    check: checkUlimit,
  }),
}

export type BuildValues = Values<typeof buildFlags>

/** The flags that BuildKit reads as well, and later. */
const READ_LATE = {
  'add-host': hosts(''),
  tag: list('', { short: 't', check: (given) => void parseReference(given) }),
}

const READ_BY_CLASSIC = {
  ...READ_LATE,
  label: labels(''),
  memory: bytes('', { short: 'm' }),
  'memory-swap': text('', { check: (given) => given === '-1' || checkBytes(given) }),
}

/** Refuses wrong values as docker does before a build with the classic builder: as wrong words, with 125. */
export function readForClassic<T extends BuildValues>(flags: T): T {
  return {
    ...flags,
    ...parseFlags(READ_BY_CLASSIC, wordsOf(flags, Object.keys(READ_BY_CLASSIC)), false).flags,
  }
}

/** Refuses wrong values as docker does before a build with BuildKit: as a build that failed, with 1. */
export function readForBuildKit<T extends BuildValues>(flags: T): T {
  const unnamed = flags.label.find((label) => label === '' || label.startsWith('='))
  if (unnamed !== undefined)
    throw new ExitError(`ERROR: invalid key-value pair ${JSON.stringify(unnamed)}: empty key`)
  try {
    return { ...flags, ...parseFlags(READ_LATE, wordsOf(flags, Object.keys(READ_LATE)), false).flags }
  } catch (error) {
    if (error instanceof UsageError) throw new ExitError(`ERROR: failed to build: ${error.message}`)
    throw error
  }
}

function wordsOf(flags: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  return names.flatMap((name) => [flags[name] ?? []].flat().map((value) => `--${name}=${value}`))
}

/** The options that the flags give, for every kind of context. The Engine decides about flags that are absent. */
export function buildOptions(flags: BuildValues): BuildOptions {
  return {
    buildArgs: flags['build-arg'].map(withValue),
    cgroupParent: flags['cgroup-parent'],
    cpuPeriod: flags['cpu-period'],
    cpuQuota: flags['cpu-quota'],
    cpuShares: flags['cpu-shares'],
    cpusetCpus: flags['cpuset-cpus'],
    cpusetMems: flags['cpuset-mems'],
    forceRemove: flags['force-rm'],
    isolation: flags.isolation,
    labels: flags.label,
    memory: flags.memory,
    memorySwap: flags['memory-swap'],
    network: flags.network,
    noCache: flags['no-cache'],
    pull: flags.pull,
    remove: flags.rm,
    shmSize: flags['shm-size'],
    squash: flags.squash,
    tags: flags.tag,
    target: flags.target,
    ...some('cacheFrom', flags['cache-from']),
    ...some('extraHosts', flags['add-host']),
    ...some('securityOpt', flags['security-opt']),
    ...some('ulimits', flags.ulimit),
  }
}

/** A name alone takes this process's value, and without one it stays a name. */
function withValue(argument: string): string {
  if (argument.includes('=')) return argument
  const value = process.env[argument]
  return value === undefined ? argument : `${argument}=${value}`
}

function some(name: keyof BuildOptions, values: readonly string[]): BuildOptions {
  return values.length === 0 ? {} : { [name]: values }
}
