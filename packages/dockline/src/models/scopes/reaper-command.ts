import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { InvalidArgumentError } from '../../errors.js'

/** A scope that the reaper removes when the process that holds its stdin is gone. */
export interface WatchedScope {
  readonly scope: string
  /** The options of a client, as JSON. They may hold secrets, so they never are arguments or variables. */
  readonly connection: string
}

/** Asks the reaper to watch a scope. The number names the request. */
export interface WatchRequest extends WatchedScope {
  readonly watch: number
}

/** What the reaper is asked, one line each. */
export type ReaperRequest = WatchRequest | { readonly forget: number }

/** The answer of the reaper. */
export interface ReaperAnswer {
  readonly watching: number
  /** The reason why the reaper cannot watch. */
  readonly refused?: string | undefined
}

/** How the reaper ends: after it has looked for a while, or once nothing is left. */
export type ReaperMode = 'linger' | 'once'

export interface ReaperCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

/** Set for the reaper, so that no program starts itself again and again in place of it. */
const REAPER_VARIABLE = 'DOCKLINE_REAPER'

export function watchLine(key: number, { scope, connection }: WatchedScope): string {
  return `${JSON.stringify({ watch: key, scope, connection } satisfies ReaperRequest)}\n`
}

export function forgetLine(key: number): string {
  return `${JSON.stringify({ forget: key } satisfies ReaperRequest)}\n`
}

/** The command of the reaper, with the runtime of this process. Throws where this program has no runtime to run it. */
export function reaperCommand(mode: ReaperMode): ReaperCommand {
  if (isSingleExecutable() || process.env[REAPER_VARIABLE] !== undefined)
    throw cannotStart('this program is a single executable, which cannot run another program')
  const file = programFile() ?? missing()
  return { program: process.execPath, args: [...runtimeArguments(), file, mode], env: environment() }
}

function missing(): never {
  throw cannotStart('the file reaper-program.cjs of dockline is not beside this program')
}

function cannotStart(reason: string): InvalidArgumentError {
  const hint =
    'with reaper: false the scope is removed by down(), by signals, and by client.scope({ id }).down()'
  return new InvalidArgumentError(`the reaper of a scope cannot start: ${reason}`, { hint })
}

/** Beside this file, or in the package of a program that is bundled with this file. */
function programFile(): string | undefined {
  return [...ownPlaces(), ...installedPlaces()].find((file) => existsSync(file))
}

function ownPlaces(): string[] {
  const folder = ownFolder()
  if (folder === undefined) return []
  return [join(folder, '../../reaper-program.js'), join(folder, 'reaper-program.cjs')]
}

/** A bundler may leave a name here that nothing defines. */
function ownFolder(): string | undefined {
  try {
    return import.meta.dirname
  } catch {
    return undefined
  }
}

function installedPlaces(): string[] {
  const [, main] = process.argv
  if (main === undefined) return []
  try {
    return [join(createRequire(main).resolve('dockline'), '../reaper-program.cjs')]
  } catch {
    return []
  }
}

function runtimeArguments(): string[] {
  return 'deno' in process.versions ? ['run', '--quiet', '--allow-all'] : []
}

/** Options for Node may open a debugger, or load what this process has loaded. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: options = '', ...env } = process.env
  const kept = options.split(/\s+/).filter((option) => /^--(use-\w+-ca|openssl|tls|dns)/.test(option))
  const electron = 'electron' in process.versions ? { ELECTRON_RUN_AS_NODE: '1' } : {}
  return { ...env, ...electron, NODE_OPTIONS: kept.join(' '), [REAPER_VARIABLE]: '1' }
}

/** What the runtimes call a program that holds its runtime. */
interface Runtimes {
  readonly Bun?: { readonly main: string }
  readonly Deno?: { readonly build: { readonly standalone?: boolean } }
}

function isSingleExecutable(): boolean {
  const { Bun, Deno } = globalThis as Runtimes
  if (Bun !== undefined) return /\$bunfs|~BUN/.test(Bun.main)
  if (Deno !== undefined) return Deno.build.standalone === true
  return isSea()
}

function isSea(): boolean {
  const sea = process.getBuiltinModule?.('node:sea') as { isSea(): boolean } | undefined
  return sea?.isSea() === true
}
