import type { SshKey } from './ssh-key.js'
import { SshReader, sshString, sshUint32 } from './ssh-wire.js'

/** The numbers of the messages of an ssh agent. */
export const AgentMessage = {
  FAILURE: 5,
  REQUEST_IDENTITIES: 11,
  IDENTITIES_ANSWER: 12,
  SIGN_REQUEST: 13,
  SIGN_RESPONSE: 14,
} as const

/** An agent in this process, with keys that are in files. */
export class KeyAgent {
  readonly #keys: readonly SshKey[]

  constructor(keys: readonly SshKey[]) {
    this.#keys = keys
  }

  /** Answers one request, which has its length before it. */
  answer(request: Buffer): Buffer {
    const reader = new SshReader(new SshReader(request).string())
    try {
      const [type] = reader.bytes(1)
      if (type === AgentMessage.REQUEST_IDENTITIES) return this.#list()
      return type === AgentMessage.SIGN_REQUEST ? this.#sign(reader) : AGENT_FAILURE
    } catch {
      return AGENT_FAILURE
    }
  }

  #list(): Buffer {
    const entries = this.#keys.flatMap(({ blob, comment }) => [sshString(blob), sshString(comment)])
    return message(AgentMessage.IDENTITIES_ANSWER, [sshUint32(this.#keys.length), ...entries])
  }

  #sign(reader: SshReader): Buffer {
    const blob = reader.string()
    const key = this.#keys.find((each) => each.blob.equals(blob))
    if (key === undefined) return AGENT_FAILURE
    const signature = key.sign(reader.string(), reader.uint32())
    return message(AgentMessage.SIGN_RESPONSE, [sshString(signature)])
  }
}

function message(type: number, parts: readonly Buffer[] = []): Buffer {
  return sshString(Buffer.concat([Buffer.from([type]), ...parts]))
}

export const AGENT_FAILURE = message(AgentMessage.FAILURE)
