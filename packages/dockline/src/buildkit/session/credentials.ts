import { randomBytes } from 'node:crypto'
import type { Methods } from '../grpc/server.js'
import { GrpcError, GrpcStatus } from '../grpc/status.js'
import { decode, encode } from '../protobuf/message.js'
import {
  CredentialsRequest,
  CredentialsResponse,
  FetchTokenRequest,
  FetchTokenResponse,
  TokenAuthorityResponse,
} from '../protobuf/session.js'

/** Who asks a registry. */
export interface RegistryCredentials {
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly identitytoken?: string | undefined
  /** A token that is sent to the registry as it is. */
  readonly registrytoken?: string | undefined
}

export type FindCredentials = (host: string) => Promise<RegistryCredentials | undefined>

const AUTH = 'moby.filesync.v1.Auth'
const KEY_BYTES = 32

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
  const tokenFor = async (host: string) => {
    const { registrytoken } = (await findOnce(host)) ?? {}
    if (registrytoken) return registrytoken
    throw new GrpcError(GrpcStatus.UNIMPLEMENTED, 'the Engine asks for tokens itself')
  }
  return {
    [`${AUTH}/Credentials`]: async (call) => {
      const { host } = decode(CredentialsRequest, await call.request())
      const { username = '', password = '', identitytoken = '' } = (await findOnce(host)) ?? {}
      const shared = identitytoken === '' ? { username, secret: password } : { secret: identitytoken }
      await call.send(encode(CredentialsResponse, shared))
    },
    // An Engine that gets a token from here asks for no credentials. The key tells the Engine which sessions share a token.
    [`${AUTH}/GetTokenAuthority`]: async (call) => {
      await tokenFor(decode(CredentialsRequest, await call.request()).host)
      await call.send(encode(TokenAuthorityResponse, { publicKey: randomBytes(KEY_BYTES) }))
    },
    [`${AUTH}/FetchToken`]: async (call) => {
      const token = await tokenFor(decode(FetchTokenRequest, await call.request()).host)
      await call.send(encode(FetchTokenResponse, { token }))
    },
  }
}
