import type { ApiClient, ImageBuildQuery } from '../../../api/index.js'
import {
  BuildSession as Connection,
  connectionErrorOf,
  credentialService,
  folderService,
  hijackedDoor,
  type LocalFolder,
  secretService,
  sshService,
} from '../../../buildkit/index.js'
import { InvalidArgumentError } from '../../../errors.js'
import type { CallOptions } from '../../../http/index.js'
import { callback, callTable } from '../../base/call.js'
import { asItIs } from '../../options/values.js'
import type { Credentials } from '../../registry/credentials.js'
import type { RegistryAuth } from '../../registry/registry-auth.js'
import { chosenPaths } from '../build-context/chosen.js'
import type { BuildKitOptions } from './options.js'
import { readSecrets } from './secrets.js'
import { findSources } from './sources.js'
import { findAgents } from './ssh.js'

/** What a session has for the build that uses it. */
export interface BuildSessionOptions extends Pick<BuildKitOptions, 'secrets' | 'ssh'>, CallOptions {
  /** The folder that the build may copy from. Default: the request of the build has the context. */
  readonly context?: string | undefined
  /** The path of the Dockerfile, from the context on. Default: 'Dockerfile'. */
  readonly dockerfile?: string | undefined
  /** Paths from the context on: only these and the files below them are sent. Default: all of the context. */
  readonly only?: readonly string[] | undefined
  /**
   * Finds the credentials for a registry such as 'ghcr.io'. Default, and where it finds none: the stored ones
   * of the docker command.
   */
  readonly credentials?:
    | ((registry: string) => RegistryAuth | undefined | PromiseLike<RegistryAuth | undefined>)
    | undefined
}

/** An open session. The Engine asks it for what the build needs of this machine. */
export interface BuildSession {
  readonly id: string
  /** The query of `POST /build` that makes a build use this session. */
  readonly query: Pick<ImageBuildQuery, 'version' | 'session' | 'remote' | 'dockerfile'>
  /** Closes the session. A build that still needs it fails. */
  close(): void
}

const sessionOptions = callTable<BuildSessionOptions>({
  context: asItIs,
  dockerfile: asItIs,
  only: asItIs,
  secrets: asItIs,
  ssh: asItIs,
  credentials: callback,
})

interface Access {
  readonly api: ApiClient
  readonly credentials: Credentials
}

/** Opens the session of a build that is started by a request of the caller's own. */
export async function openBuildSession(
  { api, credentials }: Access,
  options: BuildSessionOptions,
): Promise<BuildSession> {
  const [own, call] = sessionOptions.read(options)
  const context = await contextOf(own)
  const secrets = await readSecrets(own.secrets)
  const agents = await findAgents(own.ssh)
  const find = async (registry: string) =>
    (await own.credentials?.(registry)) ?? credentials.for(registry, { signal: call.signal, optional: true })
  const plan = {
    sharedKey: context.sharedKey,
    methods: {
      ...folderService(context.folders, () => {}),
      ...credentialService(find, () => {}),
      ...secretService(secrets),
      ...(agents.size > 0 ? sshService(agents) : {}),
    },
  }
  const session = await connected(api, plan, call)
  const query = { version: '2', session: session.id, ...context.query } as const
  return { id: session.id, query, close: () => session.close() }
}

async function connected(
  { http }: ApiClient,
  plan: Parameters<typeof Connection.open>[1],
  { signal, timeout }: CallOptions,
): Promise<Connection> {
  try {
    return await Connection.open(hijackedDoor(http, timeout), plan, signal)
  } catch (error) {
    throw connectionErrorOf(error, http.address, undefined)
  }
}

interface SessionContext {
  readonly sharedKey: string
  readonly folders: ReadonlyMap<string, LocalFolder>
  readonly query: Pick<ImageBuildQuery, 'remote' | 'dockerfile'>
}

async function contextOf({ context, dockerfile, only }: BuildSessionOptions): Promise<SessionContext> {
  if (context === undefined) return withoutContext({ dockerfile, only })
  const { attributes, sharedKey, folders } = await findSources({ context, dockerfile })
  const paths = await chosenPaths(context, only)
  folders.set('context', { root: context, ...folders.get('context'), only: paths })
  return { sharedKey, folders, query: { remote: 'client-session', dockerfile: attributes.filename } }
}

function withoutContext(given: Pick<BuildSessionOptions, 'dockerfile' | 'only'>): SessionContext {
  const [option] = Object.entries(given).find(([, value]) => value !== undefined) ?? []
  if (option === undefined) return { sharedKey: '', folders: new Map(), query: {} }
  throw new InvalidArgumentError(`${option}: it needs the option context, the folder that it is in`)
}
