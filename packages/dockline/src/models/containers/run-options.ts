import { InvalidArgumentError } from '../../errors.js'
import { type Collecting, checkLimit } from '../../stream/index.js'
import { checkFlags } from '../../support/check.js'
import { checkNames } from '../base/call.js'
import type { ContainerCreateOptions } from '../options/index.js'
import { type AttachPlan, planAttach } from '../sessions/attach.js'
import type { Command } from '../sessions/exec-options.js'
import type { KillOption, KillPlan } from '../sessions/kill/kill-option.js'
import { readKill } from '../sessions/kill/read-kill.js'
import {
  checkEncoding,
  checkInput,
  type Encoding,
  type Input,
  refuseBesideDetach,
} from '../sessions/result.js'
import {
  CREATE_NAMES,
  type CreateOptions,
  type CreatePlan,
  readCreate,
  withStdinOnce,
} from './create-container.js'

export interface RunOptions extends Omit<CreateOptions, 'remove'> {
  /** Removes the container when it has ended, or could not start. Default: false. */
  readonly remove?: boolean | null | undefined
  /** Returns the running container instead of waiting for its end. Default: false. */
  readonly detach?: boolean | undefined
  /** What the command reads from stdin. Without it, stdin is empty. */
  readonly input?: Input | undefined
  /** 'utf8' for strings, 'buffer' for bytes. Default: 'utf8'. */
  readonly encoding?: Encoding | undefined
  /**
   * The most bytes of stdout and stderr together. More kills the container and rejects with OutputLimitError, which carries the
   * output up to there. Default: none.
   */
  readonly maxOutput?: number | undefined
  /**
   * Ends the container before an abort or a timeout rejects. true sends SIGKILL; 'SIGTERM' or `{ signal, after }` sends that
   * signal first. Default: false; with `remove` the container is killed and removed all the same.
   */
  readonly kill?: KillOption | undefined
  /** false returns the result also when the exit code is not 0. Default: true: that is a ContainerError. */
  readonly reject?: boolean | undefined
}

/** What the options of a run come to: everything that a run has to know. */
export type RunPlan = DetachedRunPlan | AttachedRunPlan

interface AnyRunPlan {
  readonly image: string
  /** How the container is made. Its call has the limits of the whole run. */
  readonly create: CreatePlan
  /** Whether the container is removed when it has ended, or could not start. */
  readonly remove: boolean
}

/** A run whose container is returned when it runs. */
export interface DetachedRunPlan extends AnyRunPlan {
  readonly detach: true
}

/** A run to the end of the container. */
export interface AttachedRunPlan extends AnyRunPlan {
  readonly detach: false
  readonly attach: AttachPlan
  readonly input: Input | undefined
  readonly collecting: Collecting
  /** What ends the container when the run is given up; undefined leaves it running. */
  readonly kill: KillPlan | undefined
  /** Whether an exit code other than 0 is an error. */
  readonly reject: boolean
}

/** The names of the options that a run has and a creation has not. */
const OWN_NAMES = ['detach', 'input', 'encoding', 'maxOutput', 'kill', 'reject'] as const

/** The options of the container that a run makes. */
type MadeOptions = Omit<RunOptions, (typeof OWN_NAMES)[number]>

/** Reads the options of a run, all of them. Rejects with InvalidArgumentError. */
export async function readRun(
  image: string,
  command: Command | undefined,
  options: RunOptions,
): Promise<RunPlan> {
  checkNames(options, [...CREATE_NAMES, ...OWN_NAMES])
  const { detach = false, input: given, encoding, maxOutput, kill, reject, ...made } = options
  checkFlags({ detach, reject, remove: made.remove ?? false })
  if (detach) refuseBesideDetach({ input: given, maxOutput, kill, encoding, reject }, 'container')
  const { interactive = made.config?.OpenStdin, attachStdin = true } = made
  if (given !== undefined && !attachStdin)
    throw new InvalidArgumentError('input and attachStdin: false exclude each other')
  // A stdin that is open would never end if nobody ended it.
  const input = given === undefined && interactive && attachStdin && !detach ? '' : given
  if (input !== undefined) checkInput(input, 'input')
  const collecting = readCollecting(encoding, maxOutput)
  const create = readMade(image, command, detach ? made : withStdinOnce({ ...streamsFor(input), ...made }))
  const run = { image, create, remove: made.remove === true }
  if (detach) return Object.freeze({ ...run, detach: true })
  const end = { kill: await readKill(kill), reject: reject !== false }
  return Object.freeze({
    ...run,
    ...end,
    detach: false,
    attach: attachFor({ ...options, input }),
    input,
    collecting,
  })
}

function readCollecting(encoding: Encoding = 'utf8', maxOutput: number | undefined): Collecting {
  checkEncoding(encoding, 'encoding')
  if (maxOutput !== undefined) checkLimit(maxOutput, 'maxOutput')
  return { encoding, maxOutput }
}

/** What the Engine connects to a container that runs to its end. */
function streamsFor(input: Input | undefined): ContainerCreateOptions {
  const outputs = { attachStdin: input !== undefined, attachStdout: true, attachStderr: true }
  return input === undefined ? outputs : { ...outputs, interactive: true, stdinOnce: true }
}

/** Of the values of `remove`, only true is the Engine's business. */
function readMade(
  image: string,
  command: Command | undefined,
  { remove, pull = 'missing', ...create }: MadeOptions,
): CreatePlan {
  return readCreate(image, command, { ...create, pull, ...(remove ? { remove: true } : {}) })
}

function attachFor(options: RunOptions): AttachPlan {
  const { input, tty = false, stdinOnce = true, remove, attachStdout, attachStderr } = options
  const stdin = input !== undefined
  const condition = remove ? 'removed' : 'next-exit'
  const target = { tty: tty === true, openStdin: stdin, stdinOnce: stdinOnce === true, condition } as const
  const outputs = { stdout: attachStdout !== false, stderr: attachStderr !== false }
  return planAttach(target, { untilExit: true, ...outputs })
}
