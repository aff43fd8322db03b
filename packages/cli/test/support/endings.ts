import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { DOCKER } from './docker-command.js'
import { BIN } from './dockline.js'
import { NOWHERE } from './nowhere.js'

export interface Ending {
  readonly exitCode: number | null
  readonly stderr: string
}

/** What is run, and what it talks to. */
export interface Line {
  readonly host: string
  readonly words: readonly string[]
  /** The words for a shell that runs the command. Default: none. */
  readonly shell?: readonly string[]
  /** Default: dockline. */
  readonly by?: 'dockline' | 'docker'
}

/** Starts a command whose output goes where the test says. */
export function started({ host, words, by, shell }: Line, stdio: StdioOptions): ChildProcess {
  const before = shell === undefined ? [] : ['bash', ...shell]
  const [file = '', ...args] = [...before, ...commandOf(by), ...words]
  return spawn(file, args, { env: envOf(host), stdio })
}

export async function endOf(command: ChildProcess): Promise<Ending> {
  const exit = new Promise<number | null>((resolve, reject) => {
    command.once('error', reject)
    command.once('close', resolve)
  })
  const [exitCode, stderr] = await Promise.all([exit, command.stderr === null ? '' : text(command.stderr)])
  return { exitCode, stderr }
}

/** How a command ends when one line of what it prints is enough: `COMMAND | head -n 1`, which makes a real pipe. */
export async function cutOff({ host, words, by }: Line): Promise<Ending> {
  const pipe = '{ "$@"; echo "$?" >&2; } | head -n 1'
  const shell = spawn('sh', ['-c', pipe, 'sh', ...commandOf(by), ...words], {
    env: envOf(host),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const { stderr } = await endOf(shell)
  const lines = stderr.trimEnd().split('\n')
  return { exitCode: Number(lines.at(-1)), stderr: lines.slice(0, -1).join('\n') }
}

function commandOf(by: Line['by'] = 'dockline'): readonly string[] {
  return by === 'docker' ? [DOCKER] : [process.execPath, BIN]
}

function envOf(host: string): NodeJS.ProcessEnv {
  return { ...process.env, DOCKER_HOST: host, DOCKER_CLI_HINTS: 'false', DOCKER_CONFIG: NOWHERE }
}
