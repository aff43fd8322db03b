import type { ContainerInspectResponse } from '../../../api/index.js'
import { InvalidArgumentError } from '../../../errors.js'
import { pause } from '../../../support/pause.js'
import type { PortName } from '../../options/ports.js'
import { engineHost } from '../engine-host.js'
import { bindingIn, inspectPorts, notPublished, type PortAddress, parsePort } from '../published.js'
import { answersAsWanted } from './http-attempt.js'
import { isListenedOn } from './listeners.js'
import type { HttpSettings } from './options.js'
import type { Condition, Target } from './target.js'
import { tryConnect } from './tcp-attempt.js'

/** Milliseconds between two looks into a container, each of which is an exec. */
const EXEC_PAUSE_MS = 300
/** A container that is about to end cannot be looked into either: so many looks must fail in a row. */
const MOST_BLIND_LOOKS = 4

/** A condition that this process tries until it holds. */
export interface Probe extends Condition {
  isMet: boolean
  attempt(signal: AbortSignal): Promise<boolean>
}

/**
 * A port that is ready. Docker's proxy accepts each connection, also one that nobody takes inside: it then closes that at
 * once. The container's own table of listeners says more, where it can be read.
 */
export class PortProbe implements Probe {
  isMet = false
  readonly #target: Target
  readonly #port: PortName
  /** Where the last attempt found nobody, for the message. */
  #seen = ''
  /** How many looks in a row could not be had. */
  #blindLooks = 0

  constructor(target: Target, port: PortName) {
    this.#target = target
    this.#port = port
  }

  get words(): string {
    return `port ${this.#port.name}${this.#seen}`
  }

  reset(): void {
    this.isMet = false
  }

  async attempt(signal: AbortSignal): Promise<boolean> {
    const { api, id } = this.#target
    const attrs = await inspectPorts(api, id, { signal })
    const binding = bindingIn(attrs, this.#port)
    if (binding === undefined || this.#port.protocol !== 'tcp') return this.#isReadyInside(attrs, signal)
    const address = { host: await engineHost(api, binding, { signal }), port: binding.port }
    this.#seen = ` (nothing answers at ${address.host}:${address.port})`
    const reached = await tryConnect(address, signal)
    if (reached === 'refused') return false
    this.#seen = ''
    return (await isListenedOn(this.#target, this.#port, signal)) ?? reached === 'open'
  }

  /** For a port that this process cannot connect to. */
  async #isReadyInside(attrs: ContainerInspectResponse, signal: AbortSignal): Promise<boolean> {
    const isListening = await isListenedOn(this.#target, this.#port, signal)
    const isBlind = isListening === undefined && isRunning(attrs) && !attrs.State?.Paused
    this.#blindLooks = isBlind ? this.#blindLooks + 1 : 0
    if (this.#blindLooks === MOST_BLIND_LOOKS) throw this.#notSeen(attrs)
    if (!isListening) await pause(EXEC_PAUSE_MS, signal)
    return isListening ?? false
  }

  /** Neither from here nor inside can be seen whether the port is ready. */
  #notSeen(attrs: ContainerInspectResponse): InvalidArgumentError {
    const isPublished = bindingIn(attrs, this.#port) !== undefined
    if (!isPublished) return notPublished(attrs, this.#port, this.#target.api.http.address)
    const short = this.#target.id.slice(0, 12)
    return new InvalidArgumentError(
      `nothing shows whether the port ${this.#port.name} of ${short} is ready`,
      {
        hint: 'the container has no cat to read its table of ports with: wait for a line of its log',
      },
    )
  }
}

/** One that is about to be started again is said to run, and has no ports. */
function isRunning({ State }: ContainerInspectResponse): boolean {
  return State?.Running === true && !State.Restarting
}

/** An answer over HTTP that is as wanted. */
export class HttpProbe implements Probe {
  isMet = false
  readonly #target: Target
  readonly #settings: HttpSettings
  /** What came of the last attempt. */
  #seen = ''

  constructor(target: Target, settings: HttpSettings) {
    this.#target = target
    this.#settings = settings
  }

  get words(): string {
    return this.#seen === '' ? this.#settings.words : `${this.#settings.words} (${this.#seen})`
  }

  reset(): void {
    this.isMet = false
    this.#seen = ''
  }

  async attempt(signal: AbortSignal): Promise<boolean> {
    const address = await this.#address(signal)
    if (address === undefined) return false
    this.#seen = `asking ${address.host}:${address.port}`
    const answered = await answersAsWanted(address, this.#settings, signal)
    this.#seen = answered.seen
    return answered.isAsWanted
  }

  /** Undefined while the container does not run. */
  async #address(signal: AbortSignal): Promise<PortAddress | undefined> {
    const { api, id } = this.#target
    const attrs = await inspectPorts(api, id, { signal })
    if (!isRunning(attrs)) return undefined
    const port = this.#settings.port ?? onlyPort(attrs)
    const binding = bindingIn(attrs, port)
    if (binding === undefined) throw notPublished(attrs, port, api.http.address)
    return { host: await engineHost(api, binding, { signal }), port: binding.port }
  }
}

function onlyPort({ NetworkSettings }: ContainerInspectResponse): PortName {
  const [port, ...others] = Object.entries(NetworkSettings?.Ports ?? {}).flatMap(([name, bound]) =>
    bound && name.endsWith('/tcp') ? [name] : [],
  )
  if (port !== undefined && others.length === 0) return parsePort(port)
  const there = port === undefined ? 'publishes no TCP port' : `publishes ${[port, ...others].join(', ')}`
  throw new InvalidArgumentError(`http.port is missing: the container ${there}`)
}
