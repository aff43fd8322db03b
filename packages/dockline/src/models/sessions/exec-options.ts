import type { ContainerExecBody } from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { type Collecting, checkLimit } from '../../stream/index.js'
import { callTable, type Own } from '../base/call.js'
import { parseEnvironment, splitCommand } from '../options/index.js'
import { table } from '../options/table.js'
import { asItIs, flag, text, textOrNumber } from '../options/values.js'
import type { KillOption, KillPlan } from './kill/kill-option.js'
import { readKill } from './kill/read-kill.js'
import { checkEncoding, checkInput, type Encoding, type Input, refuseBesideDetach } from './result.js'
import { checkSize, type TerminalSize } from './session.js'

/** A command as a list of words, or as one string that is split as a shell would (but no shell runs it). */
export type Command = string | readonly string[]
/** Variables by name; null takes the name from the Engine's side; or a list of 'NAME=value'. */
export type Environment =
  | Readonly<Record<string, string | number | boolean | null | undefined>>
  | readonly string[]

/** What is known of an exec before it runs. */
export interface ExecSettings {
  readonly env?: Environment | undefined
  /** The folder in which the command runs. Default: the container's. API 1.35. */
  readonly workdir?: string | undefined
  /** 'user', 'user:group', or their numbers. */
  readonly user?: string | number | undefined
  /** Gives it a terminal: stdout and stderr are then one raw stream. */
  readonly tty?: boolean | undefined
  /** Extended privileges. Default: false. */
  readonly privileged?: boolean | undefined
  /** What is written to stdin to leave, as in 'ctrl-x,x'. Default: 'ctrl-p,ctrl-q'. Only with a tty. */
  readonly detachKeys?: string | undefined
  /** Whether its stdout is connected. Default: true. */
  readonly stdout?: boolean | undefined
  /** Whether its stderr is connected. Default: true. */
  readonly stderr?: boolean | undefined
}

export interface SpawnOptions extends ExecSettings, CallOptions {
  /** Whether its stdin is connected. Default: true; without, it reads an empty stdin. */
  readonly stdin?: boolean | undefined
  /** The terminal's size from the first moment on. Only with `tty`. */
  readonly size?: TerminalSize | undefined
  /**
   * Ends the command and its children in the container when the command is given up: at an abort, a lost connection or the
   * end of an `await using`. true sends SIGKILL; 'SIGTERM' or `{ signal, after }` sends that signal first. `kill()` of the
   * session needs it. Default: false, the command runs on.
   */
  readonly kill?: KillOption | undefined
}

/** An exec that is only made is ended by its starter. */
export type CreateExecOptions = Omit<SpawnOptions, 'kill'>

export interface ExecOptions extends Omit<SpawnOptions, 'stdin' | 'size'> {
  /** What the command reads from stdin, up to its end. Without it, stdin is empty. */
  readonly input?: Input | undefined
  /** 'utf8' for strings, 'buffer' for bytes. Default: 'utf8'. */
  readonly encoding?: Encoding | undefined
  /** true makes an exit code other than 0 a ContainerError. Default: false. */
  readonly reject?: boolean | undefined
  /**
   * The most bytes of stdout and stderr together. A longer output rejects with OutputLimitError, which carries the output up
   * to there. The command runs on, unless `kill` asks to end it. Default: none.
   */
  readonly maxOutput?: number | undefined
  /** Starts it and returns its id; its output goes nowhere. */
  readonly detach?: boolean | undefined
}

const settings = table<ExecSettings & Pick<SpawnOptions, 'stdin'>, ContainerExecBody>({
  env: ['Env', parseEnvironment],
  workdir: ['WorkingDir', text],
  user: ['User', textOrNumber],
  tty: ['Tty', flag],
  privileged: ['Privileged', flag],
  detachKeys: ['DetachKeys', text],
  stdin: ['AttachStdin', flag],
  stdout: ['AttachStdout', flag],
  stderr: ['AttachStderr', flag],
})

/** The options of every exec. */
const execSettingNames: readonly string[] = settings.names.filter((name) => name !== 'stdin')

const execOptions = callTable<ExecOptions, Own<ExecOptions>, ExecSettings>(
  {
    input: checkInput,
    encoding: checkEncoding,
    reject: flag,
    maxOutput: checkLimit,
    detach: flag,
    kill: asItIs,
  },
  execSettingNames,
)
const createExecOptions = callTable<CreateExecOptions, Own<CreateExecOptions>, ExecSettings>(
  { stdin: flag, size: checkSize },
  execSettingNames,
)
const spawnOptions = callTable<SpawnOptions, Own<SpawnOptions>, ExecSettings>(
  { stdin: flag, size: checkSize, kill: asItIs },
  execSettingNames,
)

/** What the options of an exec come to: its request, and how it is connected. */
export interface ExecPlan {
  /** Without the size, which only newer Engines take. */
  readonly body: ContainerExecBody
  readonly start: ExecStart
}

/** How an exec that was made is started and connected. */
export interface ExecStart {
  readonly tty: boolean
  readonly stdin: boolean
  /** Whether stdout or stderr is connected. */
  readonly hasOutput: boolean
  readonly size: TerminalSize | undefined
  /** Words, or the bytes themselves. */
  readonly detachKeys: string | Buffer | undefined
}

/** An exec, and the limits of the call. */
export interface CreateExecPlan extends ExecPlan {
  readonly call: CallOptions
}

/** An exec that somebody stays with. */
export interface SpawnPlan extends CreateExecPlan {
  /** What ends the command when it is given up; undefined leaves it running. */
  readonly kill: KillPlan | undefined
}

/** An exec whose end nobody waits for. */
export interface DetachedExecPlan extends CreateExecPlan {
  readonly detach: true
}

/** An exec to the end of the command. */
export interface AttachedExecPlan extends SpawnPlan {
  readonly detach: false
  readonly command: readonly string[]
  readonly input: Input | undefined
  readonly collecting: Collecting
  /** Whether an exit code other than 0 is an error. */
  readonly reject: boolean
}

/** Reads the options of an exec that runs to its end, or is left alone. Rejects with InvalidArgumentError. */
export async function readExec(
  command: Command,
  options: ExecOptions,
): Promise<DetachedExecPlan | AttachedExecPlan> {
  const [own, call, given] = execOptions.read(options)
  const { input, encoding = 'utf8', reject = false, detach = false, maxOutput, kill } = own
  if (detach) refuseBesideDetach(own, 'command')
  if (input !== undefined) checkInput(input, 'input')
  const plan = planExec(command, { ...given, stdin: input !== undefined })
  if (detach) return Object.freeze({ ...plan, call, detach: true })
  const words = typeof command === 'string' ? [command] : command
  const end = { kill: await readKill(kill), reject, collecting: { maxOutput, encoding } }
  return Object.freeze({ ...plan, ...end, call, detach: false, command: words, input })
}

/** Reads the options of an exec that becomes a session. Rejects with InvalidArgumentError. */
export async function readSpawn(command: Command, options: SpawnOptions): Promise<SpawnPlan> {
  const [{ stdin, size, kill }, call, given] = spawnOptions.read(options)
  const plan = planExec(command, { ...given, stdin, size })
  return Object.freeze({ ...plan, call, kill: await readKill(kill) })
}

/** Reads the options of an exec that is started later. Throws InvalidArgumentError. */
export function readCreateExec(command: Command, options: CreateExecOptions): CreateExecPlan {
  const [own, call, given] = createExecOptions.read(options)
  return Object.freeze({ ...planExec(command, { ...given, ...own }), call })
}

/** Plans an exec. Throws InvalidArgumentError. */
export function planExec(command: Command, { size, ...given }: PlannedOptions): ExecPlan {
  const streams = { AttachStdin: true, AttachStdout: true, AttachStderr: true }
  const body = { Cmd: commandWords(command), ...streams, Tty: false, ...settings.pick(given) }
  if (size !== undefined && !body.Tty) throw new InvalidArgumentError('size needs tty: true')
  return { body, start: startOf(body, size) }
}

type PlannedOptions = ExecSettings & Pick<SpawnOptions, 'stdin' | 'size'>

function startOf(body: ContainerExecBody, size: TerminalSize | undefined): ExecStart {
  return {
    tty: body.Tty === true,
    stdin: body.AttachStdin === true,
    hasOutput: body.AttachStdout === true || body.AttachStderr === true,
    size,
    detachKeys: body.DetachKeys,
  }
}

function commandWords(command: Command): string[] {
  const words = splitCommand(command)
  if (words.length === 0) throw new InvalidArgumentError('command must not be empty')
  return words
}
