// The program that tests run on a terminal: it makes one call of dockline/terminal, as its plan says, and
// notes what happens.
import { execFileSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { DockerClient } from 'dockline'
import { type ExecCommandOptions, execCommand, type StartOptions, start, startExec } from 'dockline/terminal'

/** What the program is to do. */
export interface Plan {
  readonly host: string
  readonly call: 'start' | 'execCommand' | 'startExec'
  /** Of the container, or of the exec for `startExec`. */
  readonly id: string
  readonly command?: readonly string[]
  readonly options?: PlanOptions
  /** What SIGUSR2 does while the call is going on. */
  readonly onSignal?: 'abort' | 'exit' | 'throw'
  /** Has a listener of its own for SIGHUP, which then does not end it. */
  readonly survivesHangUp?: boolean
  /** How often the call is made, one after the other. Default 1. */
  readonly times?: number
}

export type PlanOptions = Pick<StartOptions, 'interactive' | 'logs' | 'detachKeys' | 'raw'> &
  Pick<ExecCommandOptions, 'tty' | 'env' | 'workdir' | 'user'>

/** What it notes. */
export interface Notes {
  readonly pid: number
  /** Each time raw mode was switched. */
  readonly raw: readonly boolean[]
  /** What came of the call, and of each when there were many. */
  readonly result?: { readonly exitCode?: number; readonly detached: boolean }
  readonly results: readonly { readonly exitCode?: number; readonly detached: boolean }[]
  readonly error?: { readonly name: string; readonly code?: string; readonly message: string }
  /** Milliseconds since 1970. */
  readonly settledAt?: number
  /** Listeners of the process and its streams, by name, before and after the call. */
  readonly listenersBefore?: Readonly<Record<string, number>>
  readonly listenersAfter?: Readonly<Record<string, number>>
  /** The terminal's settings right before and after the call, as `stty -g` tells them. */
  readonly settingsBefore?: string
  readonly settingsAfter?: string
  /** What would have kept the process alive when the call had settled, beside the standard streams. */
  readonly resources?: readonly string[]
  readonly stdinEnded?: boolean
  readonly warnings: readonly string[]
}

/** Written when the call has settled: nothing may follow. */
export const MARKER = '[the call has settled]'

const STANDARD_STREAMS: ReadonlySet<string> = new Set(['TTYWrap', 'Immediate'])
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGWINCH', 'exit', 'uncaughtException'] as const

if (process.argv[2] !== undefined) await main(JSON.parse(process.argv[2]) as Plan)

async function main(plan: Plan): Promise<void> {
  process.on('warning', ({ message }) => note({ warnings: message }))
  note({ pid: process.pid })
  watchRawMode()
  const { signal } = listen(plan)
  const client = new DockerClient({ host: plan.host })
  // Node's own listeners come with the first use of the streams.
  void [process.stdin, process.stdout, process.stderr]
  note({ listenersBefore: listeners(), settingsBefore: settings() })
  try {
    for (let time = 0; time < (plan.times ?? 1); time++) {
      const result = await call(client, plan, signal)
      note({ settledAt: Date.now(), result, results: result })
    }
  } catch (error) {
    const { name, message, code } = error as NodeJS.ErrnoException
    note({ settledAt: Date.now(), error: { name, message, code } })
    process.exitCode = 70
  }
  note({ listenersAfter: listeners(), settingsAfter: settings() })
  // What was closed a moment ago is gone a few turns later.
  for (let turn = 0; turn < 100 && resources().length > 0; turn++) await setImmediate()
  note({ resources: resources() })
  // Whoever read the output may have gone, as in `… | head`.
  process.stdout.on('error', () => {})
  process.stdout.write(`${MARKER}\n`)
}

function call(client: DockerClient, plan: Plan, signal: AbortSignal) {
  const options = { ...plan.options, signal }
  if (plan.call === 'startExec') return startExec(client, plan.id, options)
  const container = client.containers.get(plan.id)
  if (plan.call === 'start') return container.then((found) => start(found, options))
  return container.then((found) => execCommand(found, plan.command ?? [], options))
}

function listen({ onSignal, survivesHangUp }: Plan): AbortController {
  if (survivesHangUp) {
    process.on('SIGHUP', () => {})
    process.stdin.once('end', () => note({ stdinEnded: true }))
  }
  const controller = new AbortController()
  process.on('SIGUSR2', () => {
    if (onSignal === 'abort') controller.abort(new Error('the caller has had enough'))
    if (onSignal === 'exit') process.exit(3)
    if (onSignal === 'throw') throw new Error('a mistake elsewhere in the program')
  })
  return controller
}

function watchRawMode(): void {
  const { stdin } = process
  if (!stdin.isTTY) return
  const setRawMode = stdin.setRawMode
  stdin.setRawMode = (mode) => {
    note({ raw: mode })
    return setRawMode.call(stdin, mode)
  }
}

function listeners(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of SIGNALS) counts[name] = process.listenerCount(name)
  for (const name of ['stdin', 'stdout', 'stderr'] as const) {
    for (const event of ['data', 'end', 'drain', 'resize', 'close']) {
      counts[`${name} ${event}`] = process[name].listenerCount(event)
    }
  }
  return counts
}

function resources(): string[] {
  const names = process.getActiveResourcesInfo().filter((name) => !STANDARD_STREAMS.has(name))
  // Node counts a pipe on stdin also when it is paused, and keeps no process alive.
  if (!process.stdin.isTTY && !process.stdin.destroyed && names.includes('PipeWrap')) {
    names.splice(names.indexOf('PipeWrap'), 1)
  }
  return names
}

/** Asked of the terminal itself, not of Node. */
function settings(): string | undefined {
  try {
    return execFileSync('stty', ['-g', '-F', '/dev/tty'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}

function note(what: object): void {
  appendFileSync(process.env.PROGRAM_NOTES ?? '/dev/null', `${JSON.stringify(what)}\n`)
}
