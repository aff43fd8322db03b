import type {
  ApiClient,
  ContainerInspectResponse,
  ContainerSummary,
  EndpointSettings,
  PortBinding,
  PortMap,
  PortSummary,
} from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { readCall } from '../base/call.js'
import type { IfKnown } from '../base/object.js'
import { type HealthStatus, healthIn } from './health.js'

// What a container object is made from.
export interface Known<Attrs, Summary> {
  readonly id: string
  readonly name?: string | undefined
  readonly attrs?: Attrs
  readonly summary?: Summary
}

/** The type of a property that is read from `attrs` or `summary`: undefined too, where neither may be known yet. */
type IfPresent<Attrs, Summary, T> = IfKnown<Attrs & Summary, T>

/** The known facts of a container: its id, and the last answers of `inspect` and `list`. */
export class KnownContainer<
  Attrs extends ContainerInspectResponse | undefined = ContainerInspectResponse | undefined,
  Summary extends ContainerSummary | undefined = ContainerSummary | undefined,
> {
  /** The full id, or the name it was asked for by. */
  readonly id: string
  /** The answer of `list()`. */
  readonly summary: Summary
  /** The low level, with the same names as `client.api`. */
  readonly api: ApiClient
  readonly #name: string | undefined
  #attrs: Attrs

  constructor(api: ApiClient, known: Known<Attrs, Summary>) {
    this.api = api
    this.id = known.id
    this.#name = known.name
    // What is left out is undefined, and the type parameters then say so.
    this.#attrs = known.attrs as Attrs
    this.summary = known.summary as Summary
  }

  /** The last answer of `inspect`; undefined after a plain `list()`. */
  get attrs(): Attrs {
    return this.#attrs
  }

  /** The first 12 characters of the id. */
  get shortId(): string {
    return this.id.slice(0, 12)
  }

  /** Without the slash the Engine puts before it. */
  get name(): IfPresent<Attrs, Summary, string> {
    const name = this.#attrs?.Name ?? ownName(this.summary) ?? this.#name
    return name === undefined ? this.#read(nothing, nothing) : name.replace(/^\//, '')
  }

  /** 'created', 'running', 'paused', 'restarting', 'removing', 'exited' or 'dead', when it was last asked for. */
  get status(): IfPresent<Attrs, Summary, string> {
    return this.#read<string>(
      (attrs) => attrs.State?.Status ?? '',
      (summary) => summary.State ?? '',
    )
  }

  get labels(): IfPresent<Attrs, Summary, Readonly<Record<string, string>>> {
    return this.#read(
      (attrs) => attrs.Config?.Labels ?? {},
      (summary) => summary.Labels ?? {},
    )
  }

  /** The image it was created from, as it was named then. */
  get image(): IfPresent<Attrs, Summary, string> {
    return this.#read(
      (attrs) => attrs.Config?.Image ?? '',
      (summary) => summary.Image ?? '',
    )
  }

  /** The id of that image, 'sha256:…'. */
  get imageId(): IfPresent<Attrs, Summary, string> {
    return this.#read(
      (attrs) => attrs.Image ?? '',
      (summary) => summary.ImageID ?? '',
    )
  }

  /** The last result of the health check; 'none' if the container has no check or does not run. */
  get health(): HealthStatus | undefined {
    return healthIn(this.#attrs, this.summary)
  }

  /** Where its ports are on the host: `{ '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '443/tcp': null }`. */
  get ports(): IfPresent<Attrs, Summary, Readonly<PortMap>> {
    return this.#read<Readonly<PortMap>>(
      (attrs) => attrs.NetworkSettings?.Ports ?? portMap(this.summary?.Ports ?? []),
      (summary) => portMap(summary.Ports ?? []),
    )
  }

  /** Its ends of networks, by the names of these. */
  get networks(): IfPresent<Attrs, Summary, Readonly<Record<string, EndpointSettings>>> {
    return this.#read(
      (attrs) => attrs.NetworkSettings?.Networks ?? {},
      (summary) => summary.NetworkSettings?.Networks ?? {},
    )
  }

  /** Reads a property from the newest answer; undefined without an answer. The type says which. */
  #read<T>(
    inAttrs: (attrs: ContainerInspectResponse) => T,
    inSummary: (summary: ContainerSummary) => T,
  ): IfPresent<Attrs, Summary, T> {
    const [attrs, summary] = [this.#attrs, this.summary]
    const value = attrs ? inAttrs(attrs) : summary ? inSummary(summary) : undefined
    return value as IfPresent<Attrs, Summary, T>
  }

  /** Returns fresh details. `GET /containers/{id}/json` */
  async inspect(options?: CallOptions): Promise<ContainerInspectResponse> {
    return this.api.containers.inspect(this.id, {}, readCall(options))
  }

  protected async refresh(options?: CallOptions): Promise<void> {
    this.know(await this.inspect(options))
  }

  /** The type of what comes from `inspect` fits whatever `Attrs` is. */
  protected know(attrs: ContainerInspectResponse): void {
    this.#attrs = attrs as Attrs
  }
}

function nothing(): string {
  return ''
}

/** The other names are those that links gave it, with a container before them: '/web/db'. */
function ownName(summary: ContainerSummary | undefined): string | undefined {
  const names = summary?.Names ?? []
  return names.find((name) => name.lastIndexOf('/') <= 0) ?? names[0]
}

function portMap(ports: readonly PortSummary[]): PortMap {
  const map: Record<string, PortBinding[] | null> = {}
  for (const { IP = '', PrivatePort, PublicPort, Type } of ports) {
    const port = `${PrivatePort}/${Type}`
    map[port] ??= null
    if (PublicPort === undefined) continue
    map[port] = [...(map[port] ?? []), { HostIp: IP, HostPort: String(PublicPort) }]
  }
  return map
}
