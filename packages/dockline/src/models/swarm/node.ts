import type { Node as NodeAttrs, NodeDeleteQuery, NodeSpec, NodeState } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { callTable, readCall } from '../base/call.js'
import { type StringMap, stringMap } from '../options/index.js'
import { table } from '../options/table.js'
import { flag, oneOf, text } from '../options/values.js'
import { changeLatest, SwarmObject } from './object.js'
import { Task } from './task.js'
import { type TaskListOptions, taskListOptions } from './tasks.js'

interface NodeSpecOptions {
  /** Whether it takes tasks, keeps those it has (`pause`), or gives them to others (`drain`). */
  readonly availability?: 'active' | 'pause' | 'drain' | undefined
  readonly role?: 'worker' | 'manager' | undefined
  /** All of them: those that are not given are taken away. */
  readonly labels?: StringMap | undefined
  /** Another name than the host's. */
  readonly name?: string | undefined
}

/** What is not given stays. The Engine's own NodeSpec will do as well. */
export interface NodeUpdateOptions extends NodeSpecOptions, Readonly<NodeSpec>, CallOptions {}

const spec = table<NodeSpecOptions, NodeSpec>({
  availability: ['Availability', oneOf('active', 'pause', 'drain')],
  role: ['Role', oneOf('worker', 'manager')],
  labels: ['Labels', stringMap],
  name: ['Name', text],
})

export interface NodeRemoveOptions extends CallOptions {
  /** Removes the node even if it is not down. Default: false. */
  readonly force?: boolean | undefined
}

const updateOptions = callTable<NodeUpdateOptions, object, NodeSpecOptions & NodeSpec>({}, spec.known)
const removeOptions = callTable<NodeRemoveOptions, NodeDeleteQuery>({ force: flag })

/** A machine of the swarm. */
export class Node extends SwarmObject<NodeAttrs> {
  get hostname(): string | undefined {
    return this.attrs.Description?.Hostname
  }

  get role(): 'worker' | 'manager' | undefined {
    return this.attrs.Spec?.Role
  }

  get availability(): 'active' | 'pause' | 'drain' | undefined {
    return this.attrs.Spec?.Availability
  }

  /** 'ready', 'down', 'disconnected' or 'unknown'. */
  get state(): NodeState | undefined {
    return this.attrs.Status?.State
  }

  /** Where the others reach it. */
  get address(): string | undefined {
    return this.attrs.Status?.Addr
  }

  /** Whether it is the manager that leads. */
  get isLeader(): boolean {
    return this.attrs.ManagerStatus?.Leader === true
  }

  get labels(): Readonly<Record<string, string>> {
    return this.attrs.Spec?.Labels ?? {}
  }

  /** Returns fresh details. `GET /nodes/{id}` */
  async inspect(options: CallOptions = {}): Promise<NodeAttrs> {
    return this.api.nodes.inspect(this.id, readCall(options))
  }

  /** Changes the given settings and keeps the others, also if the node changed meanwhile. `POST /nodes/{id}/update` */
  async update(options: NodeUpdateOptions): Promise<void> {
    const [, call, own] = updateOptions.read(options)
    const changed = spec.parse(own, 'the node')
    await changeLatest(
      () => this.inspect(call),
      ({ Spec }, version) => this.api.nodes.update(this.id, { version }, { ...Spec, ...changed }, call),
    )
  }

  /** Removes a node that is down, or with `force` any node. `DELETE /nodes/{id}` */
  async remove(options: NodeRemoveOptions = {}): Promise<void> {
    const [query, call] = removeOptions.read(options)
    await this.api.nodes.delete(this.id, query, call)
  }

  /** Lists the tasks of the node, also those that have ended. `GET /tasks` */
  async tasks(options: TaskListOptions = {}): Promise<Task[]> {
    const [{ filters }, call] = taskListOptions.read(options)
    const found = await this.api.tasks.list({ filters: { ...filters, node: this.id } }, call)
    return found.map((attrs) => new Task(this.api, attrs))
  }
}
