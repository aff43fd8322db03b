import type { Readable, Writable } from 'node:stream'
import { DEFAULT_DETACH_KEYS, parseDetachKeys } from '../stream/detach-keys.js'
import { checkSignal, onAbort } from '../support/abort.js'
import { checkFlags, checkMethod, checkObject } from '../support/check.js'
import { refuseUnknown } from '../support/suggest.js'
import type { Channel, ChannelExit } from './channel.js'
import { InputPump } from './input.js'
import { guardExit } from './lost-terminal.js'
import { enterRawMode, isTerminal } from './raw-mode.js'
import { SizeFollower } from './size.js'

export interface TerminalOptions {
  /** Whether what is typed goes to the process, where its stdin is connected. Default: true. */
  readonly interactive?: boolean | undefined
  /** Default `process.stdin`: a terminal, a pipe, a file or /dev/null. */
  readonly stdin?: Readable | undefined
  /** Default `process.stdout`. */
  readonly stdout?: Writable | undefined
  /** Where stderr goes when there is no tty. Default `process.stderr`. */
  readonly stderr?: Writable | undefined
  /** What one types to leave the process running. Default: 'ctrl-p,ctrl-q'. Only with a tty. */
  readonly detachKeys?: string | undefined
  /**
   * Whether keys go over as they are typed, with a tty and `stdin`. Default: when stdin and stdout are both
   * terminals. True asks for a terminal on stdin only, as the docker command does: in `… | tee log`, too.
   */
  readonly raw?: boolean | undefined
  /** Aborting restores the terminal, leaves the process running and rejects with the reason. */
  readonly signal?: AbortSignal | undefined
}

const NAMES = [
  'interactive',
  'stdin',
  'stdout',
  'stderr',
  'detachKeys',
  'raw',
  'signal',
] satisfies (keyof TerminalOptions)[]

/** Refuses options that are none of a terminal, nor of `others`. */
export function checkTerminal(options: TerminalOptions, others: readonly string[] = []): void {
  checkObject(options, 'options')
  refuseUnknown(options, [...NAMES, ...others])
  const { interactive, raw, stdin, stdout, stderr, detachKeys, signal } = options
  checkFlags({ interactive, raw })
  if (stdin !== undefined) checkMethod({ stdin }, 'read', 'a Readable')
  if (stdout !== undefined) checkMethod({ stdout }, 'write', 'a Writable')
  if (stderr !== undefined) checkMethod({ stderr }, 'write', 'a Writable')
  if (detachKeys !== undefined) parseDetachKeys(detachKeys)
  checkSignal(signal)
}

/** Who types the detach keys wants to leave: a process that reads nothing does not keep them for longer, in milliseconds. */
const DETACH_PATIENCE_MS = 2000

/** How it ended: with the process and its exit code, or with the detach keys. */
export type TerminalResult = ChannelExit

/**
 * Makes this process's terminal the terminal of a process elsewhere: raw keys there, its screen here, sizes
 * followed. When `run` settles, the terminal is as it was before.
 */
export class PseudoTerminal {
  readonly #channel: Channel
  readonly #stdin: Readable
  readonly #stdout: Writable
  readonly #stderr: Writable
  readonly #interactive: boolean
  readonly #raw: boolean
  readonly #detachKeys: Buffer
  readonly #signal: AbortSignal | undefined
  #failure: Error | undefined

  constructor(channel: Channel, options: TerminalOptions = {}) {
    checkMethod({ channel }, 'resize', 'a Channel')
    checkTerminal(options)
    this.#channel = channel
    this.#stdin = options.stdin ?? process.stdin
    this.#stdout = options.stdout ?? process.stdout
    this.#stderr = options.stderr ?? process.stderr
    this.#interactive = (options.interactive ?? true) && channel.stdin.writable
    this.#raw = options.raw ?? isTerminal(this.#stdout)
    this.#detachKeys = parseDetachKeys(options.detachKeys ?? DEFAULT_DETACH_KEYS)
    this.#signal = options.signal
  }

  /** Whether keys go over as they are typed: both sides have a terminal, and someone may type. */
  get isRaw(): boolean {
    return this.#channel.tty && this.#interactive && this.#raw && isTerminal(this.#stdin)
  }

  /**
   * Connects the two until one ends. `begin` starts the process, once nothing it writes can be missed;
   * `repaint` makes one that runs already draw its screen again.
   */
  async run(
    begin?: () => Promise<void>,
    { repaint = false }: { readonly repaint?: boolean } = {},
  ): Promise<TerminalResult> {
    const release = onAbort(this.#signal, () => this.#channel.close())
    const sizes = new SizeFollower(this.#stdout, (size, call) => this.#channel.resize(size, call))
    const followsSize = this.#channel.tty && isTerminal(this.#stdout)
    const onReturn = () => followsSize && sizes.repaint()
    const unguard = guardExit([this.#stdin, this.#stdout, this.#stderr])
    const restore = this.isRaw ? enterRawMode(this.#stdin, onReturn) : () => {}
    const input = this.#inputPump()
    try {
      const shown = this.#show()
      input?.start()
      const begun = this.#begin(begin, shown).then(() => {
        if (followsSize) sizes.start({ repaint })
      })
      await Promise.all([begun, shown])
      // The process may go on without an output. The user has the terminal back meanwhile, and ctrl-c with it.
      sizes.stop()
      input?.stop()
      restore()
      const exit = await this.#channel.exit
      this.#signal?.throwIfAborted()
      if (this.#failure !== undefined) throw this.#failure
      return exit
    } finally {
      release()
      sizes.stop()
      input?.stop()
      restore()
      unguard()
      this.#channel.close()
    }
  }

  /** A start that fails ends the session; what came out until then is still shown. */
  async #begin(begin: (() => Promise<void>) | undefined, shown: Promise<void>): Promise<void> {
    try {
      await begin?.()
    } catch (error) {
      this.#channel.close()
      await shown.catch(() => {})
      throw error
    }
  }

  async #show(): Promise<void> {
    const { output, tty } = this.#channel
    try {
      await (tty ? output.pipe(this.#stdout) : output.pipe(this.#stdout, this.#stderr))
    } catch (error) {
      this.#channel.close()
      // The reader of our output has left, as in `… | head`.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
    }
  }

  #inputPump(): InputPump | undefined {
    if (!this.#interactive) return undefined
    return new InputPump(this.#stdin, this.#channel.stdin, {
      tty: this.#channel.tty,
      detachKeys: this.#detachKeys,
      onDetach: () => void this.#channel.detach({ timeout: DETACH_PATIENCE_MS }).catch(() => {}),
      onError: (error) => {
        this.#failure = error
        this.#channel.close()
      },
    })
  }
}
