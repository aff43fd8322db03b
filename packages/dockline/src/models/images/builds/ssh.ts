import { readFile, stat } from 'node:fs/promises'
import { KeyAgent, parseSshKey, type SshAgent, type SshKey, SshKeyError } from '../../../buildkit/index.js'
import { InvalidArgumentError } from '../../../errors.js'
import { reasonOfFile } from '../../../support/file-reason.js'
import { invalid, object, strings } from '../../options/values.js'

const DEFAULT_ID = 'default'
const AGENT = 'true, the path of a socket, or the paths of keys'
const WINDOWS_AGENT = '\\\\.\\pipe\\openssh-ssh-agent'

/** Finds the agents by their ids: those of sockets, and for keys in files agents of ours. */
export async function findAgents(value: unknown): Promise<Map<string, SshAgent>> {
  const agents = new Map<string, SshAgent>()
  for (const [id, given] of Object.entries(byId(value))) {
    if (given === false || given === undefined) continue
    const option = value === given ? 'ssh' : `ssh.${id}`
    agents.set(id, await agentOf(given, option))
  }
  return agents
}

function byId(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined) return {}
  if (typeof value === 'boolean' || typeof value === 'string' || Array.isArray(value))
    return { [DEFAULT_ID]: value }
  return object(value, 'ssh', `${AGENT}, or an object of these`)
}

async function agentOf(given: unknown, option: string): Promise<SshAgent> {
  if (given === true) return agentAt([usualAgent(option)], option)
  if (typeof given === 'string') return agentAt([given], option)
  if (Array.isArray(given) && given.length > 0) return agentAt(strings(given, option), option)
  return invalid(option, AGENT, given)
}

function usualAgent(option: string): string {
  const path = process.env.SSH_AUTH_SOCK ?? (process.platform === 'win32' ? WINDOWS_AGENT : undefined)
  if (path) return path
  throw new InvalidArgumentError(`${option}: SSH_AUTH_SOCK is not set: is an ssh agent running?`)
}

async function agentAt(paths: readonly string[], option: string): Promise<SshAgent> {
  const [path = ''] = paths
  if (paths.length === 1 && (path.startsWith('\\\\.\\pipe\\') || (await isSocket(path, option)))) return path
  const keys: SshKey[] = []
  for (const each of paths) keys.push(await keyAt(each, option))
  return new KeyAgent(keys)
}

async function isSocket(path: string, option: string): Promise<boolean> {
  const stats = await stat(path).catch((cause) => {
    const hint = path === 'default' ? 'true forwards the agent of SSH_AUTH_SOCK' : undefined
    throw new InvalidArgumentError(`${option}: there is no file '${path}'`, { cause, hint })
  })
  return stats.isSocket()
}

/** No private key of ssh is longer. docker reads no more either. */
const MAX_KEY_BYTES = 100 * 1024

async function keyAt(path: string, option: string): Promise<SshKey> {
  if (await isSocket(path, option))
    throw new InvalidArgumentError(`${option}: ${path} is a socket, and cannot be given beside other paths`)
  const text = await textAt(path, option)
  try {
    return parseSshKey(text, path)
  } catch (error) {
    if (!(error instanceof SshKeyError)) throw error
    const hint = 'a key with a passphrase, or of another kind, can be added to an agent with ssh-add'
    throw new InvalidArgumentError(`${option}: ${path} cannot be used as a key: ${error.message}`, { hint })
  }
}

async function textAt(path: string, option: string): Promise<string> {
  const { size } = await stat(path)
  if (size > MAX_KEY_BYTES) throw new InvalidArgumentError(`${option}: ${path} is too large for a key`)
  return readFile(path, 'utf8').catch((cause) => {
    throw new InvalidArgumentError(`${option}: ${path} cannot be read: ${reasonOfFile(cause)}`, { cause })
  })
}
