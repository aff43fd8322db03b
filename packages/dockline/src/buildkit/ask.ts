import { Control } from './control.js'
import type { Door } from './door.js'
import type { GrpcClient } from './grpc/client.js'
import { decode, encode } from './protobuf/message.js'
import { BridgeSolveRequest, BridgeSolveResponse } from './protobuf/session.js'
import type { SessionPlan } from './session/session.js'
import { Connections, SolveFailure } from './solve.js'

/** What the frontend can say of a Dockerfile without building it. */
export type FrontendRequest = 'lint' | 'outline' | 'targets'

export interface Question {
  readonly door: Door
  readonly request: FrontendRequest
  readonly ref: string
  readonly session: SessionPlan
  readonly attributes: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

/** What the frontend answers, by the names of its parts: 'result.json' and 'result.txt'. */
export type FrontendAnswer = Readonly<Record<string, Uint8Array>>

const BRIDGE = 'moby.buildkit.v1.frontend.LLBBridge'

/**
 * Asks the frontend a question about a build. A build without outputs is under way meanwhile: without a build the
 * frontend answers nothing.
 */
export async function askFrontend(question: Question): Promise<FrontendAnswer> {
  const { door, ref, signal } = question
  signal?.throwIfAborted()
  using connections = new Connections(door, signal)
  const session = await connections.openSession(question.session)
  const [building, asking] = [await connections.open(), await connections.open()]
  // It goes on until its connection ends: it is the question that has the answer.
  const build = new Control(building).solve({ ref, session: session.id, internal: true }, { signal })
  build.catch(() => {})
  asking.watch()
  try {
    return await solveBridged(asking, question)
  } catch (error) {
    signal?.throwIfAborted()
    throw new SolveFailure(error, session.lost)
  }
}

async function solveBridged(client: GrpcClient, question: Question): Promise<FrontendAnswer> {
  const frontendOpt = {
    ...question.attributes,
    requestid: `frontend.${question.request}`,
    'frontend.caps': capabilitiesOf(question),
  }
  const request = {
    frontend: 'dockerfile.v0',
    frontendOpt,
    allowResultReturn: true,
    allowResultArrayRef: true,
  }
  const answer = await client.unary(
    `${BRIDGE}/Solve`,
    encode(BridgeSolveRequest, request),
    settingsOf(question),
  )
  return decode(BridgeSolveResponse, answer).result?.metadata ?? {}
}

function capabilitiesOf({ attributes }: Question): string {
  const known = attributes['frontend.caps']
  const needed = 'moby.buildkit.frontend.subrequests+forward'
  return known === undefined ? needed : `${known},${needed}`
}

function settingsOf({ ref, signal }: Question) {
  return { signal, metadata: { 'buildkit-controlapi-buildid': ref } }
}
