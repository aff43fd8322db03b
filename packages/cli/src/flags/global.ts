import { ExitError, UsageError } from '../errors.js'
import { bool, type Flag, text, type Values } from './flag.js'

/** Two would leave it open which is meant. */
const hostFlag: Flag<string | undefined> = {
  ...text('Engine to connect to, as in unix:///var/run/docker.sock', { short: 'H' }),
  parse(given, before) {
    if (before !== undefined) throw new UsageError('specify only one -H')
    return given
  },
}

/** The flags that stand before the command. */
export const GLOBAL = {
  config: text('Location of client config files (overrides DOCKER_CONFIG; default "~/.docker")'),
  context: text('Name of the context to use (overrides DOCKER_HOST and DOCKER_CONTEXT)', { short: 'c' }),
  debug: bool('Show warnings of builds with all that is known of them', 'D'),
  help: { ...bool('Print usage', 'h'), shortDeprecated: 'use --help' },
  host: hostFlag,
  'log-level': text('Accepted for the sake of scripts; changes nothing', { short: 'l' }),
  tls: bool('Use TLS; implied by --tlsverify', undefined, { initial: !!process.env.DOCKER_TLS }),
  tlscacert: text('Trust certs signed only by this CA (default "ca.pem" in DOCKER_CERT_PATH or "~/.docker")'),
  tlscert: text('Path to TLS certificate file (default "cert.pem", as above)'),
  tlskey: text('Path to TLS key file (default "key.pem", as above)'),
  tlsverify: bool('Use TLS and verify the remote', undefined, { initial: !!process.env.DOCKER_TLS_VERIFY }),
  version: bool('Print version information and quit', 'v'),
}
type GlobalValues = Values<typeof GLOBAL>

/** What no Engine is named by, and so the platform's own: DOCKER_HOST does not count beside `-H ''`. */
const DEFAULT_ENGINE = ' '

/** Which Engine the flags name, and where the settings are. */
export function engineChoice({ host, context, config, debug }: GlobalValues) {
  if (host !== undefined && context) {
    throw new ExitError('conflicting options: cannot specify both --host and --context')
  }
  return { host: host === '' ? DEFAULT_ENGINE : host, context, config, debug }
}

/** The files are those of the folder of certificates where none are named. */
export interface TlsChoice {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly verify: boolean
}

/** What the flags say of TLS; undefined where they say nothing, and the environment decides. */
export function tlsChoice(flags: GlobalValues, given: ReadonlySet<string>): TlsChoice | undefined {
  const { tls, tlscacert: ca, tlscert: cert, tlskey: key, tlsverify: verify } = flags
  const said = ['tls', 'tlscacert', 'tlscert', 'tlskey', 'tlsverify'].some((name) => given.has(name))
  // As docker has it, --tlsverify=false is TLS too.
  const wanted = tls || verify || given.has('tlsverify')
  return said && wanted ? { ca, cert, key, verify } : undefined
}

export function checkLogLevel({ 'log-level': level }: GlobalValues): void {
  if (/^(panic|fatal|error|warn|warning|info|debug|trace)?$/i.test(level ?? '')) return
  throw new ExitError(`Unable to parse logging level: ${level}`)
}
