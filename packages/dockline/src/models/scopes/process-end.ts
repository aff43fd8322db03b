import { type SpawnSyncOptions, spawnSync } from 'node:child_process'
import { reaperCommand, type WatchedScope, watchLine } from './reaper-command.js'

/** A scope, as the end of the process sees it. */
export interface EndingScope {
  readonly remove: () => Promise<void>
  /** What the reaper has to know of it; undefined without a reaper. */
  readonly watched: () => WatchedScope | undefined
}

/** SIGHUP is not among them: the reaper removes the scopes after it. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const
/** Milliseconds that the end of the process waits for the removal. */
const EXIT_LIMIT_MS = 10_000
/** Marks our listeners, also those of another copy of this library. */
const OURS = Symbol.for('dockline.scope')
/** Marks listeners that give a terminal back: they end the process only when they are the last. */
const RESTORES = Symbol.for('dockline.terminal')

const scopes = new Set<EndingScope>()
/** Whether a signal has come, and the process ends once the scopes are removed. */
let isEnding = false

/** Removes a scope when the process ends. Returns the function that takes the scope out again. */
export function onProcessEnd(scope: EndingScope): () => void {
  if (scopes.size === 0) listen()
  scopes.add(scope)
  return () => {
    if (scopes.delete(scope) && scopes.size === 0 && !isEnding) stopListening()
  }
}

function listen(): void {
  process.on('exit', removeAtExit)
  // Before others, which may count the listeners.
  for (const signal of SIGNALS) process.prependListener(signal, onSignal)
}

function stopListening(): void {
  process.off('exit', removeAtExit)
  for (const signal of SIGNALS) process.off(signal, onSignal)
}

const onSignal = Object.assign(
  (signal: NodeJS.Signals) => {
    if (process.listeners(signal).some((listener) => !isOurs(listener) && !(RESTORES in listener)))
      stepAside(signal)
    else if (isEnding) endBy(signal)
    else void removeAndEndBy(signal)
  },
  { [OURS]: true },
)

function isOurs(listener: object): boolean {
  return OURS in listener
}

/**
 * Somebody else listens: the process ends, or goes on, as it does without scopes. Some of those who listen end the process
 * only when they are the last.
 */
function stepAside(signal: NodeJS.Signals): void {
  process.off(signal, onSignal)
  setImmediate(() => {
    const isBack = process.listeners(signal).includes(onSignal)
    if (scopes.size > 0 && !isBack) process.prependListener(signal, onSignal)
  })
}

async function removeAndEndBy(signal: NodeJS.Signals): Promise<void> {
  isEnding = true
  await Promise.allSettled([...scopes].map(({ remove }) => remove()))
  endBy(signal)
}

/** Ends the process as the signal does without a listener. Another copy of this library may not be ready yet. */
function endBy(signal: NodeJS.Signals): void {
  process.off(signal, onSignal)
  if (!process.listeners(signal).some(isOurs)) process.kill(process.pid, signal)
}

/** Nothing asynchronous can run any more: another process removes the scopes, and this one waits for it. */
function removeAtExit(): void {
  const watched = [...scopes].map((scope) => scope.watched()).filter((scope) => scope !== undefined)
  if (watched.length === 0) return
  const input = watched.map((scope, key) => watchLine(key, scope)).join('')
  try {
    const { program, args, env } = reaperCommand('once')
    spawnSync(program, args, { ...AT_EXIT, input, env })
  } catch {
    // The reaper that runs already does the same, a moment later.
  }
}

/** The program ignores all signals but this one. */
const AT_EXIT = {
  stdio: ['pipe', 'ignore', 'ignore'],
  timeout: EXIT_LIMIT_MS,
  killSignal: 'SIGKILL',
  windowsHide: true,
} as const satisfies SpawnSyncOptions
