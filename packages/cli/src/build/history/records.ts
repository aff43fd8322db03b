import { basename, relative, sep } from 'node:path'
import type { BuildRecord, DockerClient } from 'dockline'
import type { Cli } from '../../cli.js'
import { ExitError } from '../../errors.js'
import { fixed } from '../../go/rounding.js'
import { type LocalBuild, recallBuild } from './local.js'

/** A build of the history, and the record of it on this machine. */
export interface KnownBuild {
  readonly record: BuildRecord
  readonly local: LocalBuild | undefined
}

export async function knownBuild(cli: Cli, record: BuildRecord): Promise<KnownBuild> {
  return { record, local: await recallBuild(cli, record.ref) }
}

/** One by its id, `builder/node/id`, or `^N` for the Nth before the last; without a word the last. */
export async function findRecord(client: DockerClient, ref = ''): Promise<BuildRecord> {
  const [, back] = /^\^(\d*)$/.exec(ref) ?? []
  if (ref !== '' && back === undefined) return getRecord(client, basename(ref))
  const records = await client.builds.list()
  const record = records[Number(back || (back === '' ? 1 : 0))]
  if (record === undefined) throw new ExitError('ERROR: no records found')
  return record
}

async function getRecord(client: DockerClient, ref: string): Promise<BuildRecord> {
  try {
    return await client.builds.get(ref)
  } catch (error) {
    if ((error as { status?: unknown }).status !== 404) throw error
    throw new ExitError(`ERROR: no record found for ref ${JSON.stringify(ref)}`, undefined, error)
  }
}

/** What a build is called: its folder or repository, with the Dockerfile and the target where they are not the usual ones. */
export function nameOf({ record, local }: KnownBuild): string {
  const { attributes } = record
  const own = attributes['build-arg:BUILDKIT_BUILD_NAME']
  if (own !== undefined) return own
  const { target } = attributes
  const [folder, dockerfile] = [folderOf(attributes, local), dockerfileOf(attributes, local)]
  const isOutside = dockerfile.startsWith('../') && local !== undefined
  const place = isOutside
    ? local.DockerfilePath.split(sep).slice(-2)
    : [folder, dockerfile].filter((part) => part !== '')
  return `${place.join('/')}${target === undefined ? '' : ` (${target})`}`
}

function folderOf(attributes: BuildRecord['attributes'], local: LocalBuild | undefined): string {
  const repository = attributes['vcs:source'] ?? attributes.context
  if (repository !== undefined && !/^https?:\/\/buildkit-session\//.test(repository))
    return basename(repository.replace(/(?:\.git)?(?:#.*)?$/, ''))
  return local === undefined || local.LocalPath === '-' ? '' : basename(local.LocalPath)
}

/** '' for the usual one. */
function dockerfileOf({ filename = '' }: BuildRecord['attributes'], local: LocalBuild | undefined): string {
  const path = local?.DockerfilePath ?? ''
  if (path === '' || path === '-' || local === undefined) return filename === 'Dockerfile' ? '' : filename
  const seen = relative(local.LocalPath, path).split(sep).join('/')
  return seen === 'Dockerfile' ? '' : seen
}

const STATUS: Readonly<Record<BuildRecord['status'], string>> = {
  running: 'Running',
  completed: 'Completed',
  failed: 'Error',
  canceled: 'Canceled',
}

export function statusOf({ status }: BuildRecord): string {
  return STATUS[status]
}

/** In milliseconds, until now for one that runs. */
export function durationOf({ createdAt, completedAt }: BuildRecord, now = Date.now()): number {
  return createdAt === undefined ? 0 : (completedAt?.getTime() ?? now) - createdAt.getTime()
}

/** Returns '0.4s', or '2m 5s' for a longer time. */
export function durationText(ms: number): string {
  const seconds = Math.max(ms, 0) / 1000
  if (seconds < 60) return `${fixed(seconds, 1)}s`
  return `${Math.floor(seconds / 60)}m ${String(Math.floor(seconds % 60)).padStart(2)}s`
}
