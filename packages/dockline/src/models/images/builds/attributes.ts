import { InvalidArgumentError } from '../../../errors.js'
import { refuseUnknown } from '../../../support/suggest.js'
import { extraHosts as parseExtraHosts } from '../../options/host.js'
import { parseUlimit } from '../../options/limits.js'
import { parseBytes } from '../../options/units.js'
import { flag, listOf, object, oneOf, scalar, show, stringMap, strings, text } from '../../options/values.js'
import { ownPlatform, platformText } from '../platform.js'
import { buildArgs as parseBuildArgs } from './build-args.js'
import { toCsv } from './csv.js'
import type { BuildKitOptions, CheckOptions } from './options.js'

/** The attributes for the frontend, by its names. */
export type Attributes = Record<string, string>

/** Options that become attributes of the frontend, as they are given: nothing of it has been checked yet. */
export type Given = Readonly<Record<string, unknown>>

type Convert = (value: unknown, option: string) => Attributes

/** What becomes of each option. */
const CONVERSIONS: Readonly<Record<string, Convert>> = {
  target: (value, option) => ({ target: text(value, option) }),
  platform: (value, option) => ({ platform: platformsOf(value, option).join(',') }),
  buildArgs: (value, option) => prefixed('build-arg:', withoutNull(parseBuildArgs(value, option))),
  labels: (value, option) => prefixed('label:', stringMap(value, option)),
  noCache,
  pull: (value, option) => ({ 'image-resolve-mode': flag(value, option) ? 'pull' : 'local' }),
  extraHosts: (value, option) => ({ 'add-hosts': toCsv(parseExtraHosts(value, option).map(hostEntry)) }),
  shmSize: (value, option) => ({ 'shm-size': String(parseBytes(value, option)) }),
  ulimits: (value, option) => ({
    ulimit: toCsv(
      listOf(parseUlimit)(value, option).map(({ Name, Soft, Hard }) => `${Name}=${Soft}:${Hard}`),
    ),
  }),
  cgroupParent: (value, option) => ({ 'cgroup-parent': text(value, option) }),
  network,
  provenance,
  sbom,
  check,
}

export function frontendAttributes(given: Given): Attributes {
  const attributes: Attributes = {}
  for (const [option, convert] of Object.entries(CONVERSIONS)) {
    const value = given[option]
    if (value !== undefined) Object.assign(attributes, convert(value, option))
  }
  return { 'image-resolve-mode': 'local', ...attributes }
}

/** Platforms in a list, or several in one string as docker has them. 'local' is this machine's. */
export function platformsOf(value: unknown, option: string): string[] {
  const given = typeof value === 'string' ? value.split(',') : strings(value, option)
  return given.map((each) =>
    /^\s*local\s*$/i.test(each) ? ownPlatform() : platformText(each.trim(), option),
  )
}

function prefixed(prefix: string, values: Readonly<Record<string, string>>): Attributes {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]))
}

/** An argument without a value is one that is not given: it is as the Dockerfile has it. */
function withoutNull(args: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(args).filter((entry): entry is [string, string] => entry[1] !== null),
  )
}

/** Every stage, or those that are named. */
function noCache(value: unknown, option: string): Attributes {
  if (Array.isArray(value)) return { 'no-cache': strings(value, option).join(',') }
  return flag(value, option) ? { 'no-cache': '' } : {}
}

/** As in 'db:10.0.0.2'. BuildKit takes an address without brackets. */
function hostEntry(line: string): string {
  const colon = line.indexOf(':')
  return `${line.slice(0, colon)}=${line.slice(colon + 1).replace(/^\[(.*)\]$/, '$1')}`
}

function network(value: unknown, option: string): Attributes {
  const mode = text(value, option)
  if (mode === 'default' || mode === '') return {}
  if (mode === 'host' || mode === 'none') return { 'force-network-mode': mode }
  throw new InvalidArgumentError(`${option}: BuildKit knows 'default', 'host' and 'none', not ${show(mode)}`)
}

function provenance(value: BuildKitOptions['provenance'] | unknown, option: string): Attributes {
  if (typeof value === 'boolean') return value ? { 'attest:provenance': '' } : {}
  if (typeof value === 'string') return { 'attest:provenance': `mode=${oneOf('min', 'max')(value, option)}` }
  return { 'attest:provenance': attestation(value, option) }
}

function sbom(value: unknown, option: string): Attributes {
  if (typeof value === 'boolean') return value ? { 'attest:sbom': '' } : {}
  return { 'attest:sbom': attestation(value, option) }
}

function attestation(value: unknown, option: string): string {
  const entries = Object.entries(object(value, option, 'true, false or an object'))
  return toCsv(entries.map(([name, content]) => `${name}=${scalar(content, `${option}.${name}`)}`))
}

function check(value: unknown, option: string): Attributes {
  const given =
    typeof value === 'boolean'
      ? value
        ? { error: true }
        : { skip: 'all' }
      : object(value, option, 'true, false or an object')
  refuseUnknown(given, ['skip', 'error'], option)
  const { skip, error }: CheckOptions = given
  const skipped = skip === undefined || skip === 'all' ? skip : strings(skip, `${option}.skip`).join(',')
  const parts = [
    ...(skipped === undefined ? [] : [`skip=${skipped}`]),
    ...(error === undefined ? [] : [`error=${flag(error, `${option}.error`)}`]),
  ]
  return { 'build-arg:BUILDKIT_DOCKERFILE_CHECK': parts.join(';') }
}
