// What others bundle: run from a bundle, it needs the parts of the library and the modules of Node that are loaded late.
// Prints what came of it, as JSON.
import { DockerClient, type DockerError, NotFoundError } from 'dockline'
import { parseDetachKeys } from 'dockline/terminal'

async function main(): Promise<void> {
  const client = new DockerClient()
  const container = await client.containers.get('abc')
  await container.copyTo(Buffer.from('content'), '/tmp/new')
  const { LayersSize } = await client.df()
  const missing = await client.containers.get('none').catch((error) => error instanceof NotFoundError)
  const much = await client.containers
    .create('x', [], { memory: 'much' })
    .catch((error: DockerError) => error.code)
  const encrypted = new DockerClient({ host: 'tcp://127.0.0.1:1', tls: true })
  const refused = await encrypted.ping().catch((error: DockerError) => error.code)
  // One file has no other program beside it.
  const unwatched = await client
    .scope()
    .volumes.create('v')
    .catch((error: DockerError) => error.code)
  console.log(
    JSON.stringify({ LayersSize, missing, much, refused, unwatched, keys: parseDetachKeys('ctrl-p').length }),
  )
  await client.close()
}

main()
