import type { Duplex } from 'node:stream'

/** Opens one connection to the Engine. A transport is nothing more than this. */
export type Dial = (signal?: AbortSignal) => Promise<Duplex>

/** Where an Engine listens and how to get there. */
export interface Endpoint {
  /** As a person would write it, such as `unix:///var/run/docker.sock`. Never holds a secret. */
  readonly address: string
  readonly dial: Dial
  /** The `Host` header: a name for TCP, and a placeholder where there is none. */
  readonly hostHeader: string
  /** A path in front of every request, from `tcp://host:port/base`; '' for none. */
  readonly basePath: string
  /** How many calls may be on their way at once, where a connection is dear. Default: any number. */
  readonly maxCalls?: number | undefined
  /** Ends what the connections share. */
  readonly close?: (() => void) | undefined
}
