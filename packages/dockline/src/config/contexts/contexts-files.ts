import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ContextError, ContextNotFoundError } from '../../errors.js'
import { writeWhole } from '../write-whole.js'

/** The endpoint that is about Docker: a context of old may have others. */
export const DOCKER = 'docker'

type JsonObject = Readonly<Record<string, unknown>>

/** What meta.json holds, its keys in the docker command's case. */
export interface StoredContext {
  readonly name: string
  readonly metadata: JsonObject
  readonly endpoints: Readonly<Record<string, JsonObject>>
  /** The keys that are known neither here nor to docker. */
  readonly extra: JsonObject
  /** Where it was read. */
  readonly file: string
}

/** The files of the certificates, by endpoint and name. */
export type TlsFiles = Readonly<Record<string, Readonly<Record<string, Buffer>>>>

/** The folder of a context's meta.json. */
export function metaFolder(configFolder: string, name: string): string {
  return join(configFolder, 'contexts', 'meta', idOf(name))
}

/** The folder of a context's certificates. A context without certificates has no such folder. */
export function tlsFolder(configFolder: string, name: string): string {
  return join(configFolder, 'contexts', 'tls', idOf(name))
}

function idOf(name: string): string {
  // Loaded for contexts only: it would take a fifth of what importing this package takes.
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(name).digest('hex')
}

export function contextExists(configFolder: string, name: string): boolean {
  return existsSync(join(metaFolder(configFolder, name), 'meta.json'))
}

/** Reads a stored context. `reason` says where its name comes from, for the error when the context does not exist. */
export function readStored(configFolder: string, name: string, reason?: string): StoredContext {
  const file = join(metaFolder(configFolder, name), 'meta.json')
  const stored = readMeta(file, name)
  if (stored !== undefined) return stored
  throw notFound(configFolder, name, reason)
}

export function notFound(configFolder: string, name: string, reason?: string): ContextNotFoundError {
  const names = listStored(configFolder).flatMap((entry) => ('stored' in entry ? [entry.stored.name] : []))
  const there = ['default', ...names.sort()].join(', ')
  const message = `context "${name}": context not found in ${configFolder}; there are: ${there}`
  return new ContextNotFoundError(name, message, {
    hint: reason === undefined ? undefined : `it is named by ${reason}`,
  })
}

type FoundContext = { readonly stored: StoredContext } | { readonly error: ContextError }

/** Lists every context. A broken context has an error and hides none of the others. */
export function listStored(configFolder: string): readonly FoundContext[] {
  const top = join(configFolder, 'contexts', 'meta')
  return namesIn(top).flatMap((id): FoundContext[] => {
    try {
      const stored = readMeta(join(top, id, 'meta.json'), id)
      return stored === undefined ? [] : [{ stored }]
    } catch (error) {
      if (error instanceof ContextError) return [{ error }]
      throw error
    }
  })
}

/** undefined when there is no such file. */
function readMeta(file: string, name: string): StoredContext | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new ContextError(name, `context "${name}": cannot read ${file}: ${message}`, { cause })
  }
  return parseMeta(text, name, file)
}

/**
 * Parses meta.json. Go matches the names of keys in upper and lower case, and so do files that people and other tools
 * write.
 */
export function parseMeta(text: string, name: string, file: string): StoredContext {
  const broken = (what: string, cause?: unknown) =>
    new ContextError(name, `context "${name}": ${file} ${what}`, { cause })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw broken('is not valid JSON', cause)
  }
  const { known, extra } = sortKeys(objectOr(value, broken), ['Name', 'Metadata', 'Endpoints'])
  const endpoints = Object.entries(objectOr(known.Endpoints ?? {}, broken)).map(([key, endpoint]) => {
    const { known, extra } = sortKeys(objectOr(endpoint, broken), ['Host', 'SkipTLSVerify'])
    return [key, { ...known, ...extra }] as const
  })
  return {
    name: typeof known.Name === 'string' && known.Name !== '' ? known.Name : name,
    metadata: objectOr(known.Metadata ?? {}, broken),
    endpoints: Object.fromEntries(endpoints),
    extra,
    file,
  }
}

function objectOr(value: unknown, broken: (what: string) => ContextError): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw broken('does not describe a context')
}

function sortKeys<Known extends string>(object: JsonObject, names: readonly Known[]) {
  const known: { [Name in Known]?: unknown } = {}
  const extra: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(object)) {
    const name = names.find((each) => each.toLowerCase() === key.toLowerCase())
    if (name === undefined) extra[key] = value
    else known[name] = value
  }
  return { known, extra }
}

/** As docker writes it, byte for byte where nothing is unknown. */
export function metaJson({ name, metadata, endpoints, extra }: Omit<StoredContext, 'file'>): string {
  const text = JSON.stringify({ Name: name, Metadata: metadata, Endpoints: endpoints, ...extra })
  return text.replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** The certificates of a context, which are not secret, and its key, which is. */
export function tlsFilesOf(configFolder: string, name: string): TlsFiles {
  const top = tlsFolder(configFolder, name)
  const endpoints = namesIn(top).map((endpoint) => {
    const files = namesIn(join(top, endpoint)).map(
      (file) => [file, readTls(join(top, endpoint, file), name)] as const,
    )
    return [endpoint, Object.fromEntries(files)] as const
  })
  return Object.fromEntries(endpoints.filter(([, files]) => Object.keys(files).length > 0))
}

function readTls(file: string, name: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    const { message } = cause as Error
    throw new ContextError(name, `context "${name}": cannot read ${file}: ${message}`, { cause })
  }
}

/** None for a folder that is not there. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

/** The certificates go first: a context is there when its meta.json is. Nobody ever reads half a file. */
export function writeStored(configFolder: string, context: Omit<StoredContext, 'file'>, tls: TlsFiles): void {
  const folder = metaFolder(configFolder, context.name)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  writeTls(tlsFolder(configFolder, context.name), tls)
  writeWhole(join(folder, 'meta.json'), metaJson(context), { mode: 0o644 })
}

function writeTls(top: string, tls: TlsFiles): void {
  for (const endpoint of namesIn(top)) {
    const kept = tls[endpoint] ?? {}
    for (const file of namesIn(join(top, endpoint))) {
      if (!Object.hasOwn(kept, file)) rmSync(join(top, endpoint, file), { recursive: true, force: true })
    }
  }
  for (const [endpoint, files] of Object.entries(tls)) {
    const folder = join(top, endpoint)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const [file, content] of Object.entries(files))
      writeWhole(join(folder, file), content, { mode: 0o600 })
  }
  if (namesIn(top).every((endpoint) => namesIn(join(top, endpoint)).length === 0)) {
    rmSync(top, { recursive: true, force: true })
  }
}

export function removeStored(configFolder: string, name: string): void {
  rmSync(metaFolder(configFolder, name), { recursive: true, force: true })
  rmSync(tlsFolder(configFolder, name), { recursive: true, force: true })
}
