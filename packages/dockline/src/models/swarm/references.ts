import type {
  ApiClient,
  TaskSpecContainerSpecConfig,
  TaskSpecContainerSpecSecret,
  TaskSpecContainerSpecSecretFile,
} from '../../api/index.js'
import { NotFoundError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { refuseUnknown } from '../options/index.js'
import { array, integer, invalid, object, parted, text, textOrNumber } from '../options/values.js'

/** A secret or config, by its name or as the object that `create`, `get` or `list` gave. */
export type Named = string | { readonly id: string; readonly name: string }

/** The file in the containers that holds a secret or a config. */
export interface ReferenceFile {
  /** The path of the file: below /run/secrets for a secret, below / for a config, or a whole path. Default: the own name. */
  readonly filename?: string | undefined
  /** The owner of the file. Default: '0'. */
  readonly uid?: string | number | undefined
  /** The group of the file. Default: '0'. */
  readonly gid?: string | number | undefined
  /** A number such as 0o400, or its octal digits in a string. Default: 0o444. */
  readonly mode?: number | string | undefined
}

export type SecretReference =
  | Named
  | (ReferenceFile & { readonly secret: Named })
  | (ReferenceFile & { readonly secretId: string; readonly secretName: string })
  | Readonly<TaskSpecContainerSpecSecret>

export type ConfigReference =
  | Named
  | (ReferenceFile & { readonly config: Named })
  | (ReferenceFile & { readonly configId: string; readonly configName: string })
  | Readonly<TaskSpecContainerSpecConfig>

type Word = 'secret' | 'config'

/** A reference whose id may have to be looked up. */
interface Parsed {
  readonly id: string | undefined
  readonly name: string
  readonly file: TaskSpecContainerSpecSecretFile | undefined
  /** What only the Engine has a name for. */
  readonly rest: object
}

export async function secretReferences(
  api: ApiClient,
  given: unknown,
  call: CallOptions,
): Promise<TaskSpecContainerSpecSecret[]> {
  const found = await withIds('secret', given, (name) => api.secrets.list({ filters: { name } }, call))
  return found.map(({ id, name, file, rest }) => ({
    ...rest,
    SecretID: id,
    SecretName: name,
    ...(file && { File: file }),
  }))
}

export async function configReferences(
  api: ApiClient,
  given: unknown,
  call: CallOptions,
): Promise<TaskSpecContainerSpecConfig[]> {
  const found = await withIds('config', given, (name) => api.configs.list({ filters: { name } }, call))
  return found.map(({ id, name, file, rest }) => ({
    ...rest,
    ConfigID: id,
    ConfigName: name,
    ...(file && { File: file }),
  }))
}

interface Listed {
  ID?: string | undefined
  Spec?: { Name?: string | undefined } | undefined
}

/** The Engine wants id and name of each. The names without an id are looked up in one request. */
async function withIds(
  word: Word,
  given: unknown,
  list: (names: string[]) => Promise<Listed[]>,
): Promise<(Parsed & { readonly id: string })[]> {
  const parsed = array(given, `${word}s`).map((item, index) => parse(word, item, `${word}s[${index}]`))
  const unknown = parsed.filter(({ id }) => id === undefined).map(({ name }) => name)
  const listed = unknown.length === 0 ? [] : await list([...new Set(unknown)])
  // The filter also finds names that only begin so.
  const ids = new Map(listed.map(({ ID, Spec }) => [Spec?.Name, ID]))
  return parsed.map((reference) => {
    const id = reference.id ?? ids.get(reference.name) ?? missing(word, reference.name)
    return { ...reference, id }
  })
}

function missing(word: Word, name: string): never {
  const explanation = `${word} '${name}' not found`
  throw new NotFoundError({ status: 404, method: 'GET', path: `/${word}s`, explanation })
}

function parse(word: Word, item: unknown, option: string): Parsed {
  if (typeof item === 'string') return reference(named(item, option), {}, option)
  if (typeof item !== 'object' || item === null)
    return invalid(option, `the name of a ${word}, or an object`, item)
  if (isNamed(item)) return reference(item, {}, option)
  const given = object(item, option)
  const upper = word === 'secret' ? 'Secret' : 'Config'
  if (given[`${upper}ID`] !== undefined) return wireReference(upper, given, option)
  refuseUnknown(given, [word, `${word}Id`, `${word}Name`, 'filename', 'uid', 'gid', 'mode'], option)
  if (given[`${word}Id`] === undefined)
    return reference(named(given[word], `${option}.${word}`), given, option)
  const id = text(given[`${word}Id`], `${option}.${word}Id`)
  return reference({ id, name: text(given[`${word}Name`], `${option}.${word}Name`) }, given, option)
}

function named(value: unknown, option: string): Partial<Named & object> & { readonly name: string } {
  if (isNamed(value)) return value
  return typeof value === 'string' && value !== ''
    ? { name: value }
    : invalid(option, 'a name or an object', value)
}

/** Its names are getters of a class, or properties of a copy. */
function isNamed(value: unknown): value is Exclude<Named, string> {
  const { id, name } = (value ?? {}) as { readonly id?: unknown; readonly name?: unknown }
  return typeof id === 'string' && typeof name === 'string'
}

function reference(
  { id, name }: { readonly id?: string; readonly name: string },
  { filename, uid, gid, mode }: Readonly<Record<string, unknown>>,
  option: string,
): Parsed {
  const file = {
    Name: filename === undefined ? name : text(filename, `${option}.filename`),
    UID: uid === undefined ? '0' : textOrNumber(uid, `${option}.uid`),
    GID: gid === undefined ? '0' : textOrNumber(gid, `${option}.gid`),
    Mode: mode === undefined ? 0o444 : permissions(mode, `${option}.mode`),
  }
  return { id, name, file, rest: {} }
}

function wireReference(upper: 'Secret' | 'Config', given: Record<string, unknown>, option: string): Parsed {
  const [own, rest] = parted(given, [`${upper}ID`, `${upper}Name`, 'File'])
  refuseUnknown(rest, upper === 'Config' ? ['Runtime'] : [], option)
  const id = text(own[`${upper}ID`], `${option}.${upper}ID`)
  const name = text(own[`${upper}Name`], `${option}.${upper}Name`)
  if (own.File === undefined && rest.Runtime === undefined) return reference({ id, name }, {}, option)
  return { id, name, file: own.File as Parsed['file'], rest }
}

function permissions(value: unknown, option: string): number {
  if (typeof value === 'number') return integer(value, option)
  if (typeof value === 'string' && /^[0-7]{1,4}$/.test(value)) return Number.parseInt(value, 8)
  return invalid(option, "a number such as 0o440 or a string such as '440'", value)
}
