import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { needPackages } from './packages.js'

const run = promisify(execFile)
const ENGINE_FOLDER = new URL('../../../../scripts/engine/', import.meta.url)

export interface TestRegistry {
  /** As an image's name begins: '127.0.0.1:41234'. The Engines trust it without TLS. */
  readonly address: string
}

/** Whose end is the registry's end: a test, or with node:test's own `after` all tests around. */
export interface Owner {
  after(cleanup: () => unknown): void
}

export interface Login {
  readonly username: string
  readonly password: string
}

const pids = new Map<string, number | undefined>()

/**
 * The process of a throwaway Engine; undefined when the Engine is somebody else's. Asked for once: it takes a process. The answer is
 * kept and not its promise: whoever awaits the promise of another test is taken for a part of that test, and so are its hooks.
 */
export async function enginePid(host: string): Promise<number | undefined> {
  if (!pids.has(host)) pids.set(host, await findPid(host))
  return pids.get(host)
}

async function findPid(host: string): Promise<number | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const cli = fileURLToPath(new URL('cli.mjs', ENGINE_FOLDER))
  const { stdout } = await run(process.execPath, [cli, 'status', '--json'])
  const { engines } = JSON.parse(stdout) as { engines: { host: string; pid?: number }[] }
  return engines.find((engine) => engine.host === host)?.pid
}

/** A real registry where only this Engine finds it: in its network namespace. It is gone after the test. */
export async function aRegistry(test: Owner, pid: number, login?: Login): Promise<TestRegistry> {
  await needPackages(['docker-registry', 'apache2-utils'])
  const folder = await mkdtemp(join(tmpdir(), 'dockline-registry-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'config.json'), JSON.stringify(configOf(folder, login)))
  if (login !== undefined) await writeFile(join(folder, 'htpasswd'), await htpasswd(login))
  // Tied to this process, also when it is killed.
  const enter = ['--pdeathsig', 'KILL', 'nsenter', '--net', '--target', String(pid)]
  const command = [...enter, 'docker-registry', 'serve', join(folder, 'config.json')]
  const registry = spawn('setpriv', command, { stdio: ['ignore', 'ignore', 'pipe'] })
  test.after(() => end(registry))
  return { address: await addressOf(registry) }
}

/** YAML is a superset of JSON. */
function configOf(folder: string, login: Login | undefined): object {
  return {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: '127.0.0.1:0' },
    ...(login && { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } }),
  }
}

/** A line of bcrypt, which is the only kind the registry takes. */
async function htpasswd({ username, password }: Login): Promise<string> {
  const hashing = run('htpasswd', ['-Bin', username])
  hashing.child.stdin?.end(password)
  return (await hashing).stdout
}

async function addressOf(registry: ChildProcess): Promise<string> {
  const said: string[] = []
  for await (const line of createInterface({ input: registry.stderr as NodeJS.ReadableStream })) {
    said.push(line)
    const [, address] = /listening on (127\.0\.0\.1:\d+)/.exec(line) ?? []
    if (address === undefined) continue
    // What it says from here on is for nobody, but must not fill the pipe.
    registry.stderr?.resume()
    return address
  }
  throw new Error(`the registry did not start:\n${said.join('\n')}`)
}

async function end(registry: ChildProcess): Promise<void> {
  if (registry.exitCode !== null || registry.signalCode !== null) return
  const exit = once(registry, 'exit')
  registry.kill('SIGKILL')
  await exit
}
