import type { ApiClient, Filters, TaskListQuery } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { callTable, readCall } from '../base/call.js'
import { identified } from '../base/identity.js'
import { filters } from '../options/filters.js'
import { Task } from './task.js'

export interface TaskListOptions extends CallOptions {
  /** As `{ service: 'web', node: 'box', 'desired-state': 'running', label: 'a=b' }`. */
  readonly filters?: Filters | undefined
}

export const taskListOptions = callTable<TaskListOptions, TaskListQuery>({ filters })

/** The tasks of all services. Only a manager knows them. */
export class Tasks {
  readonly #api: ApiClient

  constructor(api: ApiClient) {
    this.#api = api
  }

  /** Lists the tasks that run and the last few that ended. `GET /tasks` */
  async list(options: TaskListOptions = {}): Promise<Task[]> {
    const [query, call] = taskListOptions.read(options)
    const found = await this.#api.tasks.list(query, call)
    return identified(found, 'ID', 'GET /tasks').map((attrs) => new Task(this.#api, attrs))
  }

  /** Gets a task by its id, or the beginning of its id. `GET /tasks/{id}`. Rejects with NotFoundError. */
  async get(id: string, options: CallOptions = {}): Promise<Task> {
    return new Task(this.#api, await this.#api.tasks.inspect(id, readCall(options)))
  }
}
