import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { it } from 'node:test'
import { DockerClient } from '#src/index.js'
import { aConnectProxy } from '../support/connect-proxy.js'
import { aRunningContainer, onNewestEngine } from '../support/engines.js'

onNewestEngine((engine) => {
  it('carries 1 MiB through the stdin of an exec in a tunnel, and half-closes it', async (test) => {
    const { id } = await aRunningContainer(test, engine)
    const proxy = await aConnectProxy(test, { to: engine.host })
    const env = { DOCKER_HOST: 'tcp://engine.test:2375', HTTP_PROXY: proxy.host }
    await using client = new DockerClient({ env })
    const container = await client.containers.get(id)
    const input = randomBytes(1024 * 1024)
    const { stdout, stderr } = await container.exec(['sh', '-c', 'cat; echo end >&2'], {
      input,
      encoding: 'buffer',
    })
    assert.ok(stdout.equals(input))
    assert.equal(stderr.toString(), 'end\n')
    assert.deepEqual([...new Set(proxy.asked.map(({ target }) => target))], ['engine.test:2375'])
  })
})
