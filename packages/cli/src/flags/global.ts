import { ExitError } from '../errors.js'
import { bool, text, type Values } from './flag.js'

/** The flags that stand before the command. */
export const GLOBAL = {
  config: text('Location of client config files (overrides DOCKER_CONFIG; default "~/.docker")'),
  context: text('Name of the context to use (overrides DOCKER_HOST and DOCKER_CONTEXT)', { short: 'c' }),
  debug: bool('Accepted for the sake of scripts; changes nothing', 'D'),
  help: bool('Print usage', 'h'),
  host: text('Engine to connect to, as in unix:///var/run/docker.sock', { short: 'H' }),
  'log-level': text('Accepted for the sake of scripts; changes nothing', { short: 'l' }),
  tls: bool('Use TLS; implied by --tlsverify', undefined, { initial: !!process.env.DOCKER_TLS }),
  tlscacert: text('Trust certs signed only by this CA (default "ca.pem" in DOCKER_CERT_PATH or "~/.docker")'),
  tlscert: text('Path to TLS certificate file (default "cert.pem", as above)'),
  tlskey: text('Path to TLS key file (default "key.pem", as above)'),
  tlsverify: bool('Use TLS and verify the remote', undefined, { initial: !!process.env.DOCKER_TLS_VERIFY }),
  version: bool('Print version information and quit', 'v'),
}
type GlobalValues = Values<typeof GLOBAL>

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
