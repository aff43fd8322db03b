import type { ContainerConfig, ContainerUpdateBody, ImageCommitQuery } from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { parseReference } from '../../support/reference.js'
import { parseRestartPolicy, resourceNames, resources } from '../options/index.js'
import { table } from '../options/table.js'
import { wholeSeconds } from '../options/units.js'
import { flag, invalid, object, strings, text } from '../options/values.js'
import type { CommitOptions, StopOptions, UpdateOptions } from './container-options.js'

export const updateNames: readonly string[] = [...resourceNames, 'restart']

/** The Engine's request for updating a container. */
export function updateBody(options: Omit<UpdateOptions, keyof CallOptions>): ContainerUpdateBody {
  const { restart } = options
  const policy = restart === undefined ? {} : { RestartPolicy: parseRestartPolicy(restart) }
  return { ...resources(options), ...policy }
}

const commit = table<Omit<CommitOptions, keyof CallOptions | 'config'>, ImageCommitQuery>({
  repository: ['repo', text],
  tag: ['tag', text],
  message: ['comment', text],
  author: ['author', text],
  pause: ['pause', flag],
  changes: ['changes', strings],
})

export const commitNames: readonly string[] = [...commit.names, 'config']

export interface CommitRequest {
  readonly query: ImageCommitQuery
  readonly body: ContainerConfig
}

/** The Engine's request for making an image of a container. */
export function commitRequest(
  container: string,
  { config, ...options }: Omit<CommitOptions, keyof CallOptions>,
): CommitRequest {
  const { repo, ...query } = commit.pick(options)
  const body: ContainerConfig = config === undefined ? {} : object(config, 'config')
  if (repo === undefined) return { query: { container, ...query }, body }
  const { repository, tag } = parseReference(repo)
  if (tag !== undefined && query.tag !== undefined) {
    return invalid('tag', `left out when repository has one ('${repo}')`, query.tag)
  }
  return { query: { container, repo: repository, ...(tag === undefined ? {} : { tag }), ...query }, body }
}

export function requireName(name: string): string {
  return typeof name === 'string' && name !== '' ? name : invalid('name', 'a name', name)
}

/** The seconds that a container may take to stop. */
export function stopSeconds({ stopTimeout, timeout }: StopOptions): number | undefined {
  if (typeof timeout === 'number' && timeout > 0 && timeout < 1000) {
    const hint =
      'timeout limits the call, in milliseconds; stopTimeout is how long the container may take to stop'
    throw new InvalidArgumentError(`timeout is ${timeout} ms, too short for a container to stop`, { hint })
  }
  return stopTimeout === undefined ? undefined : wholeSeconds(stopTimeout, 'stopTimeout')
}
