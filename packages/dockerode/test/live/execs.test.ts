import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { type Duplex, PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { it } from 'node:test'
import { aSharedContainer, onNewestEngine } from '../../../dockline/dist-test/support/engines.js'
import { timesOf } from '../../../dockline/dist-test/support/times.js'
import { dockline, type Target } from '../support/both.js'

const AT_ONCE = 8
const EXECS = timesOf(4 * AT_ONCE)

onNewestEngine((engine) => {
  it(`${EXECS} execs leave no descriptor`, async () => {
    const container = await aSharedContainer(engine)
    const docker = new dockline({ socketPath: engine.host.slice('unix://'.length) })
    const of = docker.getContainer?.(container.id) as unknown as Target
    await Promise.all(Array.from({ length: AT_ONCE }, () => executed(docker, of)))
    const before = await descriptors()
    const worker = async () => {
      for (let count = 0; count < EXECS / AT_ONCE; count++)
        assert.deepEqual(await executed(docker, of), ['typed\n', 3])
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    const left = (await descriptors()) - before
    assert.ok(left <= AT_ONCE, `${left} descriptors more than before`)
    await engine.client.close()
  })
})

/** As programs do it that never heard of hijack. */
async function executed(docker: Target, container: Target): Promise<readonly [string, unknown]> {
  const Cmd = ['sh', '-c', 'cat; exit 3']
  const options = { Cmd, AttachStdin: true, AttachStdout: true, AttachStderr: true }
  const exec = (await container.exec?.(options)) as Target
  const stream = (await exec.start?.({ stdin: true, Detach: false, Tty: false })) as Duplex
  const output = new PassThrough()
  docker.modem.demuxStream?.(stream, output, output)
  const ended = once(stream, 'end')
  stream.end('typed\n')
  await ended
  const { ExitCode } = (await exec.inspect?.()) as { ExitCode: number }
  return [await text(output.end()), ExitCode]
}

async function descriptors(): Promise<number> {
  return (await readdir('/proc/self/fd')).length
}
