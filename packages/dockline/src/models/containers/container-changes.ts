import type { ContainerConfig, ContainerUpdateBody, ImageCommitQuery } from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { parseReference } from '../../support/reference.js'
import { parseRestartPolicy, resourceNames, resources } from '../options/index.js'
import { table } from '../options/table.js'
import { flag, invalid, object, strings, text } from '../options/values.js'
import type { CommitOptions, UpdateOptions } from './container-options.js'

export const updateNames: readonly string[] = [...resourceNames, 'restartPolicy']

/** The Engine's request for updating a container. */
export function updateBody(options: Omit<UpdateOptions, keyof CallOptions>): ContainerUpdateBody {
  const { restartPolicy } = options
  const policy = restartPolicy === undefined ? {} : { RestartPolicy: parseRestartPolicy(restartPolicy) }
  return { ...resources(options), ...policy }
}

const commit = table<Omit<CommitOptions, keyof CallOptions | 'conf'>, ImageCommitQuery>({
  repository: ['repo', text],
  tag: ['tag', text],
  message: ['comment', text],
  author: ['author', text],
  pause: ['pause', flag],
  changes: ['changes', strings],
})

export const commitNames: readonly string[] = [...commit.names, 'conf']

export interface CommitRequest {
  readonly query: ImageCommitQuery
  readonly body: ContainerConfig
}

/** The Engine's request for making an image of a container. */
export function commitRequest(
  container: string,
  { conf, ...options }: Omit<CommitOptions, keyof CallOptions>,
): CommitRequest {
  const { repo, ...query } = commit.pick(options)
  const body: ContainerConfig = conf === undefined ? {} : object(conf, 'conf')
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

export function checkStopTimeout(stopTimeout: number | undefined): number | undefined {
  if (stopTimeout === undefined || (Number.isInteger(stopTimeout) && stopTimeout >= -1)) return stopTimeout
  throw new InvalidArgumentError(`stopTimeout must be a whole number of seconds, or -1, not ${stopTimeout}`)
}
