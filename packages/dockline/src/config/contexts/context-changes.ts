import { InvalidArgumentError } from '../../errors.js'
import { invalid, invalidKind, isObject } from '../../support/check.js'
import { refuseUnknown } from '../../support/suggest.js'
import { endpointOf } from '../../transport/index.js'
import { PEM_FILES, pemsOfOption, type TlsOptions } from '../tls-files.js'
import { DOCKER, type StoredContext, type TlsFiles } from './contexts-files.js'

/** A context and its certificates, wherever it comes from. */
export type WholeContext = Omit<StoredContext, 'file'> & { readonly tls: TlsFiles }

/** The certificates of a context, as PEM or paths of files. */
export type ContextTlsOptions = Pick<TlsOptions, 'ca' | 'cert' | 'key'>

export interface ContextChanges {
  /** The host, as in DOCKER_HOST. */
  readonly host?: string | undefined
  readonly description?: string | undefined
  /** The certificates, all at once; false for none. The `ca` is then the only authority that is trusted. */
  readonly tls?: ContextTlsOptions | false | undefined
  /** Encrypts, and takes any certificate of the Engine. Default: false. */
  readonly skipTlsVerify?: boolean | undefined
  /** The context whose host and certificates are taken. Excludes `host`, `tls` and `skipTlsVerify`. */
  readonly endpointFrom?: string | undefined
}

/** Makes of a context what the changes ask for. */
export function changeContext(
  base: WholeContext,
  { description, ...changes }: Omit<ContextChanges, 'endpointFrom'>,
): WholeContext {
  return describeContext(withEndpoint(base, changes), description)
}

/** Gives a context a description; '' is none. */
export function describeContext(base: WholeContext, description: string | undefined): WholeContext {
  return { ...base, metadata: described(base.metadata, description) }
}

/** Gives a context the host and the certificates of another. */
export function takeEndpoint(base: WholeContext, other: WholeContext): WholeContext {
  return {
    ...base,
    endpoints: { ...base.endpoints, [DOCKER]: other.endpoints[DOCKER] ?? {} },
    tls: { ...base.tls, [DOCKER]: other.tls[DOCKER] ?? {} },
  }
}

function described(metadata: StoredContext['metadata'], description: string | undefined) {
  if (description === undefined) return metadata
  if (typeof description !== 'string') return invalid('description', 'a string', description)
  const { Description: _before, ...others } = metadata
  return description === '' ? others : { Description: description, ...others }
}

function withEndpoint(
  base: WholeContext,
  { host, tls, skipTlsVerify }: Pick<ContextChanges, 'host' | 'tls' | 'skipTlsVerify'>,
): WholeContext {
  const { Host, SkipTLSVerify = false, ...others } = base.endpoints[DOCKER] ?? {}
  const endpoint = {
    Host: host === undefined ? Host : checkedHost(host),
    SkipTLSVerify: skipTlsVerify === undefined ? SkipTLSVerify : boolean(skipTlsVerify, 'skipTlsVerify'),
    ...others,
  }
  return {
    ...base,
    endpoints: { ...base.endpoints, [DOCKER]: endpoint },
    tls: tls === undefined ? base.tls : { ...base.tls, [DOCKER]: tlsFiles(tls) },
  }
}

/** As it was written: docker reads every scheme of ours, but needs one. */
function checkedHost(host: string): string {
  if (typeof host !== 'string') return invalid('host', 'a string', host)
  // On one machine a context may be made for another: what it cannot dial is not wrong.
  if (!/^npipe:\/\/./i.test(host)) endpointOf(host)
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(host) ? host : `tcp://${host}`
}

function tlsFiles(tls: ContextTlsOptions | false): Readonly<Record<string, Buffer>> {
  if (tls === false) return {}
  if (!isObject(tls)) return invalidKind('tls', 'false or an object', tls)
  refuseUnknown(tls, ['ca', 'cert', 'key'], 'tls')
  return filesOf(pemsOfOption(tls))
}

/** The certificates by the names of their files. */
export function filesOf(pems: ContextTlsOptions): Readonly<Record<string, Buffer>> {
  const found = Object.entries(PEM_FILES).flatMap(([name, file]) => {
    const pem = pems[name as keyof ContextTlsOptions]
    return pem === undefined ? [] : [[file, Buffer.from(pem as Buffer)] as const]
  })
  return Object.fromEntries(found)
}

/** Refuses options that exclude one that is given. */
export function refuseBeside(option: string, given: object, names: readonly string[]): void {
  const other = names.find((name) => (given as Record<string, unknown>)[name] !== undefined)
  if (other !== undefined) throw new InvalidArgumentError(`${option} and ${other} exclude each other`)
}

function boolean(value: unknown, option: string): boolean {
  if (typeof value === 'boolean') return value
  return invalid(option, 'true or false', value)
}
