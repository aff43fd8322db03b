// A process with a scope, which is to end in one of many ways. Prints the id of the scope, a line for each object that it
// begins to make and one for each that is made, and 'full' at the end.
import { DockerClient, type Scope } from 'dockline'

const [host = '', way = '', count = '0', label = ''] = process.argv.slice(2)

const client = new DockerClient(host === '' ? {} : { host })
const scope = client.scope({ labels: { [label]: '' }, reaper: way !== 'without a reaper' })
console.log(scope.id)

const ends: Readonly<Record<string, () => void>> = {
  'an exception': () => {
    setImmediate(() => {
      throw new Error('nobody catches this')
    })
  },
  'an exit': () => process.exit(7),
  'the end': () => clearInterval(alive),
}
const listeners: Readonly<Record<string, () => void>> = {
  'its own handler': () => process.exit(9),
  // As libraries have it that clean up: the last listener ends the process.
  'a last listener': () => {
    if (process.listenerCount('SIGINT') > 1) return
    process.removeAllListeners('SIGINT')
    process.kill(process.pid, 'SIGINT')
  },
}
const listener = listeners[way]
if (listener !== undefined) process.on('SIGINT', listener)
const alive = setInterval(() => {}, 1000)
await fill(scope)
console.log('full')
ends[way]?.()

async function fill({ networks, volumes, containers, id }: Scope): Promise<void> {
  const names = [`${id}-1`, `${id}-2`]
  const made = names.map((name) => make(() => volumes.create(name)))
  if (count === '0') return void (await Promise.all(made))
  await Promise.all([...made, ...names.map((name) => make(() => networks.create(name)))])
  const options = { network: `${id}-1`, volumes: { [`${id}-1`]: '/data' }, stopSignal: 'SIGKILL' }
  const run = () => containers.run('busybox', ['sleep', '600'], { ...options, detach: true, pull: 'never' })
  await Promise.all(Array.from({ length: Number(count) }, () => make(run)))
}

async function make<T>(work: () => Promise<T>): Promise<T> {
  console.log('making')
  const made = await work()
  console.log('made')
  return made
}
