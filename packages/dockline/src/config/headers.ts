import { validateHeaderName, validateHeaderValue } from 'node:http'
import { InvalidArgumentError } from '../errors.js'
import { checkObject, invalidKind, shownKey } from '../support/check.js'
import { readUsableConfig } from './file.js'
import type { Environment } from './resolve.js'

const VARIABLE = 'DOCKER_CUSTOM_HEADERS'

/** What the `headers` option adds, and replaces. */
export function optionHeaders(headers: unknown = {}): Record<string, string> {
  checkObject(headers, 'headers')
  const given = Object.entries(headers).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) checkHeader('headers', name, value)
  return Object.fromEntries(given)
}

/**
 * What is sent with every request: DOCKER_CUSTOM_HEADERS, as in 'X-A=1,X-B=2', else HttpHeaders of config.json. Who we
 * are is not for them to say.
 */
export function configHeaders(env: Environment): Record<string, string> {
  const text = env[VARIABLE]
  const headers = text ? parseHeaders(text) : Object.entries(readUsableConfig(env).HttpHeaders ?? {})
  const ours = headers.filter(
    ([name, value]) => name.toLowerCase() !== 'user-agent' && typeof value === 'string',
  )
  const where = text ? VARIABLE : 'HttpHeaders in config.json'
  for (const [name, value] of ours) checkHeader(where, name, value)
  return Object.fromEntries(ours)
}

/** Refuses what the first call would fail with. No value is shown, nor what of it may have got into a name. */
function checkHeader(where: string, name: string, value: unknown): void {
  if (!isValid(() => validateHeaderName(name))) {
    throw new InvalidArgumentError(
      `${where}: '${shownKey(/^[\w-]*/.exec(name)?.[0] ?? '')}…' is no name of a header`,
    )
  }
  if (typeof value !== 'string') invalidKind(`${where}: '${shownKey(name)}'`, 'a string', value)
  if (!isValid(() => validateHeaderValue(name, value))) {
    throw new InvalidArgumentError(`${where}: '${shownKey(name)}' has a character that no header may have`)
  }
}

function isValid(check: () => void): boolean {
  try {
    check()
    return true
  } catch {
    return false
  }
}

/** Comma-separated values: one with a comma stands in quotes, as in '"X-A=1,2",X-B=3'. */
function parseHeaders(text: string): [string, string][] {
  const fields = /^(?:(?:"(?:[^"]|"")*"|[^",]*)(?:,|$))*$/.test(text)
    ? [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)]
    : []
  const pairs = fields.map(([, quoted, plain = '']) => pairOf(quoted?.replaceAll('""', '"') ?? plain))
  if (pairs.length > 0) return pairs
  throw new InvalidArgumentError(`${VARIABLE} must be a list such as 'X-A=1,X-B=2'`)
}

/** The error does not have the value in it, which may be a token. */
function pairOf(field: string): [string, string] {
  const equals = field.indexOf('=')
  const name = field.slice(0, Math.max(equals, 0)).trim()
  if (name !== '') return [name, field.slice(equals + 1)]
  throw new InvalidArgumentError(`${VARIABLE} must be a list such as 'X-A=1,X-B=2': one of them has no name`)
}
