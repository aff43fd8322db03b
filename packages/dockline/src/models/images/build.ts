import type { ApiClient } from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { parseReference, registryKey, registryOf } from '../../support/reference.js'
import { holdSource, withSource } from '../sessions/source.js'
import { orRejecting, Transfer } from '../transfers/transfer.js'
import { type BuildOptions, type BuildPlan, readBuild } from './builds/build-options.js'
import type { BuildRun, SettledBuild } from './builds/build-run.js'
import { planClassic } from './builds/classic.js'
import type { BuilderName } from './builds/options.js'
import type { BuildMessage, BuildProgress } from './builds/progress.js'
import type { QuestionSettings } from './builds/questions.js'
import type { BuildResult } from './builds/result.js'
import { type PushedImage, pushImage, type RegistryAccess } from './image-transfers.js'

export type { BuildOptions }

/** A build: awaited, it gives its result; `progress()` gives what the builder says meanwhile. */
export type Build = Transfer<BuildResult, BuildMessage, BuildProgress>

/** What a build takes of the client. */
export interface BuildAccess extends RegistryAccess {
  /** Reads the proxy variables of config.json. */
  readonly proxies: () => Readonly<Record<string, string>>
}

/** A context that is a stream is held until it is sent, and let go of when it is not. */
export function buildImage(access: BuildAccess, options: BuildOptions): Build {
  return orRejecting(() => {
    const plan = withSource(options?.context, () => readBuild(options))
    return withSource(plan.own.context, () => planBuild(access, plan))
  })
}

function planBuild(access: BuildAccess, plan: BuildPlan): Build {
  const { own, call, builder, beyondClassic: beyond } = plan
  if (builder === 'classic' && beyond !== undefined) throw needsBuildKit(beyond)
  const settled = settle(access, plan)
  // What is wrong with it is thrown at once, whichever builder it is for.
  const classic = builder === 'buildkit' || beyond !== undefined ? undefined : planClassic(settled)
  const choose = async () => {
    const chosen = await chooseBuilder(access.api, builder, call)
    if (chosen === 'buildkit') return runBuildKit(settled)
    return classic ?? Promise.reject(needsBuildKit(beyond))
  }
  let run: BuildRun
  return new Transfer<BuildResult, BuildMessage, BuildProgress>({
    async *messages() {
      using _context = holdSource(own.context)
      using _hold = await access.prepare?.()
      run = await choose()
      yield* run.messages()
    },
    report: (progress) => run.report(progress),
    failure: (explanation, message) => run.failure?.(explanation, message),
    finish: () => run.finish(),
  })
}

function settle(access: BuildAccess, plan: BuildPlan): SettledBuild {
  return { ...access, ...plan, proxies: plan.own.useConfigProxy === false ? {} : access.proxies() }
}

/** Chooses the builder that the Engine prefers, and checks that the Engine has the one that was asked for. */
async function chooseBuilder(
  api: ApiClient,
  builder: BuilderName | undefined,
  call: CallOptions,
): Promise<BuilderName> {
  if (builder === 'classic') return builder
  const headers = await api.system.pingHead(call)
  const hasOnlyClassic = headers['libpod-api-version'] !== undefined || headers.ostype === 'windows'
  if (builder === undefined)
    return headers['builder-version'] === '2' && !hasOnlyClassic ? 'buildkit' : 'classic'
  if (!hasOnlyClassic) return builder
  throw new InvalidArgumentError(
    "builder: this Engine has no BuildKit; Podman and Windows build with 'classic'",
  )
}

function needsBuildKit(option: string | undefined): InvalidArgumentError {
  const hint = "Engines before 23 have it with builder: 'buildkit', Podman and Windows have not"
  return new InvalidArgumentError(`${option} needs BuildKit, and this build runs on the classic builder`, {
    hint,
  })
}

/** Asks BuildKit a question about a Dockerfile. The classic builder answers none. */
export async function askAboutDockerfile<T>(
  access: BuildAccess,
  options: BuildOptions,
  ask: (settings: QuestionSettings) => Promise<T>,
): Promise<T> {
  const plan = withSource(options?.context, () => readBuild(options))
  using _context = holdSource(plan.own.context)
  await chooseBuilder(access.api, 'buildkit', plan.call)
  return await ask(settingsOf(settle(access, plan)))
}

function settingsOf({ api, credentials, own, call, auths, proxies }: SettledBuild): QuestionSettings {
  return {
    api,
    call,
    given: { ...own },
    proxies,
    credentials: async (registry) =>
      auths === undefined
        ? credentials.for(registry, { signal: call.signal, optional: true })
        : auths[registryKey(registry)],
  }
}

async function runBuildKit(build: SettledBuild): Promise<BuildRun> {
  // Loaded here, because most programs never build.
  const { BuildKitBuild } = await import('./builds/buildkit.js')
  const { api, credentials, own, call, auths } = build
  return new BuildKitBuild({
    ...settingsOf(build),
    onProgress: own.onProgress,
    push: (name) => {
      const { repository } = parseReference(name)
      const auth = auths === undefined ? undefined : (auths[registryKey(registryOf(repository))] ?? {})
      return pushImage({ api, credentials }, name, { auth, ...call }) as Promise<PushedImage>
    },
  })
}
