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
 * The variables of the files, then those of the flags, which win. A name alone takes this process's value.
 */
export async function environmentOf(
  files: readonly string[],
  variables: readonly string[],
): Promise<string[]> {
  const fromFiles = await readLines(files)
  const known = fromFiles.flatMap((line) => (line.includes('=') ? [line] : inherited(line)))
  return [...known, ...variables.map((variable) => inherited(variable)[0] ?? variable)]
}

/** `name=value` lines; blank lines and those that begin with # are none. */
export async function readLines(files: readonly string[]): Promise<string[]> {
  const lines: string[] = []
  for (const file of files) {
    const text = (await readText(file)).replace(/^\uFEFF/, '')
    for (const raw of text.split(/\r?\n/)) {
      const line = raw.trimStart()
      if (line === '' || line.startsWith('#')) continue
      const [name = ''] = line.split('=')
      if (name === '') throw new ExitError(`no variable name on line '${line}' of ${file}`, EXIT.usage)
      if (/\s/.test(name))
        throw new ExitError(`variable '${name}' contains whitespaces (in ${file})`, EXIT.usage)
      lines.push(line)
    }
  }
  return lines
}

export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const words = {
      ENOENT: 'no such file or directory',
      EACCES: 'permission denied',
      EISDIR: 'is a directory',
    }
    const { code = '', message } = cause as NodeJS.ErrnoException
    throw new ExitError(
      `open ${file}: ${(words as Record<string, string>)[code] ?? message}`,
      EXIT.usage,
      cause,
    )
  }
}

function inherited(name: string): [] | [string] {
  if (name.includes('=')) return [name]
  const value = process.env[name]
  return value === undefined ? [] : [`${name}=${value}`]
}
