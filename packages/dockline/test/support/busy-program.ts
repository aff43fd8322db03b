// Uses a bit of everything and then has nothing left to do: the process has to end by itself.
import { DockerClient } from 'dockline'

const [host = '', image = '', label = ''] = process.argv.slice(2)
const client = new DockerClient({ host })
const labels = { [label]: '' }
const chatty = ['sh', '-c', 'while :; do echo tick; sleep 0.05; done']
const container = await client.containers.run(image, chatty, { detach: true, init: true, labels })
try {
  await Promise.all(Array.from({ length: 8 }, () => client.containers.list()))
  for await (const _line of container.logs({ follow: true }).lines()) break
  for await (const _event of client.events({ since: '10s' })) break
  await container.exec(['cat'], { input: 'x' })
  const session = await container.spawn(chatty)
  for await (const _chunk of session.output) break
  const attached = await container.attach()
  attached.close()
  const cancelled = container.logs({ follow: true })
  setImmediate(() => cancelled.cancel())
  await cancelled.text()
  await container.exec(['sleep', '60'], { timeout: 100 }).catch(() => {})
  await client.containers.get('no-such-container').catch(() => {})
  await client.containers.run(image, ['true'], { remove: true, labels })
} finally {
  await container.remove({ force: true })
}
// What is still open, but for the pipes to the test itself. Sockets take a turn to close.
await new Promise((resolve) => setImmediate(resolve))
const open = process.getActiveResourcesInfo().filter((name) => /TCP|Timeout|Immediate/.test(name))
process.stdout.write(JSON.stringify(open))
