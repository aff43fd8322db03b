import type { ContainerConfig } from '../../api/types.gen.js'
import { InvalidArgumentError } from '../../errors.js'
import { refuseUnknown } from '../../support/suggest.js'
import { define, flag, invalid, OR_STRINGS, object, oneOf, orText, show, text } from './values.js'

/** Where one source appears in the container. */
export interface BindOptions {
  /** The path in the container. */
  readonly bind: string
  /** The Engine's own mode: `rw`, `ro`, `z`, `Z`, `nocopy`, … joined by commas. Default: `rw`. */
  readonly mode?: string | undefined
  /** In place of `mode`. */
  readonly ro?: boolean | undefined
  /** How mounts made later on one side appear on the other. */
  readonly propagation?: Propagation | undefined
}

export type Propagation = 'private' | 'rprivate' | 'shared' | 'rshared' | 'slave' | 'rslave'

type BindTarget = string | BindOptions

/**
 * Host paths or volume names to container paths, or strings in the docker command's `[source:]path[:mode]`.
 */
export type Volumes =
  | Readonly<Record<string, BindTarget | readonly BindTarget[] | undefined>>
  | readonly string[]

export interface ParsedVolumes {
  /** Anonymous volumes. */
  readonly Volumes: NonNullable<ContainerConfig['Volumes']>
  readonly Binds: string[]
}

/**
 * Parses volumes. A string without a source is an anonymous volume. Leaves relative sources and names to the Engine.
 */
export function parseVolumes(volumes: unknown, option = 'volumes'): ParsedVolumes {
  const parsed: ParsedVolumes = { Volumes: {}, Binds: [] }
  if (!Array.isArray(volumes)) {
    for (const [source, targets] of Object.entries(object(volumes, option, OR_STRINGS))) {
      const list: readonly unknown[] = Array.isArray(targets) ? targets : [targets]
      for (const target of list) parsed.Binds.push(bind(source, target, option))
    }
    return parsed
  }
  for (const [index, volume] of volumes.entries()) {
    const spec = text(volume, `${option}[${index}]`)
    if (isAnonymous(spec, option)) define(parsed.Volumes, spec, {})
    else parsed.Binds.push(spec)
  }
  return parsed
}

const propagation = oneOf('private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave')

function bind(source: string, target: unknown, option: string): string {
  const where = `${option}['${source}']`
  if (source === '') return invalid(option, 'an object of host paths or volume names', source)
  if (typeof target === 'string') return `${source}:${absolute(target, where)}:rw`
  const given = object(target, where, orText('/data'))
  refuseUnknown(given, ['bind', 'mode', 'ro', 'propagation'], where)
  if (given.mode !== undefined && given.ro !== undefined) {
    throw new InvalidArgumentError(`${where} takes mode or ro, not both`)
  }
  const ro = given.ro === undefined ? false : flag(given.ro, `${where}.ro`)
  const mode = given.mode === undefined ? (ro ? 'ro' : 'rw') : text(given.mode, `${where}.mode`)
  const path = absolute(given.bind, `${where}.bind`)
  const spread =
    given.propagation === undefined ? [] : [propagation(given.propagation, `${where}.propagation`)]
  return `${source}:${path}:${[mode, ...spread].filter((part) => part !== '').join(',')}`.replace(/:$/, '')
}

function absolute(path: unknown, option: string): string {
  return typeof path === 'string' && isAbsolute(path)
    ? path
    : invalid(option, 'an absolute path in the container', path)
}

function isAnonymous(spec: string, option: string): boolean {
  const [first = '', path, ...modes] = partsOf(spec)
  const well = first !== '' && isAbsolute(path ?? first) && modes.length <= 1 && !modes.includes('')
  if (well) return path === undefined
  throw new InvalidArgumentError(
    `${option} must be like '/data', 'name:/data' or './src:/data:ro', not ${show(spec)}`,
    path === undefined ? { hint: 'the path in the container must be absolute' } : {},
  )
}

/**
 * Splits at colons, except for the colon of a Windows drive. `c:\` is always a drive; `c:/` is one only before
 * another path, so that `c:/src:/dst` has a drive and `v:/data:ro` a volume named v.
 */
function partsOf(spec: string): string[] {
  const drive = /^[a-z]:(?:\\[^:]*|\/[^:]*(?=:(?:[/\\]|[a-z]:[/\\])))(?=:|$)/i.exec(spec)?.[0]
  const first = drive ?? spec.slice(0, spec.search(/:|$/))
  if (first.length === spec.length) return [first]
  const rest = spec.slice(first.length + 1)
  const path = /^(?:[a-z]:[/\\])?[^:]*/i.exec(rest)?.[0] ?? ''
  return [first, path, ...(path.length === rest.length ? [] : rest.slice(path.length + 1).split(':'))]
}

function isAbsolute(path: string): boolean {
  return /^(?:[/\\]|[a-z]:[/\\])/i.test(path)
}
