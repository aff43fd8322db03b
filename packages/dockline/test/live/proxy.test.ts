import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { DockerClient } from '#src/index.js'
import { certificates } from '../support/certificates.js'
import { aConnectProxy, aTlsFront, type Pem } from '../support/connect-proxy.js'
import { aRunningContainer, onNewestEngine } from '../support/engines.js'
import { PATIENT } from '../support/patience.js'

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

  it(
    'carries a build with BuildKit, also with TLS to the Engine, and with TLS to the proxy as well',
    PATIENT,
    async (test) => {
      const made = await certificates(test)
      const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => join(made.client, name))
      const pem: Pem = {
        cert: await readFile(join(made.server, 'server-cert.pem')),
        key: await readFile(join(made.server, 'server-key.pem')),
      }
      const front = `tcp://127.0.0.1:${await aTlsFront(test, engine.host, pem)}`
      const tls = { ca, cert, key, servername: 'localhost' }
      for (const { name, to, proxyPem, options } of [
        {
          name: 'neither',
          to: engine.host,
          proxyPem: undefined,
          options: { host: 'tcp://engine.test:2375' },
        },
        {
          name: 'the Engine',
          to: front,
          proxyPem: undefined,
          options: { host: 'tcp://engine.test:2376', tls },
        },
        { name: 'both', to: front, proxyPem: pem, options: { host: 'tcp://engine.test:2376', tls } },
      ]) {
        const proxy = await aConnectProxy(test, { to, ...(proxyPem && { pem: proxyPem }) })
        const scheme = proxyPem === undefined ? 'http' : 'https'
        await using client = new DockerClient({ ...options, proxy: `${scheme}://localhost:${proxy.port}` })
        const content = randomBytes(1024 * 1024).toString('hex')
        const { log } = await client.images.build({
          dockerfileContent: 'FROM busybox\nCOPY a /\nRUN md5sum /a\n',
          files: { a: content },
          builder: 'buildkit',
          noCache: true,
          outputs: { type: 'none' },
        })
        const md5 = createHash('md5').update(content).digest('hex')
        assert.equal(log, `${md5}  /a\n`, name)
        assert.ok(proxy.asked.length > 0, name)
      }
    },
  )
})
