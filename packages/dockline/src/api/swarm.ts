import { type CallOptions, path } from '../http/index.js'
import { ApiResource } from './resource.js'
import type {
  Swarm,
  SwarmInitBody,
  SwarmJoinBody,
  SwarmLeaveQuery,
  SwarmUnlockBody,
  SwarmUnlockkeyResponse,
  SwarmUpdateBody,
  SwarmUpdateQuery,
} from './types.gen.js'

export class SwarmApi extends ApiResource {
  /** Returns fresh details. `GET /swarm` */
  inspect(options?: CallOptions): Promise<Swarm> {
    return this.json('Swarm', { method: 'GET', path: path`/swarm`, ...options })
  }

  /** `POST /swarm/init`: makes a swarm and gives the id of this node in it. */
  init(json: SwarmInitBody, options?: CallOptions): Promise<string> {
    return this.json('string', { method: 'POST', path: path`/swarm/init`, json, ...options })
  }

  /** `POST /swarm/join` */
  join(json: SwarmJoinBody, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/swarm/join`, json, ...options })
  }

  /** `POST /swarm/leave` */
  leave(query?: SwarmLeaveQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/swarm/leave`, query, ...options })
  }

  /** `POST /swarm/update`: replaces the spec of the version that was inspected, rotates tokens and keys. */
  update(query: SwarmUpdateQuery, json: SwarmUpdateBody, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/swarm/update`, query, json, ...options })
  }

  /** `GET /swarm/unlockkey`: the key that a locked manager asks for. */
  unlockKey(options?: CallOptions): Promise<SwarmUnlockkeyResponse> {
    return this.json('SwarmUnlockkeyResponse', { method: 'GET', path: path`/swarm/unlockkey`, ...options })
  }

  /** `POST /swarm/unlock` */
  unlock(json: SwarmUnlockBody, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/swarm/unlock`, json, ...options })
  }
}
