import type { Task as TaskAttrs, TaskState } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import type { OutputStream } from '../../stream/index.js'
import { readCall } from '../base/call.js'
import { SwarmObject } from './object.js'
import {
  type RawServiceLogsOptions,
  type ServiceLogs,
  type ServiceLogsOptions,
  taskLogs,
} from './service-logs.js'

/** One run of one replica of a service, on one node: at most one container. */
export class Task extends SwarmObject<TaskAttrs> {
  /** The state of the task, from 'new' over 'running' to 'complete', 'failed' or 'rejected'. */
  get state(): TaskState | undefined {
    return this.attrs.Status?.State
  }

  /** The state that the swarm wants: 'running', 'complete' or 'shutdown'. */
  get desiredState(): TaskState | undefined {
    return this.attrs.DesiredState
  }

  get serviceId(): string | undefined {
    return this.attrs.ServiceID
  }

  /** Its number in the service; undefined in a global one, and for the first of a job. */
  get slot(): number | undefined {
    return this.attrs.Slot || undefined
  }

  /** Undefined until it has been given to a node. */
  get nodeId(): string | undefined {
    return this.attrs.NodeID || undefined
  }

  /** The container at the Engine of that node. Undefined until the node has made it. */
  get containerId(): string | undefined {
    return this.attrs.Status?.ContainerStatus?.ContainerID || undefined
  }

  /** Undefined while it has not ended. */
  get exitCode(): number | undefined {
    const ended = ['complete', 'shutdown', 'failed', 'rejected', 'orphaned'].includes(this.state ?? '')
    return ended ? this.attrs.Status?.ContainerStatus?.ExitCode : undefined
  }

  /** Why it does not run, in the Engine's words. */
  get error(): string | undefined {
    return this.attrs.Status?.Err || undefined
  }

  /** Returns fresh details. `GET /tasks/{id}` */
  async inspect(options: CallOptions = {}): Promise<TaskAttrs> {
    return this.api.tasks.inspect(this.id, readCall(options))
  }

  /** Reads the log of the task, as `service.logs` does. `GET /tasks/{id}/logs` */
  logs(options: RawServiceLogsOptions): OutputStream
  logs(options?: ServiceLogsOptions): ServiceLogs
  logs(options: ServiceLogsOptions | RawServiceLogsOptions = {}): ServiceLogs | OutputStream {
    const target = {
      what: `task ${this.shortId}`,
      tty: this.attrs.Spec?.ContainerSpec?.TTY === true,
      open: this.api.tasks.logs.bind(this.api.tasks, this.id),
    }
    return taskLogs(this.api, target, options)
  }
}
