import type { Methods } from '../grpc/server.js'
import { decode, encode } from '../protobuf/message.js'
import { CredentialsRequest, CredentialsResponse } from '../protobuf/session.js'

/** Who asks a registry. */
export interface RegistryCredentials {
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly identitytoken?: string | undefined
}

export type FindCredentials = (host: string) => Promise<RegistryCredentials | undefined>

/**
 * Finds the credentials for a registry. A push asks for each layer: the answer is kept for the build, so that a
 * credential helper runs once. `onShare` is called for each registry whose credentials are handed out.
 */
export function credentialService(find: FindCredentials, onShare: (host: string) => void): Methods {
  const found = new Map<string, Promise<RegistryCredentials | undefined>>()
  const findOnce = (host: string) => {
    const finding = found.get(host) ?? find(host)
    if (!found.has(host)) void finding.then((one) => one !== undefined && onShare(host)).catch(() => {})
    found.set(host, finding)
    return finding
  }
  return {
    'moby.filesync.v1.Auth/Credentials': async (call) => {
      const { host } = decode(CredentialsRequest, await call.request())
      const { username = '', password = '', identitytoken = '' } = (await findOnce(host)) ?? {}
      const shared = identitytoken === '' ? { username, secret: password } : { secret: identitytoken }
      await call.send(encode(CredentialsResponse, shared))
    },
  }
}
