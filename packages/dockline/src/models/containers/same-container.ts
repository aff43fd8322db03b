import { createHash } from 'node:crypto'
import type {
  ApiClient,
  ContainerCreateBody,
  ContainerInspectResponse,
  EndpointSettings,
  ImageConfig,
} from '../../api/index.js'
import { NotFoundError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { isPlain } from '../../support/check.js'
import { formatReference, parseReference } from '../../support/reference.js'
import { synonymOf } from '../../support/synonyms.js'
import { type Difference, isAsAsked, isEmpty } from '../base/difference.js'
import { type ContainerCreateOptions, createOptionNames, createRequest } from '../options/index.js'
import { stringMap } from '../options/values.js'
import { dialectOf } from '../podman/dialect.js'
import type { Command } from '../sessions/exec-options.js'

/** What a container was asked to be. */
export interface Wanted {
  readonly image: string
  readonly command: Command | undefined
  readonly options: ContainerCreateOptions
}

/** A container that is there. */
interface Found {
  readonly api: ApiClient
  readonly attrs: ContainerInspectResponse
}

/** Options that mean something together only. */
const GROUPS: readonly (readonly string[])[] = [
  ['network', 'networks', 'networkAliases', 'macAddress'],
  ['logDriver', 'logOpt'],
  ['deviceRequests', 'gpus'],
]

/** Keys of a HostConfig to which an Engine gives a value of its own. */
const ENGINE_KEYS = [
  ...[
    'NetworkMode',
    'RestartPolicy',
    'LogConfig',
    'IpcMode',
    'CgroupnsMode',
    'ShmSize',
    'Runtime',
    'ConsoleSize',
  ],
  ...[
    'MaskedPaths',
    'ReadonlyPaths',
    'MemorySwap',
    'MemorySwappiness',
    'Isolation',
    'ContainerIDFile',
    'Cgroup',
  ],
]

/** Keys of a config that are the image's, unless they are asked for. */
const IMAGE_KEYS = ['Cmd', 'Entrypoint', 'User', 'WorkingDir'] as const

/**
 * Lists the options in which a container is not what was asked for. What was asked is compared as the Engine reports it; what
 * was not asked must be the image's, or not set.
 */
export async function differencesFrom(
  { api, attrs }: Found,
  wanted: Wanted,
  call: CallOptions,
): Promise<Difference[]> {
  const asked = askedIn(wanted)
  const ofImage = differencesOfImage(attrs, wanted)
  if (dialectOf(api).isPodman) return [...ofImage, ...differencesOnPodman(attrs, asked)]
  const found = [...ofImage, ...asked.flatMap((each) => differenceIn(attrs, each))]
  const image = await imageConfig(api, attrs.Image, call)
  return [...found, ...unaskedSettings(attrs, asked), ...unaskedConfig(attrs, asked, image)]
}

/**
 * The label by which a container on Podman remembers what was asked: Podman reports many settings in words of its own. It has a
 * digest for each option, and no value.
 */
const ASKED_LABEL = 'dockline.asked'

/** Options that Podman reports as they were asked. */
const TOLD_BY_PODMAN = [
  'command',
  'env',
  'labels',
  'user',
  'workdir',
  'hostname',
  'memory',
  'privileged',
  'readOnly',
]

/** The labels of a container that is created, with what Podman needs to compare it later. */
export function labelsFor(api: ApiClient, { image, command, options }: Wanted): ContainerCreateOptions {
  if (!dialectOf(api).isPodman) return {}
  const asked = digestsOf(askedIn({ image, command, options }))
  return { labels: { ...stringMap(options.labels ?? {}, 'labels'), [ASKED_LABEL]: JSON.stringify(asked) } }
}

function digestsOf(asked: readonly Asked[]): Record<string, string> {
  return Object.fromEntries(asked.map(({ option, body }) => [option, digestOf(body)]))
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12)
}

function differencesOnPodman(attrs: ContainerInspectResponse, asked: readonly Asked[]): Difference[] {
  const then = rememberedIn(attrs)
  if (then === undefined)
    return asked
      .filter(({ option }) => TOLD_BY_PODMAN.includes(option))
      .flatMap((each) => differenceIn(attrs, each))
  const now = digestsOf(asked)
  const options = Object.keys({ ...then, ...now }).filter((option) => then[option] !== now[option])
  // Values are not known here: a list stands for one that is not shown.
  return options.map((option) => ({ option, there: [then[option]], asked: now[option] && [now[option]] }))
}

/** Undefined for a container that was created in another way. */
function rememberedIn({ Config }: ContainerInspectResponse): Record<string, string> | undefined {
  try {
    const remembered: unknown = JSON.parse(Config?.Labels?.[ASKED_LABEL] ?? '')
    return isPlain(remembered) ? (remembered as Record<string, string>) : undefined
  } catch {
    return undefined
  }
}

/** An option, and what it asks of the Engine. */
interface Asked {
  readonly option: string
  readonly body: Partial<ContainerCreateBody>
}

/** Each option by itself: then a difference can be named by its option. */
function askedIn({ command, options }: Wanted): Asked[] {
  const given = new Map(
    Object.entries(options).filter(([name, value]) => value !== undefined && name !== 'name'),
  )
  const grouped = GROUPS.flatMap((group) => {
    const names = group.filter((name) => given.has(name))
    const together = Object.fromEntries(names.map((name) => [name, given.get(name)]))
    for (const name of names) given.delete(name)
    return names.slice(0, 1).map((option) => ({ option, body: bodyOf(together) }))
  })
  const single = [...given].map(([option, value]) => ({ option, body: bodyOf({ [option]: value }) }))
  const ofCommand = command === undefined ? [] : [{ option: 'command', body: bodyOf({}, command) }]
  return [...ofCommand, ...single, ...grouped]
}

function bodyOf(options: ContainerCreateOptions, command?: Command): Partial<ContainerCreateBody> {
  const { Image, ...body } = createRequest('image', command, options).body
  return body
}

function differencesOfImage({ Config }: ContainerInspectResponse, { image }: Wanted): Difference[] {
  const there = Config?.Image ?? ''
  return fullName(there) === fullName(image) ? [] : [{ option: 'image', there, asked: image }]
}

/** Podman writes the registry of each image. */
function fullName(image: string): string {
  if (/^sha256:/.test(image)) return image
  const { repository: written, tag, digest } = parseReference(image)
  const repository = written.replace(/^(docker\.io\/(library\/)?|localhost\/)/, '')
  return formatReference({ repository, tag: digest === undefined ? (tag ?? 'latest') : tag, digest })
}

function differenceIn(attrs: ContainerInspectResponse, { option, body }: Asked): Difference[] {
  const { HostConfig, NetworkingConfig, ...config } = body
  const places = [
    [config, attrs.Config],
    [HostConfig ?? {}, attrs.HostConfig],
    [endpointsIn(NetworkingConfig?.EndpointsConfig), endpointsOf(attrs)],
  ] as readonly (readonly [Record<string, unknown>, Record<string, unknown> | undefined])[]
  for (const [asked, there = {}] of places) {
    const key = Object.keys(asked).find((name) => !isSetting(name, asked[name], there[name]))
    if (key !== undefined) return [{ option, asked: asked[key], there: there[key] }]
  }
  return []
}

/** Aliases by name: an Engine adds others. */
function endpointsIn(
  endpoints: Readonly<Record<string, EndpointSettings>> | undefined,
): Record<string, unknown> {
  const all = Object.entries(endpoints ?? {}).map(([network, { Aliases, ...settings }]) => {
    const aliases = Object.fromEntries((Aliases ?? []).map((alias) => [alias, true]))
    return [network, { ...settings, aliases }] as const
  })
  return Object.fromEntries(all)
}

/** The endpoint of the default network has the name of that network. */
function endpointsOf({ NetworkSettings }: ContainerInspectResponse): Record<string, unknown> {
  const networks = endpointsIn(NetworkSettings?.Networks)
  return { ...networks, default: networks.bridge }
}

/** Whether a setting is as asked, where an Engine writes some of them in its own way. */
function isSetting(key: string, asked: unknown, there: unknown): boolean {
  const write = WRITTEN[key]
  if (write === undefined || asked === null) return isAsAsked(asked, there)
  if (key === 'Env') return isWithin(write(asked) as string[], write(there) as string[])
  return isAsAsked(write(asked), write(there))
}

const WRITTEN: Readonly<Record<string, (value: unknown) => unknown>> = {
  Env: (value) => (value ?? []) as string[],
  CapAdd: capabilities,
  CapDrop: capabilities,
  NetworkMode: (value) => (value === undefined || value === '' || value === 'default' ? 'bridge' : value),
  RestartPolicy: (value) => {
    const { Name, MaximumRetryCount } = (value ?? {}) as { Name?: string; MaximumRetryCount?: number }
    return { Name: Name || 'no', MaximumRetryCount: MaximumRetryCount ?? 0 }
  },
}

function capabilities(value: unknown): string[] {
  return ((value ?? []) as string[]).map((name) => name.toUpperCase().replace(/^CAP_/, '')).sort()
}

function isWithin(some: readonly string[], all: readonly string[]): boolean {
  // A name without a value takes a variable away.
  return some.every((each) => !each.includes('=') || all.includes(each))
}

/** What the container has of its host, and nobody asked for. */
function unaskedSettings(
  { HostConfig = {} }: ContainerInspectResponse,
  asked: readonly Asked[],
): Difference[] {
  const known = new Set([...ENGINE_KEYS, ...asked.flatMap(({ body }) => Object.keys(body.HostConfig ?? {}))])
  return Object.entries(HostConfig ?? {}).flatMap(([key, there]) =>
    known.has(key) || isEmpty(there) ? [] : [{ option: optionOf(key), there, asked: undefined }],
  )
}

function unaskedConfig(
  { Config }: ContainerInspectResponse,
  asked: readonly Asked[],
  image: ImageConfig | undefined,
): Difference[] {
  if (image === undefined) return []
  const known = new Set(asked.flatMap(({ body }) => Object.keys(body)))
  // With another entrypoint, the command of the image does not count.
  if (known.has('Entrypoint')) known.add('Cmd')
  const own = IMAGE_KEYS.flatMap((key) =>
    known.has(key) || isSame(Config?.[key], image[key])
      ? []
      : [{ option: optionOf(key), there: Config?.[key], asked: image[key] }],
  )
  const isOpen = ['Tty', 'OpenStdin'] as const
  const streams = isOpen.filter((key) => !known.has(key) && Config?.[key] === true)
  return [...own, ...streams.map((key) => ({ option: optionOf(key), there: true, asked: false }))]
}

function isSame(one: unknown, other: unknown): boolean {
  return isAsAsked(one ?? '', other) && isAsAsked(other ?? '', one)
}

function optionOf(key: string): string {
  return key === 'Cmd' ? 'command' : (synonymOf(key, createOptionNames) ?? key)
}

/** Undefined when the image has been deleted. */
async function imageConfig(
  api: ApiClient,
  image: string | undefined,
  call: CallOptions,
): Promise<ImageConfig | undefined> {
  if (!image) return undefined
  try {
    return (await api.images.inspect(image, {}, call)).Config ?? {}
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}
