// Shared with the tests of the command, whose client is another class of the same shape: that of the bundle.
import { before, describe, it } from 'node:test'

/** Every image a test uses: the busybox that the throwaway Engines are given. */
export const IMAGE = 'busybox:latest'

/** What asks for a network, or decides on one. */
const OF_NETWORKS = ['network', 'networks', 'ports', 'links', 'config', 'hostConfig']

/** A client that can tell whether the image is there. */
interface ImagesClient {
  readonly images: {
    list(options: {
      readonly filters: { readonly reference: readonly string[] }
    }): Promise<readonly unknown[]>
  }
}

/** An Engine that tests run against. */
export interface EngineOf<Client> {
  /** As in DOCKER_HOST. */
  readonly host: string
  readonly client: Client
}

/** Defines tests for an Engine. */
export type DefineFor<Client> = (engine: EngineOf<Client>) => void

/** Makes the functions that run tests on the Engines of DOCKLINE_TEST_HOSTS, with clients that `connect` makes. */
export function testsOn<Client extends ImagesClient>(connect: (host: string) => Client) {
  const onHost = (host: string, define: DefineFor<Client>): void => {
    describe(`on ${host}`, () => {
      const client = connect(host)
      before(() => requireImage(client, host))
      define({ host, client })
    })
  }
  const onEngine = (place: number, define: DefineFor<Client>): void => {
    const host = (process.env.DOCKLINE_TEST_HOSTS ?? '').split(',').at(place) ?? ''
    if (host === '') withoutEngine()
    else onHost(host, define)
  }
  return {
    /** Runs the tests against each Engine of DOCKLINE_TEST_HOSTS; without one they are skipped, and in CI they fail. */
    onEveryEngine(define: DefineFor<Client>): void {
      const hosts = hostsIn(process.env.DOCKLINE_TEST_HOSTS)
      if (hosts.length === 0) withoutEngine()
      for (const host of hosts) onHost(host, define)
    },
    /** Only on the last of them: for what the version of the Engine has no part in. */
    onNewestEngine: (define: DefineFor<Client>): void => onEngine(-1, define),
    /** Only on the first of them: for what the newest runs elsewhere. */
    onOldestEngine: (define: DefineFor<Client>): void => onEngine(0, define),
  }
}

export function hostsIn(list = ''): string[] {
  return list.split(',').filter((host) => host !== '')
}

/** A run would pull an image that is missing, and wait for minutes where no registry can be reached. */
async function requireImage(client: ImagesClient, host: string): Promise<void> {
  if ((await client.images.list({ filters: { reference: [IMAGE] } })).length > 0) return
  throw new Error(
    `the Engine at ${host} has no ${IMAGE}: load it with npm run engine -- image --host ${host}`,
  )
}

function withoutEngine(): void {
  const reason = 'no Engine: set DOCKLINE_TEST_HOSTS=unix:///… or run npm test'
  it('has an Engine to test against', { skip: process.env.CI ? false : reason }, () => {
    throw new Error(reason)
  })
}

/**
 * The network of the Engine, for a container whose options ask for no other: half of what a container costs an old Engine is
 * its network, even if that is none.
 */
export function networkFor(options: object): { readonly network?: 'host' } {
  return OF_NETWORKS.some((name) => name in options) ? {} : { network: 'host' }
}
