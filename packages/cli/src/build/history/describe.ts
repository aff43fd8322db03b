import { basename } from 'node:path'
import type { BuildRecord } from 'dockline'
import { formatTable } from '../../output/table.js'
import type { BuildTrace, TraceStep } from '../progress/trace.js'
import { markOf } from '../progress/words.js'
import { durationOf, durationText, type KnownBuild, nameOf } from './records.js'

/** A build with all that is known of it, by docker's names. */
export interface DescribedBuild {
  readonly Name?: string
  readonly Ref: string
  readonly Context?: string
  readonly Dockerfile?: string
  readonly Target?: string
  readonly Platform?: readonly string[]
  readonly StartedAt?: string
  readonly CompletedAt?: string
  /** In nanoseconds. */
  readonly Duration: number
  readonly Status: BuildRecord['status']
  readonly Error?: { readonly Message: string; readonly Name?: string; readonly Logs?: readonly string[] }
  readonly NumCompletedSteps: number
  readonly NumTotalSteps: number
  readonly NumCachedSteps: number
  readonly BuildArgs?: readonly NamedValue[]
  readonly Labels?: readonly NamedValue[]
  readonly Config: Readonly<Record<string, string>>
  readonly Materials?: readonly { readonly URI: string; readonly Digests: readonly string[] }[]
}

interface NamedValue {
  readonly Name: string
  readonly Value: string
}

/** Attributes that are listed apart from the others, by docker's names. */
const CONFIG: readonly (readonly [attribute: string, name: string])[] = [
  ['force-network-mode', 'Network'],
  ['add-hosts', 'ExtraHosts'],
  ['hostname', 'Hostname'],
  ['cgroup-parent', 'CgroupParent'],
  ['image-resolve-mode', 'ImageResolveMode'],
  ['multi-platform', 'MultiPlatform'],
  ['no-cache', 'NoCache'],
  ['shm-size', 'ShmSize'],
  ['ulimit', 'Ulimit'],
]

export function describe(known: KnownBuild, trace: BuildTrace, provenance: unknown): DescribedBuild {
  const { record, local } = known
  const { ref, attributes, createdAt, completedAt, status, steps } = record
  const context = attributes.context ?? local?.LocalPath
  const { filename, target, platform } = attributes
  return {
    ...some('Name', nameOf(known)),
    Ref: ref,
    ...some('Context', context === undefined ? undefined : basename(context)),
    ...some('Dockerfile', filename),
    ...some('Target', target),
    ...some('Platform', platform?.split(',')),
    ...some('StartedAt', createdAt?.toISOString()),
    ...some('CompletedAt', completedAt?.toISOString()),
    Duration: Math.round(durationOf(record) * 1e6),
    Status: status,
    ...some('Error', failureOf(record, trace)),
    NumCompletedSteps: steps.completed,
    NumTotalSteps: steps.total,
    NumCachedSteps: steps.cached,
    ...some('BuildArgs', valuesOf(attributes, 'build-arg:')),
    ...some('Labels', valuesOf(attributes, 'label:')),
    Config: Object.fromEntries(
      CONFIG.flatMap(([attribute, name]) => {
        const value = attributes[attribute]
        return value === undefined ? [] : [[name, value === '' ? 'true' : value]]
      }),
    ),
    ...some('Materials', materialsOf(provenance)),
  }
}

function some<Name extends string, T>(name: Name, value: T | undefined): { [Key in Name]?: T } {
  const isNothing = value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  return (isNothing ? {} : { [name]: value }) as { [Key in Name]?: T }
}

function failureOf({ error }: BuildRecord, { steps }: BuildTrace): DescribedBuild['Error'] {
  if (error === undefined) return undefined
  const failed = steps.find((step) => markOf(step) === 'ERROR')
  return { Message: error, ...(failed && { Name: failed.name, Logs: linesOf(failed) }) }
}

function linesOf({ lines }: TraceStep): string[] {
  return lines.map((line) => line.slice(line.indexOf(' ') + 1))
}

function valuesOf(attributes: BuildRecord['attributes'], prefix: string): NamedValue[] {
  const named = Object.entries(attributes).filter(([name]) => name.startsWith(prefix))
  return named.map(([name, Value]) => ({ Name: name.slice(prefix.length), Value }))
}

function materialsOf(provenance: unknown): DescribedBuild['Materials'] {
  const { predicate = provenance } = (provenance ?? {}) as { predicate?: unknown }
  const { materials = [] } = (predicate ?? {}) as {
    materials?: readonly { uri?: string; digest?: Readonly<Record<string, string>> }[]
  }
  return materials.map(({ uri = '', digest = {} }) => ({
    URI: uri,
    Digests: Object.entries(digest).map(([algorithm, hash]) => `${algorithm}:${hash}`),
  }))
}

const TAB = 8

/** The same for people. */
export function describedText(build: DescribedBuild): string {
  const { Error: error, NumTotalSteps: total, NumCompletedSteps: completed, NumCachedSteps: cached } = build
  const share = total === 0 ? 0 : Math.floor((cached * 100) / total)
  const blocks = [
    [
      line('Name', build.Name),
      line('Ref', build.Ref),
      line('Context', build.Context),
      line('Dockerfile', build.Dockerfile),
      line('Target', build.Target),
      line('Platforms', build.Platform?.join(', ')),
    ],
    [
      line('Started', build.StartedAt?.slice(0, 19).replace('T', ' ')),
      line('Duration', durationText(build.Duration / 1e6)),
      line('Status', build.Status === 'running' ? 'Running' : undefined),
      line('Error', error?.Message),
      line('Build Steps', `${completed}/${total} (${share}% cached)`),
    ],
    Object.entries(build.Config).map(([name, value]) => line(name.replace(/(?<!^)[A-Z]/g, ' $&'), value)),
    table(
      ['BUILD ARG', 'VALUE'],
      build.BuildArgs?.map(({ Name, Value }) => [Name, Value]),
    ),
    table(
      ['LABEL', 'VALUE'],
      build.Labels?.map(({ Name, Value }) => [Name, Value]),
    ),
    materialLines(build),
    error?.Logs === undefined
      ? []
      : ['Logs:\n', `> => ${error.Name ?? ''}:\n`, ...error.Logs.map((each) => `> ${each}\n`)],
    [`Print build logs: dockline buildx history logs ${build.Ref}\n`],
  ]
  const texts = blocks.map((lines) => lines.join('')).filter((text) => text !== '')
  return texts.join('\n')
}

function line(name: string, value: string | undefined): string {
  if (value === undefined) return ''
  return `${name}:${name.length + 1 < TAB ? '\t\t' : '\t'}${value}\n`
}

function materialLines({ Materials: materials = [] }: DescribedBuild): string[] {
  if (materials.length === 0) return []
  return [
    'Materials:\n',
    ...table(
      ['URI', 'DIGEST'],
      materials.map(({ URI, Digests }) => [URI, Digests.join(', ')]),
    ),
  ]
}

function table(head: readonly string[], rows: readonly (readonly string[])[] = []): string[] {
  if (rows.length === 0) return []
  return [formatTable([head, ...rows].map((cells) => cells.join('\t')).join('\n'))]
}
