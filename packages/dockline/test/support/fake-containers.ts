import { EventEmitter, once } from 'node:events'
import { type Call, chunk, json, responseHead, type Script } from './fake-engine.js'
import { type KeptMessage, keptLog } from './fake-log.js'

/** A container of a scripted Engine. */
export interface FakeContainer {
  readonly id: string
  state: 'created' | 'running' | 'exited'
  log: readonly KeptMessage[]
  /** Default: the id. */
  name?: string
}

type EventLine = Readonly<Record<string, unknown>>

/** The containers of a scripted Engine, with their logs and events. */
export class FakeContainers {
  readonly containers = new Map<string, FakeContainer>()
  readonly #listeners = new Set<Call>()
  /** The logs that are followed: they end with their container. */
  readonly #followers = new Map<Call, string>()
  readonly #measurers = new Set<Call>()
  #onMeasuring = () => {}
  /** Emits the id of a container whose log is followed. */
  readonly #reads = new EventEmitter()

  /** Adds a container that runs, and reports its start to those who follow events. */
  async start(id: string, log: readonly KeptMessage[]): Promise<void> {
    this.containers.set(id, { id, state: 'running', log })
    await this.report({ Action: 'start', Actor: { ID: id, Attributes: { name: id } } })
  }

  /** Ends a container, with what it has written last. */
  async end(id: string, more: readonly KeptMessage[] = []): Promise<void> {
    const container = this.containers.get(id)
    if (container === undefined) return
    container.state = 'exited'
    container.log = [...container.log, ...more]
    for (const [call, followed] of this.#followers) if (followed === id) call.cut()
    await this.report({ Action: 'die', Actor: { ID: id } })
  }

  async report(event: EventLine): Promise<void> {
    const line = chunk(`${JSON.stringify({ Type: 'container', time: 1_767_323_050, ...event })}\n`)
    await Promise.all([...this.#listeners].map((call) => call.write(line)))
  }

  /** Cuts all that is followed, as an Engine that ends. */
  cut(): void {
    for (const call of [...this.#listeners, ...this.#followers.keys(), ...this.#measurers]) call.cut()
    this.#measurers.clear()
    this.#listeners.clear()
    this.#followers.clear()
  }

  /** Answers everything that it is asked. */
  readonly script: Script = async (call) => {
    const [, kind = '', id = '', what = ''] = call.request.path.split('/')
    if (kind === 'events') await this.#follow(call)
    else if (id === 'json') await this.#list(call)
    else await this.#answerAbout(id, what, call)
  }

  async #follow(call: Call): Promise<void> {
    await call.body()
    call.takeOver()
    const date = 'Fri, 02 Jan 2026 03:04:05 GMT'
    await call.write(responseHead(200, { 'Transfer-Encoding': 'chunked', Date: date }))
    this.#listeners.add(call)
  }

  #list(call: Call): void | Promise<void> {
    const filters = new URL(call.request.target, 'http://engine').searchParams.get('filters') ?? '{}'
    const [only] = Object.keys(JSON.parse(filters).id ?? {})
    const listed = [...this.containers.values()].filter(({ id }) => only === undefined || id === only)
    return json(
      listed.map(({ id, state, name = id }) => ({
        Id: id,
        Names: [`/${name}`],
        State: state,
        Image: 'i',
        Labels: { of: id },
      })),
    )(call)
  }

  /** Sends what the test says, whenever it says it, until that is cut. */
  async #measure(call: Call): Promise<void> {
    await call.body()
    call.takeOver()
    await call.write(responseHead(200, { 'Transfer-Encoding': 'chunked' }))
    this.#measurers.add(call)
    this.#onMeasuring()
  }

  /** Sends a measurement of each container whose stats are asked for: so much of the CPU's time since the machine's start. */
  async measured(busy: number, passed: number): Promise<void> {
    const cpu_stats = { cpu_usage: { total_usage: busy }, system_cpu_usage: passed, online_cpus: 1 }
    const line = chunk(`${JSON.stringify({ read: '2026-01-02T03:04:05Z', cpu_stats })}\n`)
    await Promise.all([...this.#measurers].map((call) => call.write(line)))
  }

  /** Resolves when the stats of so many containers are asked for. */
  async areMeasured(count: number): Promise<void> {
    while (this.#measurers.size < count)
      await new Promise<void>((resolve) => {
        this.#onMeasuring = resolve
      })
  }

  #answerAbout(id: string, what: string, call: Call): void | Promise<void> {
    const container = this.containers.get(id)
    if (container === undefined) return json({ message: 'no such container' }, 404)(call)
    const isRunning = container.state === 'running'
    if (what === 'stats') return this.#measure(call)
    if (what === 'json') return json({ Id: id, State: { Running: isRunning, FinishedAt: 'then' } })(call)
    const isFollowed = isRunning && call.request.target.includes('follow=1')
    if (isFollowed) this.#followers.set(call, id)
    return this.#log(container, isFollowed, call)
  }

  async #log(container: FakeContainer, isFollowed: boolean, call: Call): Promise<void> {
    await keptLog(
      () => container.log,
      () => (isFollowed ? 'goes on' : 'ends'),
    )(call)
    if (isFollowed) this.#reads.emit(container.id)
  }

  /** Resolves when the log of the container is followed next, and what it has is written. */
  async isFollowedNext(id: string): Promise<void> {
    await once(this.#reads, id)
  }
}
