import { randomBytes } from 'node:crypto'
import { readFile, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { unreadable } from '../../../archive/walk.js'
import { InvalidArgumentError } from '../../../errors.js'
import { type ExtraFiles, extraContent } from './extra-files.js'

export interface DockerfileOptions {
  readonly context?: string | undefined
  readonly dockerfile?: string | undefined
  readonly dockerfileContent?: string | Uint8Array | undefined
  readonly files?: ExtraFiles | undefined
}

export interface DockerfilePlan {
  /** Its name inside the context, with `/`. */
  readonly name: string
  /** The content of a Dockerfile that is not a file of the context. */
  readonly content?: string | Uint8Array
  /** Where it was looked for: an ignore file may stand beside it. */
  readonly file?: string
}

/** Finds the Dockerfile, and what it will be called inside the context. */
export async function planDockerfile(options: DockerfileOptions): Promise<DockerfilePlan> {
  const { context, dockerfile, dockerfileContent, files = {} } = options
  if (dockerfileContent !== undefined) {
    if (dockerfile === undefined) return { name: nameFor(options), content: dockerfileContent }
    throw new InvalidArgumentError(
      'dockerfile and dockerfileContent: only one of the two can be the Dockerfile',
    )
  }
  const given = dockerfile ?? 'Dockerfile'
  if (Object.hasOwn(files, given)) return { name: given, ...(context && { file: join(context, given) }) }
  const file = await locateDockerfile(context, dockerfile)
  const real = await realpath(file)
  const inside = context === undefined ? undefined : pathInside(await realpath(context), real)
  if (inside !== undefined) return { name: inside, file }
  return { name: nameFor(options), content: await readFile(real).catch(raiseUnreadable(real)), file }
}

/** Returns the path of the Dockerfile. Without a name, looks for `Dockerfile`, and then for `dockerfile`. */
export async function locateDockerfile(context = '.', dockerfile?: string): Promise<string> {
  const names = dockerfile === undefined ? ['Dockerfile', 'dockerfile'] : [dockerfile]
  const candidates = names.map((name) => resolve(context, name))
  for (const file of candidates) {
    const stats = await stat(file).catch(() => undefined)
    if (stats?.isFile()) return file
    if (stats !== undefined) throw new InvalidArgumentError(`dockerfile: ${file} is not a file`)
  }
  throw new InvalidArgumentError(`dockerfile: there is no ${candidates[0]}`)
}

export function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

function pathInside(folder: string, file: string): string | undefined {
  const path = relative(folder, file)
  const outside = path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)
  return outside ? undefined : path.split(sep).join('/')
}

/** A name that no file of the context has. Where there are no files, the usual one. */
function nameFor({ context, files = {} }: DockerfileOptions): string {
  if (context === undefined && !Object.hasOwn(files, 'Dockerfile')) return 'Dockerfile'
  return `.dockerfile.${randomBytes(10).toString('hex')}`
}

export interface IgnoreFile {
  /** How an error names it. */
  readonly file: string
  readonly text: string
}

/** `<Dockerfile>.dockerignore`, else `.dockerignore`. */
export async function findIgnoreFile(
  options: DockerfileOptions,
  plan: DockerfilePlan,
): Promise<IgnoreFile | undefined> {
  const own = await findFile(options.files, {
    name: `${plan.name}.dockerignore`,
    file: plan.file && `${plan.file}.dockerignore`,
  })
  return own ?? findContextIgnoreFile(options)
}

export function findContextIgnoreFile({
  context,
  files,
}: DockerfileOptions): Promise<IgnoreFile | undefined> {
  return findFile(files, {
    name: '.dockerignore',
    file: context === undefined ? undefined : join(context, '.dockerignore'),
  })
}

/** In memory, else on disk. */
async function findFile(
  files: ExtraFiles = {},
  { name, file }: { name: string; file: string | undefined },
): Promise<IgnoreFile | undefined> {
  const inMemory = files[name]
  if (inMemory !== undefined) return { file: name, text: extraContent(name, inMemory).toString() }
  if (file === undefined || !(await isThere(file))) return undefined
  return { file, text: await readFile(file, 'utf8').catch(raiseUnreadable(file)) }
}

function raiseUnreadable(file: string): (cause: unknown) => never {
  return (cause) => {
    throw unreadable(file, cause)
  }
}
