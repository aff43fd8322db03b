import { isIP, type Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { type Address, open } from './socket.js'
import type { CheckServerIdentity, TlsSettings } from './tls-settings.js'

/** A connection by TLS: over one that is there already, such as a tunnel through a proxy, or over one of its own. */
export type Encrypt = (signal?: AbortSignal, over?: Socket) => Promise<Socket>

/** TLS over TCP. What is wrong with the certificates themselves is thrown at the first dial, before anything is sent. */
export function dialTls(address: Address, settings: TlsSettings, limitMs?: number): Encrypt {
  let options: ConnectionOptions | undefined
  return async (signal, over) => {
    // Loaded for those who encrypt only: it would take a tenth of what importing this package may take.
    const tls = process.getBuiltinModule('node:tls')
    options ??= connectionOptions(tls, address, settings)
    const socket = await open(() => tls.connect({ ...options, ...given({ socket: over }) }), {
      ready: 'secureConnect',
      signal,
      limitMs,
    })
    socket.setNoDelay(true)
    return socket
  }
}

function connectionOptions(
  tls: typeof import('node:tls'),
  { host, port }: Address,
  settings: TlsSettings,
): ConnectionOptions & { autoSelectFamily: boolean } {
  const { cert, key, passphrase, verify = true, checkServerIdentity } = settings
  const name = settings.servername ?? (isIP(host) === 0 ? host : undefined)
  return {
    host,
    port,
    autoSelectFamily: true,
    rejectUnauthorized: verify,
    minVersion: 'TLSv1.2',
    secureContext: tls.createSecureContext({
      ...given({ ca: authorities(tls, settings), cert, key, passphrase }),
      minVersion: 'TLSv1.2',
    }),
    // An address is no name to ask for; the certificate is checked against it all the same.
    ...given({ servername: name, checkServerIdentity: checkServerIdentity && noting(checkServerIdentity) }),
  }
}

const refusals = new WeakSet<Error>()

/** Whether a `checkServerIdentity` has given this error. */
export function isRefusal(error: Error): boolean {
  return refusals.has(error)
}

/** Notes the errors of a check. Those that it throws count as well: in Node they would end the process. */
function noting(check: CheckServerIdentity): CheckServerIdentity {
  return (host, certificate) => {
    const refusal = judge(check, host, certificate)
    if (refusal !== undefined) refusals.add(refusal)
    return refusal
  }
}

function judge(check: CheckServerIdentity, ...[host, certificate]: Parameters<CheckServerIdentity>) {
  try {
    return check(host, certificate)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function authorities(tls: typeof import('node:tls'), { ca, trust = 'exclusive' }: TlsSettings) {
  return ca === undefined || trust === 'exclusive' ? ca : [...tls.rootCertificates, ca]
}

function given<T extends object>(options: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}
