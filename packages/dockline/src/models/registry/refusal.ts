import {
  ApiError,
  BuildError,
  type DockerErrorCode,
  NotFoundError,
  type RegistryError,
  StreamError,
} from '../../errors.js'
import { DOCKER_HUB, parseReference, registryOf, withoutRegistry } from '../../support/reference.js'

/** A question to a registry. */
export interface RegistryQuestion {
  /** As in an image's name. Undefined where only the Engine knows. */
  readonly registry: string | undefined
  readonly repository?: string | undefined
  /** What helps when the registry answered 401. Default: nothing is said. */
  readonly advice?: string | undefined
}

interface Kind {
  readonly words: RegExp
  readonly code: DockerErrorCode
  readonly status: number | undefined
}

/** How Engines pass on what a registry answered. Their own status is often another. An image's name may have such a word in it. */
const KINDS: readonly Kind[] = [
  {
    words: /toomanyrequests|429 too many requests|rate limit/i,
    code: 'ERR_DOCKER_REGISTRY_RATE_LIMIT',
    status: 429,
  },
  {
    words:
      /(^|[\s:])unauthorized(:|$)|no basic auth credentials|authentication required|incorrect username or password|401 unauthorized/i,
    code: 'ERR_DOCKER_REGISTRY_UNAUTHORIZED',
    status: 401,
  },
  {
    words: /(^|[\s:])denied(:|$)|access to the resource is denied|insufficient_scope|403 forbidden/i,
    code: 'ERR_DOCKER_REGISTRY_DENIED',
    status: 403,
  },
  {
    words:
      /manifest (unknown|for \S+ not found)|name unknown|repository \S+ not found|404 not found|: not found$/i,
    code: 'ERR_DOCKER_REGISTRY_NOT_FOUND',
    status: 404,
  },
  {
    words:
      /\b(get|head|post|put|patch) "?https?:\/\/|invalid registry endpoint|unexpected (http )?status|(login attempt to|pulling from host) \S+ failed with status|error parsing HTTP \d|\b(read|write|dial) tcp\b|^(unknown: |(unexpected )?EOF$)/i,
    code: 'ERR_DOCKER_REGISTRY',
    status: undefined,
  },
]

/** The same error with what is known of the registry, if it was the registry that refused. */
export function asRegistryError(error: unknown, question: RegistryQuestion): unknown {
  const kind = kindOf(error)
  if (kind === undefined) return error
  const hint = adviceOn(kind, question, wordsOf(error))
  return marked(explained(error, hint), kind, question)
}

/** The same for a build, whose error names the image that it asked for. A command may write whatever it likes. */
export function asRegistryBuildError(error: unknown): unknown {
  if (!(error instanceof BuildError) || error.exitCode !== undefined) return error
  const name = imageIn(error)
  const kind = name === undefined ? undefined : kindOf(error)
  if (name === undefined || kind === undefined) return error
  return marked(error, kind, {
    registry: registryOf(name),
    repository: withoutRegistry(parseReference(name).repository),
  })
}

function wordsOf(error: unknown): string {
  if (error instanceof ApiError || error instanceof BuildError) return error.explanation
  return error instanceof StreamError ? error.message : ''
}

function kindOf(error: unknown): Kind | undefined {
  const words = wordsOf(error)
  const said = words === '' ? undefined : KINDS.find((kind) => kind.words.test(words))
  if (said?.status !== undefined) return said
  const status = error instanceof ApiError && error.status < 500 ? error.status : said && statusIn(words)
  const known = KINDS.find((kind) => kind.status !== undefined && kind.status === status)
  return known ?? (said && { ...said, status })
}

/** An address, whose digits are no status, may stand before the status: 'unexpected status from GET request to http://…: 500'. */
const STATUS =
  /(?:(?:unexpected (?:http )?status|failed with status)(?: code| from \w+ request to)?:?(?: (?:\[[^\]]{0,200}\]|\S+):)?[^\d/]{1,200}|error parsing HTTP )(\d{3})\b/i

function statusIn(words: string): number | undefined {
  const [, status] = STATUS.exec(words) ?? []
  return status === undefined ? undefined : Number(status)
}

/** A failed build, and an image that a registry does not have, keep their code. */
function marked(error: unknown, { code, status }: Kind, { registry, repository }: RegistryQuestion): unknown {
  const facts = { registry: registry ?? DOCKER_HUB, repository }
  if (error instanceof NotFoundError) return Object.assign(error, facts)
  if (error instanceof BuildError) return Object.assign(error, facts, { status })
  const known = status === undefined && error instanceof ApiError ? error.status : status
  return Object.assign(error as RegistryError, { ...facts, code, status: known, name: 'RegistryError' })
}

function explained(error: unknown, hint: string | undefined): unknown {
  if (hint === undefined) return error
  return error instanceof ApiError
    ? ApiError.from(error, { hint })
    : new StreamError(wordsOf(error), { hint })
}

function adviceOn(
  { status }: Kind,
  { registry, repository, advice }: RegistryQuestion,
  words: string,
): string | undefined {
  const name = registry ?? 'of the image'
  if (status === 401) return advice && `the registry ${name} answered 401: ${advice}`
  if (status === 403) return `the registry ${name} denied it: may this login do that there?`
  if (status === 429) return `the registry ${name} limits how often it is asked: log in, or wait`
  if (status !== undefined) return undefined
  if (/HTTP response to HTTPS client|x509|tls:/i.test(words))
    return `the Engine does not trust the registry ${name}: see insecure-registries and certs.d in its settings`
  // Only a name without a registry leads to one that nobody named.
  if (registry !== DOCKER_HUB || repository === undefined) return undefined
  return `the Engine asked ${DOCKER_HUB} for ${repository}: is that the name, and can the Engine reach ${DOCKER_HUB}?`
}

/** The image that a step of a build was about. */
function imageIn({ step = '', explanation }: BuildError): string | undefined {
  const [, classic] = /^\d+\/\d+ : (?:FROM|COPY --from=)\s*(?:--\S+\s+)*(\S+)/i.exec(step) ?? []
  const [, buildkit] =
    /(?:load metadata for|pushing|failed to push|\] FROM|resolve source metadata for) (\S+?):?(?:\s|$)/.exec(
      `${step} ${explanation}`,
    ) ?? []
  const name = classic ?? buildkit
  return name !== undefined && isImageName(name) ? name : undefined
}

function isImageName(name: string): boolean {
  try {
    parseReference(name)
    return true
  } catch {
    return false
  }
}
