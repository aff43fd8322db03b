import type { ContainerConfig, ContainerWaitQuery } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import type { Duration } from '../../support/duration.js'
import type { ResourceOptions, RestartPolicyOptions } from '../options/index.js'
import type { AttachOptions } from '../sessions/attach.js'
import type { SpawnOptions } from '../sessions/exec.js'
import type { Encoding, Input } from '../sessions/result.js'

export interface StopOptions extends CallOptions {
  /**
   * How long it may take until it is killed, in whole seconds: `'30s'` or 30_000. -1 has no end. Default: the container's
   * own, else 10 s.
   */
  readonly stopTimeout?: Duration | undefined
  /** The signal that asks it to stop, as in 'SIGINT'. API 1.42. */
  readonly stopSignal?: string | undefined
}

export interface RemoveOptions extends CallOptions {
  /** Kills it first if it runs. Default false. */
  readonly force?: boolean | undefined
  /** Removes its anonymous volumes too. Default false. */
  readonly volumes?: boolean | undefined
  /** Removes only the link of this name. Default false. */
  readonly link?: boolean | undefined
}

export interface WaitOptions extends CallOptions {
  /** What to wait for. Default 'not-running'. */
  readonly condition?: ContainerWaitQuery['condition'] | undefined
}

export interface ExecOptions extends Omit<SpawnOptions, 'stdin' | 'size'> {
  /** What the command reads from stdin, up to its end. Without it, stdin is empty. */
  readonly input?: Input | undefined
  /** 'utf8' for strings (the default), 'buffer' for bytes. */
  readonly encoding?: Encoding | undefined
  /** true makes an exit code other than 0 a ContainerError. Default false. */
  readonly reject?: boolean | undefined
  /**
   * The most bytes to collect, of stdout and stderr together. Past it, the call rejects with OutputLimitError, which carries
   * the output up to there. Default: no limit.
   */
  readonly maxOutput?: number | undefined
  /** Starts it and returns its id; its output goes nowhere. */
  readonly detach?: boolean | undefined
}

/** What can be changed of a container that is there. What is not given stays as it is. */
export interface UpdateOptions extends ResourceOptions, CallOptions {
  /** 'no', 'always', 'unless-stopped', 'on-failure' or 'on-failure:3', or an object. */
  readonly restart?: string | RestartPolicyOptions | undefined
}

export interface CommitOptions extends CallOptions {
  /** The name of the image, with or without a tag. Without it, the image has only an id. */
  readonly repository?: string | undefined
  /** The tag of the image. Default: 'latest'. */
  readonly tag?: string | undefined
  readonly message?: string | undefined
  /** As in 'Jane Doe <jane@example.org>'. */
  readonly author?: string | undefined
  /** Pauses the container meanwhile. Default true. */
  readonly pause?: boolean | undefined
  /** Dockerfile instructions to apply, such as `CMD ["sh"]`. */
  readonly changes?: readonly string[] | undefined
  /** Configuration as the Engine has it, on top of the container's own. */
  readonly config?: Partial<ContainerConfig> | undefined
}

/** The names of the options of each call. Other names are refused. */
export const stopNames: readonly (keyof StopOptions)[] = ['stopTimeout', 'stopSignal']
export const removeNames: readonly (keyof RemoveOptions)[] = ['force', 'volumes', 'link']
export const attachNames: readonly (keyof AttachOptions)[] = [
  ...(['stdin', 'stdout', 'stderr', 'logs', 'detachKeys', 'untilExit', 'ws'] as const),
]
const settingNames = [
  ...(['env', 'workdir', 'user', 'tty', 'privileged', 'detachKeys', 'stdout', 'stderr'] as const),
] as const
export const createExecNames: readonly (keyof SpawnOptions)[] = [...settingNames, 'stdin', 'size']
export const spawnNames: readonly (keyof SpawnOptions)[] = [...createExecNames, 'kill']
export const execNames: readonly (keyof ExecOptions)[] = [
  ...settingNames,
  ...(['input', 'encoding', 'reject', 'detach', 'kill', 'maxOutput'] as const),
]
