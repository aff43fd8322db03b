import type { Writable } from 'node:stream'
import type { BuildWarning } from '../../../errors.js'
import { InvalidArgumentError } from '../../../errors.js'
import type { Image } from '../image.js'
import type { BuilderName } from './options.js'

/** Where an output of a build has gone. */
export interface BuiltOutput {
  readonly type: 'image' | 'local' | 'tar' | 'oci' | 'docker'
  /** undefined for an image in the Engine's store. */
  readonly dest: string | Writable | undefined
}

/** What came of a build. */
export interface BuildResult {
  readonly builder: BuilderName
  /** The image in the Engine's store. Throws InvalidArgumentError where no output is one: see `imageId`. */
  readonly image: Image
  /** The id of that image; undefined where no output is one. */
  readonly imageId: string | undefined
  /** The digest of the manifest, where there is one: of containerd's image store, or of a push. */
  readonly digest: string | undefined
  /** All names of the image, with their registries and tags. */
  readonly names: readonly string[]
  readonly outputs: readonly BuiltOutput[]
  readonly warnings: readonly BuildWarning[]
  /** What the exporters say, by BuildKit's names, such as 'containerimage.digest'. `{}` for the classic builder. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** The name of the build in the Engine's history; undefined for the classic builder. */
  readonly ref: string | undefined
  /** What the build wrote: at most 1 MiB, the beginning and the end of it. All of it comes in `progress()`. */
  readonly log: string
}

export class FinishedBuild implements BuildResult {
  readonly builder: BuilderName
  readonly imageId: string | undefined
  readonly digest: string | undefined
  readonly names: readonly string[]
  readonly outputs: readonly BuiltOutput[]
  readonly warnings: readonly BuildWarning[]
  readonly metadata: Readonly<Record<string, unknown>>
  readonly ref: string | undefined
  readonly log: string
  readonly #image: Image | undefined

  constructor({
    image,
    ...result
  }: Omit<BuildResult, 'image' | 'imageId'> & { readonly image: Image | undefined }) {
    this.builder = result.builder
    this.imageId = image?.id
    this.digest = result.digest
    this.names = result.names
    this.outputs = result.outputs
    this.warnings = result.warnings
    this.metadata = result.metadata
    this.ref = result.ref
    this.log = result.log
    this.#image = image
  }

  get image(): Image {
    if (this.#image !== undefined) return this.#image
    throw new InvalidArgumentError(
      'the build has no image: none of its outputs is one in the store of the Engine',
    )
  }
}
