import type { ImageSummary } from 'dockline/api'
import { goTime } from '../go/time.js'
import type { TemplateData } from '../template/index.js'
import { ago, YEAR_ONE } from './duration.js'
import type { ListLayout } from './list.js'
import { humanSize } from './size.js'
import { familiarName, shortId } from './words.js'

const HEADERS = {
  Repository: 'REPOSITORY',
  Tag: 'TAG',
  Digest: 'DIGEST',
  ID: 'IMAGE ID',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  Size: 'SIZE',
  Containers: 'CONTAINERS',
  VirtualSize: 'SIZE',
  SharedSize: 'SHARED SIZE',
  UniqueSize: 'UNIQUE SIZE',
}
const NONE = '<none>'

const RAW_ID = 'image_id: {{.ID}}'
const RAW = `${RAW_ID}
created_at: {{.CreatedAt}}
virtual_size: {{.Size}}
`
const RAW_NAME = `repository: {{.Repository}}
tag: {{.Tag}}
`

export const IMAGES_LAYOUT: ListLayout = {
  columns: ['Repository', 'Tag', 'ID', 'CreatedSince', 'Size'],
  id: 'ID',
  headers: HEADERS,
  raw: { item: RAW_NAME + RAW, id: RAW_ID },
}
export const DIGESTS_LAYOUT: ListLayout = {
  ...IMAGES_LAYOUT,
  columns: ['Repository', 'Tag', 'Digest', 'ID', 'CreatedSince', 'Size'],
  raw: { item: `${RAW_NAME}digest: {{.Digest}}\n${RAW}`, id: RAW_ID },
}

export interface RowOptions {
  readonly truncate: boolean
  /** Whether the digest of a tag is shown. */
  readonly digests: boolean
  /** Whether an image that has only digests gets a line for each. */
  readonly linePerDigest: boolean
}

/** An image has a line for each of its tags. */
export function imageRows(image: ImageSummary, options: RowOptions): TemplateData[] {
  return namesOf(image, options).map(([Repository, Tag, Digest]) => ({
    fields: {
      Containers: countOf(image.Containers),
      // As in container-row.ts: only when asked for.
      get CreatedAt() {
        return goTime(image.Created)
      },
      CreatedSince: image.Created === YEAR_ONE ? 'N/A' : ago(image.Created),
      Digest,
      ID: options.truncate ? shortId(image.Id) : image.Id,
      Repository,
      SharedSize: sizeOf(image.SharedSize),
      Size: humanSize(image.Size),
      Tag,
      UniqueSize: image.SharedSize === -1 ? 'N/A' : sizeOf(image.Size - image.SharedSize),
      VirtualSize: humanSize(image.Size, 4),
    },
  }))
}

type Name = readonly [repository: string, tag: string, digest: string]

function namesOf({ RepoTags, RepoDigests }: ImageSummary, options: RowOptions): Name[] {
  const tags = grouped(RepoTags ?? [], ':')
  const digests = grouped(RepoDigests ?? [], '@')
  const tagged = [...tags].flatMap(([repository, itsTags]) =>
    pairs(itsTags, digestsShown(digests.get(repository), options)).map(([tag, digest]): Name => {
      return [repository, tag, digest]
    }),
  )
  const untagged = [...digests]
    .filter(([repository]) => !tags.has(repository))
    .flatMap(([repository, itsDigests]) =>
      (options.linePerDigest ? itsDigests : ['']).map((digest): Name => [repository, NONE, digest]),
    )
  const names = [...tagged, ...untagged]
  // With names that cannot be read docker has no line for it, without any it has one.
  const isNamed = [...(RepoTags ?? []), ...(RepoDigests ?? [])].some((name) => !name.startsWith(NONE))
  return names.length === 0 && !isNamed ? [[NONE, NONE, NONE]] : names
}

function digestsShown(known: readonly string[] = [], { digests }: RowOptions): readonly string[] {
  return digests && known.length > 0 ? known : [NONE]
}

function pairs(tags: readonly string[], digests: readonly string[]): readonly (readonly [string, string])[] {
  return tags.flatMap((tag) => digests.map((digest) => [tag, digest] as const))
}

/** Tags or digests by their repository. Older Engines list what is missing as '<none>:<none>'. */
function grouped(references: readonly string[], mark: string): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const reference of references) {
    const cut = reference.lastIndexOf(mark)
    const repository = familiarName(reference.slice(0, cut))
    if (repository === NONE || cut < 1) continue
    const group = groups.get(repository) ?? []
    group.push(reference.slice(cut + 1))
    groups.set(repository, group)
  }
  return groups
}

/** -1 is what the Engine did not compute. */
function sizeOf(bytes: number): string {
  return bytes === -1 ? 'N/A' : humanSize(bytes, 4)
}

function countOf(containers: number): string {
  return containers === -1 ? 'N/A' : String(containers)
}
