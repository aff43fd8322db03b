import { createServer } from 'node:net'
import { PassThrough } from 'node:stream'
import { DockerClient } from 'dockline'
import { startExec } from 'dockline/terminal'

/**
 * Programs that use a client and then have nothing left to do: they end by themselves, or the test fails. Only 'building'
 * and 'raw' run until a signal ends them.
 */
const [, , what = '', host = ''] = process.argv

const programs: Readonly<Record<string, () => Promise<void>>> = {
  async idle() {
    await client().info()
  },
  async closed() {
    await using closed = client()
    await Promise.all([closed.info(), closed.info()])
  },
  async aborted() {
    await client()
      .version({ signal: AbortSignal.timeout(20) })
      .catch(() => {})
  },
  async 'timed-out'() {
    await client()
      .version({ timeout: 20 })
      .catch(() => {})
  },
  async left() {
    for await (const _event of client().events()) break
  },
  async attached() {
    const session = await client().startExec('e')
    await session.output.text()
  },
  async building() {
    await client().scope({ reaper: false }).images.build({ builder: 'classic', remote: 'http://a' })
  },
  async raw() {
    const setRawMode = (raw: boolean) => console.log(raw ? 'raw' : 'restored')
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode })
    await client().scope({ reaper: false }).volumes.create('v')
    await startExec(client(), 'e', { stdin, raw: true })
  },
  async nobody() {
    process.setegid?.(65_534)
    process.seteuid?.(65_534)
    await client()
      .info()
      .catch((error: Error) => console.log(`${error}`))
  },
  /** A crash: the socket stays, and nobody listens. */
  async 'die-listening'() {
    createServer().listen(host, () => process.kill(process.pid, 'SIGKILL'))
  },
}

function client(): DockerClient {
  return new DockerClient({ host, env: {} })
}

await programs[what]?.()
if (what !== 'nobody' && what !== 'die-listening') console.log('done')
