import { type ChildProcess, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { DOCKER } from './docker-command.js'

export const BIN = fileURLToPath(new URL('../../bin/dockline.cjs', import.meta.url))

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv
  /** What it reads from stdin, which is a pipe; without it, stdin is empty. */
  readonly input?: string
}

/** A command that runs. */
export interface Running {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
}

/** Starts the real `dockline`. */
export function startDockline(host: string, args: readonly string[], options: CommandOptions = {}): Running {
  return startCommand(process.execPath, [BIN, ...args], {
    ...options,
    env: { DOCKER_HOST: host, ...options.env },
  })
}

/** Runs the real `dockline` to its end. */
export async function dockline(
  host: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ended> {
  const running = startDockline(host, args, options)
  running.process.stdin?.end(options.input ?? '')
  return running.ended
}

/** Runs the real `docker` to its end, to compare with. */
export async function docker(
  host: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ended> {
  const running = startCommand(DOCKER, args, { ...options, env: { DOCKER_HOST: host, ...options.env } })
  running.process.stdin?.end(options.input ?? '')
  return running.ended
}

function startCommand(file: string, args: readonly string[], { env }: CommandOptions): Running {
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  // It may end before it has read everything.
  child.stdin.on('error', () => {})
  const exit = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve([code, signal]))
  })
  const ended = Promise.all([exit, text(child.stdout), text(child.stderr)]).then(
    ([[exitCode, signal], stdout, stderr]) => ({ exitCode, signal, stdout, stderr }),
  )
  return { process: child, ended }
}
