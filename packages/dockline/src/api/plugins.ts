import { type CallOptions, path, Segments } from '../http/index.js'
import type { ByteSource } from '../stream/index.js'
import { authHeaders, type RegistryOptions } from './registry.js'
import { removalOf } from './removal.js'
import { ApiResource } from './resource.js'
import type {
  CreateImageInfo,
  GetPluginPrivilegesQuery,
  Plugin,
  PluginCreateQuery,
  PluginDeleteQuery,
  PluginDisableQuery,
  PluginEnableQuery,
  PluginListQuery,
  PluginPrivilege,
  PluginPullBody,
  PluginPullQuery,
  PluginSetBody,
  PluginUpgradeBody,
  PluginUpgradeQuery,
  PushImageInfo,
} from './types.gen.js'

export class PluginsApi extends ApiResource {
  /** `GET /plugins` */
  list(query?: PluginListQuery, options?: CallOptions): Promise<Plugin[]> {
    return this.json('Plugin[]', { method: 'GET', path: path`/plugins`, query, ...options })
  }

  /** `GET /plugins/privileges`: what a plugin wants to be allowed, to be handed to `pull` when one agrees. */
  privileges(
    query: GetPluginPrivilegesQuery,
    { registryAuth, ...call }: RegistryOptions = {},
  ): Promise<PluginPrivilege[]> {
    const headers = authHeaders(registryAuth)
    return this.json('PluginPrivilege[]', {
      method: 'GET',
      path: path`/plugins/privileges`,
      query,
      headers,
      ...call,
    })
  }

  /** `POST /plugins/pull`: the progress of it. The plugin is disabled at first. */
  pull(
    query: PluginPullQuery,
    json: PluginPullBody,
    { registryAuth, ...call }: RegistryOptions = {},
  ): AsyncGenerator<CreateImageInfo, void, undefined> {
    const headers = authHeaders(registryAuth)
    return this.lines('CreateImageInfo', {
      method: 'POST',
      path: path`/plugins/pull`,
      query,
      headers,
      json,
      ...call,
    })
  }

  /** `POST /plugins/create`: makes one of a tar with its root file system and its `config.json`. */
  create(query: PluginCreateQuery, body: Buffer | ByteSource, options?: CallOptions): Promise<void> {
    const headers = { 'content-type': 'application/x-tar' }
    const undo = () => removalOf.plugin(query.name)
    const request = { path: path`/plugins/create`, query, headers, body, undo }
    return this.http.make({ method: 'POST', ...request, ...options }, (sending) => this.http.empty(sending))
  }

  /** `GET /plugins/{name}/json` */
  inspect(name: string, options?: CallOptions): Promise<Plugin> {
    return this.json('Plugin', { method: 'GET', path: path`/plugins/${new Segments(name)}/json`, ...options })
  }

  /** `DELETE /plugins/{name}` */
  delete(name: string, query?: PluginDeleteQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({
      method: 'DELETE',
      path: path`/plugins/${new Segments(name)}`,
      query,
      ...options,
    })
  }

  /** Enables the plugin. `POST /plugins/{name}/enable` */
  enable(name: string, query?: PluginEnableQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({
      method: 'POST',
      path: path`/plugins/${new Segments(name)}/enable`,
      query,
      ...options,
    })
  }

  /** `POST /plugins/{name}/disable` */
  disable(name: string, query?: PluginDisableQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({
      method: 'POST',
      path: path`/plugins/${new Segments(name)}/disable`,
      query,
      ...options,
    })
  }

  /** `POST /plugins/{name}/upgrade`: the progress of it. The plugin must be disabled. */
  upgrade(
    name: string,
    query: PluginUpgradeQuery,
    json: PluginUpgradeBody,
    { registryAuth, ...call }: RegistryOptions = {},
  ): AsyncGenerator<CreateImageInfo, void, undefined> {
    const request = { path: path`/plugins/${new Segments(name)}/upgrade`, headers: authHeaders(registryAuth) }
    return this.lines('CreateImageInfo', { method: 'POST', ...request, query, json, ...call })
  }

  /** `POST /plugins/{name}/push`: the progress of it. */
  push(
    name: string,
    { registryAuth = {}, ...call }: RegistryOptions = {},
  ): AsyncGenerator<PushImageInfo, void, undefined> {
    const request = { path: path`/plugins/${new Segments(name)}/push`, headers: authHeaders(registryAuth) }
    return this.lines('PushImageInfo', { method: 'POST', ...request, ...call })
  }

  /** `POST /plugins/{name}/set`: settings as 'NAME=value'. The plugin must be disabled. */
  set(name: string, json: PluginSetBody, options?: CallOptions): Promise<void> {
    return this.http.empty({
      method: 'POST',
      path: path`/plugins/${new Segments(name)}/set`,
      json,
      ...options,
    })
  }
}
