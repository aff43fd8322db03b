import assert from 'node:assert/strict'
import type { ClientHttp2Session } from 'node:http2'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { frame } from '#src/buildkit/grpc/frames.js'
import { SolveResponse } from '#src/buildkit/protobuf/control.js'
import { decode, encode } from '#src/buildkit/protobuf/message.js'
import {
  BridgeSolveRequest,
  BridgeSolveResponse,
  BytesMessage,
  CredentialsRequest,
  FetchTokenRequest,
  FetchTokenResponse,
  InfoRequest,
  InfoResponse,
  TokenAuthorityResponse,
} from '#src/buildkit/protobuf/session.js'
import { credentialService, type RegistryCredentials } from '#src/buildkit/session/credentials.js'
import { type BuildOptions, ConnectionError } from '#src/index.js'
import type { Tar } from '#src/models/images/image-transfers.js'
import { temporaryFolder, writeFiles } from '../support/archives.js'
import { CONTROL, hijacked, ID, readSolve, start } from '../support/building-engine.js'
import { deferred, failureOf } from '../support/failure.js'
import { FakeBuildKit, FakeCall } from '../support/fake-buildkit.js'
import type { Script } from '../support/fake-engine.js'
import { PATIENT } from '../support/patience.js'

const BRIDGE = 'moby.buildkit.v1.frontend.LLBBridge/Solve'
const INFO = 'containerd.services.content.v1.Content/Info'
const PULL = 'moby.upload.v1.Upload/Pull'
const DOCKERFILE = { dockerfileContent: 'FROM busybox\n' }

describe('the context of a build with BuildKit', PATIENT, () => {
  for (const [what, context] of [
    ['bytes', () => new Uint8Array(Buffer.from('a tar'))],
    ['a stream of the web', () => new Blob(['a tar']).stream()],
    ['a stream that is old', () => oldStream('a tar')],
    ['an array', () => [Buffer.from('a tar')]],
  ] as [string, () => Tar][]) {
    it(`sends its context from ${what}, whether or not its builder is named`, async (test) => {
      for (const builder of ['buildkit', undefined] as const) {
        const pulled = deferred<string>()
        const { client, asking } = await start(test, {
          methods: {
            [`${CONTROL}/Solve`]: async (call) => {
              const { frontendAttrs } = readSolve(await call.request())
              const { pathname: urlpath } = new URL(frontendAttrs.context ?? '')
              const piece = await ask(await asking, PULL, { urlpath })
              pulled.resolve(Buffer.from(decode(BytesMessage, piece).data).toString())
              await call.send(encode(SolveResponse, { exporterResponse: { 'containerimage.digest': ID } }))
            },
          },
        })
        await client.images.build({ context: context(), builder })
        assert.equal(await pulled.promise, 'a tar')
      }
    })
  }

  it('lets go of a stream of the web when an option is wrong', async (test) => {
    const { client } = await start(test)
    for (const wrong of [{ tag: 'A B' }, { unknown: 1 }, { builder: 'buildkit', tag: 'A B' }]) {
      const gone = deferred<void>()
      const context = new ReadableStream<Uint8Array>({ cancel: () => gone.resolve() })
      await failureOf(client.images.build({ context, ...wrong } as BuildOptions))
      await gone.promise
    }
  })
})

describe('a question about a Dockerfile', PATIENT, () => {
  it('is answered where the build would push, has hosts, and a layout as a context', async (test) => {
    const layout = await temporaryFolder()
    await writeFiles(layout, { [`blobs/${ID.replace(':', '/')}`]: 'four' })
    const { client, asking } = await start(test, {
      methods: {
        [BRIDGE]: async (call) => {
          const { frontendOpt } = decode(BridgeSolveRequest, await call.request())
          assert.equal(frontendOpt['add-hosts'], undefined)
          const [, store = ''] = /^oci-layout:\/\/(\w+)@/.exec(frontendOpt['context:base'] ?? '') ?? []
          const headers = { 'buildkit-attachable-store-id': `oci:${store}` }
          const found = await ask(await asking, INFO, headers, encode(InfoRequest, { digest: ID }))
          const name = String(decode(InfoResponse, found).info?.size)
          const metadata = { 'result.json': Buffer.from(JSON.stringify({ targets: [{ name }] })) }
          await call.send(encode(BridgeSolveResponse, { result: { metadata } }))
        },
      },
    })
    const { targets } = await client.images.targets({
      ...DOCKERFILE,
      tag: 'r.io/z',
      push: true,
      extraHosts: { gw: 'host-gateway' },
      contexts: { base: `oci-layout://${layout}@${ID}` },
    })
    assert.equal(targets[0]?.name, '4')
  })

  it('is given up when nothing comes back, with what may be the reason', async (test) => {
    test.mock.timers.enable({ apis: ['setInterval'] })
    const silent: Script = async (call) => void (await hijacked(call)).resume()
    const { client } = await start(test, { scripts: { 'POST /grpc': silent } })
    let failure: unknown
    const asked = failureOf(client.images.check(DOCKERFILE)).then((error) => {
      failure = error
    })
    while (failure === undefined) {
      test.mock.timers.tick(10_000)
      await nextTurn()
    }
    await asked
    assert.ok(failure instanceof ConnectionError, String(failure))
    assert.match(failure.hint ?? '', /larger than 45 kB/)
  })
})

describe('a token for a registry', PATIENT, () => {
  it('is given where there is one, and elsewhere BuildKit asks the registry for its own', async (test) => {
    const logins: Record<string, RegistryCredentials> = {
      'r.io': { registrytoken: 't' },
      'other.io': { username: 'u', password: 'p' },
    }
    const shared: string[] = []
    const service = credentialService(
      async (host) => logins[host],
      (host) => shared.push(host),
    )
    const daemon = new FakeBuildKit(test, service)
    const auth = async (method: string, message: Uint8Array) => {
      const { messages, ended } = await daemon.unary(`moby.filesync.v1.Auth/${method}`, message)
      return { status: ended.status, answer: messages[0] ?? Buffer.alloc(0) }
    }
    const told = async (host: string) => {
      const authority = await auth('GetTokenAuthority', encode(CredentialsRequest, { host }))
      const fetched = await auth('FetchToken', encode(FetchTokenRequest, { host }))
      return {
        key: decode(TokenAuthorityResponse, authority.answer).publicKey.length,
        token: decode(FetchTokenResponse, fetched.answer).token,
        statuses: [authority.status, fetched.status],
      }
    }
    assert.deepEqual(await told('r.io'), { key: 32, token: 't', statuses: ['0', '0'] })
    for (const host of ['other.io', 'third.io'])
      assert.deepEqual(await told(host), { key: 0, token: '', statuses: ['12', '12'] })
    assert.deepEqual(shared, ['r.io', 'other.io'])
  })
})

/** Asks the session, as BuildKit does. Resolves with the first message of the answer; without one, with an empty message. */
async function ask(
  session: ClientHttp2Session,
  method: string,
  headers: Readonly<Record<string, string>>,
  message: Uint8Array = new Uint8Array(),
): Promise<Buffer> {
  const call = new FakeCall(session.request({ ':method': 'POST', ':path': `/${method}`, ...headers }))
  call.stream.end(frame(message))
  for await (const each of call.messages()) return Buffer.from(each)
  return Buffer.alloc(0)
}

/** A stream that has nothing but the oldest of methods. */
function oldStream(text: string) {
  const stream = Readable.from([Buffer.from(text)])
  const methods = ['on', 'pipe', 'resume', 'pause'] as const
  return Object.fromEntries(methods.map((name) => [name, stream[name].bind(stream)]))
}
