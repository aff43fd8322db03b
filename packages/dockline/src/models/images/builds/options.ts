import type { Writable } from 'node:stream'
import type { Scalar, StringMap } from '../../options/values.js'

/** Which builder runs a build. */
export type BuilderName = 'buildkit' | 'classic'

/** What BuildKit can do, and the classic builder cannot. */
export interface BuildKitOptions {
  /**
   * Default: the one that the Engine prefers, as the docker command has it. Engines before 23 prefer the classic builder, and
   * have BuildKit all the same. Podman and Windows have only the classic one.
   */
  readonly builder?: BuilderName | undefined
  /**
   * More contexts by name, for `FROM name`, `COPY --from=name` and `RUN --mount=from=name`: a folder, a URL,
   * 'docker-image://alpine:3.20' or 'oci-layout://folder:tag'.
   */
  readonly contexts?: Readonly<Record<string, string>> | undefined
  /** Annotations of the image: `{ 'org.opencontainers.image.title': 'App', 'index:key': 'value' }`. */
  readonly annotations?: StringMap | undefined
  /** For `RUN --mount=type=secret`, by id. They are asked for when a step needs them, and kept nowhere. */
  readonly secrets?: Readonly<Record<string, BuildSecret>> | undefined
  /**
   * For `RUN --mount=type=ssh`, and for a context that is a git repository over ssh: true forwards the agent of SSH_AUTH_SOCK, and a
   * string is the path of the socket of an agent or of a private key; a list has several keys. An object has one of these for each
   * id. A key with a passphrase is refused.
   */
  readonly ssh?: SshSource | Readonly<Record<string, SshSource>> | undefined
  /** Where the cache of this build is stored: 'type=inline', `{ type: 'registry', ref, mode: 'max' }`. */
  readonly cacheTo?: readonly (string | CacheOptions)[] | undefined
  /** What is made of the result. Default: an image in the Engine's store. As for docker: 'type=local,dest=out', or 'out'. */
  readonly outputs?: BuildOutput | string | readonly (BuildOutput | string)[] | undefined
  /** Pushes the image by all its names. Default: false. */
  readonly push?: boolean | undefined
  /** How the image was made, attached to it. Default: 'min' where the Engine has containerd's image store. */
  readonly provenance?: boolean | 'min' | 'max' | Readonly<Record<string, Scalar>> | undefined
  /** A list of what is in the image, attached to it. Default: false. */
  readonly sbom?: boolean | Readonly<Record<string, Scalar>> | undefined
  /** What RUN reaches: 'default', 'host' or 'none'. */
  readonly network?: string | undefined
  /** Privileges for steps that ask for them: 'network.host', 'security.insecure', 'device'. */
  readonly allow?: readonly string[] | undefined
  /** What the checks of the Dockerfile do: true fails the build on a warning, false skips them. Default: they warn. */
  readonly check?: boolean | CheckOptions | undefined
  /**
   * Records the commit and the remote of the context's git repository, for the provenance and the history.
   * Default: true.
   */
  readonly gitInfo?: boolean | undefined
  /**
   * Labels the image with that commit and remote (`org.opencontainers.image.revision` and `.source`), and with the path of the
   * Dockerfile (`com.docker.image.source.entrypoint`). A label of `labels` takes precedence. Default: false.
   */
  readonly gitLabels?: boolean | undefined
  /**
   * Adds `-dirty` to the commit if `git status` differs from it. Without git, a repository counts as dirty.
   * Default: false.
   */
  readonly gitCheckDirty?: boolean | undefined
}

export interface CheckOptions {
  /** Names of rules that are not checked, as in 'FromAsCasing'; 'all' for all. */
  readonly skip?: readonly string[] | 'all' | undefined
  /** Fails the build on a warning. Default: false. */
  readonly error?: boolean | undefined
}

/** A context that docker takes for an address, and not for a path. */
const REMOTE = /^(?:https?:\/\/|git:\/\/|ssh:\/\/|github\.com\/|git@[^/]+:)/

export function isRemote(context: unknown): context is string {
  return typeof context === 'string' && REMOTE.test(context)
}

/**
 * A secret: its value, a file or a variable that has it, or a function that gives it when it is asked for.
 */
export type BuildSecret =
  | string
  | Uint8Array
  | { readonly file: string }
  | { readonly env: string }
  | (() => string | Uint8Array | PromiseLike<string | Uint8Array>)

/** An ssh agent, or the private keys that take the place of one. */
export type SshSource = boolean | string | readonly string[]

/** Where a cache is. What else BuildKit knows of a type goes by its name there, such as `'image-manifest'`. */
export interface CacheOptions {
  readonly type: 'registry' | 'local' | 'inline' | 'gha' | 's3' | 'azblob'
  /** The image of a registry that has it. */
  readonly ref?: string | undefined
  /** The folder that has it. */
  readonly src?: string | undefined
  /** The folder that gets it. */
  readonly dest?: string | undefined
  /** 'max' also has the steps of stages that are not part of the result. Default: 'min'. */
  readonly mode?: 'min' | 'max' | undefined
  readonly [attribute: string]: Scalar | undefined
}

/** What is made of the result of a build. */
export type BuildOutput = ImageOutput | FolderOutput | FileOutput | NoOutput

interface OutputSettings {
  /** What else BuildKit knows, by its name there: `{ compression: 'zstd' }`. */
  readonly attrs?: Readonly<Record<string, Scalar>> | undefined
}

/** An image in the Engine's store. */
export interface ImageOutput extends OutputSettings {
  readonly type: 'image'
  /** `tags` take precedence. */
  readonly name?: string | undefined
  readonly push?: boolean | undefined
}

/** The files of the result, in a folder here. What is in it stays, unless a file of the result has its name. */
export interface FolderOutput extends OutputSettings {
  readonly type: 'local'
  readonly dest: string
}

/** One file here: the files of the result as a tar, or the image in the form of OCI or of `docker save`. */
export interface FileOutput extends OutputSettings {
  readonly type: 'tar' | 'oci' | 'docker'
  /** The path of a file, or a stream; for 'oci' and 'docker' with `attrs: { tar: false }` a folder. */
  readonly dest: string | Writable
}

/** Runs the build and keeps only its cache. */
export interface NoOutput {
  readonly type: 'none'
}

export const BUILDKIT_NAMES = [
  'contexts',
  'annotations',
  'secrets',
  'ssh',
  'cacheTo',
  'outputs',
  'push',
  'provenance',
  'sbom',
  'allow',
  'check',
  'gitInfo',
  'gitLabels',
  'gitCheckDirty',
] as const satisfies readonly (keyof BuildKitOptions)[]
