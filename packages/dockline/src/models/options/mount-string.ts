import type { Mount } from '../../api/types.gen.js'
import { InvalidArgumentError } from '../../errors.js'
import { own } from '../../support/own.js'
import { nearest } from '../../support/suggest.js'
import { parseMount } from './mounts.js'
import { cut, define, invalid, text } from './values.js'
import { splitFields } from './words.js'

/** What docker's --mount calls it, and what we do. */
const FIELDS: Readonly<Record<string, string>> = {
  type: 'type',
  source: 'source',
  src: 'source',
  target: 'target',
  dst: 'target',
  destination: 'target',
  readonly: 'readOnly',
  ro: 'readOnly',
  consistency: 'consistency',
  'bind-propagation': 'propagation',
  'bind-nonrecursive': 'nonRecursive',
  'bind-create-src': 'createMountpoint',
  'bind-recursive': '',
  'volume-nocopy': 'noCopy',
  'volume-label': '',
  'volume-driver': '',
  'volume-opt': '',
  'volume-subpath': 'subpath',
  'image-subpath': 'subpath',
  'tmpfs-size': 'tmpfsSize',
  'tmpfs-mode': 'tmpfsMode',
}
const FLAGS = ['readOnly', 'nonRecursive', 'createMountpoint', 'noCopy']
const RECURSION: Readonly<Record<string, object>> = {
  enabled: {},
  disabled: { nonRecursive: true },
  writable: { readOnlyNonRecursive: true },
  readonly: { readOnlyForceRecursive: true },
}

/**
 * Parses a mount as docker's --mount writes it: `type=bind,src=/host,dst=/data,readonly`. Errors do not show the line,
 * because the options of a volume's driver may include a password.
 */
export function parseMountString(value: unknown, option = 'mount'): Mount {
  const line = text(value, option)
  const fields = splitFields(line, option).map((field) => cut(field, '='))
  const type = fields.find(([key]) => key.toLowerCase() === 'type')?.[1]?.toLowerCase() ?? 'volume'
  const mount: Record<string, unknown> = { type }
  for (const [key, content] of fields) {
    Object.assign(mount, meaning(mount, { key: key.toLowerCase(), content, type, option }))
  }
  return parseMount(mount, option)
}

interface Field {
  readonly key: string
  readonly content: string | undefined
  readonly type: string
  readonly option: string
}

function meaning(mount: Readonly<Record<string, unknown>>, field: Field): object {
  const name = own(FIELDS, field.key)
  if (name === undefined) return unknownField(field)
  const [owner, rest] = cut(field.key, '-')
  if (rest !== undefined && owner !== field.type) {
    throw new InvalidArgumentError(
      `${field.option}: ${field.key} is for mounts of type ${owner}, not ${field.type}`,
    )
  }
  if (FLAGS.includes(name)) return { [name]: truth(field) }
  const { content } = field
  if (content === undefined) throw new InvalidArgumentError(`${field.option}: ${field.key} needs a value`)
  if (name === '') return special(mount, { ...field, content })
  return { [name]: name === 'type' ? field.type : content }
}

function special(
  mount: Readonly<Record<string, unknown>>,
  field: Field & { readonly content: string },
): object {
  const { key, content, option } = field
  switch (key) {
    case 'bind-recursive':
      return (
        own(RECURSION, content) ?? invalid(`${option}: ${key}`, Object.keys(RECURSION).join(', '), content)
      )
    case 'volume-label':
      return { labels: added(mount.labels, content) }
    case 'volume-opt':
      return { driverConfig: { ...asObject(mount.driverConfig), options: options(mount, content) } }
    default:
      return { driverConfig: { ...asObject(mount.driverConfig), name: content } }
  }
}

function options(mount: Readonly<Record<string, unknown>>, content: string): Record<string, unknown> {
  return added(asObject(mount.driverConfig).options, content)
}

function added(map: unknown, pair: string): Record<string, unknown> {
  const [name, value] = cut(pair, '=')
  const grown = asObject(map)
  define(grown, name, value ?? '')
  return grown
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' ? { ...value } : {}
}

function truth({ key, content, option }: Field): boolean {
  if (content === undefined || /^(1|t|true)$/i.test(content)) return true
  if (/^(0|f|false)$/i.test(content)) return false
  return invalid(`${option}: ${key}`, 'true or false', content)
}

function unknownField({ key, content, option }: Field): never {
  const meant = nearest(key, Object.keys(FIELDS))
  const advice = meant === undefined ? '' : `, did you mean '${meant}'?`
  // Without an = it may be the rest of a value that has a comma.
  const which = content === undefined && meant === undefined ? ' without a value' : ` '${key}'`
  throw new InvalidArgumentError(`${option} has an unknown field${which}${advice}`)
}
