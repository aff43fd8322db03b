import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** Returns docker's reason to refuse an endpoint that no connection can be made with. */
export function endpointFault(pairs: Readonly<Record<string, string>>): string | undefined {
  const { host = '' } = pairs
  // ssh has no certificates, and its hosts the library reads.
  if (host === '' || host.startsWith('ssh://')) return undefined
  const tls = certificatesFault(pairs)
  if (tls !== undefined) return `invalid docker endpoint options: ${tls}`
  const reason = hostFault(host)
  return reason === undefined ? undefined : `unable to apply docker endpoint options: ${reason}`
}

function certificatesFault({ ca, cert, key }: Readonly<Record<string, string>>): string | undefined {
  const authority = contentOf(ca)
  if (authority !== undefined && !hasCertificate(authority))
    return 'failed to retrieve context tls info: ca.pem seems invalid'
  const secret = contentOf(key)
  const isUsed = secret !== undefined && contentOf(cert) !== undefined
  return isUsed && !PEM_BLOCK.test(secret) ? 'no valid private key found' : undefined
}

/** Returns undefined for a file that cannot be read: the library refuses that file. */
function contentOf(path = ''): string | undefined {
  try {
    return path === '' ? undefined : readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

const PEM_BLOCK = /^-----BEGIN [^\n]*-----[\s\S]+?^-----END [^\n]*-----/m
const CERTIFICATES = /^-----BEGIN CERTIFICATE-----[\s\S]+?^-----END CERTIFICATE-----/gm

function hasCertificate(pem: string): boolean {
  return (pem.match(CERTIFICATES) ?? []).some((block) => {
    try {
      return new X509Certificate(block).subject !== undefined
    } catch {
      return false
    }
  })
}

function hostFault(host: string): string | undefined {
  const [, scheme, address] = /^(.*?):\/\/(.*)$/s.exec(host) ?? []
  if (!address) return `unable to parse docker host \`${host}\``
  return scheme === 'npipe' && process.platform !== 'win32' ? 'protocol not available' : undefined
}
