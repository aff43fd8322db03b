import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiClient } from '#src/doors/api.js'
import { InvalidArgumentError } from '#src/index.js'
import { engineHost } from '#src/models/containers/engine-host.js'
import { hasListener } from '#src/models/containers/waiting/listeners.js'
import { failureOf } from '../support/failure.js'

const TABLES = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   2: 0200A8C0:0051 0300A8C0:0050 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
  sl  local_address                         remote_address                        st tx_queue rx_queue
   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
   1: 00000000000000000000000001000000:01BC 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
`

describe("the kernel's table of listeners", () => {
  for (const [name, port, isThere] of [
    ['a port of any address', 80, true],
    ['a port of any IPv6 address', 443, true],
    ['a port of the loopback address', 8080, false],
    ['a port of the IPv6 loopback address', 444, false],
    ['a port of a connection', 81, false],
    ['a port that nobody has', 5, false],
  ] as const) {
    it(`is read for ${name}`, () => {
      assert.equal(hasListener(TABLES, port, '0A'), isThere)
    })
  }
})

describe('the host of an Engine', () => {
  for (const [address, ip, host] of [
    ['tcp://box:2375', '0.0.0.0', 'box'],
    ['tcp://box:2375', '10.1.2.3', '10.1.2.3'],
    ['tcp://[2001:db8::1]:2375/base', '', '2001:db8::1'],
    ['tcp://localhost:2375', '0.0.0.0', '127.0.0.1'],
    ['tcp://127.0.0.1:2375', '::', '::1'],
    ['ssh://me@box', '::', 'box'],
    ['ssh://box:22/run/docker.sock', '', 'box'],
  ] as const) {
    it(`at ${address} is ${host} for a port on '${ip}'`, async () => {
      assert.equal(await engineHost(clientAt(address), { ip, port: 1 }, {}), host)
    })
  }

  it('is refused for a port that is published elsewhere on the loopback address alone', async () => {
    const error = await failureOf(engineHost(clientAt('ssh://box'), { ip: '127.0.0.1', port: 8080 }, {}))
    assert.ok(error instanceof InvalidArgumentError)
    assert.match(error.message, /8080 is published on 127\.0\.0\.1 of box, and only there/)
  })

  it('has to be given where connections are opened by a function', async () => {
    const error = await failureOf(engineHost(clientAt('dial()'), { ip: '', port: 1 }, {}))
    assert.match(String(error), /does not know the host of its Engine \(give the option host\)/)
  })
})

function clientAt(address: string): ApiClient {
  const dial = () => Promise.reject(new Error('nothing is asked'))
  return new ApiClient({ endpoint: { address, dial, hostHeader: 'box', basePath: '' } })
}
