import type {
  ApiClient,
  ContainerInspectResponse,
  ContainerWaitResponse,
  EventMessage,
} from '../../api/index.js'
import { DockerError, NotFoundError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { pause } from '../../support/pause.js'
import { engineTime } from '../base/engine-time.js'
import { dialectOf } from './dialect.js'

// How a container ended, where Podman is the Engine. Its wait looks now and then, and answers -1 for a container that
// does not run, and 0 for a container that it has removed. So the container itself and its events are looked at.

/** Milliseconds between two looks: the first, and the longest. */
const PAUSE = { first: 10, most: 500 }
/** How long a removal may take, in milliseconds. */
const REMOVAL_PATIENCE_MS = 10_000

/** The end of a container: its exit code, 'not yet' while it runs, or 'gone' if the container was removed. */
type Ending = number | 'not yet' | 'gone'

interface Attached {
  readonly result: Promise<ContainerWaitResponse>
  readonly signal: AbortSignal | undefined
}

/** The exit code of a container whose attached output has ended, however long the container runs on. */
export async function podmanExit(api: ApiClient, id: string, { result, signal }: Attached): Promise<number> {
  const waited = new Settled(result)
  for (let ms = PAUSE.first; ; ms = await longer(ms, signal)) {
    const exitCode = waited.exitCode
    if (exitCode !== undefined) return exitCode
    const ending = await look(api, id, signal)
    if (typeof ending === 'number') return ending
    if (ending === 'gone') return exitCodeOfRemoved(api, id, signal)
  }
}

/** The exit code that a finished wait did not have. */
export async function podmanExitCode(
  api: ApiClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const ending = await look(api, id, signal)
  if (typeof ending === 'number') return ending
  return ending === 'gone' ? exitCodeOfRemoved(api, id, signal) : 0
}

/** Resolves when the container is not there any more. */
export async function untilGone(api: ApiClient, id: string, signal: AbortSignal | undefined): Promise<void> {
  let ms = PAUSE.first
  while ((await look(api, id, signal)) !== 'gone') ms = await longer(ms, signal)
}

/** Waits, and returns how long to wait the next time. */
async function longer(ms: number, signal: AbortSignal | undefined): Promise<number> {
  await pause(ms, signal)
  return Math.min(ms * 2, PAUSE.most)
}

async function look(api: ApiClient, id: string, signal: AbortSignal | undefined): Promise<Ending> {
  try {
    const { State } = await inspectPatiently(api, id, { signal })
    return State?.Status === 'exited' ? (State.ExitCode ?? 0) : 'not yet'
  } catch (error) {
    if (error instanceof NotFoundError) return 'gone'
    throw error
  }
}

/** Returns the details of a container. Waits for the end of a removal that is under way, also where Podman is the Engine. */
export async function inspectPatiently(
  api: ApiClient,
  id: string,
  call: CallOptions,
): Promise<ContainerInspectResponse> {
  const until = performance.now() + REMOVAL_PATIENCE_MS
  for (let ms = PAUSE.first; ; ms = await longer(ms, call.signal)) {
    try {
      return await api.containers.inspect(id, {}, call)
    } catch (error) {
      if (!dialectOf(api).meetsRemoval(error) || performance.now() > until) throw error
    }
  }
}

/** Finds how a container ended that is gone: an Engine's events outlive it. For a name, the last one that had it counts. */
export async function exitCodeOfRemoved(
  api: ApiClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  // Podman reports the past only when the end of the question lies in the future.
  const until = String((await engineTime(api, signal)) + 2)
  const query = { since: '0', until, filters: { container: [id] } }
  const told: { byName?: string | undefined; byId?: string | undefined } = {}
  for await (const event of api.system.events(query, { signal })) {
    const { Type, Action, Actor: { ID = '', Attributes } = {} } = event
    // An Engine also reports objects of other types, and containers whose names only begin so.
    const key = Attributes?.name === id ? 'byName' : 'byId'
    if (Type !== 'container' || (key === 'byId' && !ID.startsWith(id))) continue
    told[key] = codeIn(event) ?? told[key]
    if (ID === id && (Action === 'remove' || Action === 'destroy')) break
  }
  const exitCode = Number(told.byName ?? told.byId ?? Number.NaN)
  if (Number.isInteger(exitCode)) return exitCode
  const message = `container ${id.slice(0, 12)} was removed, and the Engine does not report how it ended`
  throw new DockerError('ERR_DOCKER_API', message)
}

/** What an event says of the end of a container. */
function codeIn({ Action, Actor }: EventMessage): string | undefined {
  const code = Actor?.Attributes?.exitCode
  if (Action === 'die' || Action === 'died') return code
  // Docker puts a container's labels over what an event says, and an image brings labels along.
  return Action === 'destroy' && code !== undefined ? 'unknown' : undefined
}

/** A promise that can be asked whether it has come. */
class Settled {
  #response: ContainerWaitResponse | undefined

  constructor(result: Promise<ContainerWaitResponse>) {
    result.then(
      (response) => {
        this.#response = response
      },
      () => {},
    )
  }

  /** undefined also for -1, which stands for an unknown exit code. */
  get exitCode(): number | undefined {
    const code = this.#response?.StatusCode
    return code !== undefined && code >= 0 ? code : undefined
  }
}
