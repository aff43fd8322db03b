import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import type { Methods, ServerCall } from '../grpc/server.js'
import { GrpcError, GrpcStatus } from '../grpc/status.js'
import { decode, encode } from '../protobuf/message.js'
import { BytesMessage, CheckAgentRequest } from '../protobuf/session.js'

const DEFAULT_ID = 'default'
const NOTHING = Buffer.alloc(0)

/** Forwards connections to ssh agents, by the ids that a Dockerfile names them by. Each has the path of its socket. */
export function sshService(agents: ReadonlyMap<string, string>): Methods {
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
      await forward(call, agentOf(id))
    },
  }
}

async function forward(call: ServerCall, path: string): Promise<void> {
  const agent = createConnection(path)
  agent.on('error', () => {})
  call.signal.addEventListener('abort', () => agent.destroy(), { once: true })
  try {
    await once(agent, 'connect')
    await Promise.all([ask(call, agent), answer(call, agent)])
  } catch (error) {
    throw new GrpcError(GrpcStatus.UNAVAILABLE, `the ssh agent at ${path}: ${(error as Error).message}`)
  } finally {
    agent.destroy()
  }
}

async function ask(call: ServerCall, agent: Socket): Promise<void> {
  const filter = new AgentFilter()
  for await (const message of call.messages()) {
    const { allowed, refused } = filter.add(Buffer.from(decode(BytesMessage, message).data))
    for (const _request of refused) await sendTo(call, FAILURE)
    for (const request of allowed) if (!agent.write(request)) await once(agent, 'drain')
  }
  agent.end()
}

async function answer(call: ServerCall, agent: Socket): Promise<void> {
  for await (const chunk of agent) await sendTo(call, chunk as Buffer)
}

async function sendTo(call: ServerCall, data: Uint8Array): Promise<void> {
  await call.send(encode(BytesMessage, { data }))
}

/** What may be asked of an agent: its keys, and signatures. Adding, removing and locking keys is not for a build. */
const ALLOWED: readonly number[] = [11, 13]
/** SSH_AGENT_FAILURE. */
const FAILURE = Buffer.from([0, 0, 0, 1, 5])
const LENGTH_BYTES = 4
/** OpenSSH's own limit. */
const MAX_REQUEST_BYTES = 256 * 1024

/** Takes what comes apart into requests, wherever it is cut, and says which of them an agent gets to see. */
export class AgentFilter {
  #rest: Buffer = NOTHING

  add(bytes: Buffer): { allowed: Buffer[]; refused: Buffer[] } {
    const [allowed, refused]: [Buffer[], Buffer[]] = [[], []]
    this.#rest = Buffer.concat([this.#rest, bytes])
    for (let request = this.#take(); request !== undefined; request = this.#take()) {
      const isAllowed = ALLOWED.includes(request[LENGTH_BYTES] ?? 0)
      if (isAllowed) allowed.push(request)
      else refused.push(request)
    }
    return { allowed, refused }
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
