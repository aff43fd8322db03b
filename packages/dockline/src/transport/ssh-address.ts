import { InvalidArgumentError } from '../errors.js'
import { shownName } from '../support/check.js'

/** Where ssh goes, from `ssh://[user@]host[:port][/path/of/the/socket]`. */
export interface SshAddress {
  readonly host: string
  readonly user: string | undefined
  /** undefined leaves it to ssh and its config file. */
  readonly port: number | undefined
  /** The Engine's socket on the remote machine; undefined: as the docker command there decides. */
  readonly socket: string | undefined
}

/** How the ssh of this machine is run. */
export interface SshOptions {
  /** The program. Default: 'ssh', as found in PATH. */
  readonly program?: string | undefined
  /** More arguments for it, before all others: `['-i', 'key']`, `['-o', 'ProxyJump=gate']`. */
  readonly options?: readonly string[] | undefined
  /**
   * Whether all connections of a client share one, by ssh's ControlMaster with its socket in a private folder. Default
   * true; Windows' ssh cannot.
   */
  readonly multiplex?: boolean | undefined
  /**
   * A private key itself, as OpenSSH or PEM writes it, instead of those of the agent and of ~/.ssh. It is kept in a private
   * file while the client is used. Not on Windows.
   */
  readonly key?: string | Buffer | undefined
  /** Opens a `key` that is encrypted. Not on Windows. */
  readonly passphrase?: string | undefined
  /** The password of the user over there; a key is better. Not on Windows. */
  readonly password?: string | undefined
}

export interface SshSettings extends SshOptions {
  /** The environment of ssh, and where PATH is looked up. Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

const OPTION_NAMES: readonly string[] = [
  'program',
  'options',
  'multiplex',
  'key',
  'passphrase',
  'password',
] satisfies (keyof SshOptions)[]

/** Checks what a user gave. */
export function sshSettings(given: SshOptions = {}, env?: SshSettings['env']): SshSettings {
  const { program, options, multiplex, key, passphrase, password } = given
  const unknown = Object.keys(given).find((name) => !OPTION_NAMES.includes(name))
  if (unknown !== undefined) {
    throw new InvalidArgumentError(
      `unknown option ${shownName(unknown)} of ssh: there are ${OPTION_NAMES.join(', ')}`,
    )
  }
  if (program !== undefined && (typeof program !== 'string' || program === '')) {
    throw new InvalidArgumentError(`ssh.program must be the name or path of a program, not ${program}`)
  }
  if (
    options !== undefined &&
    !(Array.isArray(options) && options.every((each) => typeof each === 'string'))
  ) {
    throw new InvalidArgumentError('ssh.options must be an array of strings, one for each argument of ssh')
  }
  if (multiplex !== undefined && typeof multiplex !== 'boolean') {
    throw new InvalidArgumentError(`ssh.multiplex must be true or false, not ${multiplex}`)
  }
  checkSecrets(given)
  return { program, options, multiplex, key, passphrase, password, env }
}

/** No message shows what they are. */
function checkSecrets({ key, passphrase, password }: SshOptions): void {
  if (key !== undefined && !/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(String(key))) {
    throw new InvalidArgumentError('ssh.key must be a private key itself, as a string or a Buffer')
  }
  for (const [name, value] of Object.entries({ passphrase, password })) {
    if (value === undefined || (typeof value === 'string' && value !== '' && !/[\r\n\0]/.test(value)))
      continue
    throw new InvalidArgumentError(`ssh.${name} must be a string of one line`)
  }
  if (passphrase !== undefined && key === undefined) {
    throw new InvalidArgumentError('ssh.passphrase was given without ssh.key: it opens no other key')
  }
  if (process.platform === 'win32' && (key ?? password) !== undefined) {
    const hint = 'add the key to the agent with ssh-add, or name its file in ssh.options'
    throw new InvalidArgumentError('ssh.key and ssh.password cannot be given to the ssh of Windows', { hint })
  }
}

/** The arguments for one connection to the Engine, over the shared one if there is one. */
export function dialArguments(
  address: SshAddress,
  options: readonly string[],
  { controlPath, asks }: SshConnection = {},
): string[] {
  const shared = controlPath === undefined ? [] : ['-S', controlPath, '-o', 'ControlMaster=no']
  return [...options, ...shared, ...login(address, asks), '-T', '--', address.host, remoteCommand(address)]
}

/** The arguments for the connection that others share. It writes a line as soon as they can. */
export function masterArguments(
  address: SshAddress,
  options: readonly string[],
  { controlPath, asks }: Required<SshConnection>,
): string[] {
  const ready = ['-o', 'PermitLocalCommand=yes', '-o', 'LocalCommand=echo']
  const shared = ['-M', '-N', '-S', controlPath, '-o', 'ControlPersist=no', ...ready]
  return [...options, ...shared, ...login(address, asks), '-T', '--', address.host]
}

/** How one connection is made. */
export interface SshConnection {
  /** The socket of the connection that others share. */
  readonly controlPath?: string
  /** Whether a program of ours is there to be asked for a secret, once. Default: false. */
  readonly asks?: boolean
}

/**
 * The arguments for user and port, and for a login without questions. ssh takes the first of two values: the user's
 * own options win.
 */
function login({ user, port }: SshAddress, asks = false): string[] {
  const patience = ['-o', 'ConnectTimeout=30']
  const quiet = asks ? ['-o', 'NumberOfPasswordPrompts=1', ...patience] : ['-o', 'BatchMode=yes', ...patience]
  return [
    ...quiet,
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', `${port}`]),
  ]
}

/** As the docker command has it. One word for ssh, read by a shell over there. */
function remoteCommand({ socket }: SshAddress): string {
  const host = socket === undefined ? '' : ` ${quoted(`--host=unix://${socket}`)}`
  return `docker${host} system dial-stdio`
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
