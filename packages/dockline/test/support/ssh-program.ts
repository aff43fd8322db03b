// A program that talks to an Engine by ssh and ends in some way: by SIGKILL from outside, by exit, or because nothing
// is left to do.
import { DockerClient } from 'dockline'

const [program = '', end] = process.argv.slice(2)

const client = new DockerClient({ host: 'ssh://box', ssh: { program } })
await client.version()
if (end !== 'by itself') {
  const events = client.events()
  events.next().catch(() => {})
  await client.version()
}
process.stdout.write('connected\n')
if (end === 'exit') process.exit(0)
