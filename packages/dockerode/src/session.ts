import type { BuildSession, RegistryAuth } from 'dockline'
import { registryKey } from 'dockline/syntax'
import type { BuildSessionOptions } from 'dockline/types'
import { lendClient } from './modem/connection.js'
import Modem, { type Modem as OwnModem } from './modem.js'
import { isBuildContext } from './shared.js'
import type { AuthConfig, ModemLike, Options } from './types.js'

/** A session, or what takes its place where there is none. */
type SessionLike = Pick<BuildSession, 'close'> & { readonly query: object }

/**
 * Opens the session in which BuildKit asks for credentials, secrets, ssh agents and, of `{ context, src }`, for files.
 * A modem of another package can only send requests: its builds have no session.
 */
export async function openSession(modem: ModemLike, file: unknown, options: Options): Promise<SessionLike> {
  if (!(modem instanceof (Modem as unknown as new () => OwnModem))) return withoutSession(options)
  const { client, release } = await lendClient(modem)
  const { secrets, ssh, dockerfile, abortSignal: signal } = options
  try {
    const session = await client.images.openBuildSession({
      ...(isBuildContext(file) && { context: file.context, only: file.src, dockerfile }),
      ...{ secrets, ssh, signal },
      credentials: (registry) => credentialsFor(registry, options),
    } as BuildSessionOptions)
    const close = () => {
      session.close()
      release()
    }
    return { query: session.query, close }
  } catch (error) {
    release()
    throw error
  }
}

const OF_SESSION = ['authconfig', 'registryconfig', 'secrets', 'ssh']

function withoutSession(options: Options): SessionLike {
  const option = OF_SESSION.find((name) => options[name] !== undefined)
  if (option === undefined) return { query: { version: '2' }, close: () => {} }
  throw new Error(
    `buildImage: ${option} needs a session with BuildKit, and only the modem of dockline-dockerode has one`,
  )
}

/** Those of the registry itself come before those that name none, which dockerode gives to every registry. */
function credentialsFor(registry: string, { authconfig, registryconfig }: Options): RegistryAuth | undefined {
  const given = contentOf<RegistryAuth>(authconfig)
  const listed = Object.entries(contentOf<Record<string, RegistryAuth>>(registryconfig) ?? {})
  const isOf = (name: string) => registryKey(name) === registryKey(registry)
  if (given?.serveraddress !== undefined && isOf(given.serveraddress)) return given
  const [, found] = listed.find(([name]) => isOf(name)) ?? []
  return found ?? (given?.serveraddress ? undefined : given)
}

/** Credentials are objects, or encoded already. */
function contentOf<T>(config: unknown): T | undefined {
  const { key, base64 } = (config ?? {}) as AuthConfig
  const text = key ?? base64
  return text === undefined ? (config as T | undefined) : JSON.parse(`${Buffer.from(text, 'base64')}`)
}
