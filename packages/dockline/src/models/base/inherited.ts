import type { ApiClient, ContainerSummary } from '../../api/index.js'
import { NotFoundError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'

/** Makes a value for a label that no image has. The global `crypto` is loaded when it is used, and `node:crypto` with the library. */
export function makeMark(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 16)
}

/** What is asked of the Engine about images. */
export interface ImageOwner {
  readonly api: Pick<ApiClient, 'images'>
  readonly call?: CallOptions | undefined
}

/** The containers that have inherited the labels of these names from their images, which anyone may have made. */
export async function inheriting(
  owner: ImageOwner,
  containers: readonly ContainerSummary[],
  names: readonly string[],
): Promise<Set<ContainerSummary>> {
  const images = new Set(containers.map(({ ImageID }) => ImageID))
  const asked = [...images].map(async (id) => [id, id ? await labelsOf(owner, id) : undefined] as const)
  const labels = new Map(await Promise.all(asked))
  const isInheriting = ({ ImageID, Labels }: ContainerSummary) => {
    const inherited = labels.get(ImageID)
    return inherited !== undefined && names.every((name) => inherited[name] === Labels?.[name])
  }
  return new Set(containers.filter(isInheriting))
}

async function labelsOf({ api, call }: ImageOwner, image: string) {
  try {
    return (await api.images.inspect(image, {}, call)).Config?.Labels ?? {}
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}
