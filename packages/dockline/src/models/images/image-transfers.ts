import type { Readable } from 'node:stream'
import type {
  ApiClient,
  BuildInfo,
  CreateImageInfo,
  ImageImportQuery,
  ImageLoadQuery,
  ImagePushQuery,
  PushImageInfo,
} from '../../api/index.js'
import { ImageLoadError, InvalidArgumentError, StreamError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { type ByteSource, isByteSource, readableOf } from '../../stream/index.js'
import { formatReference, parseReference, registryOf, withoutRegistry } from '../../support/reference.js'
import { callTable } from '../base/call.js'
import { asItIs, flag, invalid, show, strings, text } from '../options/values.js'
import type { Credentials } from '../registry/credentials.js'
import { Asker, type RegistryAuth } from '../registry/registry-auth.js'
import { withSource } from '../sessions/source.js'
import { orRejecting, Transfer } from '../transfers/transfer.js'
import { getImage, Image, parseTag } from './image.js'
import { type ImagePlatform, parsePlatform, parsePlatforms, platformText } from './platform.js'

export interface ImagePullOptions extends CallOptions {
  /** The platform, such as 'linux/arm64'. Default: the Engine's own. API 1.32. */
  readonly platform?: string | undefined
  /** Pulls every tag of the repository. Default: false. */
  readonly allTags?: boolean | undefined
  /** The login for the registry. Default: the docker command's. `{}` uses no login. */
  readonly auth?: RegistryAuth | undefined
}

export interface ImagePushOptions extends CallOptions {
  /** The only variant to push, such as 'linux/arm64'. API 1.46. */
  readonly platform?: ImagePlatform | undefined
  /** Pushes every tag of the repository. Default: false. */
  readonly allTags?: boolean | undefined
  /** The login for the registry. Default: the docker command's. `{}` uses no login. */
  readonly auth?: RegistryAuth | undefined
}

/** What a registry has now. */
export interface PushedImage {
  /** The name with its tag. */
  readonly name: string
  readonly tag: string
  /** Of the manifest, as in 'sha256:…'. */
  readonly digest: string
  /** Of the manifest, in bytes. */
  readonly size: number
}

export interface ImageLoadOptions extends CallOptions {
  /** Leaves out the progress. Default: false. */
  readonly quiet?: boolean | undefined
  /** Packs only the variants for these platforms. API 1.48. */
  readonly platform?: ImagePlatform | readonly ImagePlatform[] | undefined
}

export interface ImageImportOptions extends CallOptions {
  /** The name of the image, with or without a tag. Without it, the image has none. */
  readonly repository?: string | undefined
  readonly message?: string | undefined
  /** Dockerfile instructions to apply, such as `CMD ["sh"]`. */
  readonly changes?: readonly string[] | undefined
  readonly platform?: string | undefined
}

/** A tar, plain or compressed. */
export type Tar = Uint8Array | ByteSource

export function tarBody(given: unknown, option: string): Buffer | Readable {
  const tar = checkTar(given, option)
  return tar instanceof Uint8Array ? Buffer.from(tar.buffer, tar.byteOffset, tar.byteLength) : readableOf(tar)
}

/** Refuses what is no tar, and reads nothing of it. */
export function checkTar(tar: unknown, option: string): Tar {
  return tar instanceof Uint8Array || isByteSource(tar) ? tar : invalid(option, 'a Buffer or a stream', tar)
}

/** What asking a registry takes. */
export interface RegistryAccess {
  readonly api: ApiClient
  readonly credentials: Credentials
  /** Awaited before a build begins. What it gives is disposed of when the build is over. */
  readonly prepare?: (() => Promise<Disposable>) | undefined
}

export function pullImage(
  access: RegistryAccess,
  name: string,
  options: ImagePullOptions,
): Transfer<Image | Image[], CreateImageInfo> {
  return orRejecting(() => planPull(access, name, options))
}

function planPull(
  { api, credentials }: RegistryAccess,
  name: string,
  options: ImagePullOptions,
): Transfer<Image | Image[], CreateImageInfo> {
  const [{ platform, allTags: all = false, auth }, call] = pullOptions.read(options)
  const { repository, tag, digest } = parseReference(text(name, 'name'))
  if (all) refuseOneOfAll(name, tag ?? digest)
  const named = { registry: registryOf(repository), repository: withoutRegistry(repository) }
  const asker = new Asker({ credentials, ...named, given: auth, optional: true })
  const wanted = all ? undefined : (digest ?? tag ?? 'latest')
  const query = { fromImage: repository, tag: wanted, platform }
  const full = formatReference(digest === undefined ? { repository, tag: wanted } : { repository, digest })
  return new Transfer<Image | Image[], CreateImageInfo>({
    failure: (words) => asker.explainWords(words),
    messages: () => asker.messages(call, (asking) => api.images.pull(query, asking)),
    finish: () => (all ? imagesOf(api, repository, call) : getImage(api, full, call)),
  })
}

const pullOptions = callTable<ImagePullOptions>({ platform: platformText, allTags: flag, auth: asItIs })

async function imagesOf(api: ApiClient, repository: string, call: CallOptions): Promise<Image[]> {
  const found = await api.images.list({ filters: { reference: [repository] } }, call)
  return found.map((summary) => new Image(api, { id: summary.Id, summary }))
}

type PushSettings = Pick<ImagePushQuery, 'platform'> & Pick<ImagePushOptions, 'allTags' | 'auth'>

const pushOptions = callTable<ImagePushOptions, PushSettings>({
  platform: parsePlatform,
  allTags: flag,
  auth: asItIs,
})

export function pushImage(
  access: RegistryAccess,
  name: string,
  options: ImagePushOptions,
): Transfer<PushedImage | PushedImage[], PushImageInfo> {
  return orRejecting(() => planPush(access, name, options))
}

function planPush(
  { api, credentials }: RegistryAccess,
  name: string,
  options: ImagePushOptions,
): Transfer<PushedImage | PushedImage[], PushImageInfo> {
  const [{ allTags: all = false, auth, ...own }, call] = pushOptions.read(options)
  const { repository, tag } = parseTag(name, 'name')
  if (all) refuseOneOfAll(name, tag)
  const named = { registry: registryOf(repository), repository: withoutRegistry(repository) }
  const asker = new Asker({ credentials, ...named, given: auth })
  const query = { tag: all ? undefined : (tag ?? 'latest'), ...own }
  const pushed = new Map<string, PushedImage>()
  return new Transfer<PushedImage | PushedImage[], PushImageInfo>({
    failure: (words) => asker.explainWords(words),
    messages: () => asker.messages(call, (asking) => api.images.push(repository, query, asking)),
    observe: (message) => notePushed(message, repository, pushed),
    finish: () => {
      const [first] = pushed.values()
      if (all) return [...pushed.values()]
      if (first === undefined) throw new StreamError(`the push of ${name} ended without telling a digest`)
      return first
    },
  })
}

/** Engines report it twice: in words, and in an object that some of them leave out. */
function notePushed(
  { status = '' }: PushImageInfo,
  repository: string,
  pushed: Map<string, PushedImage>,
): void {
  const [, tag, digest, size] = /^(\S+): digest: (\S+) size: (\d+)/.exec(status) ?? []
  if (tag === undefined || digest === undefined) return
  pushed.set(tag, { name: formatReference({ repository, tag }), tag, digest, size: Number(size) })
}

function refuseOneOfAll(name: string, one: string | undefined): void {
  if (one === undefined) return
  throw new InvalidArgumentError(`allTags: ${show(name)} names one image, not a repository with all its tags`)
}

const loadOptions = callTable<ImageLoadOptions, ImageLoadQuery>({ quiet: flag, platform: parsePlatforms })

export function loadImages(
  api: ApiClient,
  tar: Tar,
  options: ImageLoadOptions,
): Transfer<Image[], BuildInfo> {
  return orRejecting(() => withSource(tar, () => planLoad(api, tar, options)))
}

function planLoad(api: ApiClient, tar: Tar, options: ImageLoadOptions): Transfer<Image[], BuildInfo> {
  const [query, call] = loadOptions.read(options)
  const body = tarBody(tar, 'tar')
  const names = new Set<string>()
  return new Transfer<Image[], BuildInfo>({
    messages: () => api.images.load(query, body, call),
    observe: ({ stream = '' }) => {
      for (const [, found = ''] of stream.matchAll(/^Loaded image(?: ID)?: (\S+)\s*$/gm)) {
        // Podman names all of them in one line.
        for (const name of found.split(',')) names.add(name)
      }
    },
    failure: (words) => new ImageLoadError(words),
    finish: async () => {
      const images = await Promise.all([...names].map((name) => getImage(api, name, call)))
      return [...new Map(images.map((image) => [image.id, image])).values()]
    },
  })
}

type ImportSettings = ImageImportQuery & Pick<ImageImportOptions, 'repository'>

const importOptions = callTable<ImageImportOptions, ImportSettings>({
  repository: text,
  message: text,
  changes: strings,
  platform: platformText,
})

export function importImage(
  api: ApiClient,
  tar: Tar,
  options: ImageImportOptions,
): Transfer<Image, CreateImageInfo> {
  return orRejecting(() => withSource(tar, () => planImport(api, tar, options)))
}

function planImport(api: ApiClient, tar: Tar, options: ImageImportOptions): Transfer<Image, CreateImageInfo> {
  const [{ repository: name, ...own }, call] = importOptions.read(options)
  const { repository, tag = 'latest' } = name === undefined ? {} : parseTag(name, 'repository')
  const named = repository === undefined ? {} : { repo: repository, tag }
  const query = { fromSrc: '-', ...named, ...own }
  const body = tarBody(tar, 'tar')
  let id = repository === undefined ? undefined : formatReference({ repository, tag })
  return new Transfer<Image, CreateImageInfo>({
    messages: () => api.images.import(query, body, call),
    observe: ({ status = '' }) => {
      // The id, which stays the right one when somebody else takes the name.
      if (/^sha256:[\da-f]{64}$/.test(status)) id = status
    },
    finish: () => {
      if (id === undefined) throw new StreamError('the import ended without telling the id of the image')
      return getImage(api, id, call)
    },
  })
}
