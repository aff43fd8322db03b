import type { BuildSession, BuildSessionOptions, RegistryAuth } from 'dockline'
import { registryKey } from 'dockline/syntax'
import { clientOf } from './modem/connection.js'
import Modem, { type Modem as OwnModem } from './modem.js'
import { isBuildContext } from './shared.js'
import type { AuthConfig, ModemLike, Options } from './types.js'

/** A session, or what takes its place where there is none. */
export type SessionLike = Pick<BuildSession, 'close'> & { readonly query: object }

/** A build with BuildKit: the file, and the options that it was given. */
interface Asked {
  readonly file: unknown
  readonly options: Options
}

/**
 * Opens the session in which BuildKit asks for credentials, secrets, ssh agents and, of `{ context, src }`, for files.
 * A modem of another package can only send requests: its builds have no session.
 */
export async function openSession(modem: ModemLike, { file, options }: Asked): Promise<SessionLike> {
  if (!(modem instanceof (Modem as unknown as new () => OwnModem))) return withoutSession(options)
  const { images } = await clientOf(modem)
  return images.openBuildSession({
    ...contextOf(file, options),
    secrets: options.secrets as BuildSessionOptions['secrets'],
    ssh: options.ssh as BuildSessionOptions['ssh'],
    credentials: (registry) => credentialsFor(registry, options),
    signal: options.abortSignal as AbortSignal | undefined,
  })
}

const OF_SESSION = ['authconfig', 'registryconfig', 'secrets', 'ssh']

function withoutSession(options: Options): SessionLike {
  const option = OF_SESSION.find((name) => options[name] !== undefined)
  if (option === undefined) return { query: { version: '2' }, close: () => {} }
  throw new Error(
    `buildImage: ${option} needs a session with BuildKit, and only the modem of dockline-dockerode has one`,
  )
}

function contextOf(file: unknown, { dockerfile }: Options): BuildSessionOptions {
  if (!isBuildContext(file)) return {}
  return { context: file.context, only: file.src, dockerfile: dockerfile as string | undefined }
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

/** As an object, or written already. */
function contentOf<T>(config: unknown): T | undefined {
  const { key, base64 } = (config ?? {}) as AuthConfig
  const written = key ?? base64
  return written === undefined
    ? (config as T | undefined)
    : JSON.parse(Buffer.from(written, 'base64').toString())
}
