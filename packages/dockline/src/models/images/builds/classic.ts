import { Readable } from 'node:stream'
import type { ApiClient, AuthConfig, BuildInfo, ImageBuildQuery } from '../../../api/index.js'
import type { CallOptions } from '../../../http/index.js'
import { formatReference } from '../../../support/reference.js'
import type { Own } from '../../base/call.js'
import { dialectOf } from '../../podman/dialect.js'
import { holdSource } from '../../sessions/source.js'
import { counted } from '../../transfers/counted.js'
import { getImage, parseTag } from '../image.js'
import { tarBody } from '../image-transfers.js'
import { BuildLog } from './build-log.js'
import { type BuildOptions, classicSettings, refuseBeside } from './build-options.js'
import type { BuildRun, SettledBuild } from './build-run.js'
import { isRemote } from './options.js'
import { ClassicSteps } from './progress.js'
import { FinishedBuild } from './result.js'

/** Plans a build by the classic builder. Throws InvalidArgumentError. */
export function planClassic({ api, credentials, own, call, auths, proxies }: SettledBuild): BuildRun {
  const source = sourceOf(own)
  const asked: ImageBuildQuery = { version: '1', ...classicSettings.pick(own), ...named(own) }
  const query = withProxies(asked, proxies)
  const log = new BuildLog()
  const steps = new ClassicSteps()
  const build = {
    source,
    query,
    call,
    auths: async () => auths ?? credentials.all(call),
    onProgress: own.onProgress,
  }
  return {
    messages: () => send(api, build),
    report(progress) {
      log.add(progress.message)
      return steps.add(progress)
    },
    failure: async (explanation, { errorDetail }) => {
      const { asRegistryBuildError } = await import('../../registry/refusal.js')
      return asRegistryBuildError(log.failure(explanation, errorDetail?.code))
    },
    finish: async () => {
      const image = await getImage(api, log.imageId(), call)
      const names = query.t ?? []
      const outputs = [{ type: 'image', dest: undefined }] as const
      const nothing = { digest: undefined, warnings: [], metadata: {}, ref: undefined }
      return new FinishedBuild({ builder: 'classic', image, names, outputs, log: log.text, ...nothing })
    },
  }
}

function withProxies(query: ImageBuildQuery, proxies: Readonly<Record<string, string>>): ImageBuildQuery {
  if (Object.keys(proxies).length === 0) return query
  return { ...query, buildargs: { ...proxies, ...query.buildargs } }
}

interface ClassicBuild {
  readonly source: Source
  readonly query: ImageBuildQuery
  readonly call: CallOptions
  /** Looks up the credentials by registry, when the build begins. */
  readonly auths: () => Promise<Record<string, AuthConfig>>
  readonly onProgress: BuildOptions['onProgress']
}

async function* send(
  api: ApiClient,
  { source, query, call, auths, onProgress }: ClassicBuild,
): AsyncGenerator<BuildInfo, void, undefined> {
  const { body, ...found } = await source(call.signal)
  using _body = holdSource(body)
  const all = await auths()
  const registryConfig = Object.keys(all).length === 0 ? undefined : all
  const sent =
    body === undefined || onProgress === undefined
      ? body
      : counted(Buffer.isBuffer(body) ? Readable.from(body) : body, onProgress)
  const asked = await forPodman(api, query, call.signal)
  yield* api.images.build({ ...asked, ...found }, sent, { ...call, registryConfig })
}

/** Podman reads hosts as one list, where Docker's Engine reads the same name several times, and limits as words. */
async function forPodman(
  api: ApiClient,
  query: ImageBuildQuery,
  signal: AbortSignal | undefined,
): Promise<ImageBuildQuery> {
  const { extrahosts, ulimits } = query
  if (extrahosts === undefined && ulimits === undefined) return query
  await api.version(signal)
  if (!dialectOf(api).isPodman) return query
  const limits = ulimits?.map(({ Name, Soft, Hard }) => `${Name}=${Soft}:${Hard}`)
  return {
    ...query,
    ...(extrahosts === undefined ? {} : { extrahosts: [JSON.stringify(extrahosts)] }),
    ...(limits === undefined ? {} : { ulimits: limits as unknown as ImageBuildQuery['ulimits'] }),
  }
}

/** Finds the context when the build begins: its bytes, and the parts of the query for them. */
type Source = (signal: AbortSignal | undefined) => Promise<{
  readonly body?: Buffer | Readable
  readonly dockerfile?: string | undefined
  readonly remote?: string
}>

function sourceOf(options: Own<BuildOptions>): Source {
  const { context, dockerfile, dockerfileContent, files, compress } = options
  const remote = options.remote ?? (isRemote(context) ? context : undefined)
  if (remote !== undefined) {
    refuseBeside('a context that the Engine fetches', options, ['files', 'compress'])
    return async () => ({ remote, dockerfile })
  }
  if (context !== undefined && typeof context !== 'string') {
    refuseBeside('a context that is a tar', options, ['dockerfileContent', 'files', 'compress'])
    const body = tarBody(context, 'context')
    return async () => ({ body, dockerfile })
  }
  return async (signal) => {
    // Loaded here, because most programs never build.
    const { packContext } = await import('../build-context/context.js')
    const packed = await packContext({ context, dockerfile, dockerfileContent, files, compress, signal })
    return { body: packed.tar, dockerfile: packed.dockerfile }
  }
}

function named({ tag, tags = [] }: Pick<BuildOptions, 'tag' | 'tags'>): Pick<ImageBuildQuery, 't'> {
  const first = tag === undefined ? [] : [formatReference(parseTag(tag, 'tag'))]
  const more = tags.map((each, index) => formatReference(parseTag(each, `tags[${index}]`)))
  const t = [...first, ...more]
  return t.length === 0 ? {} : { t }
}
