import type { Container } from 'dockline'
import { parseDetachKeys } from 'dockline/terminal'
import type { Cli } from './cli.js'
import { EXIT, ExitError } from './errors.js'
import { takeSignals } from './signals.js'

/**
 * What docker passes on of what it is sent. What Node cannot hear, or needs itself, is left out, and so are SIGTTIN and
 * SIGTTOU: they stop a command in the background, which `fg` brings back.
 */
const PROXIED: readonly NodeJS.Signals[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGTERM',
  'SIGTSTP',
  'SIGCONT',
  'SIGABRT',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
  'SIGSYS',
  'SIGTRAP',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGXFSZ',
]
const INSISTENCE = 3

/** Refuses a terminal that cannot be typed into, before anything is made. */
export function requireTerminal(cli: Cli, { tty, stdin }: { tty: boolean; stdin: boolean }): void {
  if (tty && stdin && cli.stdin.isTTY !== true) throw new ExitError('the input device is not a TTY')
}

/** The value of --detach-keys, else of config.json. Keys that cannot be typed are refused before anything is made. */
export function detachKeysOf(cli: Cli, given: string | undefined): string | undefined {
  const keys = given || cli.config.detachKeys
  try {
    if (keys !== undefined) parseDetachKeys(keys)
  } catch (error) {
    throw new ExitError(
      `Invalid detach keys (${keys}) provided: give a list such as 'ctrl-p,ctrl-q'`,
      EXIT.failure,
      error,
    )
  }
  return keys
}

/**
 * Passes this process's signals on to the container until it is disposed. What comes before the container
 * runs is passed on once it does.
 */
export class SignalProxy implements Disposable {
  readonly #container: Container
  readonly #cli: Cli
  readonly #taken: Disposable
  #running = false
  #waiting: NodeJS.Signals[] = []
  #endings = 0

  constructor(container: Container, cli: Cli) {
    this.#container = container
    this.#cli = cli
    this.#taken = takeSignals(PROXIED, (signal) => this.#pass(signal))
  }

  started(): void {
    this.#running = true
    for (const signal of this.#waiting) this.#send(signal)
    this.#waiting = []
  }

  [Symbol.dispose](): void {
    this.#taken[Symbol.dispose]()
  }

  #pass(signal: NodeJS.Signals): void {
    if (signal === 'SIGINT' || signal === 'SIGTERM') this.#endings += 1
    if (this.#endings >= INSISTENCE) this.#giveUp()
    if (this.#running) this.#send(signal)
    else this.#waiting.push(signal)
  }

  /** That it has ended meanwhile is what one hopes for. */
  #send(signal: NodeJS.Signals): void {
    this.#container.kill(signal.replace(/^SIG/, '')).catch(() => {})
  }

  #giveUp(): void {
    this.#cli.complain(`\ngot ${INSISTENCE} SIGTERM/SIGINTs, forcefully exiting`)
    process.exit(EXIT.failure)
  }
}
