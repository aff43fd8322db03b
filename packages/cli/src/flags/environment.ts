import { readFile, stat } from 'node:fs/promises'
import { EXIT, ExitError, UsageError } from '../errors.js'
import { fileFailure } from './files.js'
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
  for (const file of files) await refuseIfRead(file)
  const fromFiles = await readLines(files, process.env)
  const fromFlags = new Map(variables.map((variable) => [variable.split('=')[0], variable]))
  return [...fromFiles, ...[...fromFlags.values()].map((variable) => inherited(variable)[0] ?? variable)]
}

/** Reads the `name=value` lines of env files. A name without a value is skipped, unless it is in `env`. */
export async function readLines(files: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  if (files.length === 0) return []
  const { readEnvFile } = await import('dockline/syntax')
  const lines = files.map((file) => readEnvFile(file, { env }).catch((error) => refuse(file, error)))
  return (await Promise.all(lines)).flat()
}

const READS_ENV_FILES = /^v20\./
const NULL_DEVICE = '/dev/null'

/** Refuses a pipe or a device: Node 20 takes `--env-file` for its own option, and has read the content before. */
async function refuseIfRead(file: string): Promise<void> {
  if (!READS_ENV_FILES.test(process.version) || file === NULL_DEVICE) return
  const found = await stat(file).catch(() => undefined)
  if (found === undefined || found.isFile() || found.isDirectory()) return
  throw new ExitError(
    `cannot read ${file}: Node 20 has read it before this command did. Use a file, or Node 22`,
    EXIT.usage,
  )
}

/** Reports a file that cannot be read in Go's words. */
function refuse(file: string, error: Error): never {
  if (error.cause === undefined) throw new ExitError(error.message, EXIT.usage, error)
  const { message } = fileFailure(file, error.cause)
  const isOpen = message.startsWith('read ')
  throw new ExitError(isOpen ? `invalid env file (${file}): ${message}` : message, EXIT.usage, error)
}

export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw fileFailure(file, cause, EXIT.usage)
  }
}

function inherited(name: string): [] | [string] {
  if (name.includes('=')) return [name]
  const value = process.env[name]
  return value === undefined ? [] : [`${name}=${value}`]
}
