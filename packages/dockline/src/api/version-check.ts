import { InvalidVersionError } from '../errors.js'
import { compareVersions, type Request } from '../http/index.js'
import { GATED_OPERATIONS, GATED_OPTIONS } from './gated.gen.js'
import type { Operation } from './since.gen.js'

/** What an Engine lacks that speaks one version. */
interface Lacking {
  readonly version: string
  readonly operations: readonly (readonly [route: RegExp, since: string])[]
  readonly options: ReadonlySet<string>
}

/** An option of a request that came too late for the Engine. */
interface TooNew {
  readonly option: string
  readonly since: string
}

/**
 * Refuses, before the request is sent, every option that the version in use does not have. Engines drop such options
 * silently. The names in the request show whether that is possible at all. Only then is the table of all options
 * loaded.
 */
export function versionCheck(endpoint: {
  readonly address: string
}): (request: Request, version: string) => Promise<void> | undefined {
  let lacking: Lacking | undefined
  const refuse = (what: string, since: string, version: string): never => {
    throw new InvalidVersionError(tooOld({ what, since, version, address: endpoint.address }))
  }
  return (request, version) => {
    if (lacking?.version !== version) lacking = lackingIn(version)
    const route = `${request.method} ${request.path}`
    for (const [pattern, since] of lacking.operations) if (pattern.test(route)) refuse(route, since, version)
    if (!mentions(request.query, lacking.options) && !mentions(request.json, lacking.options))
      return undefined
    return import('./since.gen.js').then(({ OPERATIONS }) => {
      const found = firstTooNew(request, operationOf(request, OPERATIONS), version)
      if (found !== undefined) refuse(`the option ${found.option} of ${route}`, found.since, version)
    })
  }
}

export interface TooOld {
  readonly what: string
  readonly since: string
  readonly version: string
  readonly address: string
}

export function tooOld({ what, since, version, address }: TooOld): string {
  return `${what} needs API ${since}, and the Engine at ${address} is spoken to in ${version}`
}

function lackingIn(version: string): Lacking {
  const isLate = ([, since]: readonly [string, string]) => compareVersions(version, since) < 0
  const late = Object.entries(GATED_OPTIONS).filter(([since]) => compareVersions(version, since) < 0)
  return {
    version,
    operations: GATED_OPERATIONS.filter(isLate).map(([route, since]) => [routePattern(route), since]),
    options: new Set(late.flatMap(([, names]) => names.split(' '))),
  }
}

/** Whether one of the names is used, however deep. */
function mentions(value: unknown, names: ReadonlySet<string>): boolean {
  if (typeof value !== 'object' || value === null || names.size === 0) return false
  if (Array.isArray(value)) return value.some((item) => mentions(item, names))
  return Object.entries(value).some(
    ([name, inner]) => isGiven(inner) && (names.has(name) || mentions(inner, names)),
  )
}

function operationOf(
  { method, path }: Request,
  all: Readonly<Record<string, Operation>>,
): Operation | undefined {
  const candidates = Object.values(all).filter((operation) => operation.method === method)
  const literal = candidates.find((operation) => operation.path === path)
  return literal ?? candidates.find((operation) => routePattern(operation.path).test(path))
}

/** What the description calls a name may hold slashes, an id may not. */
function routePattern(route: string): RegExp {
  return new RegExp(`^${route.replace('{name}', '.+').replace('{id}', '[^/]+')}$`)
}

function firstTooNew(
  request: Request,
  operation: Operation | undefined,
  version: string,
): TooNew | undefined {
  const isLate = (since: string | null) => since !== null && compareVersions(version, since) < 0
  for (const [option, since] of Object.entries(operation?.query ?? {})) {
    if (isLate(since) && holds(request.query, [option])) return { option, since: since as string }
  }
  for (const [since, options] of Object.entries(operation?.fields ?? {})) {
    if (!isLate(since)) continue
    const isUsed = (option: string) => holds(request.json, option.replaceAll('[]', '.*').split('.'))
    const option = options.split(' ').find(isUsed)
    if (option !== undefined) return { option, since }
  }
  return undefined
}

/** Whether there is a value at that place; `*` is each of a list or map. */
function holds(value: unknown, [step, ...rest]: readonly string[]): boolean {
  if (!isGiven(value) || step === undefined) return isGiven(value)
  if (typeof value !== 'object' || value === null) return false
  if (step === '*') return Object.values(value).some((inner) => holds(inner, rest))
  return holds((value as Record<string, unknown>)[step], rest)
}

/** undefined is not sent, and null is how Go writes that there is nothing. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
