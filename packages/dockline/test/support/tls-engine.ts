import { after } from 'node:test'
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

const started = new Map<string, Promise<TlsEngine>>()
const cleanups: (() => unknown)[] = []

/** What belongs to all tests of this process, and is gone after them. */
const thisProcess = { after: (clean: () => unknown) => void cleanups.push(clean) }

after(async () => {
  for (const clean of cleanups.reverse()) await clean()
})

/**
 * The one of a suite that all tests of this process share, started when it is first asked for. Needs root, as the throwaway
 * Engines do.
 */
export function theTlsEngine(suite: string): Promise<TlsEngine> {
  const engine = started.get(suite) ?? start(suite)
  started.set(suite, engine)
  return engine
}

async function start(suite: string): Promise<TlsEngine> {
  const made = await certificates(thisProcess)
  const flags = ['--suite', suite, '--tls', made.server]
  const { host: socket, pid } = await startEngine(thisProcess, anEngineName('tls'), flags)
  const relay = await aRelayInto(thisProcess, { pid, port: 2376 })
  return { socket, host: `tcp://127.0.0.1:${relay.port}`, certificates: made, relay }
}
