import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { ConfigFile, Container, DockerClient, TlsOptions } from 'dockline'
import { requireName } from './errors.js'
import type { TlsChoice } from './flags/global.js'
import { errorStream } from './streams.js'

export interface ClientChoice {
  readonly host?: string | undefined
  readonly context?: string | undefined
  /** The folder of config.json and of the contexts. */
  readonly config?: string | undefined
  readonly tls?: TlsChoice | undefined
  /** Whether more is to be told than usual. */
  readonly debug?: boolean | undefined
}

type MaybeTerminal = { readonly isTTY?: boolean; readonly columns?: number }

/** What every command works with: the Engine, the three streams, and the settings of config.json. */
export class Cli {
  readonly stdout: Writable & MaybeTerminal = process.stdout
  readonly stderr: Writable & MaybeTerminal = errorStream()
  readonly #choice: ClientChoice
  #client: DockerClient | undefined
  #config: ConfigFile = {}

  constructor(choice: ClientChoice) {
    this.#choice = choice
  }

  /** Opened when it is wanted: that takes a while, and few commands read. */
  get stdin(): Readable & MaybeTerminal {
    return process.stdin
  }

  /** Loads the library: a command that only prints help does without. */
  async client(): Promise<DockerClient> {
    if (this.#client === undefined) {
      const { DockerClient } = await import('dockline')
      const { host, context } = this.#choice
      this.#client = new DockerClient({ host, context, tls: await this.#tls(), env: this.#environment })
    }
    return this.#client
  }

  /** A context other than the default has TLS of its own. */
  async #tls(): Promise<TlsOptions | undefined> {
    const { tls } = this.#choice
    if (tls === undefined || this.context !== 'default') return undefined
    const { configPath } = await import('dockline')
    // docker's default is not in the folder of --config.
    const folder = process.env.DOCKER_CERT_PATH || dirname(configPath())
    const present = (name: string) => [join(folder, name)].find((file) => existsSync(file))
    const { ca = join(folder, 'ca.pem'), cert = present('cert.pem'), key = present('key.pem'), verify } = tls
    return { ca, cert, key, verify }
  }

  /** By what the Engine calls it, without asking whether it is there: whatever is done with it will tell. */
  async container(name: string): Promise<Container> {
    const [{ Container }, { api }] = await Promise.all([import('dockline'), this.client()])
    return new Container(api, { id: requireName(name) })
  }

  /** What config.json has, once a command runs. */
  get config(): ConfigFile {
    return this.#config
  }

  /**
   * A file that is broken has no settings. Where it decides the connection, the library says what is wrong once
   * more, and refuses.
   */
  async readConfig(): Promise<void> {
    const { readConfig } = await import('dockline')
    try {
      this.#config = readConfig(this.#environment)
    } catch (error) {
      this.complain(`WARNING: Error loading config file: ${(error as Error).message}`)
    }
  }

  /** The name of the context in use, as `docker context show` has it. */
  get context(): string {
    const { host, context } = this.#choice
    if (context) return context
    if (host || process.env.DOCKER_HOST) return 'default'
    return process.env.DOCKER_CONTEXT || this.config.currentContext || 'default'
  }

  /** The environment, with what -H and -c say in it. */
  get env(): NodeJS.ProcessEnv {
    const { host, context } = this.#choice
    if (host) return { ...this.#environment, DOCKER_HOST: host }
    if (!context) return this.#environment
    return { ...this.#environment, DOCKER_HOST: undefined, DOCKER_CONTEXT: context }
  }

  /** The environment, with what --config says in it. */
  get #environment(): NodeJS.ProcessEnv {
    const { config } = this.#choice
    return config ? { ...process.env, DOCKER_CONFIG: config } : process.env
  }

  /** What -D says in front of the command. */
  get debug(): boolean {
    return this.#choice.debug ?? false
  }

  get columns(): number {
    return this.stdout.columns || 80
  }

  write(text: string): void {
    this.stdout.write(text)
  }

  line(text: string): void {
    this.stdout.write(`${text}\n`)
  }

  complain(text: string): void {
    this.stderr.write(`${text}\n`)
  }

  async close(): Promise<void> {
    await this.#client?.close()
  }
}
