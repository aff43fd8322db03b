import { randomUUID } from 'node:crypto'
import type { ApiClient, ContainerInspectResponse } from '../../../api/index.js'
import {
  InvalidArgumentError,
  KillError,
  type LeftProcess,
  NotFoundError,
  TimeoutError,
} from '../../../errors.js'
import { type CallOptions, deadline } from '../../../http/index.js'
import { hasKeeper, KEEPER_ARCHITECTURES } from '../../../keeper/index.js'
import { pause } from '../../../support/pause.js'
import type { EngineTarget } from '../../base/object.js'
import { type HelperTarget, runKeeper } from './helper.js'
import { checkedSignal, type KillPlan } from './kill-option.js'
import { SIGKILL } from './signals.js'

/** Milliseconds that the keeper sends SIGKILL before it gives up. */
const KILL_LIMIT_MS = 10_000
/** Milliseconds for the container of the keeper. */
const HELPER_LIMIT_MS = 30_000
/** How often the keeper looks for the processes of a command that runs, and cannot be found. */
const MOST_SEARCHES = 4
/** Milliseconds in which a command that was asked for still may start. */
const START_PATIENCE_MS = 2000
/** Milliseconds in which an Engine notes the end of a command. */
const END_PATIENCE_MS = 2000
const LOOK_MS = 50
/** An Engine may report a pause for a moment after its end: so many looks must find the container paused. */
const MOST_PAUSED_LOOKS = 4

/** Exit codes of the keeper: see keeper.c. */
const [ALL_ENDED, SOME_LEFT, NONE_FOUND] = [0, 1, 2]

/** Ends the processes of one exec. */
export class Killer {
  /** The variable that marks the processes of the exec, as 'NAME=value'. */
  readonly mark = `DOCKLINE_EXEC=${randomUUID()}`
  /** The id of the exec, once its start has been asked for. */
  exec: string | undefined
  readonly #target: HelperTarget
  readonly #plan: KillPlan
  #ending: Promise<void> | undefined

  constructor(target: HelperTarget, plan: KillPlan) {
    this.#target = target
    this.#plan = plan
  }

  /** Ends the command because of an error, and returns the error to reject with. */
  async endBecauseOf(reason: unknown): Promise<unknown> {
    try {
      await this.end()
      return reason
    } catch (error) {
      return error instanceof KillError ? error.because(reason) : error
    }
  }

  /** Ends the command and its children as the option `kill` asks. Does nothing before the start, and once for all calls. */
  end(): Promise<void> {
    if (this.exec === undefined) return Promise.resolve()
    this.#ending ??= this.#end(this.#plan, {})
    return this.#ending
  }

  /** Sends a signal to the command and its children. After SIGKILL, resolves when all of them are gone. */
  async send(signal: string | number, call: CallOptions): Promise<void> {
    const number = checkedSignal(signal, 'signal')
    if (number === SIGKILL) return this.#end({ signal: number, afterMs: 0 }, call)
    await this.#search(['signal', this.mark, String(number)], 0, call)
  }

  async #end({ signal, afterMs }: KillPlan, call: CallOptions): Promise<void> {
    await this.#search(['end', this.mark, ...[signal, afterMs, KILL_LIMIT_MS].map(String)], afterMs, call)
  }

  /** Lets the keeper search until it finds the processes, or there is nothing to find. */
  async #search(words: readonly string[], afterMs: number, { signal, timeout }: CallOptions): Promise<void> {
    const limitMs = timeout ?? afterMs + KILL_LIMIT_MS + HELPER_LIMIT_MS
    using limit = deadline(`ending ${this.#what}`, signal, limitMs)
    try {
      for (let searches = 0; searches < MOST_SEARCHES; searches++) {
        if (await this.#isDone(words, limit.call)) return
      }
    } catch (error) {
      const isAsked = signal?.aborted || (timeout !== undefined && error instanceof TimeoutError)
      if (error instanceof KillError || isAsked) throw error
      throw new KillError(this.#details([]), { cause: error })
    }
    throw new KillError(this.#details([]), {
      hint: 'its processes cannot be found: have they cleared their environment?',
    })
  }

  async #isDone(words: readonly string[], call: CallOptions): Promise<boolean> {
    const exitCode = await this.#runKeeper(words, call)
    if (exitCode === undefined) return true
    if (exitCode === ALL_ENDED) return words[0] !== 'end' || this.#hasEnded(call)
    return !(await this.#isRunning(call))
  }

  /** Whether the command itself was among those that were ended. An Engine notes an end a moment later. */
  async #hasEnded(call: CallOptions): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < END_PATIENCE_MS; waitedMs += LOOK_MS) {
      if (!(await this.#inspectExec(call)).Running) return true
      await pause(LOOK_MS, call.signal)
    }
    return false
  }

  /** Returns the exit code of the keeper; undefined when the container of the command has ended. */
  async #runKeeper(words: readonly string[], call: CallOptions): Promise<number | undefined> {
    if (await this.#hasContainerEnded(call)) return undefined
    try {
      const { exitCode, output } = await runKeeper(this.#target, words, call)
      if (exitCode === ALL_ENDED || exitCode === NONE_FOUND) return exitCode
      throw new KillError(this.#details(exitCode === SOME_LEFT ? parseLeft(output) : []))
    } catch (error) {
      if (await this.#hasContainerEnded(call)) return undefined
      throw error
    }
  }

  get #what(): string {
    return `the command in ${this.#target.attrs.Id?.slice(0, 12)}`
  }

  #details(left: readonly LeftProcess[]) {
    return { container: this.#target.attrs.Id ?? '', left }
  }

  /** Whether all processes have ended with their container. Those of a paused one end only when it goes on. */
  async #hasContainerEnded(call: CallOptions): Promise<boolean> {
    for (let looks = 0; looks < MOST_PAUSED_LOOKS; looks++) {
      const state = await this.#stateNow(call)
      if (!state?.Paused) return state === undefined
      await pause(LOOK_MS, call.signal)
    }
    throw new KillError(this.#details([]), { hint: 'the container is paused: unpause() it first' })
  }

  /** The state of the container; undefined when it has ended, or was started anew. */
  async #stateNow(call: CallOptions) {
    const { Id = '', State: before } = this.#target.attrs
    const now = (await inspectOrGone(this.#target.api, Id, call))?.State
    return now?.Running === true && now.StartedAt === before?.StartedAt ? now : undefined
  }

  /** Whether the command runs, or is about to: its start may be under way. */
  async #isRunning(call: CallOptions): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < START_PATIENCE_MS; waitedMs += LOOK_MS) {
      const { Running, ExitCode } = await this.#inspectExec(call)
      if (Running) return true
      if (typeof ExitCode === 'number') return false
      await pause(LOOK_MS, call.signal)
    }
    return false
  }

  async #inspectExec(call: CallOptions) {
    try {
      return await this.#target.api.exec.inspect(this.exec ?? '', call)
    } catch (error) {
      if (error instanceof NotFoundError) return { Running: false, ExitCode: 0 }
      throw error
    }
  }
}

/**
 * Prepares the end of a command that is about to start. Rejects with InvalidArgumentError where nothing could end it, before
 * it runs.
 */
export async function prepareKiller(
  { api, id }: EngineTarget,
  plan: KillPlan,
  call: CallOptions,
): Promise<Killer> {
  const [attrs, version] = await Promise.all([api.containers.inspect(id, {}, call), api.system.version(call)])
  return new Killer({ api, attrs, architecture: checkedArchitecture(version, attrs) }, plan)
}

function checkedArchitecture(
  { Os, Arch }: { readonly Os?: string | undefined; readonly Arch?: string | undefined },
  { HostConfig, Platform }: ContainerInspectResponse,
) {
  const Runtime = HostConfig?.Runtime ?? ''
  if (Os !== 'linux' || Platform === 'windows') throw refusal(`containers of ${Platform ?? Os}`)
  if (SANDBOXED.test(Runtime)) throw refusal(`the runtime ${Runtime}, which hides its processes`)
  if (!hasKeeper(Arch))
    throw refusal(`the architecture ${Arch}, only for ${KEEPER_ARCHITECTURES.join(' and ')}`)
  return Arch
}

/** Runtimes with a kernel for each container: no other container can see its processes. */
const SANDBOXED = /runsc|gvisor|kata/i

function refusal(what: string): InvalidArgumentError {
  return new InvalidArgumentError(`kill is not there for ${what}`, {
    hint: 'without it, the command runs on: container.kill() ends the whole container',
  })
}

async function inspectOrGone(
  api: ApiClient,
  container: string,
  call: CallOptions,
): Promise<ContainerInspectResponse | undefined> {
  try {
    const { inspectPatiently } = await import('../../podman/podman.js')
    return await inspectPatiently(api, container, call)
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

/** Reads a line for each process: its number and its name. */
function parseLeft(output: string): LeftProcess[] {
  return Array.from(output.matchAll(/^(\d+) (.*)$/gm), ([, pid, name = '']) => ({ pid: Number(pid), name }))
}
