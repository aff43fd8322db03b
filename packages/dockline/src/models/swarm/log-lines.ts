import { LineJoiner, type LogLine } from '../logs/lines.js'
import { MessageDecoder } from '../logs/messages.js'

/** Where a line of a service's log comes from. Empty ids when the Engine did not say. */
export interface Ids {
  readonly node: string
  readonly service: string
  readonly task: string
}

/** A line of a service's log. */
export interface TaskLine extends Omit<LogLine, 'position' | 'isAfterGap'> {
  readonly ids: Ids
}

const ID = (kind: string) => `com.docker.swarm.${kind}.id`

/**
 * Takes the log of a service apart, that was asked for with details and times. Each frame is a message of one task. A long
 * line comes as several, between which those of other tasks may stand.
 */
export class TaskLines {
  readonly #messages = new MessageDecoder({ multiplexed: true, details: true, sharesTimestamps: true })
  /** By the details, which are the same before each message of a task. */
  readonly #tasks = new Map<string, LineJoiner>()

  /** The Engine's own report of an error, which ends the log. */
  get failure(): Error | undefined {
    return this.#messages.failure
  }

  /** The lines that end in these bytes. */
  in(bytes: Buffer): TaskLine[] {
    return this.#messages.decode(bytes).flatMap((message) => {
      const task = this.#tasks.get(message.details) ?? new LineJoiner(true)
      this.#tasks.set(message.details, task)
      return task.join([message]).map(withIds)
    })
  }

  /** The last lines, when nothing ended them. Throws when the log ended in the middle of a message. */
  end(): TaskLine[] {
    this.#messages.end()
    return [...this.#tasks.values()].flatMap((task) => task.end().map(withIds))
  }
}

function withIds({ source, line, timestamp, time, attributes }: LogLine): TaskLine {
  const {
    [ID('node')]: node = '',
    [ID('service')]: service = '',
    [ID('task')]: task = '',
    ...rest
  } = attributes
  return { source, line, timestamp, time, ids: { node, service, task }, attributes: rest }
}
