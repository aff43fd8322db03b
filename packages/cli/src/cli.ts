import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Container, DockerClient, InspectedContainer, TlsOptions } from 'dockline'
import type { ConfigFile } from 'dockline/syntax'
import { settingsIn } from './config-settings.js'
import { requireName } from './errors.js'
import type { TlsChoice } from './flags/global.js'
import type { StandardStreams } from './streams.js'

export interface ClientChoice {
  readonly host?: string | undefined
  readonly context?: string | undefined
  /** The folder of config.json and of the contexts. */
  readonly config?: string | undefined
  readonly tls?: TlsChoice | undefined
  /** Whether more is printed than usual. */
  readonly debug?: boolean | undefined
}

export interface Surroundings {
  readonly streams: StandardStreams
  /** The words that are commands, and so name no plugin. */
  readonly builtIn: ReadonlySet<string>
}

/** What every command works with: the Engine, the three streams, and the settings of config.json. */
export class Cli {
  readonly surroundings: Surroundings
  readonly stdout: StandardStreams['stdout']
  readonly stderr: StandardStreams['stderr']
  readonly #choice: ClientChoice
  #client: DockerClient | undefined
  #config: ConfigFile = {}
  #configured: NodeJS.ProcessEnv | undefined

  constructor(choice: ClientChoice, surroundings: Surroundings) {
    this.#choice = choice
    this.surroundings = surroundings
    this.stdout = surroundings.streams.stdout
    this.stderr = surroundings.streams.stderr
  }

  get stdin(): StandardStreams['stdin'] {
    return this.surroundings.streams.stdin
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
    const { configPath } = await import('dockline/syntax')
    // docker's default is not in the folder of --config.
    const folder = process.env.DOCKER_CERT_PATH || dirname(configPath())
    const present = (name: string) => [join(folder, name)].find((file) => existsSync(file))
    const { ca = join(folder, 'ca.pem'), cert = present('cert.pem'), key = present('key.pem'), verify } = tls
    return { ca, cert, key, verify }
  }

  /** The container of this name or id, without asking whether it exists. The next call shows that. */
  async container(name: string): Promise<Container> {
    return (await this.client()).containers.ref(requireName(name))
  }

  /** The container of this name or id, once the Engine has said what it is. */
  async inspected(name: string): Promise<InspectedContainer> {
    return (await this.client()).containers.get(requireName(name))
  }

  /** What config.json has, once a command runs. */
  get config(): ConfigFile {
    return this.#config
  }

  /**
   * Reads config.json. A broken file has no settings. Where it decides the connection, the library reports the error
   * and refuses.
   */
  async readConfig(): Promise<void> {
    const { configPath, readConfig } = await import('dockline/syntax')
    try {
      const [config, fault] = settingsIn(readConfig(this.#environment))
      this.#config = config
      if (fault !== undefined)
        this.complain(`WARNING: Error parsing config file (${configPath(this.#environment)}): json: ${fault}`)
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
    if (!config) return process.env
    // A copy takes a while: each variable is asked for.
    this.#configured ??= { ...process.env, DOCKER_CONFIG: config }
    return this.#configured
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

  /** The same for lines without an end: waits for a reader that is slow, else they would pile up here. */
  async lineInTurn(text: string): Promise<void> {
    if (!this.stdout.write(`${text}\n`)) await once(this.stdout, 'drain')
  }

  complain(text: string): void {
    this.stderr.write(`${text}\n`)
  }

  async close(): Promise<void> {
    await this.#client?.close()
  }
}
