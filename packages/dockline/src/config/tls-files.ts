import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidArgumentError, TlsError } from '../errors.js'
import { invalid, invalidKind, isObject } from '../support/check.js'
import { refuseUnknown } from '../support/suggest.js'
import type { CheckServerIdentity, TlsSettings } from '../transport/index.js'

/**
 * How a TCP connection is encrypted. `ca`, `cert` and `key` are PEM: a Buffer, a text that begins with `-----BEGIN`, or the
 * path of a file, which is read when the client is made.
 */
export interface TlsOptions {
  /** The authorities that may have signed the Engine's certificate. Default: the system's. */
  readonly ca?: string | Buffer | undefined
  /** The certificate that this client shows; with `key`. */
  readonly cert?: string | Buffer | undefined
  /** The private key of `cert`. */
  readonly key?: string | Buffer | undefined
  /** Opens a `key` that is encrypted. */
  readonly passphrase?: string | undefined
  /** Whether the Engine's certificate is checked. Default: true; without, anyone may pose as the Engine. */
  readonly verify?: boolean | undefined
  /** Whether `ca` replaces the system's authorities or is added to them. Default: 'exclusive'. */
  readonly trust?: 'exclusive' | 'added' | undefined
  /** The name that the Engine's certificate must be for. Default: the host of the address. */
  readonly servername?: string | undefined
  /**
   * Judges a certificate that the authorities have signed, as Node's `tls.checkServerIdentity` does it: an Error refuses
   * it. Default: it must be for the name.
   */
  readonly checkServerIdentity?: CheckServerIdentity | undefined
}

const OPTION_NAMES = [
  'ca',
  'cert',
  'key',
  'passphrase',
  'verify',
  'trust',
  'servername',
  'checkServerIdentity',
] as const satisfies readonly (keyof TlsOptions)[]

/** The three files, as the docker command names them in every folder of them. */
export const PEM_FILES = { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' } as const

type Pem = keyof typeof PEM_FILES
type PemTexts = { readonly [Name in Pem]?: Buffer }

/** What the `tls` option says: undefined for a connection in the clear. */
export function tlsOfOption(tls: boolean | TlsOptions): TlsSettings | undefined {
  if (tls === false) return undefined
  if (tls === true) return {}
  if (!isObject(tls)) return invalidKind('tls', 'true, false or an object', tls)
  return { ...tls, ...pemsOfOption(tls) }
}

/** The PEM texts of the option, read where they are paths. */
export function pemsOfOption(tls: TlsOptions): PemTexts {
  refuseUnknown({ ...tls }, OPTION_NAMES, 'tls')
  checkChoices(tls)
  checkPair(tls)
  return pick((name) => pemOf(tls[name], `tls.${name}`))
}

function checkChoices({ verify, trust, servername, passphrase, checkServerIdentity }: TlsOptions): void {
  if (verify !== undefined && typeof verify !== 'boolean') invalid('tls.verify', 'true or false', verify)
  if (trust !== undefined && trust !== 'exclusive' && trust !== 'added')
    invalid('tls.trust', "'exclusive' or 'added'", trust)
  if (servername !== undefined && (typeof servername !== 'string' || servername === ''))
    throw new InvalidArgumentError('tls.servername must be the name of a host')
  if (passphrase !== undefined && typeof passphrase !== 'string')
    throw new InvalidArgumentError('tls.passphrase must be a string')
  if (checkServerIdentity !== undefined && typeof checkServerIdentity !== 'function')
    invalidKind('tls.checkServerIdentity', 'a function', checkServerIdentity)
}

function checkPair({ cert, key }: TlsOptions): void {
  if ((cert === undefined) === (key === undefined)) return
  const [given, missing] = cert === undefined ? ['key', 'cert'] : ['cert', 'key']
  throw new InvalidArgumentError(`tls.${given} was given without tls.${missing}: they belong together`)
}

/** A key or certificate that has lost the lines around it. */
const BARE = /^M[\w+/=\s]{60,}$/

function pemOf(value: unknown, option: string): Buffer | undefined {
  if (value === undefined) return undefined
  if (value instanceof Uint8Array) return Buffer.from(value)
  // What it is instead is not shown: it may be a key all the same.
  if (typeof value !== 'string' || value === '' || BARE.test(value))
    throw new InvalidArgumentError(`${option} must be PEM, as a string or a Buffer, or the path of a file`)
  if (value.includes('-----BEGIN')) return Buffer.from(value)
  try {
    return readFileSync(value)
  } catch (cause) {
    throw new InvalidArgumentError(`${option}: cannot read the file ${value}: ${reasonOf(cause)}`, { cause })
  }
}

export interface TlsFolder {
  readonly folder: string
  readonly verify: boolean
  /** Who asked for it, as in 'DOCKER_TLS_VERIFY'. */
  readonly asked: string
  /** Where the connection is to go. */
  readonly address: string
}

/** The settings of DOCKER_CERT_PATH: cert and key may be missing, and without verification the ca too. */
export function tlsOfFolder({ folder, verify, asked, address }: TlsFolder): TlsSettings {
  const pems = pick((name) => {
    const file = join(folder, PEM_FILES[name])
    try {
      return readFileSync(file)
    } catch (cause) {
      const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
      if (missing && !(name === 'ca' && verify)) return undefined
      const hint = 'DOCKER_CERT_PATH names the folder of ca.pem, cert.pem and key.pem'
      const message = `${asked} is set, and ${file} cannot be read: ${reasonOf(cause)}`
      throw new TlsError(address, message, { cause, hint })
    }
  })
  return { ...complete(pems), verify }
}

/** The PEM files that a folder has; undefined for none. */
export function tlsOfContext(files: PemTexts, skipVerify: boolean): TlsSettings | undefined {
  const any = Object.values(files).some((pem) => pem !== undefined)
  return any || skipVerify ? { ...complete(files), verify: !skipVerify } : undefined
}

/** A certificate without its key, or a key without its certificate, is of no use; docker passes over it as well. */
function complete({ ca, cert, key }: PemTexts): PemTexts {
  const pair = cert !== undefined && key !== undefined ? { cert, key } : {}
  return ca === undefined ? pair : { ca, ...pair }
}

function pick(read: (name: Pem) => Buffer | undefined): PemTexts {
  const found = (Object.keys(PEM_FILES) as Pem[]).map((name) => [name, read(name)] as const)
  return Object.fromEntries(found.filter(([, pem]) => pem !== undefined))
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'permission denied'
  return code === 'EISDIR' ? 'it is a folder' : message
}
