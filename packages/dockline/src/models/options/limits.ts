import type { ResourcesUlimit, RestartPolicy } from '../../api/types.gen.js'
import { InvalidArgumentError } from '../../errors.js'
import { table } from './table.js'
import { cut, integer, invalid, oneOf, orText, show, text } from './values.js'

/** A limit of the kernel on each process. -1 is no limit. */
export interface UlimitOptions {
  /** The name, such as `nofile`, `nproc` or `memlock`. */
  readonly name: string
  /** The soft limit. Default: `hard`. */
  readonly soft?: number | undefined
  /** The hard limit. Default: `soft`. */
  readonly hard?: number | undefined
}

export type RestartPolicyName = '' | 'no' | 'always' | 'unless-stopped' | 'on-failure'

export interface RestartPolicyOptions {
  readonly name: RestartPolicyName
  /** The most restarts after failures. 0 has no limit. Only for `on-failure`. */
  readonly maximumRetryCount?: number | undefined
}

const ulimit = table<UlimitOptions, ResourcesUlimit>({
  name: ['Name', text],
  soft: ['Soft', integer],
  hard: ['Hard', integer],
})

/** Parses `'nofile=1024:2048'`, `'nofile=1024'` for both limits, or an object. */
export function parseUlimit(value: unknown, option = 'ulimit'): ResourcesUlimit {
  const { Name, Soft, Hard } =
    typeof value === 'string' ? fromString(value, option) : ulimit.parse(value, option, orText('nofile=1024'))
  const [soft, hard] = [Soft ?? Hard, Hard ?? Soft]
  if (!Name || soft === undefined || hard === undefined) {
    return invalid(option, "like 'nofile=1024:2048' or { name, soft, hard }", value)
  }
  if (hard !== -1 && (soft > hard || soft === -1)) {
    throw new InvalidArgumentError(`${option}: the soft limit, ${soft}, is above the hard one, ${hard}`)
  }
  return { Name, Soft: soft, Hard: hard }
}

function fromString(value: string, option: string): ResourcesUlimit {
  const match = /^([^=]+)=(-1|\d+)(?::(-1|\d+))?$/.exec(value)
  if (match === null) return invalid(option, "like 'nofile=1024:2048' or 'nofile=1024'", value)
  const [, Name, soft, hard = soft] = match
  return { Name, Soft: Number(soft), Hard: Number(hard) }
}

const policy = table<RestartPolicyOptions, RestartPolicy>({
  name: ['Name', oneOf('', 'no', 'always', 'unless-stopped', 'on-failure')],
  maximumRetryCount: ['MaximumRetryCount', integer],
})

/** Parses `'no'`, `'always'`, `'unless-stopped'`, `'on-failure'` or `'on-failure:3'`, or an object. */
export function parseRestartPolicy(value: unknown, option = 'restart'): RestartPolicy {
  const restart =
    typeof value === 'string' ? policyIn(value, option) : policy.parse(value, option, orText('on-failure:3'))
  const { Name, MaximumRetryCount: retries } = restart
  if (retries && Name !== 'on-failure') {
    throw new InvalidArgumentError(
      `${option} takes a number of retries only for 'on-failure', not ${show(Name)}`,
    )
  }
  return restart
}

function policyIn(value: string, option: string): RestartPolicy {
  const [name, retries] = cut(value, ':')
  if (retries === undefined) return policy.parse({ name }, option)
  if (!/^\d+$/.test(retries)) return invalid(option, "like 'always' or 'on-failure:3'", value)
  return policy.parse({ name, maximumRetryCount: Number(retries) }, option)
}
