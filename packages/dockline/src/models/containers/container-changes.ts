import type { ApiClient, ContainerConfig, ContainerStopQuery, ImageCommitQuery } from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { callTable } from '../base/call.js'
import { parseTag } from '../images/image.js'
import type { ResourceOptions } from '../options/index.js'
import { flag, invalid, object, strings, text } from '../options/values.js'
import { dialectOf } from '../podman/dialect.js'
import { type CommitOptions, type StopOptions, stopOptions } from './container-options.js'

interface CommitSettings extends ImageCommitQuery {
  readonly config?: ContainerConfig | undefined
}

const commitOptions = callTable<CommitOptions, CommitSettings>({
  repository: ['repo', text],
  tag: text,
  message: ['comment', text],
  author: text,
  pause: flag,
  changes: strings,
  config: (value, option): ContainerConfig => object(value, option),
})

export interface CommitRequest {
  readonly query: ImageCommitQuery
  readonly body: ContainerConfig
  readonly call: CallOptions
}

/** Reads the options of a commit: the Engine's request for making an image of a container. */
export function readCommit(container: string, options: CommitOptions): CommitRequest {
  const [{ config: body = {}, repo, ...query }, call] = commitOptions.read(options)
  if (repo === undefined && query.tag !== undefined) invalid('repository', 'given beside tag', repo)
  if (repo === undefined) return { query: { container, ...query }, body, call }
  const { repository, tag } = parseTag(repo, 'repository')
  if (tag !== undefined && query.tag !== undefined) {
    return invalid('tag', `left out when repository has one ('${repo}')`, query.tag)
  }
  const named = { repo: repository, ...(tag === undefined ? {} : { tag }) }
  return { query: { container, ...named, ...query }, body, call }
}

/** Reads the options of a stop. Refuses a limit of the call that was probably meant for the container. */
export function readStop(options: StopOptions): [query: ContainerStopQuery, call: CallOptions] {
  const [query, call] = stopOptions.read(options)
  const { timeout } = call
  if (typeof timeout === 'number' && timeout > 0 && timeout < 1000) {
    const hint =
      'timeout limits the call, in milliseconds; stopTimeout is how long the container may take to stop'
    throw new InvalidArgumentError(`timeout is ${timeout} ms, too short for a container to stop`, { hint })
  }
  return [query, call]
}

/** Resources that an update of Docker's Engine accepts and leaves as they are. Those in brackets change from API 1.55 on. */
const FIXED =
  /^(?:(blkioWeightDevice|deviceRead|deviceWrite)|cgroupParent|cpuCount|cpuPercent|device|gpus|init|memorySwappiness|oomKillDisable|ulimits)/

/** Refuses changes that Docker's Engine would silently ignore. Podman makes some of them. */
export async function refuseFixed(api: ApiClient, limits: ResourceOptions, call: CallOptions): Promise<void> {
  for (const name of Object.keys(object(limits, 'options'))) {
    const fixed = FIXED.exec(name)
    if (fixed === null) continue
    // An Engine that has answered is known for Docker or Podman.
    await api.system.pingHead(call)
    if (dialectOf(api).isPodman) return
    if (fixed[1] === undefined) throw new InvalidArgumentError(`Docker cannot change ${name} of a container`)
    await api.require(`${name} of update`, '1.55', call.signal)
  }
}
