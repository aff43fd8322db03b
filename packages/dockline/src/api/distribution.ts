import { path, Segments } from '../http/index.js'
import { authHeaders, type RegistryOptions } from './registry.js'
import { ApiResource } from './resource.js'
import type { DistributionInspect } from './types.gen.js'

export class DistributionApi extends ApiResource {
  /** `GET /distribution/{name}/json`: digest and platforms of an image, asked of its registry. */
  inspect(name: string, { registryAuth, ...call }: RegistryOptions = {}): Promise<DistributionInspect> {
    const request = {
      path: path`/distribution/${new Segments(name)}/json`,
      headers: authHeaders(registryAuth),
    }
    return this.json('DistributionInspect', { method: 'GET', ...request, ...call })
  }
}
