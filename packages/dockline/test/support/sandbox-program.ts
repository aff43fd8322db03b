// A process with sandboxes, which is killed. Prints 'full' when they run.
import { DockerClient } from 'dockline'

const [host = '', count = '1', label = ''] = process.argv.slice(2)
const { containers } = new DockerClient({ host })
const start = () => containers.sandbox('busybox', { labels: { [label]: '' }, pull: 'never' })
const sandboxes = await Promise.all(Array.from({ length: Number(count) }, start))
await Promise.all(sandboxes.map((sandbox) => sandbox.exec(['sleep', '600'], { detach: true })))
console.log('full')
if (process.argv[5] !== 'idle') setInterval(() => {}, 1000)
