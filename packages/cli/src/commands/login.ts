import { isUtf8 } from 'node:buffer'
import { buffer } from 'node:stream/consumers'
import { ApiError, type DockerClient } from 'dockline'
import { configPath, readConfig, registryKey } from 'dockline/syntax'
import type { Cli } from '../cli.js'
import { type Call, defineCommand } from '../command.js'
import { ExitError, explain } from '../errors.js'
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

export const command = defineCommand({
  usage: '[OPTIONS] [SERVER]',
  description:
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
})

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

async function readPassword(cli: Cli): Promise<string> {
  const bytes = await buffer(cli.stdin)
  // A string has no such bytes: it would hold others, and these would be stored.
  if (!isUtf8(bytes)) throw new ExitError('the password is not UTF-8')
  return trimmed(bytes.toString())
}

/** Blanks as Go knows them: JavaScript would take a byte order mark away too, and leave U+0085. */
const BLANK = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const AROUND = new RegExp(`^${BLANK}+|(?<!${BLANK})${BLANK}+$`, 'g')

/** docker takes away what stands around a name and a password, wherever they come from. */
function trimmed(text: string): string {
  return text.replace(AROUND, '')
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
    // A helper that fails when it is asked may still be given something to keep.
    const stored = wanted ? await this.#client.credentials.for(this.#registry, { optional: true }) : undefined
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
    const { username, password } = { username: trimmed(given.username), password: trimmed(given.password) }
    if ((username === '' || password === '') && this.#cli.stdin.isTTY !== true) {
      throw new ExitError('Error: Cannot perform an interactive login from a non TTY device')
    }
    const name = username || (await this.#askUsername(before))
    return { username: name, password: password || (await this.#askPassword()) }
  }

  async #askUsername(before: string): Promise<string> {
    if (this.#registry === HUB) {
      this.#cli.line(
        'Log in to Docker Hub with your Docker ID or email address, and a password or personal access token (PAT).\n' +
          'Logging in with a browser is not supported: a PAT is made at https://app.docker.com/settings\n',
      )
    }
    const question = before === '' ? 'Username: ' : `Username (${before}): `
    const username = trimmed(await askLine(this.#cli, question)) || before
    if (username === '') throw new ExitError('error: username is required')
    return username
  }

  async #askPassword(): Promise<string> {
    const password = trimmed(await askSecret(this.#cli, 'Password: '))
    if (password === '') throw new ExitError('error: password is required')
    return password
  }

  async #with(user: User): Promise<void> {
    const before = this.#inFile()
    const { Status } = await this.#client.login({ ...user, serveraddress: this.#registry })
    const after = this.#inFile()
    if (after !== undefined && after !== before) this.#warnOfFile()
    if (Status) this.#cli.line(Status)
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
