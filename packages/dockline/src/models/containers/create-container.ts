import type { ApiClient, ContainerCreateBody } from '../../api/index.js'
import { ImageNotFoundError, InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { checkFlags, checkObject } from '../../support/check.js'
import { checkNames } from '../base/call.js'
import type { Images } from '../images/images.js'
import {
  type ContainerCreateOptions,
  type CreateRequest,
  createOptionNames,
  createRequest,
} from '../options/index.js'
import { type Convert, oneOf } from '../options/values.js'
import { optionalAuth, type RegistryAuth } from '../registry/registry-auth.js'
import type { Command } from '../sessions/exec-options.js'
import { createInNetworks } from './endpoints.js'

/** When an image is pulled: if it is not here, before every run, or not at all. */
export type PullPolicy = 'missing' | 'always' | 'never'

export interface CreateOptions extends ContainerCreateOptions, CallOptions {
  /** Default: 'never' for create and 'missing' for run. */
  readonly pull?: PullPolicy | undefined
  /** The credentials for a pull. Default: the stored ones of the docker command. */
  readonly auth?: RegistryAuth | undefined
  /**
   * Gives the container the proxy variables of config.json, where `env` has none. A file that cannot be read has
   * none. Default: true.
   */
  readonly useConfigProxy?: boolean | undefined
}

/** The names of all options of a creation. */
export const CREATE_NAMES: readonly string[] = [
  ...createOptionNames,
  ...(['pull', 'auth', 'useConfigProxy'] satisfies Exclude<
    keyof CreateOptions,
    keyof ContainerCreateOptions
  >[]),
]

const checkPull: Convert<PullPolicy> = oneOf('missing', 'always', 'never')

/** A full id, or one that begins with `sha256:`: no registry knows it. */
const IMAGE_ID = /^(sha256:[\da-f]+|[\da-f]{64})$/

/** What the options of a creation come to. */
export interface CreatePlan {
  readonly request: CreateRequest
  readonly pull: PullPolicy
  readonly auth: RegistryAuth | undefined
  readonly useConfigProxy: boolean
  readonly call: CallOptions
}

// What a creation needs to know of its surroundings.
export interface RunContext {
  readonly api: ApiClient
  readonly images: Images
  /** The proxy variables for containers. */
  readonly proxies: () => Readonly<Record<string, string>>
}

/** Reads the options of a creation. Throws InvalidArgumentError. */
export function readCreate(image: string, command: Command | undefined, options: CreateOptions): CreatePlan {
  checkNames(options, CREATE_NAMES)
  const { pull = 'never', auth, useConfigProxy = true, signal, timeout, ...create } = options
  checkFlags({ useConfigProxy })
  const request = createRequest(image, command, create)
  checkPull(pull, 'pull')
  const isId = IMAGE_ID.test(image)
  if (isId && pull === 'always')
    throw new InvalidArgumentError("pull: 'always' needs the name of an image, not its id")
  if (auth !== undefined && pull === 'never')
    throw new InvalidArgumentError("auth is for a pull, and pull is 'never'")
  return Object.freeze({
    request,
    pull: isId ? 'never' : pull,
    auth: optionalAuth(auth),
    useConfigProxy,
    call: { signal, timeout },
  })
}

/** Makes the end of an attached client's stdin the end of the container's stdin, as docker and docker-py do. */
export function withStdinOnce<Options extends ContainerCreateOptions>(options: Options): Options {
  checkObject(options, 'options')
  const { interactive, stdinOnce = options.config?.StdinOnce, attachStdin = true } = options
  return interactive === true && stdinOnce === undefined && attachStdin
    ? { ...options, stdinOnce: true }
    : options
}

/** Creates a container and returns its id; an image that is not here is pulled once, where that is wanted. */
export async function createContainer(
  { api, images, proxies }: RunContext,
  { request: { query, body: asked }, pull, auth, useConfigProxy, call }: CreatePlan,
): Promise<string> {
  const body = useConfigProxy ? withProxies(asked, proxies()) : asked
  const create = () => createInNetworks(api, { query, body }, call)
  const fetchImage = () => images.pull(body.Image ?? '', { platform: query.platform, auth, ...call })
  if (pull === 'always') await fetchImage()
  try {
    return await create()
  } catch (error) {
    if (!(error instanceof ImageNotFoundError) || pull !== 'missing') throw error
    await fetchImage()
    return await create()
  }
}

/** A container's environment, with the proxy variables that it does not set itself. */
export function withProxies(
  body: ContainerCreateBody,
  proxies: Readonly<Record<string, string>>,
): ContainerCreateBody {
  const given = new Set((body.Env ?? []).map((variable) => variable.split('=', 1)[0]))
  const added = Object.entries(proxies).filter(([name]) => !given.has(name))
  if (added.length === 0) return body
  return { ...body, Env: [...added.map(([name, value]) => `${name}=${value}`), ...(body.Env ?? [])] }
}
