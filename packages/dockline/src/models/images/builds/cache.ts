import { resolve } from 'node:path'
import { OciLayout } from '../../../buildkit/index.js'
import { InvalidArgumentError } from '../../../errors.js'
import { array, checkObject, invalid, object, orText, scalar, show } from '../../options/values.js'
import { csvAttributes, readBoolean } from './csv.js'

/** Where a cache comes from or goes to, in BuildKit's words. */
export interface CacheEntry {
  readonly type: string
  readonly attrs: Readonly<Record<string, string>>
}

/** Caches, and the folders of those that are on this machine. */
export interface Caches {
  readonly entries: readonly CacheEntry[]
  readonly stores: ReadonlyMap<string, OciLayout>
  /** What has to be done with the manifest of an exported cache. */
  readonly tags: readonly { readonly layout: OciLayout; readonly tag: string }[]
}

/** 'type=registry,ref=…', an object of the same, or only the name of an image. */
function entryOf(value: unknown, option: string): CacheEntry {
  if (typeof value === 'string' && !value.includes('=')) return { type: 'registry', attrs: { ref: value } }
  if (typeof value !== 'string') checkObject(value, option, orText('type=local,src=cache'))
  const given = typeof value === 'string' ? csvAttributes(value, option) : scalars(value, option)
  const { type, ...attrs } = given
  if (!type) return invalid(option, "one with a type, as in 'type=registry,ref=…'", value)
  return { type, attrs }
}

export function scalars(value: unknown, option: string): Record<string, string> {
  const entries = Object.entries(object(value, option))
  return Object.fromEntries(entries.map(([name, content]) => [name, scalar(content, `${option}.${name}`)]))
}

function entriesOf(value: unknown, option: string): CacheEntry[] {
  return array(value ?? [], option).flatMap((each, index) => withGitHub(entryOf(each, `${option}[${index}]`)))
}

/** A cache of GitHub, with the address and the token that GitHub's runner has for it. As in docker, it is left out elsewhere. */
function withGitHub({ type, attrs: given }: CacheEntry): CacheEntry[] {
  if (type !== 'gha') return [{ type, attrs: given }]
  const {
    ACTIONS_RUNTIME_TOKEN: token,
    ACTIONS_RESULTS_URL: results,
    ACTIONS_CACHE_SERVICE_V2: isSecond,
  } = process.env
  const { version = readBoolean(isSecond ?? '') && '2' } = given
  const url = process.env.ACTIONS_CACHE_URL || results
  const attrs = {
    ...(token && { token }),
    ...(url && { url }),
    ...(version === '2' && results && { url_v2: results }),
    ...given,
  }
  return attrs.token && (attrs.url || attrs.url_v2) ? [{ type, attrs }] : []
}

export async function readCacheFrom(value: unknown): Promise<Caches> {
  const stores = new Map<string, OciLayout>()
  const entries: CacheEntry[] = []
  for (const entry of entriesOf(value, 'cacheFrom')) {
    const found = entry.type === 'local' ? await localSource(entry, stores) : entry
    if (found !== undefined) entries.push(found)
  }
  return { entries, stores, tags: [] }
}

/** undefined for a folder without a cache, which the first of many builds has. */
async function localSource(
  { type, attrs }: CacheEntry,
  stores: Map<string, OciLayout>,
): Promise<CacheEntry | undefined> {
  const { src, tag = 'latest', ...others } = attrs
  if (!src) throw new InvalidArgumentError('cacheFrom: a local cache needs src, the folder that it is in')
  const layout = new OciLayout(resolve(src))
  const digest = others.digest ?? (await layout.find(tag))
  if (digest === '') throw new InvalidArgumentError(`cacheFrom: ${src} has no tag ${tag}`)
  if (digest === undefined) return undefined
  stores.set(`local:${src}`, layout)
  return { type, attrs: { ...others, src, digest } }
}

export function readCacheTo(value: unknown): Caches {
  const stores = new Map<string, OciLayout>()
  const tags: Caches['tags'][number][] = []
  const entries = entriesOf(value, 'cacheTo')
  for (const { type, attrs } of entries) {
    if (type !== 'local') continue
    if (!attrs.dest)
      throw new InvalidArgumentError('cacheTo: a local cache needs dest, the folder that it goes to')
    const layout = new OciLayout(resolve(attrs.dest))
    stores.set(`local:${attrs.dest}`, layout)
    tags.push({ layout, tag: attrs.tag ?? 'latest' })
  }
  return { entries, stores, tags }
}

/** Names an exported cache in its folder, as the Engine leaves it to its client. */
export async function tagCaches({ tags }: Caches, response: Readonly<Record<string, string>>): Promise<void> {
  const manifest = response['cache.manifest']
  if (manifest === undefined || tags.length === 0) return
  for (const { layout, tag } of tags) await layout.tag(tag, JSON.parse(manifest))
}

export function refuseCacheTo({ entries }: Caches): void {
  const kept = entries.find(({ type }) => type !== 'inline')
  if (kept === undefined) return
  throw new InvalidArgumentError(`cacheTo: this Engine cannot store a cache of type ${show(kept.type)}`, {
    hint: "only with containerd's image store; 'type=inline' works on all",
  })
}
