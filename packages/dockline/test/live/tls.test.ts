// What TLS refuses, on both sides, and in which words.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import tls, { type PeerCertificate } from 'node:tls'
import { DockerClient, TlsError, type TlsOptions } from '#src/index.js'
import { canStartEngines } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { type TlsEngine, theTlsEngine } from '../support/tls-engine.js'
import { aTlsServer } from '../support/tls-server.js'

const skip = canStartEngines ? false : 'the throwaway Engines need Linux and root'

for (const suite of ['machine', 'sid']) {
  it(`an Engine of ${suite} that wants certificates`, { skip }, async (test) => {
    const engine = await theTlsEngine(suite)
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      await test.test(`by ${version}`, (each) => refusesAndAccepts(each, engine, version))
    }
    await test.test('takes PEM texts, Buffers and paths', () => takesEveryForm(engine))
    await test.test('is judged by checkServerIdentity', () => asksForIdentity(engine))
    await test.test('does not answer what is not encrypted, and the error says so', () => wantsTls(engine))
  })
}

async function refusesAndAccepts(
  test: TestContext,
  engine: TlsEngine,
  version: 'TLSv1.2' | 'TLSv1.3',
): Promise<void> {
  const before = tls.DEFAULT_MAX_VERSION
  tls.DEFAULT_MAX_VERSION = version
  test.after(() => {
    tls.DEFAULT_MAX_VERSION = before
  })
  const { client, expired, stranger, distrustful, anonymous } = engine.certificates
  await accepted(engine.host, filesOf(client))
  await accepted(engine.host, { ...filesOf(distrustful), verify: false })
  await refused(engine.host, filesOf(distrustful), /signed by nobody who is trusted/)
  await refused(engine.host, { ...filesOf(client), servername: 'box' }, /certificate is for another host/)
  await refused(engine.host, filesOf(stranger), /does not accept the certificate/)
  await refused(engine.host, filesOf(expired), /does not accept the certificate/)
  await refused(engine.host, { ca: join(anonymous, 'ca.pem') }, /asked for a certificate|does not accept/)
}

async function takesEveryForm({ host, certificates }: TlsEngine): Promise<void> {
  const files = filesOf(certificates.client)
  const texts = await Promise.all([files.ca, files.cert, files.key].map((file) => readFile(file, 'utf8')))
  const [ca = '', cert = '', key = ''] = texts
  await accepted(host, { ca, cert, key })
  await accepted(host, { ca: Buffer.from(ca), cert: Buffer.from(cert), key: Buffer.from(key) })
  await accepted(host, { ca, cert, key, trust: 'added' })
  await refused(host, { cert, key, trust: 'added' }, /signed by nobody who is trusted/)
  await refused(host, { ca, cert, key: texts[1] ?? '' }, /the ca, cert or key cannot be used/)
}

async function asksForIdentity({ host, certificates }: TlsEngine): Promise<void> {
  const files = filesOf(certificates.client)
  const asked: string[] = []
  const accept = (name: string, { subject }: PeerCertificate) => void asked.push(name, String(subject.CN))
  await accepted(host, { ...files, servername: 'box', checkServerIdentity: accept })
  assert.deepEqual(asked, ['box', 'localhost'])
  const refusal = new Error('another fingerprint')
  for (const checkServerIdentity of [() => refusal, () => assert.fail(refusal)]) {
    const error = await refused(host, { ...files, checkServerIdentity }, /refuses it: another fingerprint/)
    assert.equal(error.cause, refusal)
  }
  const distrustful = { ...filesOf(certificates.distrustful), checkServerIdentity: accept }
  await refused(host, distrustful, /signed by nobody who is trusted/)
  assert.equal(asked.length, 2, 'it judges only a certificate that is trusted')
}

async function wantsTls({ host }: TlsEngine): Promise<void> {
  await using client = new DockerClient({ host, env: {} })
  const error = await failureOf(client.ping())
  assert.ok(error instanceof TlsError, String(error))
  assert.match(error.message, /it wants TLS .*DOCKER_TLS_VERIFY/)
}

it('an Engine whose certificate has expired is not talked to', { skip }, async (test) => {
  const server = await aTlsServer(test, 'outdated')
  await refused(server.host, filesOf(server.certificates.client), /certificate has expired/)
  await accepted(server.host, { ...filesOf(server.certificates.client), verify: false })
})

it('an Engine that does not speak TLS gets a hint', { skip }, async (test) => {
  const server = await aTlsServer(test, 'plain')
  await refused(server.host, filesOf(server.certificates.client), /does not speak TLS/)
})

function filesOf(folder: string) {
  return { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
}

async function accepted(host: string, options: TlsOptions): Promise<void> {
  await using client = new DockerClient({ host, tls: options, env: {} })
  assert.ok((await client.ping()).apiVersion)
}

async function refused(host: string, options: TlsOptions, words: RegExp): Promise<TlsError> {
  await using client = new DockerClient({ host, tls: options, env: {} })
  const error = await failureOf(client.ping())
  assert.ok(error instanceof TlsError, String(error))
  assert.match(error.message, words)
  assert.doesNotMatch(error.message, /PRIVATE KEY/)
  return error
}
