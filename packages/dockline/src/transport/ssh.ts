import { spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { ConnectionError } from '../errors.js'
import { onAbort } from '../support/abort.js'
import { ChildConnection, type Ended, endOf, hasStreams, unref } from './child-connection.js'
import {
  dialArguments,
  masterArguments,
  type SshAddress,
  type SshConnection,
  type SshSettings,
} from './ssh-address.js'
import { sshAdvice } from './ssh-advice.js'
import { hasSecrets, privateFolder, type SshSecrets, writeSecrets } from './ssh-secrets.js'
import { Watchdog } from './watchdog.js'

/** A socket's path has room for 104 bytes at the least, and ssh adds 17 to it while it makes one. */
const MAX_CONTROL_PATH = 104 - 17 - 1
/** The exit code of ssh for what went wrong between the two machines; others are those of the command over there. */
const CONNECTION_LOST = 255

/** The connection that others share. */
interface Master {
  /** Its socket. */
  readonly path: string
  readonly ready: Promise<void>
}

/** Each connection is a process of the system's ssh that runs `docker system dial-stdio` over there. */
export class SshHost {
  readonly #where: string
  readonly #address: SshAddress
  readonly #settings: SshSettings
  readonly #watchdog: Watchdog
  readonly #secrets: SshSecrets | undefined
  /** For the sockets of connections that others share; undefined when each has its own. */
  readonly #folder: string | undefined
  #master: Master | undefined
  #masters = 0

  constructor(where: string, address: SshAddress, settings: SshSettings) {
    this.#where = where
    this.#address = address
    this.#settings = settings
    const isShared = wantsMultiplexing(settings)
    const folder = isShared || hasSecrets(settings) ? folderOf(where, settings) : undefined
    // The watchdog comes before the secrets, so that they are removed in every case.
    this.#watchdog = new Watchdog(folder)
    try {
      this.#secrets =
        folder !== undefined && hasSecrets(settings) ? writeSecrets(folder, settings) : undefined
    } catch (error) {
      this.#watchdog.end()
      throw error
    }
    this.#folder = isShared && folder !== undefined && fitsSocket(folder) ? folder : undefined
  }

  async dial(signal: AbortSignal | undefined): Promise<Duplex> {
    const master = this.#folder === undefined ? undefined : this.#masterIn(this.#folder)
    if (master !== undefined) await abortable(master.ready, signal)
    const child = this.#spawn(dialArguments(this.#address, this.#options(), this.#connection(master?.path)))
    if (!hasStreams(child)) throw this.#failure(await endOf(child))
    return new ChildConnection(child, (ended) => {
      // It was lost, and the next one must not go the same way, though the shared one has perhaps not ended yet.
      if (ended.code === CONNECTION_LOST) this.#forget(master)
      return this.#failure(ended)
    })
  }

  close(): void {
    this.#watchdog.end()
  }

  /** The first to dial starts it; it is made anew when it was lost. */
  #masterIn(folder: string): Master {
    if (this.#master !== undefined) return this.#master
    this.#masters += 1
    const path = `${folder}/${this.#masters}`
    const master: Master = { path, ready: this.#startMaster(path, () => this.#forget(master)) }
    this.#master = master
    master.ready.catch(() => this.#forget(master))
    return master
  }

  async #startMaster(path: string, over: () => void): Promise<void> {
    const child = this.#spawn(
      masterArguments(this.#address, this.#options(), { controlPath: path, asks: this.#asks }),
    )
    const ended = endOf(child)
    ended.then(over)
    if (!hasStreams(child)) throw this.#failure(await ended)
    const ready = new Promise<undefined>((resolve) => child.stdout.once('data', () => resolve(undefined)))
    const early = await Promise.race([ready, ended])
    if (early !== undefined) throw this.#failure(early)
    // It is there for others, and keeps no process alive.
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) unref(handle)
  }

  #forget(master: Master | undefined): void {
    if (this.#master === master) this.#master = undefined
  }

  #spawn(args: readonly string[]) {
    const child = spawn(this.#settings.program ?? 'ssh', args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A session of its own: ssh has no terminal to ask at, and a Ctrl-C for this process does not reach it.
      detached: process.platform !== 'win32',
      windowsHide: true,
      env: { ...(this.#settings.env ?? process.env), ...this.#secrets?.env },
    })
    this.#watchdog.add(child)
    return child
  }

  #options(): readonly string[] {
    return [...(this.#secrets?.options ?? []), ...(this.#settings.options ?? [])]
  }

  #connection(controlPath: string | undefined): SshConnection {
    return controlPath === undefined ? { asks: this.#asks } : { controlPath, asks: this.#asks }
  }

  get #asks(): boolean {
    return this.#secrets?.asks === true
  }

  #failure({ code, signal, error, stderr }: Ended): ConnectionError {
    const said = stderr.trim()
    const how =
      error !== undefined
        ? `${this.#settings.program ?? 'ssh'} could not be started: ${error.message}`
        : `ssh ended with ${signal === null ? `code ${code}` : signal}${said === '' ? '' : `: ${said}`}`
    const { host } = this.#address
    const hasSecrets = this.#secrets !== undefined
    const isMissing = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
    const hint = sshAdvice({ code, said, isMissing, host, hasSecrets })
    const message = `cannot talk to the Docker Engine at ${this.#where}: ${how}`
    return new ConnectionError(this.#where, message, { cause: error, hint })
  }
}

/** Options of the user that set up sharing, or exclude it, win. */
export function wantsMultiplexing({ multiplex = true, options = [] }: SshSettings): boolean {
  if (!multiplex || process.platform === 'win32') return false
  const sharing = /^(-o ?)?(Control(Master|Path)|(Permit)?LocalCommand)/i
  return !options.some((option) => /^-[SM]/.test(option) || sharing.test(option))
}

function fitsSocket(folder: string): boolean {
  return Buffer.byteLength(`${folder}/9999`) <= MAX_CONTROL_PATH
}

/** The promise is others' as well: an abort leaves it alone. */
function abortable(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const release = onAbort(signal, () => reject(signal.reason))
    promise.then(resolve, reject).finally(release)
  })
}

/** Where no folder can be made, each connection is one of its own. Only secrets need a folder. */
function folderOf(where: string, settings: SshSettings): string | undefined {
  try {
    return privateFolder()
  } catch (cause) {
    if (!hasSecrets(settings)) return undefined
    throw new ConnectionError(
      where,
      `ssh needs a private folder for its secrets: ${(cause as Error).message}`,
      {
        cause,
      },
    )
  }
}
