import type {
  ContainerConfig,
  ContainerDeleteQuery,
  ContainerStopQuery,
  ContainerUpdateBody,
  ContainerWaitQuery,
} from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import type { Duration } from '../../support/duration.js'
import { callTable } from '../base/call.js'
import {
  parseRestartPolicy,
  type ResourceOptions,
  type RestartPolicyOptions,
  resourceNames,
} from '../options/index.js'
import { wholeSeconds } from '../options/units.js'
import { flag, oneOf, text, textOrNumber } from '../options/values.js'
import type { AttachOptions } from '../sessions/attach.js'

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
  /** Kills it first if it runs. Default: false. */
  readonly force?: boolean | undefined
  /** Removes its anonymous volumes too. Default: false. */
  readonly volumes?: boolean | undefined
  /** Removes only the link of this name. Default: false. */
  readonly link?: boolean | undefined
}

export interface WaitOptions extends CallOptions {
  /** What to wait for. Default: 'not-running'. */
  readonly condition?: ContainerWaitQuery['condition'] | undefined
}

/** Changes to a container. An option that is not given stays as it is. */
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
  /** The author, such as 'Jane Doe <jane@example.org>'. */
  readonly author?: string | undefined
  /** Pauses the container meanwhile. Default: true. */
  readonly pause?: boolean | undefined
  /** Dockerfile instructions to apply, such as `CMD ["sh"]`. */
  readonly changes?: readonly string[] | undefined
  /** Configuration as the Engine has it, on top of the container's own. */
  readonly config?: Partial<ContainerConfig> | undefined
}

export const stopOptions = callTable<StopOptions, ContainerStopQuery>({
  stopTimeout: ['t', wholeSeconds],
  stopSignal: ['signal', textOrNumber],
})
export const removeOptions = callTable<RemoveOptions, ContainerDeleteQuery>({
  force: flag,
  volumes: ['v', flag],
  link: flag,
})
export const waitOptions = callTable<WaitOptions, ContainerWaitQuery>({
  condition: oneOf('not-running', 'next-exit', 'removed'),
})
export const updateOptions = callTable<UpdateOptions, ContainerUpdateBody, ResourceOptions>(
  { restart: ['RestartPolicy', parseRestartPolicy] },
  resourceNames,
)
export const attachOptions = callTable<AttachOptions>({
  stdin: flag,
  stdout: flag,
  stderr: flag,
  logs: flag,
  detachKeys: text,
  untilExit: flag,
  ws: flag,
})
