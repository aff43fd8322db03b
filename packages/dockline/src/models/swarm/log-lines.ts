import type { OutputLine } from '../../stream/index.js'
import { parseDetails } from '../logs/details.js'

/** A line of a service's log, with the ids that came with it. */
export interface TaskLine extends OutputLine {
  readonly node: string
  readonly service: string
  readonly task: string
  /** What the log driver adds besides, such as labels of the container. */
  readonly attributes: Readonly<Record<string, string>>
  /** RFC 3339 with nine digits, when asked for. */
  readonly timestamp: string | undefined
}

const NODE = 'com.docker.swarm.node.id'
const SERVICE = 'com.docker.swarm.service.id'
const TASK = 'com.docker.swarm.task.id'

/** What stands before each message. The time has always nine digits; the attributes are sorted by name. */
const TIME = String.raw`(?<time>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) `
const IDS = `${NODE}=[^ ,=]+,${SERVICE}=[^ ,=]+,${TASK}=[^ ,=]+`

/**
 * Takes the log of a service apart, that was asked for with details. A long line comes as several messages, each
 * with its own details and none but the last with a line's end, and other tasks' messages may come between them.
 */
export class TaskLineDecoder {
  readonly #first: RegExp
  readonly #further: RegExp
  readonly #parts = new Map<string, string>()
  #last: Message | undefined

  constructor(timestamps: boolean) {
    const time = timestamps ? TIME : '(?<time>)'
    this.#first = new RegExp(`^${time}(?<details>(?:[^ ,=]+=[^ ,]*,)*${IDS}(?:,[^ ,=]+=[^ ,]*)*) `)
    this.#further = new RegExp(`${time}(?<details>${IDS}(?:,[^ ,=]+=[^ ,]*)*) `, 'g')
  }

  /** The line that ends here. What comes before another message's details in it belongs to a longer line. */
  decode({ source, line }: OutputLine): TaskLine | undefined {
    const messages = this.#messages(line)
    for (const message of messages.slice(0, -1)) this.#keep(source, message)
    const last = messages.at(-1)
    if (last === undefined) return undefined
    this.#last = last
    const { text, ...about } = last
    const key = `${source} ${about.task}`
    const begun = this.#parts.get(key) ?? ''
    this.#parts.delete(key)
    return { ...about, source, line: begun + text }
  }

  #keep(source: string, { task, text }: Message): void {
    const key = `${source} ${task}`
    this.#parts.set(key, (this.#parts.get(key) ?? '') + text)
  }

  #messages(line: string): Message[] {
    const first = this.#first.exec(line)
    // A line far too long has been parted where nothing stands before the rest.
    if (first === null) return [{ ...(this.#last ?? NOBODY), text: line }]
    const starts = [first, ...line.slice(first[0].length).matchAll(this.#further)]
    return starts.map((start, index) => {
      const begin = index === 0 ? first[0].length : first[0].length + start.index + start[0].length
      const next = starts[index + 1]
      const end = next === undefined ? undefined : first[0].length + next.index
      return messageOf(start.groups, line.slice(begin, end))
    })
  }
}

interface Message extends Omit<TaskLine, 'source' | 'line'> {
  readonly text: string
}

const NOBODY = { node: '', service: '', task: '', attributes: {}, timestamp: undefined }

function messageOf(groups: Readonly<Record<string, string>> | undefined, text: string): Message {
  const all = parseDetails(groups?.details ?? '')
  const { [NODE]: node = '', [SERVICE]: service = '', [TASK]: task = '', ...attributes } = all
  return { node, service, task, attributes, timestamp: groups?.time || undefined, text }
}
