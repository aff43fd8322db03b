import type { Builder } from '../../../buildkit/index.js'
import { compareVersions } from '../../../http/index.js'

/** What the BuildKit of an Engine can do. Its version is not to be trusted: distributions leave it out. */
export class EngineAbilities {
  /** Whether images are kept in containerd's store, as new Engines of 29 have it. */
  readonly hasContainerdStore: boolean
  /** The address that a container reaches the Engine's machine by. */
  readonly hostGateway: string | undefined
  /** Whether more than one output can be made of a build. */
  readonly hasSeveralOutputs: boolean

  constructor({ workers }: Builder, apiVersion: string) {
    const labels = workers[0]?.labels ?? {}
    this.hasContainerdStore = labels['org.mobyproject.buildkit.worker.snapshotter'] !== undefined
    this.hostGateway = labels['org.mobyproject.buildkit.worker.moby.host-gateway-ip']
    // BuildKit 0.13 came with Engine 26.
    this.hasSeveralOutputs = compareVersions(apiVersion, '1.45') >= 0
  }
}
