import { createPrivateKey, type JsonWebKey, type KeyObject, sign as signBytes } from 'node:crypto'
import { own } from '../../support/own.js'
import { SshReader, sshNumber, sshString, withoutZeros } from './ssh-wire.js'

/** A private key, as an ssh agent uses it. */
export interface SshKey {
  /** The public key, as the ssh protocol has it. */
  readonly blob: Buffer
  readonly comment: string
  /** Signs bytes. The flags of the request choose the hash of an RSA signature. */
  sign(data: Buffer, flags: number): Buffer
}

/** A key that cannot be used. The message says why, and nothing of the key. */
export class SshKeyError extends Error {}

const OPENSSH = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END OPENSSH PRIVATE KEY-----/

/** Reads a private key as OpenSSH writes it, or as PEM. Throws SshKeyError. */
export function parseSshKey(text: string, comment: string): SshKey {
  if (isEncrypted(text)) throw withPassphrase()
  const [, body] = OPENSSH.exec(text) ?? []
  try {
    if (body === undefined) return sshKeyOf(createPrivateKey(text), comment)
    const key = parseOpenSsh(Buffer.from(body, 'base64'))
    return sshKeyOf(createPrivateKey({ key: key.jwk, format: 'jwk' }), key.comment || comment)
  } catch (error) {
    if (error instanceof SshKeyError) throw error
    throw new SshKeyError('it is not a private key for ssh')
  }
}

function isEncrypted(text: string): boolean {
  return /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)
}

function withPassphrase(): SshKeyError {
  return new SshKeyError('it is protected by a passphrase')
}

interface OpenSshKey {
  readonly jwk: JsonWebKey
  readonly comment: string
}

const MAGIC = 'openssh-key-v1\0'

function parseOpenSsh(bytes: Buffer): OpenSshKey {
  const reader = new SshReader(bytes)
  if (reader.bytes(MAGIC.length).toString() !== MAGIC)
    throw new SshKeyError('it is not a private key for ssh')
  if (reader.text() !== 'none') throw withPassphrase()
  // How it would be decrypted, how many keys there are (always one), and the public key.
  for (const skip of ['text', 'text', 'uint32', 'string'] as const) reader[skip]()
  const secret = new SshReader(reader.string())
  // The same number twice shows that a decryption has worked.
  secret.bytes(8)
  const type = secret.text()
  const parse = own(PARSERS, type) ?? (type.startsWith('ecdsa-sha2-') ? parseEcdsa : undefined)
  if (parse === undefined) throw new SshKeyError(`keys of type ${type} are not supported`)
  return { jwk: parse(secret), comment: secret.text() }
}

const PARSERS: Readonly<Record<string, (reader: SshReader) => JsonWebKey>> = {
  'ssh-ed25519': (reader) => {
    const x = reader.string()
    // Behind the secret stands the public key once more.
    const d = reader.string().subarray(0, x.length)
    return { kty: 'OKP', crv: 'Ed25519', x: base64(x), d: base64(d) }
  },
  'ssh-rsa': (reader) => {
    const [n, e, d, qi, p, q] = Array.from({ length: 6 }, () => withoutZeros(reader.string())) as SixNumbers
    const [dp, dq] = [remainder(d, p), remainder(d, q)]
    const all = { n, e, d, p, q, dp, dq, qi }
    return {
      kty: 'RSA',
      ...Object.fromEntries(Object.entries(all).map(([name, each]) => [name, base64(each)])),
    }
  },
}

type SixNumbers = [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer]

/** `d` modulo `prime - 1`. */
function remainder(d: Buffer, prime: Buffer): Buffer {
  const value = numberOf(d) % (numberOf(prime) - 1n)
  const hex = value.toString(16)
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`)
}

function parseEcdsa(reader: SshReader): JsonWebKey {
  const name = reader.text()
  const curve = CURVES.find(({ ssh }) => ssh === name)
  if (curve === undefined) throw new SshKeyError('its curve is not supported')
  const point = reader.string().subarray(1)
  const half = point.length / 2
  const d = withoutZeros(reader.string())
  const padded = Buffer.concat([Buffer.alloc(half - d.length), d])
  const [x, y] = [point.subarray(0, half), point.subarray(half)]
  return { kty: 'EC', crv: curve.jwk, x: base64(x), y: base64(y), d: base64(padded) }
}

const CURVES = [
  { ssh: 'nistp256', jwk: 'P-256', hash: 'sha256' },
  { ssh: 'nistp384', jwk: 'P-384', hash: 'sha384' },
  { ssh: 'nistp521', jwk: 'P-521', hash: 'sha512' },
] as const

function base64(bytes: Buffer): string {
  return bytes.toString('base64url')
}

function sshKeyOf(key: KeyObject, comment: string): SshKey {
  const jwk = key.export({ format: 'jwk' })
  if (jwk.kty === 'RSA') return rsaKey(key, jwk, comment)
  if (jwk.crv === 'Ed25519') return ed25519Key(key, jwk, comment)
  return ecdsaKey(key, jwk, comment)
}

function ed25519Key(key: KeyObject, { x }: JsonWebKey, comment: string): SshKey {
  return {
    blob: Buffer.concat([sshString('ssh-ed25519'), sshString(bytesOf(x))]),
    comment,
    sign: (data) => signature('ssh-ed25519', signBytes(undefined, data, key)),
  }
}

/** By the flag of a request, of which none is the oldest. */
const RSA_SIGNATURES = [
  { flag: 4, name: 'rsa-sha2-512', hash: 'sha512' },
  { flag: 2, name: 'rsa-sha2-256', hash: 'sha256' },
  { flag: 0, name: 'ssh-rsa', hash: 'sha1' },
] as const

function rsaKey(key: KeyObject, { e, n }: JsonWebKey, comment: string): SshKey {
  return {
    blob: Buffer.concat([sshString('ssh-rsa'), sshNumber(bytesOf(e)), sshNumber(bytesOf(n))]),
    comment,
    sign(data, flags) {
      const { name, hash } = RSA_SIGNATURES.find(({ flag }) => (flags & flag) === flag) ?? RSA_SIGNATURES[2]
      return signature(name, signBytes(hash, data, key))
    },
  }
}

function ecdsaKey(key: KeyObject, { crv, x, y }: JsonWebKey, comment: string): SshKey {
  const curve = CURVES.find(({ jwk }) => jwk === crv)
  if (curve === undefined) throw new SshKeyError('its curve is not supported')
  const name = `ecdsa-sha2-${curve.ssh}`
  const point = Buffer.concat([Buffer.from([UNCOMPRESSED]), bytesOf(x), bytesOf(y)])
  return {
    blob: Buffer.concat([sshString(name), sshString(curve.ssh), sshString(point)]),
    comment,
    sign(data) {
      const both = signBytes(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' })
      const half = both.length / 2
      const numbers = [both.subarray(0, half), both.subarray(half)].map(sshNumber)
      return signature(name, Buffer.concat(numbers))
    },
  }
}

const UNCOMPRESSED = 4

function bytesOf(value: string | undefined): Buffer {
  return Buffer.from(value ?? '', 'base64url')
}

function signature(name: string, bytes: Buffer): Buffer {
  return Buffer.concat([sshString(name), sshString(bytes)])
}
