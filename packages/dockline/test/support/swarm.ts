import type { TestContext } from 'node:test'
import { DockerClient } from 'dockline'
import { engineCommand, type TestEngine } from './engines.js'

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
