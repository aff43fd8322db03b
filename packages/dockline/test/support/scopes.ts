import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { DockerClient } from '#src/index.js'
import { LABEL } from './engines.js'
import { PATIENCE_MS } from './patience.js'

const PROGRAM = fileURLToPath(new URL('scope-program.js', import.meta.url))

export interface ScopeProcess {
  readonly child: ChildProcess & { readonly pid: number }
  /** The id of its scope. */
  readonly scope: string
  /** Resolves when it has written so many more lines, or has ended. */
  read(lines: number): Promise<readonly string[]>
  /** Resolves when it has made all that it makes, or has ended. */
  readonly full: Promise<void>
  readonly ended: Promise<{
    readonly code: number | null
    readonly signal: NodeJS.Signals | null
    readonly stderr: string
  }>
}

export interface ScopeProgram {
  /** Default: what its environment says. */
  readonly host?: string
  /** How it ends, see scope-program.ts. Default: it waits. */
  readonly way?: string
  /** With any, there are two networks as well. Default: 0. */
  readonly containers?: number
  readonly command?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Starts a process that fills a scope. It is killed after the test, and its scope removed. */
export async function startScope(
  test: TestContext,
  client: DockerClient,
  { host = '', way = '', containers = 0, command = [process.execPath], env = {} }: ScopeProgram = {},
): Promise<ScopeProcess> {
  const [program = '', ...args] = command
  const child = spawn(program, [...args, PROGRAM, host, way, `${containers}`, LABEL], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Awaited<ScopeProcess['ended']>>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stderr }))
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const read = async (count: number) => {
    const found: string[] = []
    while (found.length < count) {
      const { value, done } = await lines.next()
      if (done) break
      found.push(value)
    }
    return found
  }
  const [scope = ''] = await read(1)
  test.after(async () => {
    child.kill('SIGKILL')
    if (scope !== '') await client.scope({ id: scope }).down()
  })
  const isFull = async () => {
    for (;;) {
      const [line = 'full'] = await read(1)
      if (line === 'full') return
    }
  }
  let full: Promise<void> | undefined
  return {
    child: child as ScopeProcess['child'],
    scope,
    read,
    get full() {
      full ??= isFull()
      return full
    },
    ended,
  }
}

/** All that is there of a scope, as 'container abc'. */
export async function partsOf(client: DockerClient, id: string): Promise<string[]> {
  const { containers, networks, volumes, images } = client.scope({ id })
  const lists = await Promise.all([
    containers.list({ all: true }),
    networks.list(),
    volumes.list(),
    images.list(),
  ])
  const kinds = ['container', 'network', 'volume', 'image']
  return lists.flatMap((list, index) => list.map(({ id: part }) => `${kinds[index]} ${part}`))
}

/** The reaper of a process, if it has started one. */
export function reapersOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return children.filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('reaper-program'))
}

/** Resolves when processes have ended that are not this one's children. */
export async function untilEnded(pids: readonly number[]): Promise<void> {
  const limit = AbortSignal.timeout(PATIENCE_MS)
  while (pids.some(isRunning)) await pause(20, undefined, { signal: limit })
}

function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
