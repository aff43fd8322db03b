import { text as textOf } from 'node:stream/consumers'
import { ApiError, configPath, type DockerClient, readConfig, registryKey } from 'dockline'
import type { Cli } from '../cli.js'
import { ExitError, explain } from '../errors.js'
import { type Call, type CommandSpec, defineCommand } from '../flags/command.js'
import { bool, text } from '../flags/flag.js'
import { askLine, askSecret } from '../prompt.js'
import { warnOfEnvironment } from './logout.js'

const flags = {
  password: text('Password or Personal Access Token (PAT)', { short: 'p' }),
  'password-stdin': bool('Take the Password or Personal Access Token (PAT) from stdin'),
  username: text('Username', { short: 'u' }),
}
type LoginCall = Call<typeof flags>

const HUB = registryKey('docker.io')

export const spec: CommandSpec<typeof flags> = {
  name: 'login',
  usage: '[OPTIONS] [SERVER]',
  summary:
    'Authenticate to a registry. Defaults to Docker Hub if no server is specified, which asks for a username: logging in with a browser is not supported.',
  flags,
  operands: { min: 0, max: 1 },
  async run(call) {
    const { cli } = call
    refuseConflicts(call)
    const { username = '', password = '' } = call.flags
    if (password !== '') {
      cli.complain('WARNING! Using --password via the CLI is insecure. Use --password-stdin.')
    }
    const piped = call.flags['password-stdin'] ? await readPassword(cli) : password
    warnOfEnvironment(cli)
    const login = new Login(cli, await cli.client(), registryKey(call.operands[0] || HUB))
    await login.run({ username, password: piped })
  },
}

function refuseConflicts({ flags, given }: LoginCall): void {
  const { username, password } = flags
  if (flags['password-stdin']) {
    if (given.has('password')) {
      throw new ExitError('conflicting options: cannot specify both --password and --password-stdin')
    }
    if (!given.has('username')) {
      throw new ExitError('the --password-stdin option requires --username to be set')
    }
  }
  if (username === '') throw new ExitError('username is empty')
  if (password === '') throw new ExitError('password is empty')
}

/** Without the end of its line, as most programs write one. */
async function readPassword(cli: Cli): Promise<string> {
  return (await textOf(cli.stdin)).replace(/\n$/, '').replace(/\r$/, '')
}

interface User {
  readonly username: string
  readonly password: string
}

/** One login to a registry, by the name it is filed under. */
class Login {
  readonly #cli: Cli
  readonly #client: DockerClient
  readonly #registry: string

  constructor(cli: Cli, client: DockerClient, registry: string) {
    this.#cli = cli
    this.#client = client
    this.#registry = registry
  }

  async run(given: User): Promise<void> {
    const wanted = given.username === '' && given.password === ''
    const stored = wanted ? await this.#client.credentials.for(this.#registry) : undefined
    const { username = '', password = '' } = stored ?? {}
    if (username !== '' && password !== '' && (await this.#withStored({ username, password }))) return
    await this.#with(await this.#ask(given, username))
  }

  /** Whether the registry still accepts what is stored. */
  async #withStored(user: User): Promise<boolean> {
    this.#cli.complain(`Authenticating with existing credentials... [Username: ${user.username}]\n`)
    const advice = "To login with a different account, run 'dockline logout' followed by 'dockline login'"
    this.#cli.complain(` Info -> ${advice}\n\n`)
    try {
      await this.#with(user)
      return true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const expired = error.status === 401
      this.#cli.complain(
        expired ? 'Stored credentials invalid or expired' : `Login did not succeed, error: ${explain(error)}`,
      )
      return false
    }
  }

  async #ask(given: User, before: string): Promise<User> {
    const complete = given.username !== '' && given.password !== ''
    if (!complete && this.#cli.stdin.isTTY !== true) {
      throw new ExitError('Error: Cannot perform an interactive login from a non TTY device')
    }
    const username = given.username || (await this.#askUsername(before))
    return { username, password: given.password || (await this.#askPassword()) }
  }

  async #askUsername(before: string): Promise<string> {
    if (this.#registry === HUB) {
      this.#cli.line(
        'Log in to Docker Hub with your Docker ID or email address, and a password or personal access token (PAT).\n' +
          'Logging in with a browser is not supported: a PAT is made at https://app.docker.com/settings\n',
      )
    }
    const question = before === '' ? 'Username: ' : `Username (${before}): `
    const username = (await askLine(this.#cli, question)) || before
    if (username === '') throw new ExitError('error: username is required')
    return username
  }

  async #askPassword(): Promise<string> {
    const password = await askSecret(this.#cli, 'Password: ')
    if (password === '') throw new ExitError('error: password is required')
    return password
  }

  async #with(user: User): Promise<void> {
    const before = this.#inFile()
    const { Status } = await this.#client.login({ ...user, serveraddress: this.#registry })
    const after = this.#inFile()
    if (after !== undefined && after !== before) this.#warnOfFile()
    this.#cli.line(Status)
  }

  /** What the file itself has; nothing where a helper keeps it, or a token took the place of the password. */
  #inFile(): string | undefined {
    const { auth, identitytoken } = readConfig(this.#cli.env).auths?.[this.#registry] ?? {}
    return identitytoken ? undefined : auth
  }

  #warnOfFile(): void {
    this.#cli.complain(
      `\nWARNING! Your credentials are stored unencrypted in '${configPath(this.#cli.env)}'.\n` +
        'Configure a credential helper to remove this warning. See\n' +
        'https://docs.docker.com/go/credential-store/\n',
    )
  }
}

export const command = defineCommand(spec)
