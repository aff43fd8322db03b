import type { ApiClient, ContainerSummary } from '../../api/index.js'
import { NotFoundError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'

/** Makes a value for a label that no image has. The global `crypto` is loaded when it is used, and `node:crypto` with the library. */
export function makeMark(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 16)
}

/** Whether a container has inherited the labels of these names from its image, which anyone may have made. */
export async function inherits(
  { api, call }: { readonly api: ApiClient; readonly call: CallOptions },
  { ImageID, Labels }: ContainerSummary,
  names: readonly string[],
): Promise<boolean> {
  if (!ImageID) return false
  const image = await api.images.inspect(ImageID, {}, call).catch((error) => {
    if (!(error instanceof NotFoundError)) throw error
  })
  return names.every((name) => image?.Config?.Labels?.[name] === Labels?.[name])
}
