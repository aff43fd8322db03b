import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Methods, SolvePlan, SshAgent } from '../../../buildkit/index.js'
import { InvalidArgumentError } from '../../../errors.js'
import { array, cut, flag, show, stringMap, strings } from '../../options/values.js'
import { type Attributes, frontendAttributes, type Given, platformsOf } from './attributes.js'
import { type Caches, readCacheFrom, readCacheTo, refuseCacheTo } from './cache.js'
import { readBoolean } from './csv.js'
import type { EngineAbilities } from './engine.js'
import { gitAttributes } from './git.js'
import { checkDestinations, checkOutputs, type PlannedOutput, readOutputs } from './outputs.js'
import { readSecrets } from './secrets.js'
import { type BuildSources, findSources, type SourceOptions } from './sources.js'
import { findAgents } from './ssh.js'

/** All that a build needs of this side. */
export interface PreparedBuild {
  readonly given: Given
  readonly annotations: Attributes
  readonly attributes: Attributes
  readonly entitlements: readonly string[]
  readonly sources: BuildSources
  readonly outputs: readonly PlannedOutput[]
  readonly cacheFrom: Caches
  readonly cacheTo: Caches
  readonly secrets: Awaited<ReturnType<typeof readSecrets>>
  readonly agents: ReadonlyMap<string, SshAgent>
}

export interface BuildSettings {
  /** Options as they were given. */
  readonly given: Given
  /** The full names of the image. */
  readonly names: readonly string[]
  /** The proxy variables of config.json. */
  readonly proxies: Readonly<Record<string, string>>
}

/** Checks everything that can be checked before anything is sent. */
export async function prepareBuild({ given, names, proxies }: BuildSettings): Promise<PreparedBuild> {
  const attributes = frontendAttributes(given)
  addProxies(attributes, proxies)
  const outputs = readOutputs(given.outputs, names, flag(given.push ?? false, 'push'))
  await checkDestinations(outputs)
  return {
    given,
    annotations: annotationsOf(given.annotations),
    attributes,
    entitlements: entitlementsOf(given, attributes),
    outputs,
    cacheFrom: await readCacheFrom(given.cacheFrom),
    cacheTo: readCacheTo(cachesOf(given, attributes)),
    secrets: await readSecrets(given.secrets),
    agents: await findAgents(given.ssh),
    sources: await withGitInfo(await findSources(given as SourceOptions), given),
  }
}

/** As in docker, a build argument adds a cache that is stored in the image. */
function cachesOf(
  { cacheTo }: Given,
  { 'build-arg:BUILDKIT_INLINE_CACHE': inline = '' }: Attributes,
): unknown {
  return readBoolean(inline) ? [...array(cacheTo ?? [], 'cacheTo'), 'type=inline'] : cacheTo
}

/** As the docker command does it for a folder. */
async function withGitInfo(sources: BuildSources, given: Given): Promise<BuildSources> {
  const { gitInfo = true, gitLabels = false, gitCheckDirty = false } = given
  const settings = {
    info: flag(gitInfo, 'gitInfo'),
    labels: flag(gitLabels, 'gitLabels'),
    checkDirty: flag(gitCheckDirty, 'gitCheckDirty'),
  }
  const [context, dockerfile] = ['context', 'dockerfile'].map((name) => sources.folders.get(name)?.root)
  if (context === undefined) return sources
  const { filename = '' } = sources.attributes
  const file = dockerfile === undefined ? undefined : join(dockerfile, filename)
  const folders = { context, ...(dockerfile === undefined ? {} : { dockerfile }) }
  const found = await gitAttributes(folders, { ...settings, file })
  return { ...sources, attributes: { ...found, ...sources.attributes } }
}

/** Adds each proxy unless an argument of that name is given, in upper or lower case. */
function addProxies(attributes: Attributes, proxies: Readonly<Record<string, string>>): void {
  const given = new Set(Object.keys(attributes).map((name) => name.toLowerCase()))
  for (const [name, value] of Object.entries(proxies)) {
    const attribute = `build-arg:${name}`
    if (!given.has(attribute.toLowerCase())) attributes[attribute] = value
  }
}

function entitlementsOf({ allow }: Given, attributes: Attributes): string[] {
  const allowed = strings(allow ?? [], 'allow')
  const host = attributes['force-network-mode'] === 'host' ? ['network.host'] : []
  return [...new Set([...allowed, ...host])]
}

/** What the Engine is asked to do, as far as it can. Refuses the rest. */
export function planSolve(build: PreparedBuild, abilities: EngineAbilities, methods: Methods): SolvePlan {
  checkAbilities(build, abilities)
  const exporters = build.outputs.map((output) => exporterOf(output, build, abilities))
  const attributes = { ...build.sources.attributes, ...build.attributes, ...hostsOf(build, abilities) }
  if (wantsProvenance(build, abilities)) attributes['attest:provenance'] = 'mode=min,inline-only=true'
  if (build.cacheFrom.entries.length > 0) attributes['cache-imports'] = importsOf(build.cacheFrom)
  return {
    ref: randomBytes(13).toString('hex').slice(0, 25),
    session: { sharedKey: build.sources.sharedKey, methods },
    request: {
      frontend: 'dockerfile.v0',
      frontendAttrs: attributes,
      entitlements: build.entitlements,
      // Engines before 26 read the first two only, and later ones the last.
      exporterDeprecated: exporters[0]?.type ?? '',
      exporterAttrsDeprecated: exporters[0]?.attrs ?? {},
      exporters,
      cache: { exports: build.cacheTo.entries, imports: build.cacheFrom.entries },
    },
  }
}

/** The frontend reads those, and the solver the ones beside. */
function importsOf({ entries }: Caches): string {
  return JSON.stringify(entries.map(({ type, attrs }) => ({ Type: type, Attrs: attrs })))
}

const GATEWAY = '=host-gateway'

function hostsOf({ attributes }: PreparedBuild, { hostGateway }: EngineAbilities): Attributes {
  const hosts = attributes['add-hosts']
  if (hosts === undefined || !hosts.includes(GATEWAY)) return {}
  if (hostGateway !== undefined) return { 'add-hosts': hosts.replaceAll(GATEWAY, `=${hostGateway}`) }
  throw new InvalidArgumentError(
    'extraHosts: this Engine does not say what host-gateway is, Engine 24 and later do',
  )
}

function checkAbilities(build: PreparedBuild, engine: EngineAbilities): void {
  checkOutputs(build.outputs, engine)
  if (engine.hasContainerdStore) return
  refuseCacheTo(build.cacheTo)
  if (!build.outputs.some(({ type }) => type === 'image')) return
  const platforms = build.given.platform === undefined ? [] : platformsOf(build.given.platform, 'platform')
  if (platforms.length > 1) throw needsContainerd('platform: an image for several platforms')
  for (const option of ['provenance', 'sbom'] as const) {
    if (build.attributes[`attest:${option}`] !== undefined) throw needsContainerd(`${option}: an attestation`)
  }
}

function needsContainerd(what: string): InvalidArgumentError {
  const hint = "only with containerd's image store; outputs to a folder or a tar work"
  return new InvalidArgumentError(`${what} cannot be kept by the image store of this Engine`, { hint })
}

/** As in docker, provenance is made where the image can hold it, unless the options decide otherwise. */
function wantsProvenance({ given, outputs }: PreparedBuild, engine: EngineAbilities): boolean {
  if (!engine.hasContainerdStore || given.provenance !== undefined) return false
  return outputs.some(({ type }) => type === 'image' || type === 'oci')
}

function exporterOf(
  { type, attrs, push }: PlannedOutput,
  { annotations }: PreparedBuild,
  engine: EngineAbilities,
): { type: string; attrs: Record<string, string> } {
  if (type === 'local' || type === 'tar') return { type, attrs: { ...attrs } }
  const annotated = { ...annotations, ...attrs }
  if (type !== 'image') return { type, attrs: annotated }
  return {
    type: 'moby',
    attrs: { ...annotated, ...(push && engine.hasContainerdStore ? { push: 'true' } : {}) },
  }
}

const LEVEL = /^(?:manifest|index)(?:-descriptor)?(?:\[[^\]]+\])?$/

/** 'index:key' is one of the index, and 'manifest[linux/amd64],index:key' one of the manifest for a platform as well. */
function annotationsOf(value: unknown): Attributes {
  const annotations = Object.entries(stringMap(value ?? {}, 'annotations'))
  return Object.fromEntries(
    annotations.flatMap(([given, content]) => {
      const [levels, key] = cut(given, ':')
      if (key === undefined) return [[`annotation.${given}`, content]]
      return levels.split(',').map((level) => {
        if (LEVEL.test(level)) return [`annotation-${level}.${key}`, content]
        throw new InvalidArgumentError(`annotations: unknown annotation type ${show(level)}`)
      })
    }),
  )
}
