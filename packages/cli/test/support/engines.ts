import { after, type TestContext } from 'node:test'
import { type Container, type CreateOptions, DockerClient } from 'dockline'
import { type EngineOf, IMAGE, networkFor, testsOn } from '../../../dockline/dist-test/support/on-engines.js'

export { IMAGE } from '../../../dockline/dist-test/support/on-engines.js'

/** On everything a test makes, so that what a crash leaves can be found. */
export const LABEL = 'dockline-cli-test'

export type TestEngine = EngineOf<DockerClient>

const tests = testsOn((host) => new DockerClient({ host }))
export const { onEveryEngine, onNewestEngine } = tests

/** Whether it is the last of DOCKLINE_TEST_HOSTS. */
export function isNewest({ host }: TestEngine): boolean {
  return host === (process.env.DOCKLINE_TEST_HOSTS ?? '').split(',').at(-1)
}

let made = 0

/** A name that no other container has, and the container of that name is gone after the test. */
export function aName(test: TestContext, { client }: TestEngine): string {
  const name = `dockline-cli-${process.pid}-${++made}`
  test.after(async () => {
    const found = await client.containers.list({ all: true, filters: { name: [`^/${name}$`] } })
    await Promise.all(
      found.map((container) => container.remove({ force: true, volumes: true }).catch(() => {})),
    )
  })
  return name
}

/**
 * A container that does not run yet and is gone after the test. It is in the network of the Engine, unless the test asks for
 * another: half of what a container costs an old Engine is its network, even if that is none.
 */
export async function aContainer(
  test: TestContext,
  engine: TestEngine,
  command: readonly string[],
  options: CreateOptions = {},
): Promise<Container> {
  const name = aName(test, engine)
  const labels = { [LABEL]: '' }
  return engine.client.containers.create(IMAGE, command, { name, labels, ...networkFor(options), ...options })
}

/** A container that runs and is gone after the test. */
export async function aRunningContainer(
  test: TestContext,
  engine: TestEngine,
  command: readonly string[] = ['sleep', '600'],
  options: CreateOptions = {},
): Promise<Container> {
  const container = await aContainer(test, engine, command, { init: true, ...options })
  await container.start()
  return container.reload()
}

/** Of each client of an Engine, the container that the tests of a file share. */
const shared = new Map<DockerClient, Promise<Container>>()

/**
 * A container that runs and does nothing, for tests that only look at it or run commands in it. The tests of a file share
 * it: a container costs an Engine as much as a hundred execs.
 */
export function aSharedContainer({ client }: TestEngine): Promise<Container> {
  const made = shared.get(client) ?? runIdle(client)
  shared.set(client, made)
  return made
}

async function runIdle(client: DockerClient): Promise<Container> {
  const container = await client.containers.create(IMAGE, ['sleep', '6000'], {
    labels: { [LABEL]: '' },
    name: `dockline-cli-${process.pid}-shared-${shared.size}`,
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

/** The flags that put the tests' label on a container `run` makes. */
export const LABELLED = ['--label', LABEL] as const

/** The same, for one that needs no network of its own, as most do. */
export const APART = [...LABELLED, '--network', 'host'] as const

/** Resolves when a container of that name runs. */
export async function whenRunning({ client }: TestEngine, name: string): Promise<void> {
  const events = client.events({
    since: new Date(Date.now() - 60_000),
    filters: { container: [name], event: ['start'] },
  })
  for await (const _started of events) return
}
