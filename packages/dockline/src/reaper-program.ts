// The program of the reaper, which removes the scopes of a process that is gone. It reads a line for each scope from stdin,
// and the end of stdin is the end of that process.

import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { DockerClient } from './client.js'
import type { ClientOptions } from './client-options.js'
import { ScopeError } from './errors.js'
import type { ReaperAnswer, ReaperRequest, WatchRequest } from './models/scopes/reaper-command.js'
import { removeScope } from './models/scopes/removal.js'

interface Watched {
  readonly scope: string
  readonly client: DockerClient
}

/** Milliseconds in which what was asked for last may still appear. */
const QUIET_MS = 4000
/** Milliseconds until the reaper gives up on an Engine that does not answer. */
const PATIENCE_MS = 5 * 60_000
const RETRY_MS = 1000

const watched = new Map<number, Watched>()
const quietMs = process.argv[2] === 'once' ? 0 : QUIET_MS

/** Signals for the process that is watched are not for its reaper, which ends with that process. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
// Nobody reads the answers any more.
process.stdout.on('error', () => {})

void main()

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) take(JSON.parse(line) as ReaperRequest)
  await Promise.all([...watched.values()].map(remove))
  process.exit()
}

function take(request: ReaperRequest): void {
  if ('forget' in request) {
    watched.get(request.forget)?.client.close()
    watched.delete(request.forget)
  } else answer({ watching: request.watch, ...begin(request) })
}

function begin({ watch, scope, connection }: WatchRequest): { refused?: string } {
  try {
    const client = new DockerClient(JSON.parse(connection, asBuffer) as ClientOptions)
    watched.set(watch, { scope, client })
    return {}
  } catch (error) {
    return { refused: (error as Error).message }
  }
}

function answer(words: ReaperAnswer): void {
  process.stdout.write(`${JSON.stringify(words)}\n`)
}

/** JSON writes a Buffer as an object. */
function asBuffer(_name: string, value: unknown): unknown {
  const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown }
  return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data) : value
}

/** An Engine that restarts at this moment answers again later. */
async function remove({ client, scope }: Watched): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (Date.now() < end) {
    try {
      return await removeScope(client.api, scope, { quietMs, timeout: end - Date.now() })
    } catch (error) {
      if (error instanceof ScopeError) return
      await delay(RETRY_MS)
    }
  }
}
