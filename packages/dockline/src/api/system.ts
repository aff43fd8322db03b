import type { OutgoingHttpHeaders } from 'node:http'
import { type CallOptions, path, type UpgradedConnection, valuesIn } from '../http/index.js'
import { readerOf } from './answers.js'
import { ApiResource } from './resource.js'
import type {
  AuthConfig,
  AuthResponse,
  EventMessage,
  SystemDataUsageQuery,
  SystemDataUsageResponse,
  SystemEventsQuery,
  SystemInfo,
  SystemVersion,
} from './types.gen.js'

/** The headers of `/_ping`. */
export interface PingHeaders {
  readonly 'api-version'?: string | undefined
  readonly 'builder-version'?: string | undefined
  /** The time of the Engine's clock, as an HTTP date. */
  readonly date?: string | undefined
  readonly 'docker-experimental'?: string | undefined
  /** Only of Podman: its version. */
  readonly 'libpod-api-version'?: string | undefined
  readonly ostype?: string | undefined
  readonly server?: string | undefined
  readonly swarm?: string | undefined
}

/** Unix seconds, also with a fraction of nine digits as in '1700000000.000000001'. */
export type Timestamp = string | number

export type EventsQuery = Omit<SystemEventsQuery, 'since' | 'until'> & {
  readonly since?: Timestamp | undefined
  readonly until?: Timestamp | undefined
}

/** Events that have begun. The caller reads them or leaves the loop. */
export interface BegunEvents {
  readonly begun: number
  readonly events: AsyncGenerator<EventMessage, void, undefined>
}

/** Events do not depend on each other: an odd event does not end the stream. */
const EACH_BY_ITSELF = { lenient: true }

export class SystemApi extends ApiResource {
  /** `GET /_ping`: 'OK'. Has no version in its path, so it negotiates nothing. */
  ping(options?: CallOptions): Promise<string> {
    return this.http.text({ method: 'GET', path: path`/_ping`, versioned: false, ...options })
  }

  /** `HEAD /_ping`: versions and Swarm state, from the headers. */
  async pingHead(options?: CallOptions): Promise<PingHeaders> {
    return (await this.http.headers({
      method: 'HEAD',
      path: path`/_ping`,
      versioned: false,
      ...options,
    })) as PingHeaders
  }

  /** Returns the versions of the Engine. `GET /version` */
  version(options?: CallOptions): Promise<SystemVersion> {
    return this.json('SystemVersion', { method: 'GET', path: path`/version`, ...options })
  }

  /** Returns details of the Engine and its machine. `GET /info` */
  info(options?: CallOptions): Promise<SystemInfo> {
    return this.json('SystemInfo', { method: 'GET', path: path`/info`, ...options })
  }

  /** `GET /events`: as they happen, until the loop is left, the signal aborts, or `until` is reached. */
  events(query?: EventsQuery, options?: CallOptions): AsyncGenerator<EventMessage, void, undefined> {
    const request = { method: 'GET', path: path`/events`, query, ...options } as const
    return this.lines('EventMessage', request, EACH_BY_ITSELF)
  }

  /** `GET /events`: resolves as soon as the Engine answers, with the second that its clock showed. */
  async eventsBegun(query?: EventsQuery, options?: CallOptions): Promise<BegunEvents> {
    const request = { method: 'GET', path: path`/events`, query, ...options } as const
    const { stream, headers } = await this.http.stream(request)
    const begun = Math.floor((Date.parse(headers.date ?? '') || Date.now()) / 1000)
    return {
      begun,
      events: valuesIn(stream, 'GET /events', { read: readerOf('EventMessage', EACH_BY_ITSELF) }),
    }
  }

  /** `GET /system/df`: what takes up the disk. */
  df(query?: SystemDataUsageQuery, options?: CallOptions): Promise<SystemDataUsageResponse> {
    return this.json('SystemDataUsageResponse', { method: 'GET', path: path`/system/df`, query, ...options })
  }

  /** `POST /auth`: whether a registry knows this user. Keep an identity token in place of the password. */
  auth(json: AuthConfig, options?: CallOptions): Promise<AuthResponse> {
    return this.json('AuthResponse', { method: 'POST', path: path`/auth`, json, ...options })
  }

  /** `POST /session`: the connection becomes HTTP/2 with the Engine as client; the headers are BuildKit's. */
  session(headers: OutgoingHttpHeaders, options?: CallOptions): Promise<UpgradedConnection> {
    return this.http.upgrade({ method: 'POST', path: path`/session`, headers, protocol: 'h2c', ...options })
  }

  /** `POST /grpc`: the connection becomes HTTP/2 to the BuildKit inside of the Engine. */
  grpc(options?: CallOptions): Promise<UpgradedConnection> {
    return this.http.upgrade({ method: 'POST', path: path`/grpc`, protocol: 'h2c', ...options })
  }
}
