import type { BuildGcPolicy, BuildWorker } from 'dockline/types'
import { goDuration } from '../go/time.js'
import { binarySize } from '../output/size.js'

/** A builder: the Engine of a context, and what builds in it. */
export interface BuilderNode {
  readonly name: string
  readonly worker: BuildWorker | undefined
  /** Why it cannot be asked. */
  readonly error: string | undefined
}

/** All of it, as `docker buildx inspect` has it. */
export function builderText({ name, worker, error }: BuilderNode): string {
  const driver = `Name:   ${name}\nDriver: docker\n\nNodes:\n`
  if (worker === undefined) return `${driver}Name:     ${name}\nEndpoint: ${name}\nError:    ${error ?? ''}\n`
  const { platforms, labels, gcPolicies } = worker
  const version = versionOf(worker)
  return [
    driver,
    ...nodeLine('Name', name),
    ...nodeLine('Endpoint', name),
    ...nodeLine('Status', 'running'),
    ...(version === undefined ? [] : nodeLine('BuildKit version', version)),
    ...nodeLine('Platforms', platforms.join(', ')),
    ...labelLines(labels),
    ...gcPolicies.flatMap(policyLines),
  ].join('')
}

/** Without what says only that it is the Engine's. */
export function versionOf({ version }: BuildWorker): string | undefined {
  return version?.replace(/-moby$/, '')
}

function nodeLine(name: string, value: string): string[] {
  return [`${`${name}:`.padEnd(18)}${value}\n`]
}

function labelLines(labels: BuildWorker['labels']): string[] {
  const lines = Object.entries(labels).map(([name, value]) => ` ${name}: ${value}\n`)
  return lines.length === 0 ? [] : ['Labels:\n', ...lines.sort()]
}

function policyLines(policy: BuildGcPolicy, index: number): string[] {
  const { all, filters, keepDuration, reservedSpace, maxUsedSpace, minFreeSpace } = policy
  const line = (name: string, value: string) => ` ${`${name}:`.padEnd(16)}${value}\n`
  const size = (name: string, bytes: number) => (bytes > 0 ? [line(name, binarySize(bytes))] : [])
  return [
    `GC Policy rule#${index}:\n`,
    line('All', String(all)),
    ...(filters.length > 0 ? [line('Filters', filters.join(' '))] : []),
    ...(keepDuration > 0 ? [line('Keep Duration', goDuration(BigInt(keepDuration)))] : []),
    ...size('Reserved Space', reservedSpace),
    ...size('Max Used Space', maxUsedSpace),
    ...size('Min Free Space', minFreeSpace),
  ]
}

/** 'linux/amd64 (+3)' for one that stands for its variants. */
export function briefPlatforms(platforms: readonly string[]): string {
  const groups = new Map<string, number>()
  for (const platform of platforms) {
    const base = platform.split('/').slice(0, 2).join('/')
    groups.set(base, (groups.get(base) ?? 0) + 1)
  }
  return [...groups].map(([base, count]) => (count === 1 ? base : `${base} (+${count})`)).join(', ')
}
