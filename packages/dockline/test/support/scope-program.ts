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
  'its own handler': () => process.on('SIGINT', () => process.exit(9)),
  'the end': () => clearInterval(alive),
}
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
