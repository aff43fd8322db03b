import type { TestContext } from 'node:test'
import { DockerClient, type Service, type ServiceCreateOptions } from '#src/index.js'
import { anEngineName, IMAGE, startEngine, type TestEngine } from './engines.js'
import { PATIENT, waitFor } from './patience.js'

/** For everything that a swarm takes its time for. */
export const LIMIT = PATIENT

/** Soon sure of itself, and without waiting for a stop signal that a shell does not heed. */
const QUICK = { stopTimeout: 0, updateConfig: { monitor: '500ms', parallelism: 0 } } as const

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
  const network = anEngineName('swarm')
  const start = async (role: string, suite: string): Promise<SwarmNode> => {
    const name = `${network}-${role}`
    const { host, address } = await startEngine(test, name, ['--suite', suite, '--network', network])
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

/** The Engine frees what a service used when its tasks are gone. */
export async function gone({ tasks }: DockerClient, { id }: Service): Promise<void> {
  await waitFor(async () => {
    const left = (await tasks.list()).filter(({ serviceId }) => serviceId === id)
    return left.length === 0 ? true : undefined
  })
}

/** Everything that comes, in an array. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
