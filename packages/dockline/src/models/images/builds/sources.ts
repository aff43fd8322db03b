import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { type LocalFolder, OciLayout, UPLOAD_HOST, virtualFolder } from '../../../buildkit/index.js'
import { InvalidArgumentError } from '../../../errors.js'
import { closedEarly, isSpent } from '../../../stream/index.js'
import { parseReference } from '../../../support/reference.js'
import { invalid, object, text } from '../../options/values.js'
import { isThere, locateDockerfile } from '../build-context/dockerfile.js'
import { type ExtraFiles, extraEntries } from '../build-context/extra-files.js'
import type { Attributes } from './attributes.js'
import { isRemote } from './options.js'

/** Where everything is that a build uses, and the frontend's attributes for it. */
export interface BuildSources {
  readonly attributes: Attributes
  /** Under which the Engine keeps the context. */
  readonly sharedKey: string
  /** By the names that the Engine asks for them by. */
  readonly folders: Map<string, LocalFolder>
  readonly uploads: Map<string, Readable | Buffer>
  readonly stores: Map<string, OciLayout>
}

export interface SourceOptions {
  readonly context?: string | Readable | Buffer | undefined
  readonly remote?: string | undefined
  readonly dockerfile?: string | undefined
  readonly dockerfileContent?: string | undefined
  readonly files?: ExtraFiles | undefined
  readonly contexts?: Readonly<Record<string, string>> | undefined
}

export async function findSources(options: SourceOptions): Promise<BuildSources> {
  const sources: BuildSources = {
    attributes: {},
    sharedKey: '',
    folders: new Map(),
    uploads: new Map(),
    stores: new Map(),
  }
  const found = { ...sources, sharedKey: await addContext(options, sources) }
  for (const [name, place] of Object.entries(object(options.contexts ?? {}, 'contexts')))
    await addNamedContext(found, nameOfContext(name), text(place, `contexts.${name}`))
  return found
}

/** Returns the key that the Engine keeps it under. */
async function addContext(options: SourceOptions, sources: BuildSources): Promise<string> {
  const { context } = options
  const remote = options.remote ?? (isRemote(context) ? context : undefined)
  if (remote !== undefined) return addRemote(remote, options, sources)
  if (typeof context === 'object') return addTar(context, options, sources)
  return addFolder(options, sources)
}

function addRemote(url: string, options: SourceOptions, { attributes, folders }: BuildSources): string {
  refuseFiles('a context that the Engine fetches', options)
  Object.assign(attributes, { context: url, filename: options.dockerfile ?? 'Dockerfile' })
  if (options.dockerfileContent !== undefined) addContent(options.dockerfileContent, attributes, folders)
  return ''
}

function addTar(
  tar: Readable | Buffer,
  options: SourceOptions,
  { attributes, folders, uploads }: BuildSources,
): string {
  refuseFiles('a context that is a tar', options)
  if (isSpent(tar)) throw closedEarly()
  const id = randomBytes(12).toString('hex')
  uploads.set(id, tar)
  Object.assign(attributes, {
    context: `http://${UPLOAD_HOST}/${id}`,
    filename: options.dockerfile ?? 'Dockerfile',
  })
  if (options.dockerfileContent !== undefined) addContent(options.dockerfileContent, attributes, folders)
  return ''
}

function refuseFiles(what: string, { files }: SourceOptions): void {
  if (files !== undefined) throw new InvalidArgumentError(`files cannot be given with ${what}`)
}

async function addFolder(options: SourceOptions, { attributes, folders }: BuildSources): Promise<string> {
  const { dockerfileContent, dockerfile, files = {} } = options
  const root =
    options.context === undefined ? undefined : await folderAt(options.context as string, 'context')
  const virtual = filesOf(files)
  folders.set('context', { root, virtual })
  if (dockerfileContent !== undefined) {
    if (dockerfile !== undefined)
      throw new InvalidArgumentError(
        'dockerfile and dockerfileContent: only one of the two can be the Dockerfile',
      )
    addContent(dockerfileContent, attributes, folders)
  } else if (Object.hasOwn(files, dockerfile ?? 'Dockerfile')) {
    attributes.filename = dockerfile ?? 'Dockerfile'
    folders.set('dockerfile', { root, virtual })
  } else {
    const file = await locateDockerfile(root, dockerfile)
    attributes.filename = basename(file)
    folders.set('dockerfile', { root: dirname(file) })
    if (root === undefined) return keyOf(dirname(file))
    if (await isThere(`${file}.dockerignore`)) return keyOf(root)
  }
  if (root === undefined) return ''
  const exclude = await longIgnoreFile(root)
  if (exclude !== undefined) folders.set('context', { root, virtual, exclude })
  return keyOf(root)
}

/** Patterns travel as headers, and no runtime takes many more. */
const MOST_PATTERNS = 2500

/** The lines of an ignore file that has more of them than can travel; undefined for any other. */
async function longIgnoreFile(root: string): Promise<string[] | undefined> {
  const text = await readFile(join(root, '.dockerignore'), 'utf8').catch(() => '')
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  const patterns = lines.filter((line) => !line.startsWith('#')).map((line) => line.trim())
  const given = patterns.filter((line) => line !== '')
  return given.length > MOST_PATTERNS ? given : undefined
}

/** A Dockerfile that is only in memory. */
function addContent(content: string, attributes: Attributes, folders: BuildSources['folders']): void {
  Object.assign(attributes, { filename: 'Dockerfile', dockerfilekey: 'dockerfile' })
  folders.set('dockerfile', { root: undefined, virtual: filesOf({ Dockerfile: content }) })
}

function filesOf(files: ExtraFiles) {
  const entries = [...extraEntries(files).values()]
  return virtualFolder(
    entries.map(({ name, mode, mtime, body }) => {
      const content = Buffer.concat([...((body ?? []) as Iterable<Uint8Array>)])
      const modTime = BigInt(mtime) * NANOSECONDS + momentOf(content)
      return [name, { content, mode, modTime }] as const
    }),
  )
}

const NANOSECONDS = 1_000_000_000n

/**
 * The nanoseconds of a second that stand for a content. An Engine that has a file of the same time and size takes its own, and
 * all files in memory are of 1970. A layer keeps whole seconds only.
 */
function momentOf(content: Buffer): bigint {
  return BigInt(createHash('sha256').update(content).digest().readUInt32BE()) % NANOSECONDS
}

async function folderAt(path: string, option: string): Promise<string> {
  const stats = await stat(path).catch((cause) => {
    throw new InvalidArgumentError(`${option}: there is no folder ${path}`, { cause })
  })
  if (!stats.isDirectory()) throw new InvalidArgumentError(`${option}: ${path} is not a folder`)
  return realpath(path)
}

const LAYOUT = 'oci-layout://'

async function addNamedContext(sources: BuildSources, name: string, place: string): Promise<void> {
  const { attributes, folders, stores } = sources
  attributes['frontend.caps'] = 'moby.buildkit.frontend.contexts+forward'
  if (place.startsWith(LAYOUT)) attributes[`context:${name}`] = await addLayout(place, name, stores)
  else if (isRemote(place) || /^(?:docker-image|target|input):/.test(place))
    attributes[`context:${name}`] = place
  else {
    const root = await folderAt(place, `contexts.${name}`)
    // Two names are taken by the folders of the build itself.
    const local = folders.has(name) || ['context', 'dockerfile'].includes(name) ? `_${name}` : name
    folders.set(local, { root })
    attributes[`context:${name}`] = `local:${local}`
    attributes[`sharedkey:localdir:${local}`] = await keyOf(root)
  }
}

/** 'oci-layout://folder', with ':tag' or '@sha256:…' behind it. */
async function addLayout(place: string, name: string, stores: BuildSources['stores']): Promise<string> {
  const [, folder = '', tag, digest] =
    /^oci-layout:\/\/(.+?)(?::([\w.-]+))?(?:@(sha256:[\da-f]{64}))?$/.exec(place) ?? []
  if (folder === '') return invalid(`contexts.${name}`, "like 'oci-layout://folder:tag'", place)
  const layout = new OciLayout(await folderAt(folder, `contexts.${name}`))
  const found = digest ?? (await layout.resolve(tag ?? 'latest'))
  if (!found) throw new InvalidArgumentError(`contexts.${name}: ${folder} has no image ${tag ?? 'latest'}`)
  const store = randomBytes(12).toString('hex')
  stores.set(`oci:${store}`, layout)
  return `${LAYOUT}${store}@${found}`
}

/** As an image's name is written for short: without the registry and the tag that go without saying. */
function nameOfContext(name: string): string {
  const { repository, tag, digest } = parseReference(name)
  const short = repository.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '')
  if (digest !== undefined) return `${short}@${digest}`
  return tag === undefined || tag === 'latest' ? short : `${short}:${tag}`
}

/**
 * The same for the same folder of the same machine, and for no other: the Engine compares what it has under this key with
 * what is here, by time and size.
 */
async function keyOf(root: string): Promise<string> {
  const { dev, ino } = await stat(root, { bigint: true })
  return createHash('sha256').update([machine(), root, dev, ino].join('\0')).digest('hex')
}

function machine(): string {
  return [hostname(), machineId(), process.getuid?.() ?? ''].join('\0')
}

function machineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim()
  } catch {
    return ''
  }
}
