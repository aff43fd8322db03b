import { stat } from 'node:fs/promises'
import { InvalidArgumentError } from '../../../errors.js'
import { invalid, object } from '../../options/values.js'

const DEFAULT_ID = 'default'
const WINDOWS_AGENT = '\\\\.\\pipe\\openssh-ssh-agent'

/** The sockets of agents by id. */
export async function findAgents(value: unknown): Promise<Map<string, string>> {
  const agents = new Map<string, string>()
  for (const [id, given] of Object.entries(byId(value))) {
    if (given === false || given === undefined) continue
    const option = value === given ? 'ssh' : `ssh.${id}`
    if (given !== true && typeof given !== 'string') invalid(option, 'true or the path of a socket', given)
    agents.set(id, await agentAt(given === true ? usualAgent(option) : given, option))
  }
  return agents
}

function byId(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined) return {}
  if (typeof value === 'boolean' || typeof value === 'string') return { [DEFAULT_ID]: value }
  return object(value, 'ssh')
}

function usualAgent(option: string): string {
  const path = process.env.SSH_AUTH_SOCK ?? (process.platform === 'win32' ? WINDOWS_AGENT : undefined)
  if (path) return path
  throw new InvalidArgumentError(`${option}: SSH_AUTH_SOCK is not set: is an ssh agent running?`)
}

async function agentAt(path: string, option: string): Promise<string> {
  if (process.platform === 'win32') return path
  const stats = await stat(path).catch((cause) => {
    throw new InvalidArgumentError(`${option}: there is no ${path}`, { cause })
  })
  if (stats.isSocket()) return path
  const hint = stats.isFile()
    ? 'keys in files cannot be forwarded: add it to an agent with ssh-add'
    : undefined
  throw new InvalidArgumentError(`${option}: ${path} is not the socket of an ssh agent`, { hint })
}
