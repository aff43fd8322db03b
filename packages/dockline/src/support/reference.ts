import { InvalidArgumentError } from '../errors.js'
import { checkObject, checkText, show } from './check.js'

/** The parts of an image's name. */
export interface ImageReference {
  /** Everything before tag and digest, as it was written: `alpine`, `ghcr.io/me/app`, `localhost:5000/app`. */
  readonly repository: string
  readonly tag?: string | undefined
  /** With its algorithm, as in `sha256:…`. */
  readonly digest?: string | undefined
}

// Each of these takes every character for one thing only: what cannot be a name is then refused in one look at it.
const HOST =
  /^(?:localhost|[\w-]+(?:\.[\w-]+)+|(?=[a-z\d_-]*[A-Z])[\w-]+|[\w.-]+(?=:\d)|\[[\da-fA-F:]+\])(?::\d+)?$/
const PATH = /^[a-z\d]+(?:(?:\.|_{1,2}|-+)[a-z\d]+)*(?:\/[a-z\d]+(?:(?:\.|_{1,2}|-+)[a-z\d]+)*)*$/
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^[A-Za-z][A-Za-z\d]*(?:[-_+.][A-Za-z][A-Za-z\d]*)*:[\da-fA-F]{32,}$/

/** Takes an image's name apart; refuses what no Engine would take. */
export function parseReference(name: string): ImageReference {
  checkText(name, 'name')
  const [named = '', digest, ...more] = name.split('@')
  // A colon after the last slash begins the tag; one before it belongs to a port.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  const repository = colon === -1 ? named : named.slice(0, colon)
  const tag = colon === -1 ? undefined : named.slice(colon + 1)
  if (more.length > 0 || !isRepository(repository)) throw badReference(name, 'its repository')
  if (tag !== undefined && !TAG.test(tag)) throw badReference(name, 'its tag')
  if (digest !== undefined && !DIGEST.test(digest)) throw badReference(name, 'its digest')
  return { repository, tag, digest }
}

function isRepository(text: string): boolean {
  if (PATH.test(text)) return true
  const slash = text.indexOf('/')
  return slash !== -1 && HOST.test(text.slice(0, slash)) && PATH.test(text.slice(slash + 1))
}

/** Joins the parts of a name: a digest follows an @, a tag a colon. */
export function formatReference(reference: ImageReference): string {
  checkObject(reference, 'reference')
  const { repository, tag, digest } = reference
  checkText(repository, 'reference.repository')
  return `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}

/** The registry of names that have none. */
export const DOCKER_HUB = 'docker.io'

/** Returns the registry of a name: 'localhost:5000', 'ghcr.io', and 'docker.io' where the name has none. */
export function registryOf(name: string): string {
  checkText(name, 'name')
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const isHost = first === 'localhost' || /[.:A-Z]/.test(first)
  return isHost && first !== 'index.docker.io' ? first : DOCKER_HUB
}

/** A repository as its registry names it: 'team/app' of 'ghcr.io/team/app'. */
export function withoutRegistry(repository: string): string {
  const registry = registryOf(repository)
  return repository.startsWith(`${registry}/`) ? repository.slice(registry.length + 1) : repository
}

/** Returns the key of a registry's credentials: its host, or an old address for Docker Hub. */
export function registryKey(registry: string): string {
  checkText(registry, 'registry')
  const host = hostOf(registry)
  const isHub = [DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io'].includes(host)
  return isHub ? 'https://index.docker.io/v1/' : host
}

/** The host of a registry's address, with its port: 'https://r.io/v1/' is 'r.io'. */
export function hostOf(address: string): string {
  return address.replace(/^[a-z][a-z\d+.-]*:\/\//i, '').replace(/\/.*/s, '')
}

function badReference(name: string, part: string): InvalidArgumentError {
  const hint = /[A-Z]/.test(name) ? 'repository names are lower case' : undefined
  return new InvalidArgumentError(`invalid image name ${show(name)}: ${part} is not well formed`, { hint })
}
