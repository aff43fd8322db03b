import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer as createPlain } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Certificates, certificates } from './certificates.js'

export interface TlsServer {
  /** `tcp://127.0.0.1:…` */
  readonly host: string
  readonly certificates: Certificates
}

/** A server that answers a ping: with a certificate that was valid once, or without TLS at all. */
export async function aTlsServer(
  test: Pick<TestContext, 'after'>,
  kind: 'outdated' | 'plain',
): Promise<TlsServer> {
  const made = await certificates(test)
  const pem = (name: string) => readFile(join(made.outdated, name))
  const server =
    kind === 'plain'
      ? createPlain()
      : createServer({ cert: await pem('server-cert.pem'), key: await pem('server-key.pem') })
  server.on('request', (_request, response) => {
    response.writeHead(200, { 'Api-Version': '1.41' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, certificates: made }
}
