import { ApiError, InvalidVersionError } from '../errors.js'
import { invalid } from '../support/check.js'

/** The newest API version this library knows. */
export const MAX_API_VERSION = '1.56'
/** The oldest it speaks. Tested from 1.41 (Engine 20.10) on. */
export const MIN_API_VERSION = '1.24'

export interface Ping {
  readonly ask: (
    method: 'HEAD' | 'GET',
  ) => Promise<{ 'api-version'?: string } & NodeJS.Dict<string | string[]>>
  readonly address: string
  /** The newest it has said it speaks when it refused a newer one. */
  readonly newest?: string | undefined
}

/** The highest version that both sides speak. */
export async function agreeOnVersion({ ask, address, newest = MAX_API_VERSION }: Ping): Promise<string> {
  const said = (await askTwice(ask))?.['api-version']
  // Old proxies drop the header. The Engine will say so itself if our newest is too new.
  const offered = typeof said === 'string' && said !== '' ? said : newest
  if (!isVersion(offered) || compareVersions(offered, MIN_API_VERSION) < 0) {
    const message = `the Engine at ${address} speaks API ${offered}, and at least ${MIN_API_VERSION} is needed`
    throw new InvalidVersionError(message, { hint: 'update the Docker Engine' })
  }
  return compareVersions(offered, MAX_API_VERSION) < 0 ? offered : MAX_API_VERSION
}

/** Some proxies let no HEAD through. */
async function askTwice(ask: Ping['ask']) {
  try {
    return await ask('HEAD')
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
  return ask('GET').catch((error) => {
    // A proxy that lets nothing through but what it is there for.
    if (error instanceof ApiError && (error.status === 403 || error.status === 405)) return undefined
    throw error
  })
}

/**
 * Whether this is how an Engine refuses the version itself, before it looks at anything else; with the newest it speaks,
 * where it says so.
 */
export function refusedVersion(error: Error): { readonly newest: string | undefined } | undefined {
  if (!(error instanceof ApiError) || error.status !== 400) return undefined
  const { explanation } = error
  if (!/client version \S+ is too (new|old)/.test(explanation)) return undefined
  return { newest: /Maximum supported API version is (\d+\.\d+)/.exec(explanation)?.[1] }
}

export function checkPinnedVersion(version: string, option = 'apiVersion'): void {
  const plain = String(version).replace(/^v/, '')
  if (typeof version !== 'string' || !isVersion(plain)) invalid(option, "a version such as '1.41'", version)
  if (compareVersions(plain, MIN_API_VERSION) < 0) {
    throw new InvalidVersionError(
      `API version ${plain} is below ${MIN_API_VERSION}, the oldest that is supported`,
    )
  }
}

/** Negative when `a` is older than `b`, 0 when they are the same: '1.9' is older than '1.41'. */
export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number)
  const [majorB = 0, minorB = 0] = b.split('.').map(Number)
  return majorA - majorB || minorA - minorB
}

function isVersion(text: string): boolean {
  return /^\d+\.\d+$/.test(text)
}
