import { setTimeout as delay } from 'node:timers/promises'
import {
  type ApiClient,
  type ContainerCreateBody,
  type ContainerInspectResponse,
  removalOf,
} from '../../api/index.js'
import {
  ContainerError,
  ImageNotFoundError,
  InvalidArgumentError,
  NotFoundError,
  OutputLimitError,
  TimeoutError,
} from '../../errors.js'
import { type CallOptions, deadline, orAborted } from '../../http/index.js'
import { checkLimit } from '../../stream/index.js'
import { orDiscard } from '../base/discard.js'
import type { Images } from '../images/images.js'
import { type ContainerCreateOptions, type CreateRequest, createRequest } from '../options/index.js'
import { dialectOf } from '../podman/dialect.js'
import { attachSession } from '../sessions/attach.js'
import type { Command } from '../sessions/exec.js'
import type { ContainerEnder } from '../sessions/kill/end-container.js'
import type { KillOption } from '../sessions/kill/kill-option.js'
import {
  type CommandResult,
  checkEncoding,
  converse,
  type Encoding,
  exitCodeOf,
  holdInput,
  type Input,
} from '../sessions/result.js'
import type { Session } from '../sessions/session.js'
import { createInNetworks } from './endpoints.js'

/** When an image is pulled: if it is not here, before every run, or not at all. */
export type PullPolicy = 'missing' | 'always' | 'never'

export interface CreateOptions extends ContainerCreateOptions, CallOptions {
  /** Default 'never' for create and 'missing' for run. */
  readonly pull?: PullPolicy | undefined
  /** Gives the container the proxy variables of config.json, where `env` has none. Default true. */
  readonly useConfigProxy?: boolean | undefined
}

export interface RunOptions extends Omit<CreateOptions, 'remove'> {
  /** Removes the container when it has ended, or could not start. Default false. */
  readonly remove?: boolean | null | undefined
  /** Returns the running container instead of waiting for its end. Default false. */
  readonly detach?: boolean | undefined
  /** What the command reads from stdin. Without it, stdin is empty. */
  readonly input?: Input | undefined
  /** 'utf8' for strings (the default), 'buffer' for bytes. */
  readonly encoding?: Encoding | undefined
  /**
   * The most bytes to collect, of stdout and stderr together. Past it, the container is killed, and the call rejects with
   * OutputLimitError, which carries the output up to there. Default: no limit.
   */
  readonly maxOutput?: number | undefined
  /**
   * Ends the container before an abort or a timeout rejects. true sends SIGKILL; 'SIGTERM' or `{ signal, after }` sends that
   * signal first. Default: false; with `remove` the container is killed and removed all the same.
   */
  readonly kill?: KillOption | undefined
  /** false returns the result also when the exit code is not 0. Default true: that is a ContainerError. */
  readonly reject?: boolean | undefined
}

/** What a run did; with the container it leaves behind unless `remove` was asked. */
export interface RunResult<Text extends string | Buffer = string> extends CommandResult<Text> {
  /** The container's id. */
  readonly container: string
}

/** Makes the end of an attached client's stdin the end of the container's stdin, as docker and docker-py do. */
export function withStdinOnce<Options extends ContainerCreateOptions>(options: Options): Options {
  const { interactive, stdinOnce = options.config?.StdinOnce, attachStdin = true } = options
  return interactive === true && stdinOnce === undefined && attachStdin
    ? { ...options, stdinOnce: true }
    : options
}

type CreateCall = Pick<CreateOptions, 'pull' | 'useConfigProxy' | 'signal' | 'timeout'>

/** What a run needs to know of its surroundings. */
export interface RunContext {
  readonly api: ApiClient
  readonly images: Images
  /** The proxy variables for containers. */
  readonly proxies: () => Readonly<Record<string, string>>
}

/** A container's environment, with the proxy variables that it does not set itself. */
export function withProxies(
  body: ContainerCreateBody,
  proxies: Readonly<Record<string, string>>,
): ContainerCreateBody {
  const given = new Set((body.Env ?? []).map((variable) => variable.split('=', 1)[0]))
  const added = Object.entries(proxies).filter(([name]) => !given.has(name))
  if (added.length === 0) return body
  return { ...body, Env: [...added.map(([name, value]) => `${name}=${value}`), ...(body.Env ?? [])] }
}

/** Creates a container and returns its id; an image that is not here is pulled once, where that is wanted. */
export async function createContainer(
  { api, images, proxies }: RunContext,
  { query, body: asked }: CreateRequest,
  { pull, useConfigProxy = true, signal, timeout }: CreateCall,
): Promise<string> {
  const body = useConfigProxy ? withProxies(asked, proxies()) : asked
  const request = { query, body }
  const fetchImage = () => images.pull(body.Image ?? '', { platform: query.platform, signal })
  if (pull === 'always') await fetchImage()
  try {
    return await createInNetworks(api, request, { signal, timeout })
  } catch (error) {
    if (!(error instanceof ImageNotFoundError) || pull !== 'missing') throw error
    await fetchImage()
    return await createInNetworks(api, request, { signal, timeout })
  }
}

/** Creates and starts a container, and resolves with its details when it runs. */
export async function runDetached(
  context: RunContext,
  image: string,
  command: Command | undefined,
  options: RunOptions,
) {
  using _input = holdInput(options.input, { detach: true, maxOutput: options.maxOutput })
  const { request, call } = prepare(image, command, options)
  const { api } = context
  const { signal } = call
  const id = await createContainer(context, request, call)
  const inspect = () => api.containers.inspect(id, {}, { signal })
  const orRemoved = <T>(step: () => Promise<T>) => orDiscard(api, ['container', id], { signal }, step)
  // A container that removes itself may be gone before its details are asked for.
  const before = options.remove ? await orRemoved(inspect) : undefined
  // A container that cannot start stays for a look at it, unless the caller never learns its id.
  await api.containers.start(id, {}, { signal }).catch((error) => {
    if (!options.remove && !signal?.aborted) throw error
    return orRemoved(() => Promise.reject(error))
  })
  const attrs = await orRemoved(() => inspect().catch((error) => orElse(before, error)))
  return { id, attrs }
}

/** The details from before the start, of a container that has ended and removed itself. */
function orElse(before: ContainerInspectResponse | undefined, error: unknown): ContainerInspectResponse {
  if (before !== undefined && error instanceof NotFoundError) return before
  throw error
}

/**
 * Runs a command to its end. Attach, then the registered wait, then the start: in this order no output and no exit code is
 * missed, however short the command.
 */
export async function runToEnd(
  context: RunContext,
  image: string,
  command: Command | undefined,
  options: RunOptions,
): Promise<RunResult<string | Buffer>> {
  using _input = holdInput(options.input)
  const { request, call, collecting } = prepare(image, command, options)
  const { api } = context
  const end = await enderFor(api, options.kill)
  const what = `running ${image}`
  using limit = deadline(what, call.signal, call.timeout)
  const { signal } = limit
  const isTimeout = (error: unknown): error is TimeoutError =>
    error instanceof TimeoutError && error === signal.reason && !call.signal?.aborted
  const creating = createContainer(context, request, { ...call, signal, timeout: undefined })
  const id = await creating.catch(async (error) => {
    if (isTimeout(error)) await inTime((over) => orAborted(api.http.undone(), over))
    throw error
  })
  let session: Session | undefined
  let isStarted = false
  try {
    session = await attachForRun(api, id, options, signal)
    isStarted = true
    await api.containers.start(id, {}, { signal })
    const output = await converse(session, options.input, { ...collecting, container: id })
    const exitCode = await exitCodeOf(session)
    if (options.remove && !dialectOf(api).waitsForRemoval) {
      const { podmanRemoved } = await import('../podman/podman.js')
      await podmanRemoved(api, id, signal)
    }
    const result = { exitCode, container: id, ...output }
    if (exitCode !== 0 && options.reject !== false) {
      throw new ContainerError({ ...result, image, command: request.body.Cmd ?? [] })
    }
    return result
  } catch (failure) {
    session?.close()
    if (failure instanceof ContainerError) throw failure
    const error = isStarted ? await end(id, failure) : failure
    if (error instanceof OutputLimitError) {
      await endRun(api, id, options.remove === true)
      throw error
    }
    // What was given up before its start has done nothing that somebody could want to look at.
    const remove = options.remove || (signal.aborted && !isStarted)
    if (isTimeout(error)) {
      if (remove && (await isGone(api, id))) throw error
      throw new TimeoutError(what, error.timeout, { container: id })
    }
    if (remove) await orDiscard(api, ['container', id], { signal }, () => Promise.reject(error))
    throw error
  }
}

/** Kills the container, or removes it. A failure of that is ignored, because the first error matters. */
function endRun(api: ApiClient, id: string, remove: boolean): Promise<boolean> {
  if (remove) return isGone(api, id)
  return inTime((over) => api.containers.kill(id, {}, { signal: over }))
}

/** Returns what ends a container that is given up. Without `kill`, that is left as it is. */
async function enderFor(api: ApiClient, kill: KillOption | undefined): Promise<ContainerEnder> {
  if (kill === undefined || kill === false) return async (_id, reason) => reason
  const { containerEnder } = await import('../sessions/kill/end-container.js')
  return containerEnder(api, kill)
}

/** Milliseconds that a run which took too long may take on top, so that nothing of it is left when it rejects. */
const REMOVAL_LIMIT_MS = 10_000
const REMOVAL_LOOK_MS = 50

/**
 * Removes the container and resolves with whether it is gone. The Engine may be removing it already, which takes
 * time.
 */
function isGone(api: ApiClient, id: string): Promise<boolean> {
  return inTime(async (over) => {
    await orAborted(api.http.undo(removalOf.container(id)), over)
    for (;;) {
      try {
        await api.containers.inspect(id, {}, { signal: over })
      } catch (error) {
        if (error instanceof NotFoundError) return
        throw error
      }
      await delay(REMOVAL_LOOK_MS, undefined, { signal: over })
    }
  })
}

/** Whether it succeeded within the time that there is for it. */
async function inTime(work: (over: AbortSignal) => Promise<void>): Promise<boolean> {
  using limit = deadline('the removal', undefined, REMOVAL_LIMIT_MS)
  // Awaited here: the clock of the limit stops with this function.
  return await work(limit.signal).then(
    () => true,
    () => false,
  )
}

function attachForRun(
  api: ApiClient,
  id: string,
  options: RunOptions,
  signal: AbortSignal,
): Promise<Session> {
  const stdin = options.input !== undefined
  const condition = options.remove ? 'removed' : 'next-exit'
  const { tty = false, stdinOnce = true } = options
  const target = {
    id,
    tty: tty === true,
    openStdin: stdin,
    stdinOnce: stdinOnce === true,
    condition,
  } as const
  return attachSession(api, target, { stdin, untilExit: true, signal })
}

function prepare(image: string, command: Command | undefined, options: RunOptions) {
  const {
    remove,
    detach = false,
    input,
    encoding: given = 'utf8',
    maxOutput,
    reject: _,
    kill,
    pull = 'missing',
    useConfigProxy,
    signal,
    timeout,
    ...create
  } = options
  const encoding = checkEncoding(given, 'encoding')
  if (maxOutput !== undefined) checkLimit(maxOutput, 'maxOutput')
  if (detach && kill) {
    throw new InvalidArgumentError('kill and detach exclude each other: nobody stays to end the container')
  }
  const stdin = input !== undefined
  const streams = detach
    ? {}
    : {
        attachStdin: stdin,
        attachStdout: true,
        attachStderr: true,
        ...(stdin ? { interactive: true, stdinOnce: true } : {}),
      }
  const settings = { ...streams, ...create, ...(remove ? { remove: true } : {}) }
  const request = createRequest(image, command, detach ? settings : withStdinOnce(settings))
  return { request, call: { pull, useConfigProxy, signal, timeout }, collecting: { maxOutput, encoding } }
}
