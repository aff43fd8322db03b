import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { InvalidArgumentError } from '../../errors.js'
import { reasonOfFile } from '../../support/file-reason.js'
import { refuseUnknown } from '../../support/suggest.js'
import { checkObject, invalid, invalidKind } from './values.js'

export interface EnvFileOptions {
  /** Where a name alone takes its value from. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

/** What errors call a text that is of no file. */
const UNNAMED = 'text'

/**
 * Reads the variables of an env file, as `env` takes them: `['A=1', 'B=']`. As in the docker command, quotes
 * and blanks belong to a value. A name alone takes its value from `env`, or is left out.
 */
export function parseEnvFile(text: string, options: EnvFileOptions = {}): string[] {
  if (typeof text !== 'string') return invalidKind('text', 'a string', text)
  return variablesIn(text, UNNAMED, environmentOf(options))
}

/** Reads a file for `parseEnvFile`. The file must be UTF-8. The errors name the file and the line. */
export async function readEnvFile(path: string, options: EnvFileOptions = {}): Promise<string[]> {
  const env = environmentOf(options)
  if (typeof path !== 'string') return invalid('path', 'the path of a file', path)
  const bytes = await readFile(path).catch((cause) => {
    throw new InvalidArgumentError(`cannot read the env file ${path}: ${reasonOfFile(cause)}`, { cause })
  })
  const garbled = linesOf(bytes.toString('latin1')).findIndex((line) => !isUtf8(Buffer.from(line, 'latin1')))
  if (garbled >= 0) throw malformed(path, garbled, 'is not valid UTF-8')
  return variablesIn(bytes.toString(), path, env)
}

function environmentOf(options: EnvFileOptions): NonNullable<EnvFileOptions['env']> {
  checkObject(options, 'options')
  refuseUnknown(options, ['env'])
  const { env = process.env } = options
  checkObject(env, 'env')
  return env
}

function variablesIn(
  text: string,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  return linesOf(text.replace(/^\uFEFF/, '')).flatMap((raw, index) => {
    const line = raw.trimStart()
    if (line === '' || line.startsWith('#')) return []
    const equals = line.indexOf('=')
    const name = equals < 0 ? line : line.slice(0, equals)
    if (name === '') throw malformed(file, index, 'has no name before its =')
    // Without an = it may be anything, even the middle of a secret: then it is not shown.
    if (/[ \t]/.test(name))
      throw malformed(file, index, `has whitespace in ${equals < 0 ? 'the name' : `the name '${name}'`}`)
    if (equals >= 0) return [line]
    const value = env[name]
    return value === undefined ? [] : [`${name}=${value}`]
  })
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/)
}

function malformed(file: string, index: number, problem: string): InvalidArgumentError {
  return new InvalidArgumentError(`invalid env file (${file}): line ${index + 1} ${problem}`)
}
