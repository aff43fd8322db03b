import { type CallOptions, path, type UpgradedConnection } from '../http/index.js'
import { ApiResource } from './resource.js'
import type {
  ContainerExecBody,
  ExecInspectResponse,
  ExecResizeQuery,
  ExecStartBody,
  IDResponse,
} from './types.gen.js'

export class ExecApi extends ApiResource {
  /** `POST /containers/{id}/exec`: makes an exec, which does not run yet. */
  create(container: string, json: ContainerExecBody, options?: CallOptions): Promise<IDResponse> {
    return this.json('IDResponse', {
      method: 'POST',
      path: path`/containers/${container}/exec`,
      json,
      ...options,
    })
  }

  /** `POST /exec/{id}/start`: runs it, the connection is its stdin and output. `Tty` is as it was made. */
  start(id: string, json: ExecStartBody, options?: CallOptions): Promise<UpgradedConnection> {
    return this.http.upgrade({
      method: 'POST',
      path: path`/exec/${id}/start`,
      json: { ...json, Detach: false },
      ...options,
    })
  }

  /** `POST /exec/{id}/start` with `Detach`: runs it without its output. Resolves when it has started. */
  startDetached(id: string, json?: ExecStartBody, options?: CallOptions): Promise<void> {
    return this.http.empty({
      method: 'POST',
      path: path`/exec/${id}/start`,
      json: { ...json, Detach: true },
      ...options,
    })
  }

  /** `POST /exec/{id}/resize` */
  resize(id: string, query: ExecResizeQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/exec/${id}/resize`, query, ...options })
  }

  /** `GET /exec/{id}/json`. `ExitCode` is null while it runs. */
  inspect(id: string, options?: CallOptions): Promise<ExecInspectResponse> {
    return this.json('ExecInspectResponse', { method: 'GET', path: path`/exec/${id}/json`, ...options })
  }
}
