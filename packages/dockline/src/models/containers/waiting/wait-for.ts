import { setTimeout as delay } from 'node:timers/promises'
import type { ContainerInspectResponse } from '../../../api/index.js'
import { ContainerError, InvalidArgumentError, NotFoundError, TimeoutError } from '../../../errors.js'
import { deadline, orAborted } from '../../../http/index.js'
import type { OutputLine } from '../../../stream/index.js'
import { onAbort } from '../../../support/abort.js'
import { exitCodeOfRemoved, inspectPatiently } from '../../podman/podman.js'
import { Conditions } from './conditions.js'
import { LastLines } from './last-lines.js'
import { LogReader } from './log-reader.js'
import { planOf, type WaitForOptions } from './options.js'
import type { Probe } from './probes.js'
import type { Target } from './target.js'

/** Milliseconds between two looks at a container. A look takes the Engine about a millisecond. */
const PAUSE_MS = 200
/** The same, while the end of the container is expected. */
const SHORT_PAUSE_MS = 20

/** The results of the conditions that came true. */
export interface WaitResult {
  /** The lines of the log that matched, in the order of the conditions. */
  readonly lines: readonly OutputLine[]
  /** The exit code. Undefined while the container runs. */
  readonly exitCode: number | undefined
}

/** Waits until a container is as its conditions say. */
export async function waitFor(target: Target, options: WaitForOptions): Promise<WaitResult> {
  const plan = planOf(options)
  const { signal, timeout } = plan.call
  const what = `waiting for container ${target.id.slice(0, 12)}`
  using limit = deadline(what, signal, timeout)
  const watch = new Watch(target, new Conditions(plan, target))
  try {
    return await orAborted(watch.run(limit.signal), limit.signal)
  } catch (error) {
    if (!(error instanceof TimeoutError) || error !== limit.signal.reason || signal?.aborted) throw error
    throw new TimeoutError(what, error.timeout, { unmet: watch.unmet, output: await watch.lastLines() })
  }
}

/** One wait. Looks at the container now and then, and sooner when something has happened. */
class Watch {
  readonly #target: Target
  readonly #conditions: Conditions
  readonly #trying = new Set<Probe>()
  readonly #stop = new AbortController()
  #log: LogReader | undefined
  /** The id, once the container was seen: its name may lead to another container later. */
  #id: string
  /** When the run of the container began that is looked at. */
  #startedAt: string | undefined
  #failure: unknown
  #wake = () => {}

  constructor(target: Target, conditions: Conditions) {
    this.#target = target
    this.#id = target.id
    this.#conditions = conditions
  }

  get unmet(): string[] {
    return this.#conditions.unmet
  }

  /** The last that the container wrote. */
  async lastLines(): Promise<string> {
    return (await this.#log?.lastLines())?.text('output') ?? ''
  }

  async run(signal: AbortSignal): Promise<WaitResult> {
    const stop = () => this.#stop.abort(signal.reason)
    onAbort(signal, stop)
    try {
      for (;;) {
        const result = await this.#look()
        if (result !== undefined) return result
        await this.#pause()
      }
    } finally {
      signal.removeEventListener('abort', stop)
      this.#stop.abort(new Error('the wait is over'))
    }
  }

  /** The result, once all is met. */
  async #look(): Promise<WaitResult | undefined> {
    const attrs = await this.#details()
    if (this.#failure !== undefined) throw this.#failure
    if (attrs === undefined) return this.#end(await this.#exitCodeOfGone())
    const { State } = attrs
    if (State?.Status === 'created') throw neverStarted(this.#target.id)
    this.#noteRun(attrs)
    if (State?.Restarting) return undefined
    if (!State?.Running) return this.#end(State?.ExitCode ?? 0, attrs)
    this.#conditions.takeDetails(attrs)
    this.#tryProbes()
    return this.#result()
  }

  /** Undefined for a container that was there and is gone. */
  async #details(): Promise<ContainerInspectResponse | undefined> {
    try {
      const attrs = await inspectPatiently(this.#target.api, this.#id, { signal: this.#stop.signal })
      this.#id = attrs.Id ?? this.#id
      return attrs
    } catch (error) {
      if (error instanceof NotFoundError && this.#startedAt !== undefined) return undefined
      throw error
    }
  }

  /** A container that was started again has to meet each condition again. */
  #noteRun(attrs: ContainerInspectResponse): void {
    const { StartedAt = '' } = attrs.State ?? {}
    if (StartedAt === this.#startedAt && !this.#log?.isLost) return
    if (StartedAt !== this.#startedAt) this.#conditions.reset()
    this.#startedAt = StartedAt
    this.#log?.stop()
    this.#log = new LogReader(this.#target, attrs, this.#conditions)
    if (attrs.State?.Running && (this.#conditions.hasLogs || attrs.HostConfig?.AutoRemove))
      this.#follow(this.#log)
  }

  #follow(log: LogReader): void {
    onAbort(this.#stop.signal, () => log.stop())
    log.follow(() => this.#wake()).catch((error) => this.#conditions.hasLogs && this.#fail(error))
  }

  #tryProbes(): void {
    for (const probe of this.#conditions.probes) {
      if (this.#trying.has(probe)) continue
      this.#trying.add(probe)
      this.#try(probe)
        .catch((error) => this.#fail(error))
        .finally(() => this.#trying.delete(probe))
    }
  }

  async #try(probe: Probe): Promise<void> {
    const run = this.#startedAt
    const isMet = await probe.attempt(this.#stop.signal)
    if (!isMet || run !== this.#startedAt) return
    probe.isMet = true
    this.#wake()
  }

  #fail(error: unknown): void {
    if (this.#stop.signal.aborted || error instanceof NotFoundError) return
    this.#failure = error
    this.#wake()
  }

  #result(exitCode?: number): WaitResult | undefined {
    return this.#conditions.isMet ? { lines: this.#conditions.lines, exitCode } : undefined
  }

  async #end(exitCode: number, attrs?: ContainerInspectResponse): Promise<WaitResult> {
    // The log of a container is gone with it, and its name may lead to another log.
    const { signal } = this.#stop
    await (attrs === undefined ? this.#log?.endOfFollowed(signal) : this.#log?.readToEnd(signal))
    this.#conditions.takeEnd(exitCode)
    const result = this.#result(exitCode)
    if (result !== undefined) return result
    const output = (await this.#log?.lastLines()) ?? new LastLines()
    const { Entrypoint, Cmd, Image } = attrs?.Config ?? {}
    throw new ContainerError({
      exitCode,
      command: [...(Entrypoint ?? []), ...(Cmd ?? [])],
      image: Image,
      container: this.#target.id,
      stdout: output.text('stdout'),
      stderr: output.text('stderr'),
      output: output.text('output'),
      unmet: this.unmet,
    })
  }

  /** A container that removes itself may be gone before anyone looks. */
  #exitCodeOfGone(): Promise<number> {
    return exitCodeOfRemoved(this.#target.api, this.#id, this.#stop.signal)
  }

  async #pause(): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    const over = new AbortController()
    const pauseMs = this.#log?.hasEnded ? SHORT_PAUSE_MS : PAUSE_MS
    const pause = delay(pauseMs, undefined, { signal: over.signal }).catch(() => {})
    await Promise.race([woken, pause])
    over.abort()
    this.#stop.signal.throwIfAborted()
  }
}

function neverStarted(id: string): InvalidArgumentError {
  return new InvalidArgumentError(`container ${id.slice(0, 12)} was never started`, {
    hint: 'start() it before it is waited for',
  })
}
