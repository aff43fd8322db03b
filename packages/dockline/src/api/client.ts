import { InvalidVersionError } from '../errors.js'
import { compareVersions, HttpClient, type HttpOptions } from '../http/index.js'
import { ContainersApi } from './containers.js'
import { ExecApi } from './exec.js'
import { ImagesApi } from './images.js'
import { SystemApi } from './system.js'

/**
 * The low level: one class for each tag of the Engine's API description, one method for each endpoint, with the names and
 * types that go over the wire. It can be used alone.
 */
export class ApiClient {
  readonly http: HttpClient
  readonly system: SystemApi
  readonly containers: ContainersApi
  readonly exec: ExecApi
  readonly images: ImagesApi

  constructor(options: HttpOptions) {
    this.http = new HttpClient(options)
    this.system = new SystemApi(this.http)
    this.containers = new ContainersApi(this.http)
    this.exec = new ExecApi(this.http)
    this.images = new ImagesApi(this.http)
  }

  /** The API version in use, negotiated at the first call unless it was pinned. */
  version(signal?: AbortSignal): Promise<string> {
    return this.http.version(signal)
  }

  /** Whether the version in use is at least this one. */
  async speaks(version: string, signal?: AbortSignal): Promise<boolean> {
    return compareVersions(await this.version(signal), version) >= 0
  }

  /** Refuses an option that the version in use would silently ignore. */
  async require(option: string, since: string, signal?: AbortSignal): Promise<void> {
    const version = await this.version(signal)
    if (compareVersions(version, since) >= 0) return
    throw new InvalidVersionError(`${option} needs API ${since}, and the Engine at ${this.http.address} is spoken to in ${version}`)
  }

  close(): void {
    this.http.close()
  }
}
