import type { TestContext } from 'node:test'
import { type Certificates, certificates } from './certificates.js'
import { anEngineName, startEngine } from './engines.js'
import { aRelayInto, type Relay } from './relay.js'

/** An Engine that listens on TCP with TLS and wants certificates of its clients. */
export interface TlsEngine {
  /** Its Unix socket, as in DOCKER_HOST. */
  readonly socket: string
  /** `tcp://127.0.0.1:…`, where it wants TLS. */
  readonly host: string
  readonly certificates: Certificates
  readonly relay: Relay
}

/** Starts one. It is gone after the test. Needs root, as the throwaway Engines do. */
export async function aTlsEngine(test: Pick<TestContext, 'after'>, suite: string): Promise<TlsEngine> {
  const made = await certificates(test)
  const flags = ['--suite', suite, '--tls', made.server]
  const { host: socket, pid } = await startEngine(test, anEngineName('tls'), flags)
  const relay = await aRelayInto(test, { pid, port: 2376 })
  return { socket, host: `tcp://127.0.0.1:${relay.port}`, certificates: made, relay }
}
