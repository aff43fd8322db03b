import type { ContainerCreateBody, SystemInfo } from '../../../api/index.js'
import { InvalidArgumentError } from '../../../errors.js'

/** The options that limit a sandbox: their names, where the request has them, and how the Engine reports that it can. */
const LIMITS = [
  ['memory', 'Memory', 'MemoryLimit'],
  ['cpus', 'NanoCpus', 'CpuCfsQuota'],
  ['pidsLimit', 'PidsLimit', 'PidsLimit'],
] as const

/** Throws InvalidArgumentError for a limit that the Engine would silently ignore, as a rootless one without cgroups does. */
export function refuseUnlimited(info: SystemInfo, { HostConfig }: ContainerCreateBody): void {
  const ignored = LIMITS.filter(
    ([, limit, capability]) => HostConfig?.[limit] && info[capability] === false,
  ).map(([option]) => option)
  if (ignored.length === 0) return
  const zeros = ignored.map((option) => `${option}: 0`).join(', ')
  const names = ignored.map((option) => `'${option}'`).join(', ')
  throw new InvalidArgumentError(`the Engine cannot limit ${ignored.join(', ')} of a sandbox`, {
    hint: `the Engine needs its cgroups for that; ${zeros} with allow: [${names}] does without`,
  })
}
