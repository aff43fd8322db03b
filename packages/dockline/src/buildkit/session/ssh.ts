import { createConnection, type Socket } from 'node:net'
import { onAbort } from '../../support/abort.js'
import type { Methods, ServerCall } from '../grpc/server.js'
import { GrpcError, GrpcStatus } from '../grpc/status.js'
import { decode, encode } from '../protobuf/message.js'
import { BytesMessage, CheckAgentRequest } from '../protobuf/session.js'
import { AGENT_FAILURE, AgentMessage, type KeyAgent } from './ssh-keys.js'

const DEFAULT_ID = 'default'
const NOTHING = Buffer.alloc(0)

/** The path of the socket of an ssh agent, or an agent of ours. */
export type SshAgent = string | KeyAgent

/** Forwards connections to ssh agents, by the ids that a Dockerfile names them by. */
export function sshService(agents: ReadonlyMap<string, SshAgent>): Methods {
  const agentOf = (id: string) => {
    const agent = agents.get(id || DEFAULT_ID)
    if (agent === undefined)
      throw new GrpcError(GrpcStatus.NOT_FOUND, `unset ssh forward key ${id || DEFAULT_ID}`)
    return agent
  }
  return {
    'moby.sshforward.v1.SSH/CheckAgent': async (call) => {
      agentOf(decode(CheckAgentRequest, await call.request()).id)
      await call.send(NOTHING)
    },
    'moby.sshforward.v1.SSH/ForwardAgent': async (call) => {
      const [id = ''] = call.metadata('buildkit.ssh.id')
      const agent = agentOf(id)
      if (typeof agent === 'string') await forward(call, agent)
      else await ask(call, (request) => sendTo(call, agent.answer(request)))
    },
  }
}

async function forward(call: ServerCall, path: string): Promise<void> {
  const agent = createConnection(path)
  agent.on('error', () => {})
  onAbort(call.signal, () => agent.destroy())
  // What an agent that has left is asked is dropped.
  const pass = (request: Buffer) => new Promise<void>((resolve) => void agent.write(request, () => resolve()))
  ask(call, pass).then(
    () => agent.end(),
    (error) => agent.destroy(error),
  )
  try {
    await answer(call, agent)
  } catch (error) {
    throw new GrpcError(GrpcStatus.UNAVAILABLE, `the ssh agent at ${path}: ${(error as Error).message}`)
  } finally {
    agent.destroy()
  }
}

/** Passes on what may be asked of an agent, and refuses everything else itself. */
async function ask(call: ServerCall, pass: (request: Buffer) => Promise<void>): Promise<void> {
  const filter = new AgentFilter()
  for await (const message of call.messages()) {
    for (const request of filter.add(Buffer.from(decode(BytesMessage, message).data)))
      await (request.isAllowed ? pass(request.bytes) : sendTo(call, AGENT_FAILURE))
  }
}

async function answer(call: ServerCall, agent: Socket): Promise<void> {
  for await (const chunk of agent) await sendTo(call, chunk as Buffer)
}

async function sendTo(call: ServerCall, data: Uint8Array): Promise<void> {
  await call.send(encode(BytesMessage, { data }))
}

/** What may be asked of an agent: its keys, and signatures. Adding, removing and locking keys is not for a build. */
const ALLOWED: readonly number[] = [AgentMessage.REQUEST_IDENTITIES, AgentMessage.SIGN_REQUEST]
const LENGTH_BYTES = 4
/** OpenSSH's own limit. */
const MAX_REQUEST_BYTES = 256 * 1024

interface AgentRequest {
  /** With its length before it. */
  readonly bytes: Buffer
  readonly isAllowed: boolean
}

/** Takes what comes apart into requests, wherever it is cut, and says which of them an agent gets to see. */
export class AgentFilter {
  #rest: Buffer = NOTHING

  add(bytes: Buffer): AgentRequest[] {
    const requests: AgentRequest[] = []
    this.#rest = Buffer.concat([this.#rest, bytes])
    for (let request = this.#take(); request !== undefined; request = this.#take())
      requests.push({ bytes: request, isAllowed: ALLOWED.includes(request[LENGTH_BYTES] ?? 0) })
    return requests
  }

  #take(): Buffer | undefined {
    if (this.#rest.length < LENGTH_BYTES) return undefined
    const length = this.#rest.readUInt32BE(0)
    if (length === 0 || length > MAX_REQUEST_BYTES)
      throw new GrpcError(
        GrpcStatus.INVALID_ARGUMENT,
        `a request of ${length} bytes is none for an ssh agent`,
      )
    if (this.#rest.length < LENGTH_BYTES + length) return undefined
    const request = this.#rest.subarray(0, LENGTH_BYTES + length)
    this.#rest = this.#rest.subarray(LENGTH_BYTES + length)
    return request
  }
}
