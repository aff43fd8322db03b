import type { OnReadOpts, Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Opens one connection to the Engine. A transport is nothing more than this. */
export type AsyncDial = (signal?: AbortSignal) => Promise<Duplex>

/** A way of one's own to open a connection, which may still be connecting when it is given. */
export type Dial = (signal?: AbortSignal) => Duplex | PromiseLike<Duplex>

/** Opens a connection whose bytes are read into memory of the caller's. */
export type DialInto = (reading: OnReadOpts, signal?: AbortSignal) => Promise<Socket>

/** A proxy on the way to an Engine. */
export interface ProxyDescription {
  /** Such as 'http://box:3128'. Never holds a user or a password. */
  readonly address: string
  /** What has named it: 'HTTPS_PROXY', 'the proxy option'. */
  readonly reason: string
}

/** Where an Engine listens and how to get there. */
export interface Endpoint {
  /** As a person would write it, such as `unix:///var/run/docker.sock`. Never holds a secret. */
  readonly address: string
  readonly dial: AsyncDial
  /** Undefined where bytes come another way than straight from a socket of Node's. */
  readonly dialInto?: DialInto | undefined
  /** The `Host` header: a name for TCP, and a placeholder for all else. */
  readonly hostHeader: string
  /** A path in front of every request, from `tcp://host:port/base`; '' for none. */
  readonly basePath: string
  /** What the connections go through. */
  readonly proxy?: ProxyDescription | undefined
  /** How many calls may be on their way at once, where a connection is dear. Default: any number. */
  readonly maxCalls?: number | undefined
  /** Ends what the connections share. */
  readonly close?: (() => void) | undefined
}
