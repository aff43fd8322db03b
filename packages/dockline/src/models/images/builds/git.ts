import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Attributes } from './attributes.js'

const run = promisify(execFile)

/**
 * What the repository of a build is, as its files say it: no program is run in a folder that may be anybody's, unless
 * `checkDirty` asks for git.
 */
interface Repository {
  readonly root: string
  /** What belongs to this working tree. */
  readonly folder: string
  /** What all working trees of the repository share. */
  readonly common: string
}

interface SourceFolders {
  readonly context: string
  /** The folder of the Dockerfile. */
  readonly dockerfile?: string
}

/** What a build says of its repository. */
export interface GitSettings {
  /** In its provenance. Default: true. */
  readonly info?: boolean
  /** In the labels of the image. Default: false. */
  readonly labels?: boolean
  /** Whether git is asked if the files are those of the commit. Default: false. */
  readonly checkDirty?: boolean
  /** The path of the Dockerfile, for the labels. */
  readonly file?: string | undefined
}

/** Finds what an image says of the repository that its folders are in, by the names of BuildKit's frontend. */
export async function gitAttributes(
  folders: SourceFolders,
  { info = true, labels = false, checkDirty = false, file }: GitSettings = {},
): Promise<Attributes> {
  const repository = info || labels ? await repositoryOf(folders.context) : undefined
  if (repository === undefined) return {}
  const branch = await branchOf(repository)
  const [commit, source] = await Promise.all([revisionOf(repository, branch), sourceOf(repository, branch)])
  const isDirty = checkDirty && commit !== undefined && (await hasChanges(repository.root))
  const revision = isDirty ? `${commit}-dirty` : commit
  return {
    ...(info && given({ 'vcs:revision': revision, 'vcs:source': source })),
    ...(info && placesIn(repository.root, { ...folders }, 'vcs:localdir:')),
    ...(labels && given({ [`label:${OCI}.revision`]: revision, [`label:${OCI}.source`]: source })),
    ...(labels && file !== undefined && placesIn(repository.root, { entrypoint: file }, ENTRYPOINT)),
  }
}

const OCI = 'org.opencontainers.image'
/** The label of docker's that says where the Dockerfile is, without its last word. */
const ENTRYPOINT = 'label:com.docker.image.source.'

function given(values: Readonly<Record<string, string | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

/** As docker has it, files that git ignores are changes too, and so is whatever git cannot look at. */
async function hasChanges(root: string): Promise<boolean> {
  const words = ['-c', 'core.fsmonitor=false', 'status', '--porcelain', '--ignored']
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0' }
  return run('git', words, { cwd: root, env }).then(
    ({ stdout }) => stdout.trim() !== '',
    () => true,
  )
}

function placesIn(root: string, paths: Readonly<Record<string, string>>, prefix: string): Attributes {
  const places = Object.entries(paths).map(([name, path]) => [name, relative(root, path) || '.'] as const)
  const inside = places.filter(([, place]) => !place.startsWith('..'))
  return Object.fromEntries(inside.map(([name, place]) => [`${prefix}${name}`, place.replaceAll('\\', '/')]))
}

async function repositoryOf(folder: string): Promise<Repository | undefined> {
  const found = join(folder, '.git')
  const stats = await stat(found).catch(() => undefined)
  if (stats?.isDirectory()) return { root: folder, folder: found, common: found }
  if (stats?.isFile()) return linkedRepository(folder, await textOf(found))
  const above = dirname(folder)
  return above === folder ? undefined : repositoryOf(above)
}

/** A working tree beside the first one, or a submodule: its `.git` is a file that says where the rest is. */
async function linkedRepository(root: string, text: string): Promise<Repository | undefined> {
  const [, place] = /^gitdir: (.+)$/m.exec(text) ?? []
  if (place === undefined) return undefined
  const folder = resolve(root, place)
  const common = (await textOf(join(folder, 'commondir'))).trim()
  return { root, folder, common: common === '' ? folder : resolve(folder, common) }
}

/** The full name of the branch, or the commit where none is checked out. */
async function branchOf({ folder }: Repository): Promise<string> {
  const head = (await textOf(join(folder, 'HEAD'))).trim()
  return head.replace(/^ref: /, '')
}

const COMMIT = /^[\da-f]{40}(?:[\da-f]{24})?$/

async function revisionOf({ common }: Repository, branch: string): Promise<string | undefined> {
  if (COMMIT.test(branch)) return branch
  if (!branch.startsWith('refs/')) return undefined
  const loose = (await textOf(join(common, branch))).trim()
  if (COMMIT.test(loose)) return loose
  const lines = (await textOf(join(common, 'packed-refs'))).split('\n')
  const packed = lines.find((line) => line.endsWith(` ${branch}`))?.split(' ')[0] ?? ''
  return COMMIT.test(packed) ? packed : undefined
}

/** The remote of the branch, or else one of the usual names. */
async function sourceOf({ common }: Repository, branch: string): Promise<string | undefined> {
  const settings = settingsIn(await textOf(join(common, 'config')))
  const remote = settings.get(`branch "${branch.replace(/^refs\/heads\//, '')}" remote`)
  const urls = [remote, 'origin', 'upstream'].map((name) => settings.get(`remote "${name}" url`))
  const url = urls.find((each) => each !== undefined)
  return url === undefined ? undefined : withoutCredentials(url)
}

/** By section and name, as in `remote "origin" url`. The first value of a name counts. */
function settingsIn(text: string): Map<string, string> {
  const settings = new Map<string, string>()
  let section = ''
  for (const line of text.split('\n')) {
    const [, header] = /^\s*\[(.+)\]/.exec(line) ?? []
    const [, name, value = ''] = /^\s*(\w+)\s*=\s*"?([^"\n]*?)"?\s*$/.exec(line) ?? []
    section = header ?? section
    const key = `${section} ${name}`
    if (name !== undefined && !settings.has(key)) settings.set(key, value)
  }
  return settings
}

/** Provenance is for everybody who has the image. */
function withoutCredentials(url: string): string {
  return url.replace(/^([\w+.-]+:\/\/)[^/@]*@/, '$1')
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
