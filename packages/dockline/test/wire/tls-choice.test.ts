// The certificates of the environment, of contexts and of options, used for connections.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import type { ContextTlsOptions } from '#src/doors/types.js'
import { type ClientOptions, ContextStore, DockerClient, TlsError } from '#src/index.js'
import { temporaryFolder } from '../support/archives.js'
import { certificates } from '../support/certificates.js'
import { failureOf } from '../support/failure.js'
import { PATIENT } from '../support/patience.js'

/** A server with TLS that tells whether the client has shown a certificate it trusts. */
interface Server {
  readonly host: string
  readonly ca: string
  /** Folders as for DOCKER_CERT_PATH. */
  readonly client: string
  readonly anonymous: string
  readonly distrustful: string
}

const NOBODY_KNOWN = 'anonymous'
const KNOWN = 'known'

it('a connection is encrypted with the certificates', PATIENT, async (test) => {
  const server = await aServer(test)
  const { host, client, anonymous, distrustful } = server
  const env = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1' }

  await test.test('of DOCKER_CERT_PATH, checked with DOCKER_TLS_VERIFY', async () => {
    assert.equal(await whoIs({ env: { ...env, DOCKER_CERT_PATH: client } }), KNOWN)
    assert.equal(await whoIs({ env: { ...env, DOCKER_CERT_PATH: anonymous } }), NOBODY_KNOWN)
    assert.ok(
      (await failureOf(whoIs({ env: { ...env, DOCKER_CERT_PATH: distrustful } }))) instanceof TlsError,
    )
  })

  await test.test('of the folder of config.json, when DOCKER_CERT_PATH is not set', async () => {
    assert.equal(await whoIs({ env: { ...env, DOCKER_CONFIG: client } }), KNOWN)
  })

  await test.test('D33: of DOCKER_CERT_PATH, unchecked with DOCKER_TLS', async () => {
    const unchecked = { DOCKER_HOST: host, DOCKER_TLS: '1' }
    assert.equal(await whoIs({ env: { ...unchecked, DOCKER_CERT_PATH: distrustful } }), KNOWN)
    assert.equal(await whoIs({ env: { ...unchecked, DOCKER_CONFIG: await temporaryFolder() } }), NOBODY_KNOWN)
  })

  await test.test('D29: of a context, be it all of them, the ca alone, or cert and key alone', async () => {
    const { ca, cert, key } = filesOf(client)
    assert.equal(await whoIsOfContext(host, { tls: { ca, cert, key } }), KNOWN)
    assert.equal(await whoIsOfContext(host, { tls: { ca } }), NOBODY_KNOWN)
    assert.equal(await whoIsOfContext(host, { tls: { cert, key }, skipTlsVerify: true }), KNOWN)
    assert.equal(await whoIsOfContext(host, { skipTlsVerify: true }), NOBODY_KNOWN)
    const unchecked = await failureOf(whoIsOfContext(host, { tls: { cert, key } }))
    assert.ok(unchecked instanceof TlsError, 'the system does not know the authority')
  })

  await test.test('of a context alone, whatever the environment says', async () => {
    const { ca } = filesOf(client)
    const env = { DOCKER_TLS: '1', DOCKER_CERT_PATH: distrustful }
    assert.equal(await whoIsOfContext(host, { tls: { ca } }, env), NOBODY_KNOWN)
    const { ca: other } = filesOf(distrustful)
    assert.ok((await failureOf(whoIsOfContext(host, { tls: { ca: other } }, env))) instanceof TlsError)
  })

  await test.test('of the tls option', async () => {
    const { ca, cert, key } = filesOf(client)
    assert.equal(await whoIs({ host, tls: { ca, cert, key }, env: {} }), KNOWN)
    assert.equal(await whoIs({ host, tls: { ca: await readFile(ca, 'utf8') }, env: {} }), NOBODY_KNOWN)
    assert.equal(await whoIs({ host: host.replace('tcp:', 'https:'), tls: { ca }, env: {} }), NOBODY_KNOWN)
    assert.ok((await failureOf(whoIs({ host: host.replace('tcp:', 'https:'), env: {} }))) instanceof TlsError)
    assert.ok((await failureOf(whoIs({ host, tls: true, env: {} }))) instanceof TlsError)
  })
})

/** As docker writes them into a folder. */
function filesOf(folder: string) {
  return { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
}

async function whoIs(options: ClientOptions): Promise<string | undefined> {
  await using client = new DockerClient(options)
  return (await client.ping()).osType
}

async function whoIsOfContext(
  host: string,
  options: { readonly tls?: ContextTlsOptions; readonly skipTlsVerify?: boolean },
  env: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const folder = await temporaryFolder()
  await new ContextStore({ folder, env: {} }).create('prod', { host, ...options })
  return whoIs({ context: 'prod', env: { ...env, DOCKER_CONFIG: folder } })
}

async function aServer(test: TestContext): Promise<Server> {
  const { server: folder, client, anonymous, distrustful } = await certificates(test)
  const pem = (name: string) => readFile(join(folder, name))
  const [ca, cert, key] = await Promise.all([pem('ca.pem'), pem('server-cert.pem'), pem('server-key.pem')])
  const server = createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: false })
  server.on('request', ({ socket }, response) => {
    const known = (socket as unknown as { authorized: boolean }).authorized
    response.writeHead(200, { 'Api-Version': '1.41', Ostype: known ? KNOWN : NOBODY_KNOWN }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { host: `tcp://127.0.0.1:${port}`, ca: join(folder, 'ca.pem'), client, anonymous, distrustful }
}
