import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import type { ReadStream } from 'node:tty'

/**
 * These end a process without its 'exit' event, and would leave the terminal as it is. Those of a processor's faults cannot be
 * listened to: the fault would come again and again.
 */
const DEADLY: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGABRT',
  'SIGALRM',
  'SIGIO',
  'SIGPROF',
  'SIGPWR',
  'SIGSTKFLT',
  'SIGSYS',
  'SIGTRAP',
  'SIGUSR2',
  'SIGVTALRM',
  'SIGXCPU',
]

/** Marks our listeners for a scope, which is removed before they end the process. */
const RESTORES = Symbol.for('dockline.terminal')

/** `stty` takes one or two milliseconds. */
const STTY_PATIENCE_MS = 1000

export function isTerminal(stream: object): stream is ReadStream {
  return (stream as { isTTY?: boolean }).isTTY === true
}

/**
 * Puts the terminal into raw mode and returns a function that restores it. The restoring happens exactly once: by the
 * returned function, at exit, or at a deadly signal without another handler. While the process is stopped (`kill
 * -TSTP`), the terminal is as it was before; `onReturn` is called when the process continues.
 */
export function enterRawMode(stdin: Readable, onReturn: () => void = () => {}): () => void {
  if (!isTerminal(stdin) || stdin.isRaw || process.env.NORAW) return () => {}
  const deadly = DEADLY.filter((signal) => signal in constants.signals)
  const restore = once(() => {
    process.off('exit', restore)
    for (const signal of deadly) process.off(signal, die)
    process.off('SIGTSTP', stop).off('SIGCONT', goOn)
    stdin.setRawMode(false)
  })
  const die = Object.assign(
    (signal: NodeJS.Signals) => {
      // Someone else decides what the signal means; if that is the end, 'exit' comes next.
      if (process.listenerCount(signal) > 1) return
      restore()
      process.kill(process.pid, signal)
    },
    { [RESTORES]: true },
  )
  const stop = () => {
    if (process.listenerCount('SIGTSTP') > 1) return
    stdin.setRawMode(false)
    // Without a listener it does what it does to every process: this one stands still until SIGCONT.
    process.off('SIGTSTP', stop)
    process.kill(process.pid, 'SIGTSTP')
    process.on('SIGTSTP', stop)
    // A process that no shell waits for is not stopped.
    goRaw(stdin)
  }
  /** Also after SIGSTOP, for which there is no event: a shell has had the terminal meanwhile. */
  const goOn = () => {
    stdin.setRawMode(false)
    goRaw(stdin)
    onReturn()
  }
  process.once('exit', restore)
  for (const signal of deadly) process.on(signal, die)
  if (process.platform !== 'win32') process.on('SIGTSTP', stop).on('SIGCONT', goOn)
  goRaw(stdin)
  return restore
}

function goRaw(stdin: ReadStream): void {
  stdin.setRawMode(true)
  leaveOutputAlone(stdin)
}

/**
 * Node's raw mode still turns each line feed into a carriage return and a line feed. The other side's
 * terminal has done that where it is wanted; done twice, programs that move the cursor down by a line feed
 * draw in the wrong column. What switches raw mode off undoes this as well.
 */
function leaveOutputAlone({ fd }: ReadStream & { readonly fd?: number }): void {
  if (process.platform === 'win32' || fd === undefined) return
  const { execFileSync } = process.getBuiltinModule('node:child_process')
  try {
    execFileSync('stty', ['-opost'], { stdio: [fd, 'ignore', 'ignore'], timeout: STTY_PATIENCE_MS })
  } catch {
    // No stty here: all but such programs look right without it.
  }
}

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    action()
  }
}
