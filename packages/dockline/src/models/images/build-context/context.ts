import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { fileEntries } from '../../../archive/entries.js'
import { IgnoreRules } from '../../../archive/ignore-rules.js'
import { type TarEntry, type TarOptions, tarStream } from '../../../archive/tar.js'
import { type FoundPath, walk } from '../../../archive/walk.js'
import { InvalidArgumentError } from '../../../errors.js'
import { checkFlags, checkObject } from '../../../support/check.js'
import { refuseUnknown } from '../../../support/suggest.js'
import { chosenPaths } from './chosen.js'
import { type DockerfilePlan, findContextIgnoreFile, findIgnoreFile, planDockerfile } from './dockerfile.js'
import { type ExtraFiles, extraEntries } from './extra-files.js'

export interface ContextOptions extends TarOptions {
  /** The folder whose files the Dockerfile may copy. Without it there are only the Dockerfile and `files`. */
  readonly context?: string | undefined
  /** Path of the Dockerfile, from the context on; it may be outside of it. Default `Dockerfile`. */
  readonly dockerfile?: string | undefined
  /** What the Dockerfile says, instead of a path. */
  readonly dockerfileContent?: string | Uint8Array | undefined
  /**
   * Further files, by their path in the context. They are sent whatever an ignore file names, and replace
   * those of the folder.
   */
  readonly files?: ExtraFiles | undefined
  /** Paths from the context on: only these and what is below them are sent. Default: all of it. */
  readonly only?: readonly string[] | undefined
  /** Whose rules of file names and modes apply. Default: this machine's. */
  readonly platform?: NodeJS.Platform | undefined
}

const NAMES = [
  'context',
  'dockerfile',
  'dockerfileContent',
  'files',
  'only',
  'platform',
  'compress',
  'signal',
] satisfies (keyof ContextOptions)[]

export interface PackedContext {
  /** The context as a tar, read from disk as it is read from here. */
  readonly tar: Readable
  /** What the Dockerfile is called inside: the `dockerfile` of the build's query. */
  readonly dockerfile: string
}

/**
 * Packs a build context as the docker command does: without the files of .dockerignore, owned by root, links as they are.
 * A Dockerfile from elsewhere gets a random name, and the .dockerignore that is sent names it: so no COPY takes it along.
 */
export async function packContext(options: ContextOptions): Promise<PackedContext> {
  checkObject(options, 'options')
  refuseUnknown(options, NAMES)
  checkFlags({ compress: options.compress })
  options.signal?.throwIfAborted()
  if (options.files !== undefined) checkObject(options.files, 'files')
  if (options.context !== undefined) await checkFolder(options.context)
  const plan = await planDockerfile(options)
  const ignoreFile = await findIgnoreFile(options, plan)
  const ignored = await IgnoreRules.parse(ignoreFile?.text ?? '', {
    file: ignoreFile?.file ?? '',
    ...platformOf(options),
  })
  const extras = extraEntries({ ...options.files, ...(await dockerfileFiles(options, plan)) })
  const kept = ignored.keeping(['.dockerignore', plan.name])
  const paths = options.context === undefined ? undefined : await chosenPaths(options.context, options.only)
  const rules = paths === undefined ? kept : kept.only(paths)
  const entries = contextEntries(options, { rules, extras })
  return { tar: tarStream(entries, options), dockerfile: plan.name }
}

async function checkFolder(context: string): Promise<void> {
  const stats = await stat(context).catch((cause) => {
    throw new InvalidArgumentError(`context: there is no folder ${context}`, { cause })
  })
  if (!stats.isDirectory()) throw new InvalidArgumentError(`context: ${context} is not a folder`)
}

function platformOf({ platform }: ContextOptions): { platform?: NodeJS.Platform } {
  return platform === undefined ? {} : { platform }
}

/** The Engine removes what .dockerignore names of these two, once it has read them. */
async function dockerfileFiles(
  options: ContextOptions,
  { name, content }: DockerfilePlan,
): Promise<ExtraFiles> {
  if (content === undefined) return {}
  if (name === 'Dockerfile') return { [name]: content }
  const existing = await findContextIgnoreFile(options)
  return { [name]: content, '.dockerignore': `${existing?.text ?? '.dockerignore'}\n${name}\n` }
}

interface ContextFiles {
  readonly rules: IgnoreRules
  readonly extras: ReadonlyMap<string, TarEntry>
}

async function* contextEntries(
  { context, platform }: ContextOptions,
  { rules, extras }: ContextFiles,
): AsyncGenerator<TarEntry, void, undefined> {
  if (context !== undefined) {
    const own = beside(extras.keys(), walk(context, rules))
    yield* fileEntries(own, { owner: { uid: 0, gid: 0 }, platform })
  }
  yield* extras.values()
}

/** Leaves out what the given files take the place of: what has their name or is below it, and what is no folder above them. */
async function* beside(
  given: Iterable<string>,
  found: AsyncIterable<FoundPath>,
): AsyncGenerator<FoundPath, void, undefined> {
  const names = Array.from(given, (name) => `${name}/`)
  for await (const one of found) {
    const path = `${one.path}/`
    const isReplacedBy = (name: string) =>
      path.startsWith(name) || (name.startsWith(path) && !one.stats.isDirectory())
    if (!names.some(isReplacedBy)) yield one
  }
}
