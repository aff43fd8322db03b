import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { needPackages } from './packages.js'
import { writeProgram } from './write-program.js'

const run = promisify(execFile)

/** A real sshd with its defaults, whose docker command talks to one Engine. */
export interface TestSshd {
  readonly port: number
  /**
   * An ssh that knows the hosts `box` (this sshd), `behind` (the same, through itself), `changed` (the same, with a key
   * that is not the one known), `unknown` (with none known) and `keyless` (where nobody is let in).
   */
  readonly program: string
  /** The arguments that let one in at 127.0.0.1. */
  readonly login: readonly string[]
  /** The file of the private key that lets one in. */
  readonly key: string
  /** Before it in PATH, it is what runs as `ssh`. */
  readonly path: string
  /** How often somebody logged in. */
  logins(): number
  /** The processes of ssh that run for this sshd's hosts on this side. */
  clients(): Promise<number>
  /** Ends every connection, as a network does that fails. */
  cut(): Promise<void>
}

/** Starts it on loopback. It is gone after the test. Needs root, as the throwaway Engines do. */
export async function anSshd(
  test: Pick<TestContext, 'after'>,
  dockerHost: string,
  { path = '/usr/bin:/bin' }: { readonly path?: string } = {},
): Promise<TestSshd> {
  await needPackages(['openssh-server', 'openssh-client'])
  const folder = await mkdtemp(join(tmpdir(), 'dockline-sshd-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  const file = (name: string) => join(folder, name)
  await Promise.all(
    ['host', 'other', 'id'].map((name) =>
      run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]),
    ),
  )
  // Where sshd locks itself up before the login; Debian's service makes it.
  await mkdir('/run/sshd', { recursive: true })
  const port = await freePort()
  await writeFile(file('sshd_config'), serverConfig(folder, port, `DOCKER_HOST=${dockerHost} PATH=${path}`))
  const { child, log } = await started(['-D', '-e', '-f', file('sshd_config')])
  test.after(() => end(child))
  await writeClient(folder, port)
  return {
    port,
    program: file('bin/ssh'),
    key: file('id'),
    path: file('bin'),
    login: ['-i', file('id'), '-o', `UserKnownHostsFile=${file('known_hosts')}`, '-o', 'HostKeyAlias=box'],
    logins: () => log.filter((line) => /Accepted publickey/.test(line)).length,
    clients: async () => (await pids(['-f', `^/usr/bin/ssh -F ${file('ssh_config')}`])).length,
    cut: async () => {
      for (const pid of await pids(['-P', `${child.pid}`])) process.kill(pid, 'SIGKILL')
    },
  }
}

function serverConfig(folder: string, port: number, environment: string): string {
  return [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/id.pub`,
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'LogLevel VERBOSE',
    // bash reads no .bashrc on the second level: what a machine has there may print, and takes longer than the command.
    `SetEnv ${environment} SHLVL=1`,
    '',
  ].join('\n')
}

/** ssh finds its settings by the password file, so a stand-in gives it others. */
async function writeClient(folder: string, port: number): Promise<void> {
  const file = (name: string) => join(folder, name)
  const key = async (name: string) =>
    (await readFile(file(`${name}.pub`), 'utf8')).split(' ').slice(0, 2).join(' ')
  await writeFile(file('known_hosts'), `box ${await key('host')}\nchanged ${await key('other')}\n`)
  const place = ['HostName 127.0.0.1', `Port ${port}`, `UserKnownHostsFile ${file('known_hosts')}`]
  const login = [...place, 'User root', `IdentityFile ${file('id')}`]
  const common = ['IdentitiesOnly yes', 'StrictHostKeyChecking yes']
  const hosts = {
    box: ['HostKeyAlias box', ...login],
    behind: ['HostKeyAlias box', 'ProxyJump box', ...login],
    changed: ['HostKeyAlias changed', ...login],
    unknown: ['HostKeyAlias unknown', ...login],
    keyless: ['HostKeyAlias box', ...place, 'IdentityFile none'],
  }
  const config = Object.entries(hosts).flatMap(([name, settings]) => [`Host ${name}`, ...settings, ...common])
  await writeFile(file('ssh_config'), `${config.join('\n')}\n`)
  await mkdir(file('bin'))
  writeProgram(file('bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${file('ssh_config')} "$@"\n`)
}

interface Started {
  readonly child: ChildProcess
  /** Grows as it speaks. */
  readonly log: readonly string[]
}

async function started(args: readonly string[]): Promise<Started> {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '/usr/sbin/sshd', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const log: string[] = []
  const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream })
  const listening = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      log.push(line)
      if (/Server listening/.test(line)) resolve()
    })
    lines.on('close', () => reject(new Error(`sshd did not start:\n${log.join('\n')}`)))
  })
  await listening
  return { child, log }
}

async function end(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  if (child.kill('SIGKILL')) await exit
}

async function pids(pattern: readonly string[]): Promise<number[]> {
  const found = await run('pgrep', [...pattern]).catch(() => ({ stdout: '' }))
  return found.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(Number)
}

/** sshd cannot choose one and tell which. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
