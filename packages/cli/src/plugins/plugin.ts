import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Cli } from '../cli.js'
import { candidates, type Named, pathsOf } from './folders.js'

/** A name as in `docker NAME`. */
const NAME = /^[a-z][a-z0-9]*$/
/** Asked for this, a plugin says what it is. */
const METADATA = 'docker-cli-plugin-metadata'
/** The time a plugin has for its metadata: help does not wait for a plugin that never answers. */
const PATIENCE_MS = 10_000

/** What a plugin says of itself. */
interface Metadata {
  readonly SchemaVersion?: string
  readonly Vendor?: string
  readonly Version?: string
  readonly ShortDescription?: string
  readonly URL?: string
  readonly Hidden?: boolean
}
const TEXTS = ['SchemaVersion', 'Vendor', 'Version', 'ShortDescription', 'URL'] as const

/** A file that is a plugin, or with the reason why it cannot be one. */
export interface Plugin extends Metadata {
  readonly Name: string
  readonly Path: string
  readonly ShadowedPaths?: readonly string[]
  readonly Err?: string
}

/** The plugin that a word of the command line names; undefined for a broken one. */
export async function findPlugin(name: string, cli: Cli): Promise<Plugin | undefined> {
  if (!NAME.test(name)) return undefined
  const path = pathsOf(name, cli).find((each) => existsSync(each))
  if (path === undefined) return undefined
  const plugin = await pluginOf({ name, path, shadowed: [] }, cli)
  return plugin.Err === undefined ? plugin : undefined
}

/** All there are, also those that are broken. */
export async function listPlugins(cli: Cli): Promise<readonly Plugin[]> {
  return Promise.all((await candidates(cli)).map((each) => pluginOf(each, cli)))
}

async function pluginOf(
  { name, path, shadowed }: Named,
  { surroundings: { builtIn } }: Cli,
): Promise<Plugin> {
  const plugin = { Name: name, Path: path, ...(shadowed.length > 0 && { ShadowedPaths: shadowed }) }
  const clash = clashOf(name, builtIn)
  if (clash !== undefined) return { ...plugin, Err: clash }
  try {
    const metadata = readMetadata(await askMetadata(path))
    const fault = faultOf(metadata)
    return { ...metadata, ...plugin, ...(fault !== undefined && { Err: fault }) }
  } catch (error) {
    return { ...plugin, Err: (error as Error).message }
  }
}

function clashOf(name: string, builtIn: ReadonlySet<string>): string | undefined {
  if (!NAME.test(name))
    return `plugin candidate ${JSON.stringify(name)} did not match ${JSON.stringify(NAME.source)}`
  return builtIn.has(name) ? `plugin ${JSON.stringify(name)} duplicates builtin command` : undefined
}

async function askMetadata(path: string): Promise<string> {
  try {
    const running = promisify(execFile)(path, [METADATA], { timeout: PATIENCE_MS })
    running.child.stdin?.end()
    return (await running).stdout
  } catch (error) {
    throw new Error(`failed to fetch metadata: ${reasonOf(error as NodeJS.ErrnoException, path)}`)
  }
}

/** In the words that docker has for it. */
function reasonOf(error: Omit<NodeJS.ErrnoException, 'code'>, path: string): string {
  const { code, killed, signal } = error as { code?: unknown; killed?: boolean; signal?: string }
  if (typeof code === 'number') return `exit status ${code}`
  if (killed) return `no answer within ${PATIENCE_MS / 1000} seconds`
  if (typeof signal === 'string') return `signal: ${signal}`
  if (code === 'EACCES') return `fork/exec ${path}: permission denied`
  if (code === 'ENOENT') return `fork/exec ${path}: no such file or directory`
  if (code === 'ENOEXEC') return `fork/exec ${path}: exec format error`
  return error.message
}

function readMetadata(text: string): Metadata {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Without the words of Node, which repeat what was said, line ends and all.
    throw new Error(
      `invalid metadata: ${text.trim() === '' ? 'unexpected end of JSON input' : 'it is no JSON'}`,
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('invalid metadata: it is no object')
  }
  const told = value as Record<string, unknown>
  const wrong = TEXTS.find((name) => typeof (told[name] ?? '') !== 'string')
  if (wrong !== undefined) throw new Error(`invalid metadata: ${wrong} is no string`)
  const texts = TEXTS.filter((name) => told[name]).map((name) => [name, told[name]])
  return { ...Object.fromEntries(texts), ...(told.Hidden === true && { Hidden: true }) }
}

/** docker's rules, and its words. */
function faultOf({ SchemaVersion: version = '', Vendor }: Metadata): string | undefined {
  if (version === '') return 'plugin SchemaVersion version cannot be empty'
  const quoted = JSON.stringify(version)
  const [, major] = /^([+-]?\d+)\./.exec(version) ?? []
  if (major === undefined) {
    return `plugin SchemaVersion ${quoted} has wrong format: must be <major>.<minor>.<patch>`
  }
  if (Number(major) > 1) return `plugin SchemaVersion ${quoted} is not supported: must be lower than 2.0.0`
  return Vendor ? undefined : 'plugin metadata does not define a vendor'
}
