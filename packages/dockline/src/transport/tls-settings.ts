import type { PeerCertificate } from 'node:tls'

/** How a TCP connection is encrypted. What is read from files has been read: this holds the PEM texts themselves. */
export interface TlsSettings {
  /** The authorities that may have signed the Engine's certificate, as PEM. Default: the system's. */
  readonly ca?: string | Buffer | undefined
  /** Whether `ca` replaces the system's authorities or is added to them. Default: 'exclusive'. */
  readonly trust?: 'exclusive' | 'added' | undefined
  /** The certificate that this client shows, as PEM; with `key`. */
  readonly cert?: string | Buffer | undefined
  readonly key?: string | Buffer | undefined
  /** Opens an encrypted `key`. */
  readonly passphrase?: string | undefined
  /** Whether the Engine's certificate is checked. Default: true. */
  readonly verify?: boolean | undefined
  /** The name the Engine's certificate must be for. Default: the host of the address. */
  readonly servername?: string | undefined
  /** Judges a certificate that the authorities have signed: an Error refuses it. Default: Node's, by the name. */
  readonly checkServerIdentity?: CheckServerIdentity | undefined
}

/** As Node's `tls.checkServerIdentity`. */
export type CheckServerIdentity = (hostname: string, certificate: PeerCertificate) => Error | undefined
