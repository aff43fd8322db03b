import { types } from 'node:util'
import { InvalidArgumentError } from '../../../errors.js'
import type { CallOptions } from '../../../http/index.js'
import { callTable } from '../../base/call.js'
import { refuseUnknown } from '../../options/index.js'
import type { PortName } from '../../options/ports.js'
import { table } from '../../options/table.js'
import { asItIs, flag, integer, invalid, object, oneOf, stringMap, text } from '../../options/values.js'
import { type ContainerPort, parsePort } from '../published.js'

/** A line of the log. */
export interface LogCondition {
  /** The text that the line contains, or a pattern that it matches. */
  readonly match: string | RegExp
  /** How many lines must match. Default: 1. */
  readonly times?: number | undefined
  /** The stream that the line comes from. Default: either of the two. */
  readonly source?: 'stdout' | 'stderr' | undefined
}

/** An answer over HTTP, asked for by this process. */
export interface HttpCondition {
  /** The path, with a query if there is one. Default: '/'. */
  readonly path?: string | undefined
  /** The container port. Default: the first `port` beside it, else the only TCP port that the container publishes. */
  readonly port?: ContainerPort | undefined
  /** The status, one of several, or a test of it. Default: any from 200 to 299. */
  readonly status?: number | readonly number[] | ((status: number) => boolean) | undefined
  /** The text that the body contains, or a pattern that it matches. */
  readonly body?: string | RegExp | undefined
  /** Default: 'GET'. */
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Default: 'http'. */
  readonly protocol?: 'http' | 'https' | undefined
  /** Takes any certificate. Default: false. */
  readonly insecure?: boolean | undefined
}

/** What must hold. Of several conditions, all must hold. */
export interface WaitConditions {
  /** A line of the log: text that it contains, or a pattern that it matches. */
  readonly log?: string | RegExp | LogCondition | readonly (string | RegExp | LogCondition)[] | undefined
  /** A container port that a process in the container listens on, and that this process reaches if it is published. */
  readonly port?: ContainerPort | readonly ContainerPort[] | undefined
  /** An answer over HTTP. */
  readonly http?: HttpCondition | readonly HttpCondition[] | undefined
  /** true: the health check has passed. */
  readonly healthy?: boolean | undefined
  /** The end of the container: true for any exit code, or the exit codes that count. */
  readonly exit?: boolean | number | readonly number[] | undefined
}

export interface WaitForOptions extends WaitConditions, CallOptions {
  /** Alternatives: one of them must hold, besides the conditions next to it. */
  readonly any?: readonly WaitConditions[] | undefined
}

export interface LogSettings {
  readonly fits: (line: string) => boolean
  readonly times: number
  readonly source: 'stdout' | 'stderr' | undefined
  readonly words: string
}

export interface HttpSettings {
  readonly path: string
  /** Undefined is the only port that the container publishes. */
  readonly port: PortName | undefined
  readonly status: (status: number) => boolean
  readonly body: ((text: string) => boolean) | undefined
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly protocol: 'http' | 'https'
  readonly insecure: boolean
  readonly words: string
}

export interface ExitSettings {
  readonly fits: (exitCode: number) => boolean
  readonly words: string
}

/** Conditions that have been checked. */
export interface ConditionSet {
  readonly logs: readonly LogSettings[]
  readonly ports: readonly PortName[]
  readonly https: readonly HttpSettings[]
  readonly healthy: boolean
  readonly exit: ExitSettings | undefined
}

export interface WaitPlan {
  readonly all: ConditionSet
  /** Empty when there are no alternatives. */
  readonly any: readonly ConditionSet[]
  readonly call: CallOptions
}

const NAMES = ['log', 'port', 'http', 'healthy', 'exit'] as const satisfies readonly (keyof WaitConditions)[]

const waitForOptions = callTable<WaitForOptions>({
  log: asItIs,
  port: asItIs,
  http: asItIs,
  healthy: asItIs,
  exit: asItIs,
  any: asItIs,
})

/** Checks the options before anything is sent. */
export function planOf(options: WaitForOptions): WaitPlan {
  const [{ any, ...own }, call] = waitForOptions.read(options)
  const all = conditionsIn(own, '')
  const alternatives =
    any === undefined ? [] : listed(any).map((each, at) => alternativeIn(each, `any[${at}]`))
  if (isEmpty(all) && alternatives.length === 0)
    throw new InvalidArgumentError(`waitFor needs a condition: ${NAMES.join(', ')}, or any of several`)
  return { all, any: alternatives, call }
}

function alternativeIn(given: unknown, option: string): ConditionSet {
  const own = object(given, option)
  refuseUnknown(own, NAMES, option)
  const set = conditionsIn(own, `${option}.`)
  return isEmpty(set) ? invalid(option, 'one or more conditions', given) : set
}

function isEmpty({ logs, ports, https, healthy, exit }: ConditionSet): boolean {
  return logs.length + ports.length + https.length === 0 && !healthy && exit === undefined
}

function conditionsIn(
  { log, port, http, healthy, exit }: Record<string, unknown>,
  owner: string,
): ConditionSet {
  const ports = listed(port).map((each) => parsePort(each, `${owner}port`))
  return {
    logs: listed(log).map((each) => logIn(each, `${owner}log`)),
    ports,
    https: listed(http).map((each) => httpIn(each, `${owner}http`, ports[0])),
    healthy: healthy !== undefined && flag(healthy, `${owner}healthy`),
    exit: exit === undefined || exit === false ? undefined : exitIn(exit, `${owner}exit`),
  }
}

function listed(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

const logTable = table<LogCondition, { match: string | RegExp; times: number; source: 'stdout' | 'stderr' }>({
  match: ['match', (value, option) => pattern(value, option)],
  times: ['times', atLeastOne],
  source: ['source', oneOf('stdout', 'stderr')],
})

const LOG = 'a text, a pattern or { match }'

function logIn(given: unknown, option: string): LogSettings {
  const isBare = typeof given === 'string' || types.isRegExp(given)
  const parsed = logTable.parse(isBare ? { match: given } : given, option, LOG)
  const { match, times = 1, source } = parsed
  if (match === undefined) return invalid(option, LOG, given)
  const often = times === 1 ? '' : ` ${times} times`
  const where = source === undefined ? '' : ` on ${source}`
  return { fits: testOf(match), times, source, words: `log ${shownPattern(match)}${often}${where}` }
}

function atLeastOne(value: unknown, option: string): number {
  const times = integer(value, option)
  return times >= 1 ? times : invalid(option, 'a whole number from 1 on', value)
}

function pattern(value: unknown, option: string): string | RegExp {
  if (types.isRegExp(value) || (typeof value === 'string' && value !== '')) return value
  return invalid(option, 'a text or a pattern', value)
}

/** A pattern with the flags g or y would remember where it was. */
function testOf(match: string | RegExp): (text: string) => boolean {
  if (typeof match === 'string') return (text) => text.includes(match)
  const fresh = new RegExp(match.source, match.flags.replace(/[gy]/g, ''))
  return (text) => fresh.test(text)
}

function shownPattern(match: string | RegExp): string {
  return typeof match === 'string' ? `'${match}'` : String(match)
}

interface HttpWire {
  path: string
  port: PortName
  status: (status: number) => boolean
  body: string | RegExp
  method: string
  headers: Record<string, string>
  protocol: 'http' | 'https'
  insecure: boolean
}

const httpTable = table<HttpCondition, HttpWire>({
  path: ['path', requestPath],
  port: ['port', parsePort],
  status: ['status', statusTest],
  body: ['body', pattern],
  method: ['method', requestMethod],
  headers: ['headers', requestHeaders],
  protocol: ['protocol', oneOf('http', 'https')],
  insecure: ['insecure', flag],
})

function httpIn(given: unknown, option: string, beside: PortName | undefined): HttpSettings {
  const { body, ...own } = httpTable.parse(object(given, option), option)
  const { port = beside, method = 'GET', path = '/', protocol = 'http', insecure = false } = own
  if (port !== undefined && port.protocol !== 'tcp') return invalid(`${option}.port`, 'a TCP port', port.name)
  return {
    path,
    port,
    status: own.status ?? ((status) => status >= 200 && status <= 299),
    body: body === undefined ? undefined : testOf(body),
    method,
    headers: own.headers ?? {},
    protocol,
    insecure,
    words: `${protocol} ${method} ${path}${port === undefined ? '' : ` on port ${port.name}`}`,
  }
}

function requestPath(value: unknown, option: string): string {
  const path = text(value, option)
  return /^\/[\x21-\xff]*$/.test(path) ? path : invalid(option, "a path such as '/health'", value)
}

function requestMethod(value: unknown, option: string): string {
  const method = text(value, option)
  // The answer to CONNECT is a tunnel.
  const isMethod = TOKEN.test(method) && method.toUpperCase() !== 'CONNECT'
  return isMethod ? method : invalid(option, "a method such as 'GET'", value)
}

/** No value is shown: it may be a secret. */
function requestHeaders(value: unknown, option: string): Record<string, string> {
  const headers = stringMap(value, option)
  for (const [name, each] of Object.entries(headers))
    if (!TOKEN.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(each))
      throw new InvalidArgumentError(`${option}.${name} is no header of HTTP`)
  return headers
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/

function statusTest(value: unknown, option: string): (status: number) => boolean {
  if (typeof value === 'function') return (status) => flag(value(status), `the result of ${option}`)
  const statuses = listed(value).map((each) => integer(each, option))
  if (statuses.length === 0) invalid(option, 'a status or a test of it', value)
  return (status) => statuses.includes(status)
}

function exitIn(given: unknown, option: string): ExitSettings {
  if (given === true) return { fits: () => true, words: 'its end' }
  const codes = listed(given).filter(Number.isSafeInteger) as number[]
  if (codes.length === 0 || codes.length < listed(given).length)
    return invalid(option, 'true, or exit codes such as 0', given)
  return { fits: (exitCode) => codes.includes(exitCode), words: `exit code ${codes.join(' or ')}` }
}
