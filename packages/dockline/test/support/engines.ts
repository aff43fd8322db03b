import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { after, describe, it, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  ConflictError,
  type Container,
  type CreateOptions,
  DockerClient,
  type InspectedContainer,
} from '#src/index.js'
import { type EngineOf, hostsIn, IMAGE, networkFor, testsOn } from './on-engines.js'
import { PATIENCE_MS } from './patience.js'

export { IMAGE } from './on-engines.js'

const run = promisify(execFile)
/** What starts and stops the throwaway Engines. */
export const ENGINE_SCRIPTS = fileURLToPath(new URL('../../../../scripts/engine/index.mjs', import.meta.url))
const ENGINE_COMMAND = fileURLToPath(new URL('../../../../scripts/engine/cli.mjs', import.meta.url))

/** On everything a test makes, so that what a crash leaves can be found. */
export const LABEL = 'dockline-test'

/** An Engine that tests run against. */
export type TestEngine = EngineOf<DockerClient>

const tests = testsOn((host) => new DockerClient({ host }))
export const { onEveryEngine, onNewestEngine, onOldestEngine } = tests

/**
 * Runs the tests against each Podman of DOCKLINE_TEST_PODMAN_HOSTS. Without one they are skipped, and not there in CI: not
 * every machine that runs Docker runs Podman.
 */
export function onEveryPodman(define: (engine: TestEngine) => void): void {
  const hosts = hostsIn(process.env.DOCKLINE_TEST_PODMAN_HOSTS)
  const reason = 'no Podman: set DOCKLINE_TEST_PODMAN_HOSTS=unix:///… or run npm test'
  if (hosts.length === 0 && !process.env.CI) it('has a Podman to test against', { skip: reason }, () => {})
  for (const host of hosts) {
    describe(`on ${host}`, () => {
      const client = new DockerClient({ host })
      after(() => client.close())
      define({ host, client })
    })
  }
}

/**
 * Only on the last of them unless DOCKLINE_TEST_EVERY is set: for what takes long, and hardly depends on the version of the
 * Engine.
 */
export function onNewestUnlessAsked(define: (engine: TestEngine) => void): void {
  if (process.env.DOCKLINE_TEST_EVERY) onEveryEngine(define)
  else onNewestEngine(define)
}

/**
 * A container that does not run yet and is gone after the test. It is in the network of the Engine, unless the test asks for
 * another: half of what a container costs an old Engine is its network, even if that is none.
 */
export async function aContainer(
  test: TestContext,
  { client }: TestEngine,
  command: readonly string[],
  options: CreateOptions = {},
): Promise<InspectedContainer> {
  const labels = { [LABEL]: '' }
  const container = await client.containers.create(IMAGE, command, {
    labels,
    ...networkFor(options),
    ...options,
  })
  test.after(() => container.remove({ force: true, volumes: true }).catch(() => {}))
  return container
}

/** A container that runs and is gone after the test. */
export async function aRunningContainer(
  test: TestContext,
  engine: TestEngine,
  command: readonly string[] = ['sleep', '600'],
  options: CreateOptions = {},
): Promise<InspectedContainer> {
  const container = await aContainer(test, engine, command, { init: true, ...options })
  await container.start()
  return container
}

/** The commands that run in a container, with their arguments. */
export async function commandsIn(container: Container): Promise<string[]> {
  const { Processes, Titles } = await container.top('-o pid,args')
  return (Processes ?? []).map((row) => row[(Titles ?? []).indexOf('COMMAND')] ?? '')
}

/** Of each client of an Engine, the container that the tests of a file share. */
const shared = new Map<DockerClient, Promise<InspectedContainer>>()

/**
 * A container that runs and does nothing, for tests that only look at it or run commands in it. The tests of a file share
 * it: a container costs an Engine as much as a hundred execs.
 */
export function aSharedContainer({ client }: TestEngine): Promise<InspectedContainer> {
  const made = shared.get(client) ?? runIdle(client)
  shared.set(client, made)
  return made
}

async function runIdle(client: DockerClient): Promise<InspectedContainer> {
  const container = await client.containers.create(IMAGE, ['sleep', '6000'], {
    labels: { [LABEL]: '' },
    network: 'host',
    init: true,
  })
  await container.start()
  return container.reload()
}

after(async () => {
  const containers = await Promise.allSettled(shared.values())
  await Promise.all(
    containers.map(
      (made) => made.status === 'fulfilled' && made.value.remove({ force: true }).catch(() => {}),
    ),
  )
})

/** An Engine of the test's own, which it may kill. */
export interface OwnEngine extends TestEngine {
  readonly name: string
  readonly pid: number
  /** Ends it as a crash would, with everything in it. */
  kill(): Promise<void>
  /** Starts it anew, at the same place and with nothing in it. */
  restart(): Promise<void>
  /** Ends only its daemon, as a crash would, and starts that anew with all that it had. */
  crash(): Promise<void>
}

/** What `npm run engine -- start --json` prints. */
export interface StartedEngine {
  readonly name: string
  readonly host: string
  readonly pid: number
  readonly address: string
}

/**
 * Starts an Engine with the image of the tests. It is stopped after the test, or by the next run when this one is killed.
 * Needs root, as all throwaway Engines do.
 */
export async function startEngine(
  test: { after(cleanup: () => unknown): void },
  name: string,
  flags: readonly string[],
): Promise<StartedEngine> {
  test.after(() => engineCommand(['stop', name, '--force']).catch(() => {}))
  const started = await restartEngine(name, flags)
  await engineCommand(['image', '--host', started.host])
  return started
}

async function restartEngine(name: string, flags: readonly string[]): Promise<StartedEngine> {
  const owner = ['--owner', String(process.pid)]
  return JSON.parse(
    await engineCommand(['start', '--name', name, ...flags, ...owner, '--in-memory', '--json']),
  ) as StartedEngine
}

/** A name that no other Engine has. */
export function anEngineName(purpose: string): string {
  return `${purpose}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`
}

/** Starts an Engine that nobody else uses. */
export async function anOwnEngine(
  test: Pick<TestContext, 'after'>,
  suite = 'machine',
  more: readonly string[] = [],
): Promise<OwnEngine> {
  const name = anEngineName('own')
  const flags = ['--suite', suite, ...more]
  const { host, pid } = await startEngine(test, name, flags)
  return {
    host,
    name,
    pid,
    client: new DockerClient({ host }),
    kill: () => kill(pid),
    restart: async () => void (await restartEngine(name, flags)),
    crash: async () => void (await engineCommand(['restart', name, '--force'])),
  }
}

export async function engineCommand(args: readonly string[]): Promise<string> {
  return (await run(process.execPath, [ENGINE_COMMAND, ...args])).stdout
}

/** Whether the throwaway Engines can be made here: the tests that kill one need that. */
export const canStartEngines = process.platform === 'linux' && process.getuid?.() === 0

/**
 * Kills a daemon, and resolves when it has ended with the processes that watch over it: until then, a start would take it for
 * an Engine that runs.
 */
async function kill(pid: number): Promise<void> {
  const init = parentOf(pid)
  const supervisor = parentOf(init)
  process.kill(pid, 'SIGKILL')
  while ([pid, init, supervisor].some(isAlive)) await pause(LOOK_MS)
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

const LOOK_MS = 20

/** A process that has ended and that nobody has asked about is still listed, as a zombie. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Prunes as soon as the Engine does: it does that for one at a time, and refuses others meanwhile. */
export async function onceFree<T>(prune: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await prune()
    } catch (error) {
      const isBusy =
        error instanceof ConflictError && error.explanation.includes('prune operation is already running')
      if (!isBusy) throw error
    }
  }
}

/** Waits for an event, but not for ever. */
export async function eventually(
  emitter: NodeJS.EventEmitter,
  event: string,
  milliseconds = PATIENCE_MS,
): Promise<unknown[]> {
  return once(emitter, event, { signal: AbortSignal.timeout(milliseconds) })
}
