import { readFile } from 'node:fs/promises'
import { EXIT, ExitError, UsageError } from '../errors.js'
import { list } from './flag.js'

export const environmentFlag = list('Set environment variables', {
  short: 'e',
  check: (text) => {
    if (text === '' || text.startsWith('=')) throw new UsageError(`invalid environment variable: ${text}`)
  },
})
export const environmentFileFlag = list('Read in a file of environment variables')

/**
 * The variables of the files, then those of the flags, which win; of several flags for one variable, the last. A name
 * alone takes this process's value.
 */
export async function environmentOf(
  files: readonly string[],
  variables: readonly string[],
): Promise<string[]> {
  const fromFiles = await readLines(files, process.env)
  const fromFlags = new Map(variables.map((variable) => [variable.split('=')[0], variable]))
  return [...fromFiles, ...[...fromFlags.values()].map((variable) => inherited(variable)[0] ?? variable)]
}

/** The `name=value` lines of env files. A name alone is none, unless it is in `env`. */
export async function readLines(files: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  if (files.length === 0) return []
  const { readEnvFile } = await import('dockline')
  const lines = files.map((file) => readEnvFile(file, { env }))
  return (await Promise.all(lines).catch(refuse)).flat()
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
}

/** A file that cannot be opened is told as Go tells it. */
function refuse(error: Error): never {
  const { code = '', path } = (error.cause ?? {}) as NodeJS.ErrnoException
  const reason = REASONS[code]
  throw new ExitError(reason === undefined ? error.message : `open ${path}: ${reason}`, EXIT.usage, error)
}

export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    return refuse(new Error((cause as Error).message, { cause }))
  }
}

function inherited(name: string): [] | [string] {
  if (name.includes('=')) return [name]
  const value = process.env[name]
  return value === undefined ? [] : [`${name}=${value}`]
}
