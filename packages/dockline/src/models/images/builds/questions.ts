import { randomBytes } from 'node:crypto'
import type { ApiClient } from '../../../api/index.js'
import {
  askFrontend,
  BuildTracker,
  buildErrorOf,
  connectionErrorOf,
  contentService,
  credentialService,
  type FrontendRequest,
  folderService,
  GrpcError,
  hijackedDoor,
  locationOf,
  type RegistryCredentials,
  SentFilesCounter,
  SolveFailure,
  secretService,
  sshService,
  uploadService,
} from '../../../buildkit/index.js'
import type { BuildLocation, BuildWarning } from '../../../errors.js'
import type { CallOptions } from '../../../http/index.js'
import type { Given } from './attributes.js'
import { prepareBuild } from './plan.js'

/** What is wrong, or could be better, with a Dockerfile. */
export interface CheckResult {
  readonly warnings: readonly BuildWarning[]
  /** Why it cannot be built, where the checks find that; the warnings are those up to there. */
  readonly error: { readonly message: string; readonly location: BuildLocation | undefined } | undefined
  /** As the frontend wrote it, in JSON. */
  readonly json: string
}

/** What a target of a Dockerfile takes. */
export interface BuildOutline {
  /** The name of the stage; '' where it has none. */
  readonly name: string
  readonly description: string
  readonly args: readonly OutlineArgument[]
  readonly secrets: readonly OutlineNeed[]
  readonly ssh: readonly OutlineNeed[]
  readonly cache: readonly { readonly id: string }[]
  /** As the frontend wrote it, in JSON. */
  readonly json: string
}

export interface OutlineArgument {
  readonly name: string
  readonly description: string
  readonly value: string | undefined
}

/** A secret or an ssh agent, by its id. */
export interface OutlineNeed {
  readonly name: string
  readonly required: boolean
}

/** A stage that can be built. */
export interface BuildTarget {
  readonly name: string
  /** Whether it is built when no target is named. */
  readonly default: boolean
  readonly description: string
  /** The image or the stage that it begins with. */
  readonly base: string
  readonly platform: string
}

export interface BuildTargets {
  readonly targets: readonly BuildTarget[]
  /** As the frontend wrote it, in JSON. */
  readonly json: string
}

/** What a question takes from the rest of the library. */
export interface QuestionSettings {
  readonly api: ApiClient
  readonly call: CallOptions
  readonly given: Given
  readonly proxies: Readonly<Record<string, string>>
  readonly credentials: (registry: string) => Promise<RegistryCredentials | undefined>
}

/** Comes from the frontend: everything may be left out. */
interface RawLocation {
  readonly sourceIndex?: number
  readonly ranges?: readonly { start?: { line?: number }; end?: { line?: number } }[]
}

interface RawCheck {
  readonly sources?: readonly { readonly filename?: string; readonly data?: string }[]
  readonly warnings?: readonly {
    readonly ruleName?: string
    readonly description?: string
    readonly url?: string
    readonly detail?: string
    readonly location?: RawLocation
  }[]
  readonly buildError?: { readonly message?: string; readonly location?: RawLocation }
}

export async function checkDockerfile(settings: QuestionSettings): Promise<CheckResult> {
  const json = await ask(settings, 'lint')
  const raw = JSON.parse(json) as RawCheck
  const warnings = (raw.warnings ?? []).map(
    ({ ruleName, description = '', url = '', detail = '', location }): BuildWarning => ({
      step: '',
      rule: ruleName,
      text: ruleName === undefined ? detail : `${ruleName}: ${detail}`,
      detail: [description],
      url,
      location: placeOf(raw, location),
    }),
  )
  const { buildError } = raw
  const error = buildError && {
    message: buildError.message ?? '',
    location: placeOf(raw, buildError.location),
  }
  return { warnings: warnings.sort(byLine), error, json }
}

function byLine({ location: one }: BuildWarning, { location: other }: BuildWarning): number {
  return (one?.line ?? 0) - (other?.line ?? 0)
}

function placeOf({ sources = [] }: RawCheck, location: RawLocation = {}): BuildLocation | undefined {
  const { filename = '', data = '' } = sources[location.sourceIndex ?? 0] ?? {}
  const position = (line = 0) => ({ line, character: 0 })
  const ranges = (location.ranges ?? []).map(({ start, end }) => ({
    start: position(start?.line),
    end: position(end?.line),
  }))
  return locationOf({ filename, data: Buffer.from(data, 'base64'), ranges })
}

export async function outlineDockerfile(settings: QuestionSettings): Promise<BuildOutline> {
  const json = await ask(settings, 'outline')
  const raw = JSON.parse(json) as {
    name?: string
    description?: string
    args?: { name?: string; description?: string; value?: string }[]
    secrets?: { name?: string; required?: boolean }[]
    ssh?: { name?: string; required?: boolean }[]
    cache?: { id?: string; ID?: string }[]
  }
  return {
    name: raw.name ?? '',
    description: raw.description ?? '',
    args: (raw.args ?? []).map(({ name = '', description = '', value }) => ({ name, description, value })),
    secrets: (raw.secrets ?? []).map(needOf),
    ssh: (raw.ssh ?? []).map(needOf),
    cache: (raw.cache ?? []).map(({ id, ID }) => ({ id: id ?? ID ?? '' })),
    json,
  }
}

function needOf({ name = '', required = false }: { name?: string; required?: boolean }): OutlineNeed {
  return { name, required }
}

export async function listTargets(settings: QuestionSettings): Promise<BuildTargets> {
  const json = await ask(settings, 'targets')
  const { targets = [] } = JSON.parse(json) as { targets?: Partial<BuildTarget>[] }
  return {
    targets: targets.map((target) => ({
      name: target.name ?? '',
      default: target.default ?? false,
      description: target.description ?? '',
      base: target.base ?? '',
      platform: target.platform ?? '',
    })),
    json,
  }
}

/** An Engine quotes the whole Dockerfile in an error. A build has another connection to learn of the error. */
const HINT = 'is the Dockerfile larger than 45 kB? Then only a build tells what is wrong'

/** A question builds nothing, and runs nothing that needs hosts: the frontend does not know what 'host-gateway' is. */
const NOT_BUILT = { outputs: [], push: false, extraHosts: undefined }

async function ask(
  { api, call, given, ...settings }: QuestionSettings,
  request: FrontendRequest,
): Promise<string> {
  const build = await prepareBuild({
    given: { ...given, ...NOT_BUILT },
    names: [],
    proxies: settings.proxies,
  })
  const { sources, attributes, secrets, agents } = build
  const methods = {
    ...folderService(sources.folders, () => {}),
    ...credentialService(settings.credentials, () => {}),
    ...secretService(secrets),
    ...(agents.size > 0 ? sshService(agents) : {}),
    ...(sources.uploads.size > 0 ? uploadService(sources.uploads, () => {}) : {}),
    ...(sources.stores.size > 0 ? contentService(sources.stores) : {}),
  }
  try {
    const answer = await askFrontend({
      door: hijackedDoor(api.http, call.timeout),
      request,
      ref: randomBytes(13).toString('hex').slice(0, 25),
      session: { sharedKey: sources.sharedKey, methods },
      attributes: { ...attributes, ...sources.attributes },
      signal: call.signal,
    })
    return Buffer.from(answer['result.json'] ?? []).toString() || '{}'
  } catch (error) {
    if (!(error instanceof SolveFailure)) throw error
    const { error: reason, sessionLost } = error
    if (!(reason instanceof GrpcError)) throw connectionErrorOf(reason, api.http.address, sessionLost ?? HINT)
    throw buildErrorOf({ error: reason, sessionLost, tracker: new BuildTracker(new SentFilesCounter()) })
  }
}
