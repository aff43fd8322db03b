import { KillError } from '../errors.js'
import { checkFlags, checkMethod } from '../support/check.js'
import type { Duration } from '../support/duration.js'
import type { Channel, TerminalSize } from './channel.js'
import {
  checkTerminal,
  PseudoTerminal,
  type TerminalOptions,
  type TerminalResult,
} from './pseudo-terminal.js'
import { isTerminal } from './raw-mode.js'
import { terminalSize } from './size.js'

export { DEFAULT_DETACH_KEYS, DetachMatcher, parseDetachKeys, type TypedKeys } from '../stream/detach-keys.js'
export type { Channel, ChannelExit, TerminalSize } from './channel.js'
export { PseudoTerminal, type TerminalOptions, type TerminalResult } from './pseudo-terminal.js'
export { terminalSize } from './size.js'

interface RequestOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeout?: Duration | undefined
}

interface SessionOptions extends RequestOptions {
  readonly stdin?: boolean | undefined
  readonly detachKeys?: string | undefined
}

/** What `start` needs of a container. A `Container` has it. */
export interface TerminalContainer {
  inspect(options?: RequestOptions): Promise<{
    readonly Config?: { readonly OpenStdin?: boolean | undefined } | undefined
    readonly State?: { readonly Running?: boolean | undefined } | null | undefined
  }>
  attach(
    options: SessionOptions & {
      readonly logs?: boolean | undefined
      readonly untilExit?: boolean | undefined
    },
  ): Promise<Channel>
  start(options?: RequestOptions): Promise<void>
}

interface ExecSessionOptions extends SessionOptions {
  readonly tty?: boolean | undefined
  readonly size?: TerminalSize | undefined
  readonly env?:
    | Readonly<Record<string, string | number | boolean | null | undefined>>
    | readonly string[]
    | undefined
  readonly workdir?: string | undefined
  readonly user?: string | undefined
  readonly privileged?: boolean | undefined
  readonly kill?:
    | boolean
    | string
    | number
    | { readonly signal?: string | number | undefined; readonly after?: Duration | undefined }
    | undefined
}

/** What `execCommand` needs of a container. A `Container` has it. */
export interface TerminalExecContainer {
  spawn(command: string | readonly string[], options: ExecSessionOptions): Promise<Channel>
}

/** What `startExec` needs of a client. A `DockerClient` has it. */
export interface TerminalExecClient {
  startExec(
    id: string,
    options: RequestOptions & { readonly size?: TerminalSize | undefined },
  ): Promise<Channel>
}

export interface TerminalStartOptions extends TerminalOptions {
  /** The time limit of each request up to the start, and none of the session. Default: the client's. */
  readonly timeout?: Duration | undefined
}

export interface StartOptions extends TerminalStartOptions {
  /** Shows first the earlier output of the container. Needs a log driver that can be read. Default: false. */
  readonly logs?: boolean | undefined
}

export interface ExecCommandOptions
  extends TerminalStartOptions,
    Pick<ExecSessionOptions, 'env' | 'workdir' | 'user' | 'privileged'> {
  /**
   * Gives the command a terminal. Default: when it is interactive and both stdin and stdout are terminals.
   */
  readonly tty?: boolean | undefined
  /** Ends the command and its children in the container when `signal` aborts, as `spawn` does. Default: false. */
  readonly kill?: ExecSessionOptions['kill']
}

/**
 * Attaches this terminal to a container's main process, as `docker start -ai` and `docker attach` do.
 * Resolves when the process has ended or the detach keys were typed.
 */
export async function start(
  container: TerminalContainer,
  options: StartOptions = {},
): Promise<TerminalResult> {
  checkMethod({ container }, 'attach', 'a container')
  checkTerminal(options, ['timeout', 'logs'])
  const { logs = false, timeout, ...shown } = options
  checkFlags({ logs })
  const { interactive = true, detachKeys, signal } = shown
  const call = { signal, timeout }
  const { Config, State } = await container.inspect(call)
  const stdin = interactive && Config?.OpenStdin === true
  const channel = await container.attach({ stdin, logs, detachKeys, untilExit: true, ...call })
  const terminal = new PseudoTerminal(channel, { ...shown, interactive: stdin })
  if (State?.Running) return terminal.run(undefined, { repaint: true })
  return terminal.run(() => container.start(call))
}

/** Runs a command in a running container on this terminal, as `docker exec -it` does. */
export async function execCommand(
  container: TerminalExecContainer,
  command: string | readonly string[],
  options: ExecCommandOptions = {},
): Promise<TerminalResult> {
  checkMethod({ container }, 'spawn', 'a container')
  checkTerminal(options, ['timeout', 'tty', 'env', 'workdir', 'user', 'privileged', 'kill'])
  const { tty: wanted, timeout, env, workdir, user, privileged, kill, ...shown } = options
  checkFlags({ tty: wanted })
  const { interactive = true, stdin = process.stdin, stdout = process.stdout, detachKeys, signal } = shown
  const tty = wanted ?? (interactive && isTerminal(stdin) && isTerminal(stdout))
  const size = tty ? terminalSize(stdout) : undefined
  const running = { env, workdir, user, privileged, kill, signal, timeout }
  const channel = await container.spawn(command, { tty, stdin: interactive, size, detachKeys, ...running })
  try {
    return await new PseudoTerminal(channel, shown).run()
  } catch (error) {
    throw kill ? await endBecauseOf(channel, error) : error
  }
}

/** Ends a command that was given up, and returns the error to reject with. */
async function endBecauseOf(channel: Channel, reason: unknown): Promise<unknown> {
  try {
    await channel[Symbol.asyncDispose]?.()
    return reason
  } catch (error) {
    return error instanceof KillError ? error.because(reason) : error
  }
}

/**
 * Runs an exec that was made before (`container.createExec`) on this terminal. The Engine also detaches at
 * the keys that the exec was made with, else ctrl-p,ctrl-q.
 */
export async function startExec(
  client: TerminalExecClient,
  execId: string,
  options: TerminalStartOptions = {},
): Promise<TerminalResult> {
  checkMethod({ client }, 'startExec', 'a client')
  checkTerminal(options, ['timeout'])
  const { timeout, ...shown } = options
  const { signal, stdout = process.stdout } = shown
  const channel = await client.startExec(execId, { size: terminalSize(stdout), signal, timeout })
  return new PseudoTerminal(channel, shown).run()
}
