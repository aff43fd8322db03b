import type { DockerClient } from 'dockline'
import type { Cli } from '../cli.js'
import { contextStore } from '../context-store.js'

/** The kinds of names a word may have. 'more' is not a kind: it says that the kind before it repeats. */
export type Kind = keyof typeof NAMES | 'more'

/** A person who presses Tab does not wait long for an Engine that does not answer. */
const PATIENCE_MS = 3000

type Find = (
  cli: Cli,
  call: { readonly signal: AbortSignal },
) => Promise<readonly string[]> | readonly string[]

const NAMES = {
  nothing: () => [],
  files: () => [],
  variables: () => Object.keys(process.env),
  contexts: async (cli) => (await (await contextStore(cli)).list()).map(({ name }) => name),
  containers: containers(),
  'containers or files': async (cli, call) => (await containers()(cli, call)).map((name) => `${name}:`),
  'running containers': containers('running'),
  'paused containers': containers('paused'),
  'stopped containers': containers('created', 'exited'),
  images: async (cli, call) => imageNames(await cli.client(), call),
  networks: async (cli, call) => (await (await cli.client()).networks.list(call)).map(({ name }) => name),
  volumes: async (cli, call) => (await (await cli.client()).volumes.list(call)).map(({ name }) => name),
  anything: async (cli, call) => [
    ...(await containers()(cli, call)),
    ...(await imageNames(await cli.client(), call)),
    ...(await (await cli.client()).networks.list(call)).map(({ name }) => name),
    ...(await (await cli.client()).volumes.list(call)).map(({ name }) => name),
  ],
} satisfies Record<string, Find>

export async function namesOf(kind: Kind, cli: Cli): Promise<readonly string[]> {
  if (kind === 'more') return []
  const find: Find = NAMES[kind]
  return (await find(cli, { signal: AbortSignal.timeout(PATIENCE_MS) })).filter((name) => name !== '')
}

/** Those in one of these states; without any, all. */
function containers(...status: readonly string[]): Find {
  return async (cli, call) => {
    const filters = status.length === 0 ? {} : { filters: { status } }
    const found = await (await cli.client()).containers.list({ all: true, ...filters, ...call })
    return found.map(({ name }) => name ?? '')
  }
}

async function imageNames(
  client: DockerClient,
  call: { readonly signal: AbortSignal },
): Promise<readonly string[]> {
  return (await client.images.list(call)).flatMap(({ tags }) => tags)
}
