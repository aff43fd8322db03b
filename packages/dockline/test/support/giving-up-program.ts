// Calls that are given up in the middle, each on a connection that was used before: run by Node, Bun and Deno alike. Prints
// how they ended, as JSON.
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { Container, DockerClient, type DockerError } from 'dockline'

const [host = ''] = process.argv.slice(2)
const client = new DockerClient({ host })
const { api, images } = client
const container = new Container(api, { id: 'abc' })

const calls: Record<string, () => Promise<unknown>> = {
  copyTo: () => container.copyTo(aFailingSource(), '/tmp'),
  'copyTo of what closes early': () => container.copyTo(aFailingSource(null), '/tmp'),
  'copyTo of what closes early, counted': () =>
    container.copyTo(aFailingSource(null), '/tmp', { onProgress: () => {} }),
  putArchive: () => api.containers.putArchive('abc', { path: '/tmp' }, aFailingSource()),
  load: () => images.load(aFailingSource()),
  import: () => images.import(aFailingSource()),
  build: () => images.build({ context: aFailingSource() }),
  plugin: () => api.plugins.create({ name: 'p' }, aFailingSource()),
  aborted: () => api.containers.restart('abc', {}, { signal: abortedLater() }),
  'timed out': () => api.containers.kill('abc', {}, { timeout: 100 }),
}

const ends: Record<string, string> = {}
for (const [name, call] of Object.entries(calls)) {
  // The connection is one that served before.
  await images.list()
  await setImmediate()
  ends[name] = await call().then(
    () => 'resolved',
    ({ name, message }: DockerError) => `${name}: ${message}`,
  )
}
// Whatever is still on its way to the Engine comes before these.
for (let count = 0; count < 3; count++) await client.ping()
console.log(JSON.stringify(ends))
await client.close()

/** Fails when what it gave has been taken, which is more than connections hold by themselves. */
function aFailingSource(error: Error | null = new Error('source failed')): Readable {
  const chunks = [Buffer.alloc(200_000), Buffer.alloc(200_000)]
  return new Readable({
    read() {
      const chunk = chunks.shift()
      if (chunk === undefined) this.destroy(error ?? undefined)
      else this.push(chunk)
    },
  })
}

function abortedLater(): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('enough')), 100)
  return controller.signal
}
