// What a program does with the package, in little: run by Node, Bun and Deno alike. Prints what it found as JSON.
import { DockerClient } from 'dockline'
import { PseudoTerminal } from 'dockline/terminal'

const [host = '', image = '', label = ''] = process.argv.slice(2)
const client = new DockerClient({ host })
const labels = { [label]: '' }
const ran = await client.containers.run(image, ['wc', '-c'], { remove: true, labels, input: 'twelve bytes' })
const container = await client.containers.run(image, ['sh', '-c', 'echo one; exec sleep 600'], {
  detach: true,
  init: true,
  labels,
})
try {
  const { exitCode, stdout, stderr } = await container.exec(['sh', '-c', 'cat; echo err >&2; exit 42'], {
    input: 'in',
  })
  const lines: string[] = []
  for await (const { line } of container.logs({ follow: true }).lines()) {
    lines.push(line)
    break
  }
  const session = await container.spawn(['sh', '-c', 'stty size; exit 7'], {
    tty: true,
    size: { columns: 70, rows: 20 },
  })
  const ended = await new PseudoTerminal(session, { interactive: false, stdout: process.stderr }).run()
  const aborted = await container.exec(['sleep', '60'], { timeout: 200 }).catch((error: Error) => error.name)
  const missing = await client.containers
    .get('no-such-container')
    .catch((error: { code?: string }) => error.code)
  const found = {
    ran: ran.stdout.trim(),
    exitCode,
    stdout,
    stderr,
    lines,
    ended: ended.exitCode,
    aborted,
    missing,
  }
  console.log(JSON.stringify(found))
} finally {
  await container.remove({ force: true })
  await client.close()
}
