import { TlsError } from '../errors.js'
import { isRefusal } from '../transport/index.js'

interface Advice {
  readonly when: RegExp
  readonly says: string
  readonly hint?: string
}

/** By the codes of OpenSSL and of Node, which other runtimes share. */
const ADVICE: readonly Advice[] = [
  { when: /^CERT_HAS_EXPIRED$/, says: 'its certificate has expired' },
  { when: /^CERT_NOT_YET_VALID$/, says: 'its certificate is not valid yet', hint: 'is the clock right?' },
  { when: /^CERT_REVOKED$/, says: 'its certificate was revoked' },
  {
    when: /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED)$/,
    says: 'its certificate is signed by nobody who is trusted',
    hint: 'is the ca the one that signed it?',
  },
  { when: /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, says: 'its certificate is for another host' },
  {
    when: /ALERT_CERTIFICATE_REQUIRED$|HANDSHAKE_FAILURE$/,
    says: 'it asked for a certificate of this client',
    hint: 'give cert and key, as in DOCKER_CERT_PATH',
  },
  {
    when: /ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_(UNKNOWN|EXPIRED|REVOKED)|UNSUPPORTED_CERTIFICATE)$|ALERT_ACCESS_DENIED$/,
    says: 'it does not accept the certificate of this client',
    hint: 'are cert and key those that its ca has signed, and still valid?',
  },
  {
    when: /WRONG_VERSION_NUMBER$|PACKET_LENGTH_TOO_LONG$|HTTP_REQUEST$/,
    says: 'it does not speak TLS',
    hint: 'is the port right, and does it want TLS at all?',
  },
  { when: /UNSUPPORTED_PROTOCOL$|ALERT_PROTOCOL_VERSION$/, says: 'it speaks no TLS from 1.2 on' },
  {
    when: /^ERR_OSSL_(PEM|X509|ASN1|EVP|RSA|CRYPTO|UNSUPPORTED)|^ERR_CRYPTO|^ERR_INVALID_ARG/,
    says: 'the ca, cert or key cannot be used',
    hint: 'are they PEM, does the key belong to cert, and is it encrypted?',
  },
]

/** What went wrong with TLS, if it was that. Some of it is known only when the first answer is read. */
export function tlsFailure(cause: NodeJS.ErrnoException, address: string): TlsError | undefined {
  const code = cause.code ?? ''
  const advice = ADVICE.find(({ when }) => when.test(code))
  const refused = isRefusal(cause) ? `tls.checkServerIdentity refuses it: ${cause.message}` : undefined
  if ((advice ?? refused) === undefined && !/^ERR_(SSL|TLS|OSSL)|^EPROTO$/.test(code)) return undefined
  const says = advice?.says ?? refused ?? `TLS failed: ${cause.message}`
  const message = `cannot talk to the Docker Engine at ${address}: ${says}`
  return new TlsError(address, message, { cause, hint: advice?.hint })
}
