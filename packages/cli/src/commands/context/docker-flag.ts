import type { ContextChanges } from 'dockline/types'
import { ExitError, explain } from '../../errors.js'
import type { Flag } from '../../flags/flag.js'
import { endpointFault } from './endpoint-check.js'

/** The pairs of `--docker host=tcp://box:2376,ca=ca.pem`; undefined when the flag is not given. */
export type EndpointPairs = Readonly<Record<string, string>> | undefined

export const dockerFlag: Flag<EndpointPairs> = {
  short: undefined,
  type: 'stringToString',
  help: 'set the docker endpoint',
  initial: undefined,
  hidden: false,
  parse: (text, before) => ({ ...before, ...pairsOf(text) }),
}

export const ENDPOINT_HELP = [
  'Docker endpoint config:',
  '',
  'NAME                DESCRIPTION',
  "from                Copy named context's Docker endpoint configuration",
  'host                Docker endpoint on which to connect',
  'ca                  Trust certs signed only by this CA',
  'cert                Path to TLS certificate file',
  'key                 Path to TLS key file',
  'skip-tls-verify     Skip TLS certificate validation',
].join('\n')

function pairsOf(text: string): Readonly<Record<string, string>> {
  // One pair alone may hold a comma without quotes.
  const single = text.split('=').length === 2
  return Object.fromEntries((single ? [text.replace(/^"|"$/g, '')] : fieldsOf(text)).map(pairOf))
}

/** Comma-separated values: one that holds a comma stands in quotes. */
function fieldsOf(text: string): string[] {
  const fields = text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)
  return [...fields].map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain)
}

function pairOf(field: string): [key: string, value: string] {
  const equals = field.indexOf('=')
  if (equals === -1) throw new Error(`${field} must be formatted as key=value`)
  return [field.slice(0, equals), field.slice(equals + 1)]
}

const KEYS = ['from', 'host', 'ca', 'cert', 'key', 'skip-tls-verify']

/** As docker has it, what is not named is not kept: the endpoint is replaced as a whole. */
export function endpointOf(pairs: Readonly<Record<string, string>>): ContextChanges {
  const unknown = Object.keys(pairs).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw refused(`unrecognized config key: ${unknown}`)
  const { from, host, ca, cert, key } = pairs
  if (from) return { endpointFrom: from }
  const fault = endpointFault(pairs)
  if (fault !== undefined) throw refused(fault)
  const pems = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
  return { ...(host && { host }), tls: pems, skipTlsVerify: skipsVerify(pairs['skip-tls-verify']) }
}

function skipsVerify(text = ''): boolean {
  if (/^(1|t|true)$/i.test(text)) return true
  if (/^(0|f|false|)$/i.test(text)) return false
  throw refused(`skip-tls-verify: parsing ${JSON.stringify(text)}: invalid syntax`)
}

/** What the library says against the endpoint, with docker's words before it. */
export function explainEndpoint(error: unknown): unknown {
  const { code } = error as { code?: unknown }
  return code === 'ERR_DOCKER_INVALID_ARGUMENT' ? refused(explain(error), error) : error
}

function refused(reason: string, cause?: unknown): ExitError {
  return new ExitError(`unable to create docker endpoint config: ${reason}`, undefined, cause)
}
