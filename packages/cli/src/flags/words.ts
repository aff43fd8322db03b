import { ExitError, explain, UsageError } from '../errors.js'
import type { Flags } from './flag.js'

/** An error of the library about one of its options, with the flag in place of the option; any other error as it is. */
export function inFlagWords(error: unknown, flags: Flags, exitCode?: number): unknown {
  if ((error as { code?: unknown } | undefined)?.code !== 'ERR_DOCKER_INVALID_ARGUMENT') return error
  const message = explain(error).replace(OPTION, (written, option: string) => {
    const name = flagOf(option, flags)
    return name === undefined ? written : `--${name}`
  })
  return new ExitError(message, exitCode, error)
}

/** The option that a message begins with, as in `logOpt must be …` or `restart.name must be …`. */
const OPTION = /^([a-z][A-Za-z0-9]*)(?:\[\d+\]|\.\w+)*(?=:? )/

function flagOf(option: string, flags: Flags): string | undefined {
  const name = option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return [name, name.replace(/s$/, '')].find((each) => Object.hasOwn(flags, each))
}

/**
 * Lets the library read the value already now: its reason then stands in the message about the flag. That message has the
 * flag and the value in it, so that the reason needs neither.
 */
export function readableBy(parse: (text: string, option: string) => unknown): (text: string) => void {
  return (given) => {
    try {
      parse(given, 'it')
    } catch (error) {
      throw new UsageError((error as Error).message.replace(/^it: /, '').replace(/, not '.*'$/s, ''))
    }
  }
}
