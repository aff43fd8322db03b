import { setTimeout as delay } from 'node:timers/promises'
import { onAbort } from '../support/abort.js'
import { Control } from './control.js'
import type { Door } from './door.js'
import { ConnectionLost, type GrpcClient } from './grpc/client.js'
import { detailsIn, GrpcError } from './grpc/status.js'
import type { SolveRequest, WorkerRecord } from './protobuf/control.js'
import { BuildSession, type SessionPlan } from './session/session.js'
import type { SolveStatus } from './status.js'

/** What the Engine says of its builder. */
export interface Builder {
  readonly workers: readonly WorkerRecord[]
  readonly control: Control
}

export interface SolvePlan {
  readonly ref: string
  readonly session: SessionPlan
  readonly request: Partial<SolveRequest>
}

export interface Solving {
  readonly door: Door
  /** Says what to do, once it is known what the Engine can do. */
  readonly plan: (builder: Builder) => Promise<SolvePlan> | SolvePlan
  readonly signal?: AbortSignal | undefined
}

/** What came of a build. */
export interface Solved {
  readonly response: Readonly<Record<string, string>>
  readonly control: Control
}

/** How a build failed, with what is known of the session that it had. */
export class SolveFailure extends Error {
  readonly error: unknown
  readonly sessionLost: string | undefined

  constructor(error: unknown, sessionLost: string | undefined) {
    super('the build failed', { cause: error })
    this.error = error
    this.sessionLost = sessionLost
  }
}

/**
 * Runs a build and reports on it. Three connections are used: an error that is larger than some limit of HTTP/2 ends the
 * one it comes on, and then the others are there to ask what it was.
 */
export async function* solve(
  { door, plan: makePlan, signal }: Solving,
  finish: (solved: Solved) => Promise<void>,
): AsyncGenerator<SolveStatus, void, undefined> {
  signal?.throwIfAborted()
  using connections = new Connections(door, signal)
  const stop = new AbortController()
  using _stop = { [Symbol.dispose]: () => stop.abort() }
  const forget = onAbort(signal, () => stop.abort(signal?.reason))
  let session: BuildSession | undefined
  try {
    const watching = new Control(await connections.open())
    const plan = await makePlan({ workers: await watching.listWorkers({ signal }), control: watching })
    session = await connections.openSession(plan.session)
    const solving = new Control(await connections.open())
    const request = { ...plan.request, ref: plan.ref, session: session.id }
    const outcome = new Outcome(solving.solve(request, { signal: stop.signal }))
    yield* watch(watching.status(plan.ref, { signal: stop.signal }), outcome)
    signal?.throwIfAborted()
    // The build is over: a connection that is silent now has lost the answer.
    solving.client.watch()
    const response = await outcomeOf(outcome, watching, plan.ref)
    await finish({ response, control: watching })
  } catch (error) {
    signal?.throwIfAborted()
    throw new SolveFailure(error, session?.lost)
  } finally {
    forget()
  }
}

/** The connections of one build, which end with it. */
export class Connections implements Disposable {
  readonly #door: Door
  readonly #signal: AbortSignal | undefined
  readonly #open: { close(): void }[] = []

  constructor(door: Door, signal: AbortSignal | undefined) {
    this.#door = door
    this.#signal = signal
  }

  async open(): Promise<GrpcClient> {
    return this.#keep(await this.#door.open(this.#signal))
  }

  async openSession(plan: SessionPlan): Promise<BuildSession> {
    return this.#keep(await BuildSession.open(this.#door, plan, this.#signal))
  }

  #keep<T extends { close(): void }>(connection: T): T {
    this.#open.push(connection)
    return connection
  }

  [Symbol.dispose](): void {
    for (const connection of this.#open) connection.close()
  }
}

/** A build under way: what came of it can be asked for without waiting. */
class Outcome {
  readonly settled: Promise<void>
  #response: Readonly<Record<string, string>> | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(solved: Promise<Readonly<Record<string, string>>>) {
    this.settled = solved.then(
      (response) => {
        this.#response = response
      },
      (error: unknown) => {
        this.#failure = { error }
      },
    )
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  /** What the Engine answered; undefined where its answer was lost. */
  read(): Readonly<Record<string, string>> | undefined {
    if (this.#failure !== undefined && !(this.#failure.error instanceof ConnectionLost))
      throw this.#failure.error
    return this.#response
  }

  /** Why there is no answer. */
  get loss(): unknown {
    return this.#failure?.error
  }
}

/** How long to wait for more about a build that has failed. A build that was refused is never reported on. */
const QUIET_MS = 1000
/** How long the answer may take once all steps are reported. Then the history is asked, until it has the end of the build. */
const ANSWER_MS = 2000

async function* watch(
  statuses: AsyncGenerator<SolveStatus, void, undefined>,
  outcome: Outcome,
): AsyncGenerator<SolveStatus, void, undefined> {
  for (;;) {
    const next = statuses.next()
    const result = await firstOf(next, outcome)
    if (result === undefined) {
      // Nobody waits for it any more, and the connection ends soon.
      next.catch(() => {})
      return
    }
    if (result.done === true) return
    yield result.value
  }
}

/**
 * Resolves with undefined when the build has failed and nothing more comes. An error of the report alone is not an
 * error of the build.
 */
async function firstOf(
  next: Promise<IteratorResult<SolveStatus, void>>,
  outcome: Outcome,
): Promise<IteratorResult<SolveStatus, void> | undefined> {
  const caught = next.catch((error: unknown) => {
    if (error instanceof GrpcError || error instanceof ConnectionLost) return undefined
    throw error
  })
  if (!outcome.hasFailed) {
    const first = await Promise.race([caught, outcome.settled])
    if (first !== undefined || !outcome.hasFailed) return first ?? caught
  }
  return Promise.race([caught, delay(QUIET_MS, undefined, UNHELD)])
}

/** A program does not go on for the sake of a wait that has lost its race. */
const UNHELD = { ref: false }

async function outcomeOf(
  outcome: Outcome,
  watching: Control,
  ref: string,
): Promise<Readonly<Record<string, string>>> {
  for (;;) {
    await Promise.race([outcome.settled, delay(ANSWER_MS, undefined, UNHELD)])
    const wasSettled = outcome.hasFailed
    const answer = outcome.read() ?? (await remember(watching, ref))
    if (answer !== undefined) return answer
    if (wasSettled) throw outcome.loss
  }
}

/** What the history says of a build whose answer was lost. Rejects with the error that it ended with. */
async function remember(
  watching: Control,
  ref: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  for await (const record of historyOf(watching, ref)) {
    const { error, externalError, exporterResponse } = record
    if (error === undefined) return record.completedAt === undefined ? undefined : exporterResponse
    const blob = externalError && (await watching.readBlob(externalError.digest).catch(() => undefined))
    const more = blob && detailsIn(blob)
    throw new GrpcError(error.code, more?.message || error.message, more?.details)
  }
  return undefined
}

async function* historyOf(watching: Control, ref: string) {
  try {
    yield* watching.history({ ref })
  } catch (error) {
    // Engines before 24 have none.
    if (!(error instanceof GrpcError || error instanceof ConnectionLost)) throw error
  }
}
