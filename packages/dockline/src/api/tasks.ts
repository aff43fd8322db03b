import { type CallOptions, path, type StreamAnswer } from '../http/index.js'
import { ApiResource } from './resource.js'
import type { ServiceTaskLogsQuery } from './services.js'
import type { Task, TaskListQuery } from './types.gen.js'

export class TasksApi extends ApiResource {
  /** `GET /tasks` */
  list(query?: TaskListQuery, options?: CallOptions): Promise<Task[]> {
    return this.json('Task[]', { method: 'GET', path: path`/tasks`, query, ...options })
  }

  /** Returns fresh details. `GET /tasks/{id}` */
  inspect(id: string, options?: CallOptions): Promise<Task> {
    return this.json('Task', { method: 'GET', path: path`/tasks/${id}`, ...options })
  }

  /** `GET /tasks/{id}/logs`: multiplexed unless its service has a tty. */
  logs(id: string, query: ServiceTaskLogsQuery, options?: CallOptions): Promise<StreamAnswer> {
    return this.http.stream({ method: 'GET', path: path`/tasks/${id}/logs`, query, ...options })
  }
}
