import { type ChildProcess, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { BUILDX, DOCKER } from './docker-command.js'
import { docklineInThread } from './dockline-threads.js'

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
  readonly input?: string | Buffer
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

/** Where streams, signals or large data are a part of the command, the process is what is tested. */
const OF_PROCESSES = [
  ...['attach', 'build', 'cp', 'events', 'exec', 'export', 'import', 'load', 'login', 'logs', 'pull', 'push'],
  ...['run', 'save', 'start', 'stats'],
]
/** What Node or dockline reads once, when it is loaded. */
const READ_ONCE = [
  ...['TZ', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'],
  ...['DOCKER_CONTENT_TRUST', 'DOCKER_DEFAULT_PLATFORM', 'DOCKER_TLS', 'DOCKER_TLS_VERIFY'],
]

/** Runs `dockline` to its end: in a thread that is kept, unless the process is a part of what is tested. */
export function dockline(
  host: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ended> {
  const alone = args.some((word) => OF_PROCESSES.includes(word))
  return (alone ? docklineAlone : docklineKept)(host, args, options)
}

/** Runs `dockline` in a thread that is kept, whatever it does, unless its environment is one for a new process. */
export function docklineKept(
  host: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ended> {
  const alone = READ_ONCE.some((name) => name in (options.env ?? {}))
  return (alone ? docklineAlone : docklineInThread)(host, args, options)
}

/** Runs the real `dockline` to its end, as a process of its own. */
export async function docklineAlone(
  host: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ended> {
  const running = startDockline(host, args, options)
  running.process.stdin?.end(options.input ?? '')
  return running.ended
}

/** Starts the real `docker`, to compare with. */
export function startDocker(host: string, args: readonly string[], options: CommandOptions = {}): Running {
  return startCommand(DOCKER, args, { ...options, env: { DOCKER_HOST: host, ...options.env } })
}

/** Runs the real `docker` to its end, to compare with. */
export async function docker(
  host: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ended> {
  const running = startDocker(host, args, options)
  running.process.stdin?.end(options.input ?? '')
  return running.ended
}

/** Runs the real buildx to its end, to compare with. */
export async function buildx(
  host: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ended> {
  const running = startCommand(BUILDX, args, { ...options, env: { DOCKER_HOST: host, ...options.env } })
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
