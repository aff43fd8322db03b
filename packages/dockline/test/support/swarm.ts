import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DockerClient, type Service, type ServiceCreateOptions } from '#src/index.js'
import { engineCommand, IMAGE, type TestEngine } from './engines.js'

/** For everything that a swarm takes its time for. */
export const LIMIT = { timeout: 60_000 }

/** Soon sure of itself, and without waiting for a stop signal that a shell does not heed. */
const QUICK = { stopGracePeriod: 0, updateConfig: { monitor: '500ms', parallelism: 0 } } as const

/** A node of a swarm of the tests' own. */
export interface SwarmNode extends TestEngine {
  /** Also its host name. */
  readonly name: string
  /** Where the other node reaches it. */
  readonly address: string
}

/** Two Engines that reach each other and are in no swarm yet. */
export interface TwoNodes {
  /** Docker 28.5. */
  readonly manager: SwarmNode
  /** Docker 20.10. */
  readonly worker: SwarmNode
}

/** Starts both. They are gone after the test. Needs root, as the throwaway Engines do. */
export async function twoNodes(test: Pick<TestContext, 'after'>): Promise<TwoNodes> {
  const network = `swarm-${process.pid}-${Math.random().toString(36).slice(2, 8)}`
  const start = async (role: string, suite: string): Promise<SwarmNode> => {
    const name = `${network}-${role}`
    const place = ['--suite', suite, '--name', name, '--network', network]
    test.after(() => engineCommand(['stop', name, '--force']))
    const { host, address } = JSON.parse(await engineCommand(['start', ...place, '--json'])) as SwarmNode
    await engineCommand(['image', '--host', host])
    const client = new DockerClient({ host })
    test.after(() => client.close())
    return { name, host, address, client }
  }
  const [manager, worker] = await Promise.all([start('manager', 'sid'), start('worker', 'machine')])
  return { manager, worker }
}

let made = 0

/** A service that is gone after the test, with all its tasks. */
export async function aService(
  test: TestContext,
  { services }: DockerClient,
  command: string | readonly string[],
  options: ServiceCreateOptions = {},
): Promise<Service> {
  made += 1
  const service = await services.create(IMAGE, command, { name: `s${made}`, ...QUICK, ...options })
  test.after(() => service.remove().catch(() => {}))
  return service
}

/** What each of the tasks that run has written of its mode. */
/** The Engine frees what a service used when its tasks are gone. */
export async function gone({ tasks }: DockerClient, { id }: Service): Promise<void> {
  await waitFor(async () => {
    const left = (await tasks.list()).filter(({ serviceId }) => serviceId === id)
    return left.length === 0 ? true : undefined
  })
}

/** Asks until there is an answer: a swarm has no call that waits. */
export async function waitFor<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const end = AbortSignal.timeout(30_000)
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await sleep(50, undefined, { signal: end })
  }
}

/** Everything that comes, in an array. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
