import type { IncomingMessage } from 'node:http'
import type { Duration } from '../support/duration.js'
import { deadline } from './deadline.js'
import { SharedFlight } from './flight.js'
import { agreeOnVersion, checkPinnedVersion, refusedVersion } from './negotiate.js'

export interface AgreementSettings {
  /** The version that the caller wants. Without it the Engine is asked. */
  readonly pinned: string | undefined
  readonly address: string
  /** Asks the Engine what it speaks. */
  readonly ask: (method: 'HEAD' | 'GET', signal: AbortSignal) => Promise<IncomingMessage['headers']>
}

/** The API version that the Engine was agreed with on, by the first call for all. */
export class VersionAgreement {
  readonly #settings: AgreementSettings
  readonly #version: SharedFlight<string>
  /** What the last answer said that the Engine speaks. */
  #said: string | undefined
  /** The newest version that the Engine has, once it has refused a newer one. */
  #newest: string | undefined

  /** Throws InvalidArgumentError for a pinned version that is none. */
  constructor(settings: AgreementSettings) {
    if (settings.pinned !== undefined) checkPinnedVersion(settings.pinned)
    this.#settings = settings
    this.#version = new SharedFlight((signal) => this.#negotiate(signal))
  }

  /** The version; undefined before the first call, and when it was forgotten. */
  get result(): string | undefined {
    return this.#version.result
  }

  /** Resolves with the version. An Engine that does not even answer the first question must not outlast the limit of the call. */
  async agree(what: string, signal: AbortSignal | undefined, timeout: Duration | undefined): Promise<string> {
    using limit = deadline(what, signal, timeout)
    return await this.#version.join(limit.signal)
  }

  /**
   * Whether a failure means that another Engine has taken the place of the one that was agreed with. Then the next call agrees
   * anew.
   */
  isOutdated(version: string, failure: Error): boolean {
    const refused = refusedVersion(failure)
    if (refused === undefined || this.#settings.pinned !== undefined) return false
    this.#newest = refused.newest
    this.#version.forget(version)
    return true
  }

  /** Notes what an answer says that the Engine speaks. When that changes, the next call agrees anew. */
  note(version: string | undefined, said: unknown): void {
    if (version === undefined || typeof said !== 'string') return
    if (this.#said !== undefined && this.#said !== said) this.#version.forget(version)
    this.#said = said
  }

  async #negotiate(signal: AbortSignal): Promise<string> {
    const { pinned, address, ask } = this.#settings
    if (pinned !== undefined) return pinned.replace(/^v/, '')
    return agreeOnVersion({ ask: (method) => ask(method, signal), address, newest: this.#newest })
  }
}
